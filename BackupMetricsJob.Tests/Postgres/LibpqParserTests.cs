using System.Runtime.InteropServices;
using BackupMetricsJob.Postgres;
using FsCheck;
using FsCheck.Fluent;

namespace BackupMetricsJob.Tests.Postgres;

/// <summary>
/// Random texts are split into keywords and values exactly as by the installed libpq (PQconninfoParse), except where we are intentionally
/// stricter: a late "@", or an "@" after a "/", in a URI. libpq reads bytes, so texts are ASCII.
/// </summary>
public sealed class LibpqParserTests : IDisposable
{
    readonly nint _library = NativeLibrary.Load("libpq.so.5");

    public void Dispose() => NativeLibrary.Free(_library);

    [Fact]
    public void URIs_are_cut_as_by_libpq() =>
        Compare(
            from scheme in Gen.Elements("postgresql://", "postgres://")
            from rest in Gen.Elements(
                    "u",
                    "user",
                    ":",
                    ":",
                    "@",
                    "h",
                    "host",
                    ",",
                    "/",
                    "?",
                    "&",
                    "=",
                    "[::1]",
                    "[",
                    "]",
                    "1",
                    "5432",
                    "%41",
                    "%4",
                    "%2F",
                    "%",
                    "+",
                    "#",
                    ";",
                    " ",
                    "sslmode=require",
                    "?sslmode=x",
                    "&port=7",
                    "ssl=true",
                    "?ssl=true",
                    "&ssl=false",
                    "requiressl=1",
                    "?password=p",
                    "'",
                    "\\",
                    "dbname",
                    "%00"
                )
                .ListOf()
            select scheme + string.Concat(rest)
        );

    [Fact]
    public void Keyword_texts_are_cut_as_by_libpq() =>
        Compare(
            Gen.Elements(
                    "host",
                    "port",
                    "user",
                    "dbname",
                    "=",
                    "=",
                    "=",
                    " ",
                    " ",
                    "'",
                    "\\",
                    "\t",
                    "\n",
                    "\v",
                    "1",
                    "a",
                    "sslmode=x",
                    " password=",
                    "''",
                    "@",
                    "/",
                    "requiressl=1"
                )
                .ListOf()
                .Select(parts => string.Concat(parts))
        );

    void Compare(Gen<string> texts)
    {
        var parse = Function<Parse>("PQconninfoParse");
        Prop.ForAll(
                texts.ToArbitrary(),
                text =>
                {
                    var expected = Libpq(parse, text, out var error);
                    var actual = Ours(text, out var problems);
                    if (ConnectionUri.IsUri(text) && IsRefusedOnPurpose(text.AsSpan(text.IndexOf("//", StringComparison.Ordinal) + 2)))
                        return actual is null;
                    return (expected is null) == (actual is null) && (expected is null || expected.SequenceEqual(actual!))
                        ? true
                        : throw new InvalidOperationException($"libpq: {Show(expected)} {error}\nwe: {Show(actual)} {problems}");
                }
            )
            .Check(Config.QuickThrowOnFailure.WithMaxTest(8000));
    }

    static bool IsRefusedOnPurpose(ReadOnlySpan<char> rest) =>
        rest.Count('@') > 1 || (rest.Contains('/') && rest.IndexOf('@') > rest.IndexOf('/'));

    static SortedDictionary<string, string>? Ours(string text, out string problems)
    {
        var list = new List<string>();
        var keywords = new KeywordList(list);
        var isRead = ConnectionUri.IsUri(text) ? ConnectionUri.TryRead(text, keywords, list) : KeywordText.TryRead(text, keywords, list);
        problems = string.Join("; ", list);
        return isRead && list.Count == 0 ? new(keywords.Values, StringComparer.Ordinal) : null;
    }

    SortedDictionary<string, string>? Libpq(Parse parse, string text, out string? error)
    {
        var options = parse(text, out var message);
        error = Marshal.PtrToStringUTF8(message);
        if (options == 0)
        {
            Function<Free>("PQfreemem")(message);
            return null;
        }
        var result = new SortedDictionary<string, string>(StringComparer.Ordinal);
        for (var option = options; Marshal.ReadIntPtr(option) != 0; option += 7 * nint.Size) // six pointers and a padded int
        {
            if (Marshal.PtrToStringUTF8(Marshal.ReadIntPtr(option, 3 * nint.Size)) is { } value)
                result.Add(Marshal.PtrToStringUTF8(Marshal.ReadIntPtr(option))!, value);
        }
        Function<Free>("PQconninfoFree")(options);
        return result;
    }

    static string Show(SortedDictionary<string, string>? values) => values is null ? "refused" : string.Join(' ', values);

    T Function<T>(string name)
        where T : Delegate => Marshal.GetDelegateForFunctionPointer<T>(NativeLibrary.GetExport(_library, name));

    [UnmanagedFunctionPointer(CallingConvention.Cdecl)]
    delegate nint Parse([MarshalAs(UnmanagedType.LPUTF8Str)] string text, out nint error);

    [UnmanagedFunctionPointer(CallingConvention.Cdecl)]
    delegate void Free(nint memory);
}
