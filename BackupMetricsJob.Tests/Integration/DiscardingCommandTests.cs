using BackupMetricsJob.Backups;
using BackupMetricsJob.Tests.Support;

namespace BackupMetricsJob.Tests.Integration;

/// <summary>Commands that end well although nothing is stored: PostgreSQL counts a success for each, and deletes the WAL.</summary>
public sealed class DiscardingCommandTests
{
    static readonly string[] Thrown =
    [
        "true",
        "/bin/true",
        "/usr/bin/true %p",
        ":",
        "exit 0",
        "cd .",
        "(true)",
        "{ true; }",
        "true # for now",
        "# off",
        " ",
        "true;",
        "exec true",
        "busybox true",
        "sh -c true",
        "/bin/sh -c 'exit 0'",
        "env X=1 true",
        "echo \"(disabled)\"",
        "echo %f >> /tmp/log",
        "test ! -f /no/%f && true",
        "cp %p /dev/null",
        "dd if=%p of=/dev/null",
        "cat %p > /dev/null",
        "cp %p /archive/%f || true",
        "cp %p /archive/%f || exit 0",
        "wal-g wal-push %p || echo failed",
        "cp %p /archive/%f; true",
        "cp %p /archive/%f &",
        "bash -c \"cp %p /archive/%f || true\"",
        "cp %p /archive/%f 2>&1 | tee -a /log",
        "wal-g wal-push %p 2>&1 | logger -t wal",
        "cp %p /no/%f || echo \"archiving %f failed\" >&2",
        "cp %p /no/%f || logger failed",
        "cp %p /no/%f || touch /tmp/f",
        "cp %p /no/%f || date",
        "cp %p /no/%f || true 2>/dev/null",
        "cp %p /no/%f || : ignore",
        "cp %p /no/%f || (true)",
        "cp %p /no/%f || /usr/bin/env true",
        "cp %p /no/%f; rm -f /tmp/lock",
        "cp %p /no/%f; touch last",
        "cp --preserve=false %p /no/%f || true",
        "timeout 60 true",
        "sudo -u postgres true",
        "/opt/archive.sh",
        "timeout 60 true %p",
        "/usr/bin/timeout -k 5 60s /bin/true %p",
        "nice -n 10 true",
        "ionice -c 3 nice true %p",
        "sudo true",
        "ls %p",
        "test -f \"%p\"",
        "sha256sum %p",
        "sleep 5",
        "gzip -c %p >/dev/null",
        "cat %p > /archive/wal",
        "gzip -c \"%p\" > /archive/wal.gz",
        "gzip < %p > /archive/wal.gz",
        "gzip < %p | cat",
        "cat %p | gzip > /archive/wal.gz",
        "dd if=%p of=/archive/wal",
        "touch /archive/%f",
        "touch /archive/%f && sync",
        "sudo touch /archive/%f",
        "logger %p",
        "logger -t wal \"%f\"",
        "rm -f %p",
        "/bin/rm %p",
        "unlink %p",
        "mkdir -p /archive/%f",
        "date; echo %p",
        "echo %p",
    ];

