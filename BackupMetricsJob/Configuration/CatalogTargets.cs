using BackupMetricsJob.Backups;
using BackupMetricsJob.Postgres;

namespace BackupMetricsJob.Configuration;

/// <summary>
/// A single database whose backups are in a catalogue, either in the same database or in the one that --catalogue names. The catalogue is
/// queried only for the backups of that instance, so that both sources describe one server. The exception: --source catalog is its only
/// source and there is no --instance.
/// </summary>
internal static class CatalogTargets
{
    /// <summary>The suffix of such a catalogue's name.</summary>
    public const string NameSuffix = "/catalogue";

    /// <summary>The setting that needs the source catalog: --catalogue or --import; null if neither is given.</summary>
    public static Setting? Find(GivenSettings settings) => settings.One(JobSettings.Catalogue) ?? settings.One(JobSettings.Import);

    /// <param name="single">The database, with its selected sources.</param>
    /// <param name="import">Where lists are imported into; null if there are none.</param>
    /// <returns>The targets: the database, and the catalogue if it is a different database.</returns>
    public static List<MonitoredTarget> Read(
        MonitoredTarget single,
        ConnectionSettings connection,
        GivenSettings settings,
        IReadOnlyDictionary<string, string> environment,
        List<Problem> problems,
        out ImportTarget? import
    )
    {
        import = null;
        if (Find(settings) is not { } needs)
            return [single];
        var others = single.Instance.Sources.Where(source => source != SourceName.Catalog).ToList();
        var catalogue = settings.One(JobSettings.Catalogue);
        if (catalogue is not null && others.Count == 0)
            problems.Add(
                catalogue.CreateProblem("is only for a catalogue beside another source; with --source catalog alone, give --connection")
            );
        var name = single.Instance.Name;
        var server = others.Count > 0 || settings.One(JobSettings.Instance) is not null ? name : null;
        if (server is not null && settings.All(JobSettings.Server) is [var pattern, ..])
            problems.Add(
                pattern.CreateProblem($"selects servers of a catalogue; with {needs.Name}, --instance NAME is the server: remove one")
            );
        if (server is not null && server.Contains('*', StringComparison.Ordinal))
            problems.Add(needs.CreateProblem("needs an instance whose name has no *"));
        var servers = server is null ? single.Sources.Servers : new ServerPatterns([server]);
        if (catalogue is null)
        {
            import = ImportInto(connection);
            return [single with { Sources = single.Sources with { Servers = servers } }];
        }

        var other = ConnectionSetting.Read(settings, environment, problems, database: JobSettings.Catalogue);
        if (other is null)
            return [];
        import = ImportInto(other);
        var own = single.Instance with { Sources = others };
        // A name that differs from that of any server, and from that of the catalogue's target in another host's run.
        var second = own with
        {
            Name = name + NameSuffix,
            Sources = [SourceName.Catalog],
        };
        var timeout = single.Target?.Timeout ?? JobDefaults.Timeout;
        return [single with { Instance = own }, new(new Target(second.Name, other, timeout), second, new(servers, null))];

        ImportTarget? ImportInto(ConnectionSettings database) =>
            settings.One(JobSettings.Import) is null
                ? null
                : new(database, server, catalogue is null && others.Contains(SourceName.Server))
                {
                    Probed = others.Contains(SourceName.Server) ? connection : null,
                };
    }
}
