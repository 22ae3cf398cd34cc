using BackupMetricsJob.Backups;
using BackupMetricsJob.Configuration;
using BackupMetricsJob.Reporting;
using BackupMetricsJob.Running;
using static BackupMetricsJob.Tests.Backups.Evidence;

namespace BackupMetricsJob.Tests.Reporting;

/// <summary>The line of a plugin: its state is the worst verdict, and what is unknown is never OK.</summary>
public sealed class NagiosOutputTests
{
    static readonly ProbeResult Late = Result with
    {
        Instance = Orders with { Name = "stock" },
        Backups = [Backup with { LastSuccess = Noon.AddHours(-30), Age = TimeSpan.FromHours(30) }],
    };

    static readonly ProbeResult Standby = Result with
    {
        Instance = Orders with { Name = "standby" },
        Server = Server with { InRecovery = true },
        Backups = [],
    };

    [Fact]
    public void Well() =>
        Assert.Equal(
            (
                PluginState.Ok,
                "BACKUP OK - orders: base backup 3 h old (pg_basebackup), WAL archiving ok, 3 min of work would be lost now | "
                    + "backup_age=10800s;93600;180000;0 loss_window=170s;900;3600;0 wal_waiting=0;;;0\n"
            ),
            Write(Result)
        );

    [Fact]
    public void Late_is_a_warning() =>
        Assert.Equal(
            (
                PluginState.Warning,
                "BACKUP WARNING - stock: the newest base backup is 30 h old, the warning limit is 26 h | "
                    + "backup_age=108000s;93600;180000;0 loss_window=170s;900;3600;0 wal_waiting=0;;;0\n"
            ),
            Write(Late)
        );

    [Fact]
    public void No_answer_is_unknown_and_so_are_its_values()
    {
        var (state, line) = Write(Failed(FailureReason.Refused, "no | one is there"));

        Assert.Equal(PluginState.Unknown, state);
        Assert.StartsWith("BACKUP UNKNOWN - orders: the probe failed (refused): no / one is there", line, StringComparison.Ordinal);
        Assert.EndsWith(" | backup_age=U;93600;180000;0 loss_window=U;900;3600;0 wal_waiting=U;;;0\n", line, StringComparison.Ordinal);
    }

    [Fact]
    public void A_standby_alone_is_unknown_and_beside_others_it_does_not_count()
    {
        var (state, line) = Write(Standby);
        Assert.Equal(PluginState.Unknown, state);
        Assert.StartsWith("BACKUP UNKNOWN - standby: not checked on a standby: ", line, StringComparison.Ordinal);

        (state, line) = Write(Result, Standby);
        Assert.Equal(PluginState.Ok, state);
        Assert.StartsWith(
            "BACKUP OK - 1 ok, 1 not checked | critical=0;;;0 unknown=0;;;0 warning=0;;;0 ok=1;;;0 not_checked=1;;;0 "
                + "'orders backup_age'=10800s;",
            line,
            StringComparison.Ordinal
        );
    }

    [Fact]
    public void Nothing_asked_and_nothing_known_are_unknown()
    {
        Assert.Equal(PluginState.Unknown, Write().State);
        var unlimited = Result with { Instance = Orders with { Limits = [] }, Server = null, Backups = [] };
        Assert.Equal(PluginState.Unknown, Write(unlimited).State);
        Assert.Contains("nothing is known", Write(unlimited).Line, StringComparison.Ordinal);
    }

    [Fact]
    public void Several_have_the_worst_state_and_name_the_bad_ones_first()
    {
        var (state, line) = Write(Result, Late, Failed(FailureReason.Auth, "no") with { Instance = Orders with { Name = "a='b" } });

        Assert.Equal(PluginState.Unknown, state);
        Assert.StartsWith(
            "BACKUP UNKNOWN - 1 unknown, 1 warning, 1 ok: a='b: the probe failed (auth): no; stock: the newest base backup is 30 h old",
            line,
            StringComparison.Ordinal
        );
        Assert.Contains(" 'a__b backup_age'=U;", line, StringComparison.Ordinal);
        Assert.Equal(1, line.Count(c => c == '|'));
    }

    [Fact]
    public void A_fleet_fits_into_what_a_runner_reads()
    {
        var fleet = Enumerable.Range(0, 1000).Select(i => Late with { Instance = Orders with { Name = $"db{i:000}" } });

        var (state, line) = Write([.. fleet]);

        Assert.Equal(PluginState.Warning, state);
        Assert.Contains("1000 warning: db000: ", line, StringComparison.Ordinal);
        Assert.EndsWith(
            "; and 995 more | critical=0;;;0 unknown=0;;;0 warning=1000;;;0 ok=0;;;0 not_checked=0;;;0\n",
            line,
            StringComparison.Ordinal
        );
        Assert.InRange(line.Length, 100, 2000);
    }

    [Fact]
    public void A_signal_or_a_wrong_setting_is_unknown()
    {
        Assert.Equal(PluginState.Unknown, Write(ExitCode.Terminated, Result).State);
        using var text = new StringWriter { NewLine = "\n" };
        Assert.Equal(PluginState.Unknown, NagiosOutput.Write(["--x: no | y"], text));
        Assert.Equal("BACKUP UNKNOWN - --x: no / y\n", text.ToString());
    }

    static (PluginState State, string Line) Write(params ProbeResult[] results) => Write(null, results);

    static (PluginState State, string Line) Write(ExitCode? signal, params ProbeResult[] results)
    {
        using var text = new StringWriter { NewLine = "\n" };
        var state = NagiosOutput.Write(new RunReport(results, TimeSpan.Zero), signal, [], text);
        return (state, text.ToString());
    }
}