    static readonly string[] Kept =
    [
        "cp %p /archive/%f",
        "test ! -f /archive/%f && cp %p /archive/%f",
        "gzip < %p | cat > /archive/%f",
        "gzip -c %p | tee /archive/%f > /dev/null",
        "gzip < %p | aws s3 cp - s3://bucket/%f",
        "wal-g wal-push %p > /dev/null 2>&1",
        "/bin/false",
        "exit 1",
        "cp %p /archive/%f && true",
        "cp %p /archive/%f && exit 0",
        "cp %p /archive/%f || exit 1; exit 0",
        "true && cp %p /archive/%f",
        "/opt/true/archive %p",
        "pgbackrest --stanza=main archive-push %p",
        "barman-wal-archive backup main %p",
        "pghoard_postgres_command --site main --xlog %f --mode archive",
        "set -o pipefail; gzip < %p | cat > /archive/%f",
        "echo %f && cp %p /archive/%f",
        "cp \"%p\" \"/a b/#x/%f\"",
        "envdir /etc/wal-e.d/env wal-e wal-push %p",
        "rsync -a %p host:/archive/%f && sync",
        "cp %p /archive/%f || exit",
        "cp %p /archive/%f; exit",
        "cp %p /archive/%f 2>/dev/null",
        "cp %p /archive/%f || (echo failed; false)",
        "cp %p /archive/%f || exit $?",
        "sleep 1000",
        "sleep infinity",
        "test ! -f \"/a #1/%f\" && cp %p \"/a #1/%f\"",
        "test ! -f '/a #1/%f' && cp %p '/a #1/%f'",
        "gzip -c %p > /archive/$(basename %p).gz",
        "ssh host \"cat > /archive/%f\" < %p",
        "timeout 60 wal-g wal-push %p",
        "sudo -u postgres pgbackrest --stanza=main archive-push %p",
        "test ! -f /stop && pgbackrest --stanza=main archive-push %p",
        "cp %p /archive/",
        "cp %p /archive/.",
        "rsync -a %p host::module",
        "scp %p host:",
        "aws s3 cp %p s3://bucket/wal/",
        "aws s3 cp %p s3://bucket",
        "echo $(cp %p /archive/%f)",
        "true `cp %p /archive/%f`",
        "logger -f %p",
        "mkdir -p /a && cp %p /a/%f",
        "mkdir -p /a; cp %p /a/%f",
        "test -f /archive/%f || cp %p /archive/%f",
        "[ -d /mnt ] || exit 1; cp %p /mnt/%f",
        "[ -d /mnt ] || mount /mnt; cp %p /mnt/%f",
        "[ -d /mnt ] && cp %p /mnt/%f",
        "[ -f /archive/%f ] && exit 0; cp %p /archive/%f",
        "mountpoint -q /mnt && cp %p /mnt/%f",
        "if [ ! -f /archive/%f ]; then cp %p /archive/%f; fi",
        "if [ -d /mnt ]; then cp %p /mnt/%f; else exit 1; fi",
    ];

    // Each stores the segment, under a name of its own only where the target is a directory: the server cannot see that.
    static readonly string[] Doubtful =
    [
        "cp %p /archive/wal",
        "cp \"%p\" \"/archive/wal\"",
        "mv %p /archive/wal.new && sync",
        "test ! -f /archive/wal && cp %p /archive/wal",
        "rsync -a %p host:/archive/wal",
        "aws s3 cp %p s3://bucket/wal",
    ];

    // Each stores the segment, or succeeds without: which, the server cannot see.
    static readonly string[] Skipping =
    [
        "[ -f /stop ] || cp %p /archive/%f",
        "[ ! -d x ] || cp %p x/%f",
        "test ! -d /mnt/x || cp %p /mnt/%f",
        "test -f /tmp/off || pgbackrest --stanza=main archive-push %p",
        "[[ -f /stop ]] || wal-g wal-push %p",
        "sh -c '[ -f /stop ] || cp %p /archive/%f'",
        "mountpoint -q /mnt || exit 0; cp %p /mnt/%f",
        "[ -f /stop ] && exit 0; cp %p /archive/%f",
        "if [ -d /mnt ]; then cp %p /mnt/%f; fi",
        "if mountpoint -q /mnt; then cp %p /mnt/%f && sync; fi",
    ];

    [Theory]
    [InlineData(13)]
    [InlineData(18)]
    public async Task Each_is_told_from_those_that_store(int version)
    {
        await using var server = await PostgresServer.StartAsync(new() { Version = version, Archiving = true });
        var wrong = new List<string>();
        foreach (var command in Thrown.Concat(Kept).Concat(Doubtful).Concat(Skipping))
        {
            await server.SetAsync("archive_command", command);
            var said = (await Probe.OfAsync(server)).Server!;
            if (said.DiscardReason is null == Thrown.Contains(command))
                wrong.Add($"{command} is {said.DiscardReason ?? "kept"}");
            if (said.MayOverwrite != Doubtful.Contains(command))
                wrong.Add($"{command} {(said.MayOverwrite ? "may overwrite" : "does not overwrite")}");
            if (said.DiscardReason is null && said.MaySkip != Skipping.Contains(command))
                wrong.Add($"{command} {(said.MaySkip ? "may skip" : "does not skip")}");
            Assert.True(said.DiscardReason is null || said.DiscardReason.Length <= 9, said.DiscardReason);
        }

        Assert.Empty(wrong);
    }

