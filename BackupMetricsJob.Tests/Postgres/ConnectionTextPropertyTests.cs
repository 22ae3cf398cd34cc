using System.Text;
using BackupMetricsJob.Postgres;
using FsCheck;
using FsCheck.Fluent;

namespace BackupMetricsJob.Tests.Postgres;

public class ConnectionTextPropertyTests
{
    /// <summary>Pieces of random passwords: each piece of text is recognizable if printed anywhere; the others break grammars.</summary>
    const string Mark = "Zq7";

    static readonly Gen<string> Password = Gen.Elements(
            Mark,
            Mark,
            Mark,
            "@",
            "/",
            ":",
            "?",
            "&",
            "=",
            "%",
            "%4",
            " ",
            "'",
            "\\",
            "[",
            "]",
            ",",
            ";",
            "#",
            "\t",
            "\n",
            "é",
            "://"
        )
        .ListOf()
        .Select(parts => string.Concat(parts));

    static readonly string[] Templates =
    [
        "postgresql://u:{0}@h:5432/db?sslmode=require",
        "postgresql://u:{0}@h,i:99999/db",
        "postgresql://u:{0}@[::1/db",
        "postgresql://{0}@h",
        "postgresql://u@h/db?password={0}",
        "postgresql://u@h/db?password={0}&sslmode=nope",
        "postgresql://u@h?sslpassword={0}&x=1",
        "postgres:/u:{0}@h/db",
        "jdbc:postgresql://u:{0}@h/db",
        "u:{0}@h/db",
        "host=h password={0}",
        "host=h password='{0}'",
        "host=h password={0} port=nope",
        "password={0} sslmod=require host=h",
        "host=h sslpassword = {0} dbname=x",
        "Host=h;Username=u;Password={0}",
        "{0}",
        "password={0}",
    ];

    [Fact]
    public void A_password_never_occurs_in_what_is_printed() =>
        Prop.ForAll(
                (
                    from template in Gen.Elements(Templates)
                    from password in Password
                    where password.Contains(Mark, StringComparison.Ordinal)
                    select (template, password)
                ).ToArbitrary(),
                sample =>
                {
                    var (template, password) = sample;

                    // The part before the "@" of a URI without ":" is a user, not a password.
                    var expectUser = template.StartsWith("postgresql://{0}@", StringComparison.Ordinal) && !password.StartsWith(':');
                    var parsed = Parsed.From(template.Replace("{0}", password, StringComparison.Ordinal));
                    var printed = string.Join("\n", parsed.Problems) + (expectUser ? "" : Printed(parsed.Maybe));
                    return !printed.Contains(Mark, StringComparison.Ordinal);
                }
            )
            .Check(Config.QuickThrowOnFailure.WithMaxTest(5000));

    static string Printed(ConnectionSettings? settings) =>
        settings is null
            ? ""
            : $"{settings} {settings.Description} {settings.Hosts[0]} {settings.Tls} {string.Join(' ', settings.Warnings)} "
                + $"{new Target("t", settings, TimeSpan.Zero)}";

    [Fact]
    public void Whatever_the_text_the_answer_is_settings_or_problems() =>
        Prop.ForAll(
                Gen.Elements(
                        "postgresql://",
                        "host",
                        "=",
                        "'",
                        "\\",
                        "@",
                        ":",
                        "/",
                        "[",
                        "]",
                        "%",
                        "%41",
                        "?",
                        "&",
                        ",",
                        " ",
                        "1",
                        "sslmode",
                        "é",
                        "\0",
                        "service"
                    )
                    .ListOf()
                    .Select(parts => string.Concat(parts))
                    .ToArbitrary(),
                text => Parsed.From(text) is not null
            )
            .Check(Config.QuickThrowOnFailure.WithMaxTest(5000));

