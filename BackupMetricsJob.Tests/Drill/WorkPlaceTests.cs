using BackupMetricsJob.Tests.Support;

namespace BackupMetricsJob.Tests.Drill;

/// <summary>A drill makes no folder within what it is to prove, nor within a server: the next backup would take it along.</summary>
public sealed class WorkPlaceTests(DrilledServer drilled) : IClassFixture<DrilledServer>
{
    [Theory]
    [InlineData("data", "a data directory of PostgreSQL")]
    [InlineData("backup", "a data directory of PostgreSQL")]
    [InlineData("tar", "a backup")]
    [InlineData("archive", "an archive of WAL")]
    public async Task Within_what_is_backed_up_or_restored(string within, string what)
    {
        await using var place = await DrillPlace.CreateAsync();
        var directory = await place.CopyAsync(
            within switch
            {
                "data" => drilled.Server.DataDirectory,
                "backup" => drilled.Plain,
                "tar" => drilled.Tar,
                _ => drilled.Archive,
            },
            within
        );

        await AssertRefusedAsync(place, directory, "mine", what, "--directory", drilled.Plain);
    }

    /// <summary>By its own names the top of a repository could be anything.</summary>
    [Theory]
    [InlineData("", "a repository of pgBackRest")]
    [InlineData("archive/orders/15-1", "an archive of WAL")]
    [InlineData("backup", "a repository of pgBackRest")]
    public async Task Within_a_repository_of_pgBackRest(string within, string what)
    {
        await using var place = await DrillPlace.CreateAsync();
        await using var server = await PostgresServer.StartAsync(new() { Archiving = true });
        Directory.CreateDirectory(place.File("repo"));
        var config = place.Write("pgbackrest.conf", ToolConfiguration.PgBackRest(place.File, server));
        place.Give();
        await ChildProcess.RunSuccessfullyAsync(
            Tool.Find("pgbackrest", "apt-get install pgbackrest"),
            ["--config=" + config, "--stanza=orders", "stanza-create"],
            new() { Unprivileged = true }
        );

        await AssertRefusedAsync(place, place.File("repo"), Path.Combine(within, "mine"), what, "--directory", drilled.Plain);
    }

    [Theory]
    [InlineData("mine", "the home of Barman")]
    [InlineData("orders/mine", "the directory of a server of Barman")]
    [InlineData("orders/incoming/mine", "the directory of a server of Barman")]
    public async Task Within_the_home_of_Barman(string within, string what)
    {
        await using var place = await DrillPlace.CreateAsync();
        Directory.CreateDirectory(place.File("home"));
        var config = place.Write("barman.conf", ToolConfiguration.Barman(place.File, drilled.Server));
        place.Give();
        // Makes its folders.
        await ChildProcess.RunAsync(
            Tool.Find("barman", "apt-get install barman"),
            ["-c", config, "check", "orders"],
            new() { Unprivileged = true }
        );

        await AssertRefusedAsync(place, place.File("home"), within, what, "--directory", drilled.Plain);
    }

    [Theory]
    [InlineData("basebackups_005/base_1")]
    [InlineData("wal_005")]
    public async Task Within_a_storage_of_walg(string inner)
    {
        await using var place = await DrillPlace.CreateAsync();
        Directory.CreateDirectory(place.File("storage/" + inner));

        await AssertRefusedAsync(place, place.File("storage"), "mine", "a storage of wal-g", "--directory", drilled.Plain);
    }

    /// <summary>A directory that looks like nothing, but that the settings name.</summary>
    [Theory]
    [InlineData("--directory", "the backup")]
    [InlineData("--archive", "the archive")]
    public async Task Within_a_directory_that_is_named(string flag, string what)
    {
        await using var place = await DrillPlace.CreateAsync();
        Directory.CreateDirectory(place.File("named"));
        string[] rest = flag == "--archive" ? ["--directory", drilled.Plain] : [];

        await AssertRefusedAsync(place, place.File("named"), "mine", $"{what} of {flag}", [flag, place.File("named"), .. rest]);
    }

    /// <summary>The disk that it is on is not mounted tonight: nothing is made there.</summary>
    [Fact]
    public async Task That_is_not_there()
    {
        await using var place = await DrillPlace.CreateAsync();
        var gone = place.File("gone");

        var result = await BackupMetrics.RunAsync(
            ["drill", "--tool", "pg_basebackup", "--server", "orders", "--directory", drilled.Plain, "--work-dir", gone],
            null,
            unprivileged: true
        );

        place.AssertEnded(
            result,
            78,
            "UNFINISHED",
            "preflight",
            $"--work-dir .or TMPDIR. {gone}: there is no such directory, or this user "
        );
        Assert.False(Directory.Exists(gone));
    }

    /// <summary>With TMPDIR and through a link, too; and nothing in it changes.</summary>
    static async Task AssertRefusedAsync(DrillPlace place, string directory, string within, string what, params string[] of)
    {
        var work = Directory.CreateDirectory(Path.Combine(directory, within)).FullName;
        File.CreateSymbolicLink(place.File("link"), work);
        place.Give();
        var before = DrillPlace.Fingerprint(directory);

        foreach (var temp in new[] { work, place.File("link") })
        {
            var result = await BackupMetrics.RunAsync(
                ["drill", "--tool", "pg_basebackup", "--server", "orders", .. of],
                // .NET itself makes a socket there, unless it is told not to.
                new Dictionary<string, string> { ["TMPDIR"] = temp, ["DOTNET_EnableDiagnostics"] = "0" },
                unprivileged: true
            );

            place.AssertEnded(result, 78, "UNFINISHED", "preflight", $"is within {directory}.*, {what}: nothing is written there");
        }

        Assert.Equal(before, DrillPlace.Fingerprint(directory));
    }
}