    [Fact]
    public async Task Segments_that_overwrite_one_another_are_no_archive()
    {
        await using var server = await PostgresServer.StartAsync(
            new() { Archiving = true, Settings = { ["archive_command"] = "cp %p {archive}/wal" } }
        );
        var backup = await server.BaseBackupAsync();
        await server.ExecuteAsync("CREATE TABLE work AS SELECT 1");
        await server.WaitForArchivedAsync(await server.SwitchWalAsync());

        var result = await Probe.OfAsync(server);

        Assert.Null(result.LossWindow);
        Assert.Contains(Findings.For(result), finding => finding.Summary.Contains("without %f", StringComparison.Ordinal));
        Assert.DoesNotContain("postgres_recovery_point", Published.Text(result), StringComparison.Ordinal);
        await server.CrashAsync();
        await using var restored = await server.RestoreAsync(backup);
        Assert.Equal(0, await restored.ScalarAsync<long>("SELECT count(*) FROM pg_class WHERE relname = 'work'"));
    }

    [Fact]
    public async Task Segments_that_are_skipped_are_no_archive()
    {
        await using var server = await PostgresServer.StartAsync(
            new() { Archiving = true, Settings = { ["archive_command"] = "[ ! -d {archive}/mounted ] || cp %p {archive}/mounted/%f" } }
        );
        var backup = await server.BaseBackupAsync();
        await server.ExecuteAsync("CREATE TABLE work AS SELECT 1");
        await server.WaitForArchivedAsync(await server.SwitchWalAsync());

        var result = await Probe.OfAsync(server);

        Assert.Null(result.LossWindow);
        Assert.Contains(Findings.For(result), finding => finding.Summary.Contains("without storing", StringComparison.Ordinal));
        Assert.DoesNotContain("postgres_recovery_point", Published.Text(result), StringComparison.Ordinal);
        await server.CrashAsync();
        await using var restored = await server.RestoreAsync(backup);
        Assert.Equal(0, await restored.ScalarAsync<long>("SELECT count(*) FROM pg_class WHERE relname = 'work'"));
    }

    [Fact]
    public async Task All_that_was_archived_so_is_lost_and_that_is_critical()
    {
        await using var server = await PostgresServer.StartAsync(
            new() { Archiving = true, Settings = { ["archive_command"] = "/bin/true password=geheim" } }
        );
        var backup = await server.BaseBackupAsync();
        await server.ExecuteAsync("CREATE TABLE work AS SELECT 1");
        await server.WaitForArchivedAsync(await server.SwitchWalAsync());

        var result = await Probe.OfAsync(server);
        var text = Published.Text(result);
        var finding = Assert.Single(Findings.For(result), finding => finding.IsCritical);

        Assert.Equal(ArchiverState.Discarded, ArchiverStates.Classify(result.Server!));
        Assert.Contains("postgres_wal_archive_state{instance=\"it\",state=\"discarded\"} 1\n", text, StringComparison.Ordinal);
        Assert.Contains("postgres_wal_archive_state{instance=\"it\",state=\"ok\"} 0\n", text, StringComparison.Ordinal);
        Assert.DoesNotContain("postgres_recovery_point", text, StringComparison.Ordinal);
        Assert.StartsWith("archive_command throws WAL away: it only does \"true\"", finding.Summary, StringComparison.Ordinal);
        Assert.DoesNotContain("geheim", finding.Summary + finding.Advice + text, StringComparison.Ordinal);

        await server.CrashAsync();
        await using var restored = await server.RestoreAsync(backup);
        Assert.Equal(0, await restored.ScalarAsync<long>("SELECT count(*) FROM pg_class WHERE relname = 'work'"));
    }
}