    static readonly Gen<string> Value = Gen.Elements(
            "a",
            "B",
            "0",
            " ",
            "'",
            "\\",
            "@",
            "/",
            ":",
            "?",
            "&",
            "=",
            "%",
            "+",
            "#",
            "é",
            "中",
            "\n"
        )
        .NonEmptyListOf()
        .Select(parts => string.Concat(parts));

    static readonly Gen<(string Name, int Port)> Host =
        from name in Gen.Elements("db1", "10.0.0.1", "::1", "2001:db8::2", "/run/pg", "a.b.example")
        from port in Gen.Choose(1, 65535)
        select (name, port);

    static readonly Gen<Written> Writings =
        from hosts in Host.NonEmptyListOf()
        from user in Value
        from password in Value
        from database in Value
        from application in Value
        from options in Value
        from session in Gen.Elements("any", "read-write", "prefer-standby")
        select new Written([.. hosts], user, password, database, application, options, session);

    [Fact]
    public void What_is_printed_as_a_URI_is_read_back() =>
        Prop.ForAll(Writings.ToArbitrary(), written => written.Equals(Parsed.From(written.AsUri()).Settings)).QuickCheckThrowOnFailure();

    [Fact]
    public void What_is_printed_as_keywords_is_read_back() =>
        Prop.ForAll(Writings.ToArbitrary(), written => written.Equals(Parsed.From(written.AsKeywords()).Settings))
            .QuickCheckThrowOnFailure();

    [Fact]
    public void A_description_is_a_text_that_leads_to_the_same_place() =>
        Prop.ForAll(
                Writings.ToArbitrary(),
                written =>
                {
                    var settings = Parsed.From(written.AsKeywords()).Settings;
                    return Parsed.From(settings.Description).Settings.Description == settings.Description;
                }
            )
            .QuickCheckThrowOnFailure();

    internal sealed record Written(
        (string Name, int Port)[] Hosts,
        string User,
        string Password,
        string Database,
        string Application,
        string Options,
        string Session
    )
    {
        internal string AsUri()
        {
            var hosts = Hosts.Select(host =>
                $"{(host.Name.Contains(':', StringComparison.Ordinal) ? $"[{host.Name}]" : Encode(host.Name))}:{host.Port}"
            );
            return $"postgresql://{Encode(User)}:{Encode(Password)}@{string.Join(',', hosts)}/{Encode(Database)}"
                + $"?application_name={Encode(Application)}&options={Encode(Options)}&target_session_attrs={Session}";
        }

        internal string AsKeywords() =>
            $"host='{string.Join(',', Hosts.Select(host => host.Name))}' "
            + $"port={string.Join(',', Hosts.Select(host => host.Port))} user={Quote(User)}"
            + $" password={Quote(Password)} dbname = {Quote(Database)} application_name={Quote(Application)} options={Quote(Options)} "
            + $"target_session_attrs={Session}";

        internal bool Equals(ConnectionSettings settings) =>
            Hosts.SequenceEqual(settings.Hosts.Select(host => (host.Name, host.Port)))
            && settings.Hosts.All(host => host.Password?.Reveal() == Password)
            && (settings.User, settings.Database, settings.ApplicationName, settings.Options) == (User, Database, Application, Options)
            && settings.TargetSessionAttributes
                == (
                    Session switch
                    {
                        "any" => SessionAttributes.Any,
                        "read-write" => SessionAttributes.ReadWrite,
                        _ => SessionAttributes.PreferStandby,
                    }
                );

        static string Encode(string text)
        {
            var encoded = new StringBuilder();
            foreach (var b in Encoding.UTF8.GetBytes(text))
                encoded.Append(char.IsAsciiLetterOrDigit((char)b) || b == '.' ? (char)b : $"%{b:X2}");
            return encoded.ToString();
        }

        static string Quote(string text) =>
            $"'{text.Replace("\\", "\\\\", StringComparison.Ordinal).Replace("'", "\\'", StringComparison.Ordinal)}'";
    }
}
