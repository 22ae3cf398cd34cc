namespace BackupMetricsJob.Tests.Architecture;

/// <summary>The rooms import one way, and each library is seen in its own room only. Section 3 of the design.</summary>
public class ImportDirectionTests
{
    // What the design does not draw: ProbeFailure is Backups' word for what Postgres meets; Running takes JobOptions, which is
    // Configuration's; Text, Files and Tls are below all.
    static readonly ImportRules Design = new(
        "BackupMetricsJob",
        new Dictionary<string, string[]>
        {
            ["Program"] = ["Cli"],
            ["Cli"] = ["Schedule", "Reporting", "Running", "Drill", "Catalog", "Configuration", "Checking"],
            ["Schedule"] = ["Running", "Configuration", "Reporting"],
            ["Reporting"] = ["Running", "Configuration", "Checking", "Catalog", "Drill"],
            ["Checking"] = ["Running", "Configuration", "Pushgateway"],
            ["Drill"] = ["Running", "Catalog"],
            ["Running"] = ["Sources", "Exposition", "Pushgateway", "Configuration"],
            ["Configuration"] = ["Postgres", "Backups", "Pushgateway"],
            ["Sources"] = ["Postgres", "Backups"],
            ["Catalog"] = ["Postgres", "Backups"],
            ["Exposition"] = ["Backups"],
            ["Pushgateway"] = ["Http"],
            ["Http"] = ["Tls", "Text"],
            ["Postgres"] = ["Backups", "Tls"],
            ["Backups"] = ["Text"],
            ["Tls"] = ["Files", "Text"],
            ["Files"] = ["Text"],
            ["Text"] = [],
        },
        new Dictionary<string, string[]>
        {
            ["Npgsql"] = ["Postgres", "Sources", "Catalog", "Drill", "Schedule"],
            ["NpgsqlTypes"] = ["Sources", "Catalog"],
            ["YamlDotNet"] = ["Configuration"],
            ["System.Net.Http"] = ["Http", "Pushgateway", "Schedule"],
            ["Prometheus"] = ["Exposition", "Pushgateway", "Running", "Drill", "Schedule"],
            ["Quartz"] = ["Schedule"],
            ["Microsoft.AspNetCore"] = ["Schedule"],
            ["Microsoft.Extensions"] = ["Schedule"],
            ["BCrypt"] = ["Schedule"],
        },
        []
    );

    // Within the room of the scheduler.
    static readonly ImportRules DesignOfSchedule = new(
        "BackupMetricsJob.Schedule",
        new Dictionary<string, string[]>
        {
            ["Program"] = ["Hosting"],
            ["Hosting"] = ["Scheduling", "Options", "Notify", "Reporting", "State", "Http"],
            ["Http"] = ["Page", "Options", "State", "Reporting"],
            ["Page"] = ["State", "Reporting"],
            ["Scheduling"] = ["Options", "Slots", "State", "Reporting"],
            ["Options"] = ["Slots", "State", "Reporting"],
            ["Slots"] = [],
            ["State"] = [],
            ["Notify"] = [],
            ["Reporting"] = [],
        },
        new Dictionary<string, string[]>
        {
            ["Quartz"] = ["Scheduling", "Slots"],
            ["Npgsql"] = ["Scheduling"],
            ["Microsoft.AspNetCore"] = ["Http"],
            ["BCrypt"] = ["Http"],
            ["System.Net.Http.Headers"] = ["Http"],
            ["System.Net.Http"] = [],
            ["System.Net.Sockets"] = ["Notify", "Http"],
            ["Prometheus"] = ["State"],
        },
        []
    );

    static readonly string Product = Path.Combine(AppContext.BaseDirectory, "backup-metrics.dll");

    // Reading them takes longer than all that is asked of them.
    static readonly Lazy<(IReadOnlySet<TypeUse> Uses, IReadOnlyList<string> Assemblies)> OfProduct = new(() => AssemblyUses.Read(Product));
    static readonly Lazy<(IReadOnlySet<TypeUse> Uses, IReadOnlyList<string> Assemblies)> OfTests = new(() =>
        AssemblyUses.Read(typeof(ImportDirectionTests).Assembly.Location)
    );

    [Fact]
    public void The_product_keeps_to_the_design()
    {
        var (uses, assemblies) = OfProduct.Value;

        Assert.Contains(uses, use => use.User == "Program");
        Assert.Empty(Design.Violations(uses, assemblies));
    }

    [Fact]
    public void The_scheduler_keeps_to_the_design()
    {
        var (uses, assemblies) = OfProduct.Value;

        Assert.Contains(uses, use => use.User == "BackupMetricsJob.Schedule.Scheduling.SlotJob" && use.Used == "Quartz.IJob");
        Assert.Contains(
            uses,
            use =>
                use.User == "BackupMetricsJob.Schedule.Http.EndpointResponses"
                && use.Used.StartsWith("Microsoft.AspNetCore.", StringComparison.Ordinal)
        );
        Assert.Empty(DesignOfSchedule.Violations(uses, assemblies));
    }

    [Theory]
    [InlineData("Base")]
    [InlineData("Interface")]
    [InlineData("Field")]
    [InlineData("Property")]
    [InlineData("Parameter")]
    [InlineData("Result")]
    [InlineData("TypeArgument")]
    [InlineData("ArrayElement")]
    [InlineData("Constraint")]
    [InlineData("Annotated")]
    [InlineData("Caught")]
    [InlineData("Called")]
    [InlineData("Made")]
    [InlineData("InLambda")]
    [InlineData("InAsync")]
    [InlineData("InIterator")]
    [InlineData("InNestedType")]
    [InlineData("Cast")]
    [InlineData("NamedByTypeOf")]
    [InlineData("GenericBase")]
    [InlineData("GenericMade")]
    [InlineData("GenericMethod")]
    public void A_forbidden_use_is_seen_whatever_its_form(string form)
    {
        var (uses, _) = OfTests.Value;
        const string Samples = "BackupMetricsJob.Tests.Architecture.Samples";
        var rules = new ImportRules(
            Samples,
            new Dictionary<string, string[]> { ["Upper"] = [], ["Lower"] = [] },
            new Dictionary<string, string[]>(),
            []
        );

        var violations = rules.Violations(uses.Where(use => use.User == $"{Samples}.Upper.{form}"), []);

        Assert.NotEmpty(violations);
        Assert.All(
            violations,
            line =>
                Assert.StartsWith($"Upper must not use Lower: {Samples}.Upper.{form} uses {Samples}.Lower.", line, StringComparison.Ordinal)
        );

        // What is allowed by way of a third room is allowed.
        var rooms = new Dictionary<string, string[]>
        {
            ["Upper"] = ["Middle"],
            ["Middle"] = ["Lower"],
            ["Lower"] = [],
        };
        var ours = uses.Where(use => use.User.StartsWith(Samples, StringComparison.Ordinal));
        Assert.Empty((rules with { Rooms = rooms }).Violations(ours, []));
    }

    [Fact]
    public void A_library_in_the_wrong_room_a_forbidden_assembly_and_an_unknown_room_are_seen()
    {
        var (uses, assemblies) = OfTests.Value;
        var rules = new ImportRules(
            "BackupMetricsJob.Tests",
            new Dictionary<string, string[]> { ["Support"] = [] },
            new Dictionary<string, string[]> { ["Npgsql"] = ["Elsewhere"] },
            ["xunit"]
        );

        var violations = rules.Violations(uses, assemblies);

        Assert.Contains(
            "Support must not see Npgsql: BackupMetricsJob.Tests.Support.PostgresServer uses Npgsql.NpgsqlConnection.",
            violations
        );
        Assert.Contains("The assembly refers to xunit.assert.", violations);
        Assert.Contains("BackupMetricsJob.Tests.Architecture.ImportDirectionTests stands in no room of the design.", violations);
        Assert.DoesNotContain(violations, line => line.Contains("BackupMetricsJob.Tests.Support.TempFolder", StringComparison.Ordinal));
    }
}
