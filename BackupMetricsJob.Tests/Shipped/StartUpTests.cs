using System.Text;
using System.Text.RegularExpressions;
using BackupMetricsJob.Tests.Support;

namespace BackupMetricsJob.Tests.Shipped;

/// <summary>
/// What a run of one healthy database costs, in counts that no noise moves: a start is mostly the loading and compiling of code, so what grows here
/// grows the time. A change that means to cost more raises the figure, and says so.
/// </summary>
public sealed partial class StartUpTests : IAsyncLifetime
{
    const int MostCompiled = 80;
    const int MostAssemblies = 24;
    const string Password = "pw";

    PostgresServer _server = null!;
    PushgatewayServer _gateway = null!;

    public async Task InitializeAsync()
    {
        _gateway = await PushgatewayServer.StartAsync();
        _server = await PostgresServer.StartAsync(new() { Archiving = true, Hba = ["local all all trust", "local replication all trust", "host all monitor 127.0.0.1/32 scram-sha-256"] });
        await _server.ExecuteAsync($"CREATE ROLE monitor LOGIN PASSWORD '{Password}' IN ROLE pg_monitor");
        await _server.BaseBackupAsync();
    }

    public async Task DisposeAsync()
    {
        await _server.DisposeAsync();
        await _gateway.DisposeAsync();
    }

    [Fact]
    public async Task Few_methods_are_left_to_the_JIT()
    {
        using var folder = new TempFolder();
        var list = folder.File("jit");
        await RunAsync(_server.ConnectionUri("monitor"), new() { ["DOTNET_JitStdOutFile"] = list, ["DOTNET_JitDisasmSummary"] = "1" });

        // Of these the number differs by how threads meet.
        var compiled = (await File.ReadAllLinesAsync(list)).Where(line => line.Length > 0 && !Unsteady().IsMatch(line)).ToArray();

        Assert.True(compiled.Length <= MostCompiled, $"{compiled.Length} methods were compiled, {MostCompiled} at most are allowed:\n{string.Join('\n', compiled)}");
        Assert.NotEmpty(compiled);
    }

    [Fact]
    public async Task Few_assemblies_are_loaded_and_none_for_what_is_not_done()
    {
        using var folder = new TempFolder();
        var trace = folder.File("trace");
        const string Loader = "Microsoft-Windows-DotNETRuntime:0x8:4";
        await RunAsync(_server.ConnectionUri("monitor"), new()
        {
            ["DOTNET_EnableEventPipe"] = "1",
            ["DOTNET_EventPipeOutputPath"] = trace,
            ["DOTNET_EventPipeConfig"] = Loader,
            ["DOTNET_EventPipeRundown"] = "0",
        });

        var loaded = AssemblyName().Matches(Encoding.Unicode.GetString(await File.ReadAllBytesAsync(trace)))
            .Concat(AssemblyName().Matches(Encoding.Unicode.GetString((await File.ReadAllBytesAsync(trace))[1..])))
            .Select(match => match.Groups[1].Value).Distinct().Order(StringComparer.Ordinal).ToArray();

        Assert.True(loaded.Length <= MostAssemblies, $"{loaded.Length} assemblies were loaded, {MostAssemblies} at most are allowed: {string.Join(' ', loaded)}");
        Assert.Contains("Npgsql", loaded);
        foreach (var other in new[] { "YamlDotNet", "System.Text.Json", "System.Runtime.Numerics" }) Assert.DoesNotContain(other, loaded);
    }

    [Fact]
    public async Task Two_round_trips_after_the_login_and_one_PUT()
    {
        var conversation = new PostgresConversation();
        await using var relay = new Relay(_server.Port, conversation.Step);

        await RunAsync(_server.ConnectionUri("monitor").Replace($":{_server.Port}/", $":{new Uri(relay.Url).Port}/", StringComparison.Ordinal) + "?sslmode=disable");

        Assert.Equal(1, relay.Connections);
        Assert.Equal(2, conversation.RoundTrips);
        Assert.Equal(7, conversation.Queries);
        Assert.Equal("pushgateway_http_requests_total{code=\"200\",handler=\"push\",method=\"put\"} 1", Assert.Single(await _gateway.SamplesAsync("pushgateway_http_requests_total"), line => line.Contains("\"put\"", StringComparison.Ordinal)));
    }

    async Task RunAsync(string connection, Dictionary<string, string>? variables = null)
    {
        Dictionary<string, string> environment = new(variables ?? []) { ["PATH"] = "/usr/bin", ["PGPASSWORD"] = Password };
        await using var run = ChildProcess.Start(
            await StandaloneForm.ProgramAsync(), ["run", "--connection", connection, "--instance", "orders", "--label", "team=payments", "--gateway", _gateway.Url], new() { Environment = environment });
        var result = await run.WaitAsync();
        Assert.True(result.ExitCode == 0, result.Error);
    }

    [GeneratedRegex("AwaitUnsafeOnCompleted|AsyncStateMachineBox|GetStateMachineBox|IL_STUB")]
    private static partial Regex Unsteady();

    [GeneratedRegex(@"([A-Za-z][\w.-]+), Version=")]
    private static partial Regex AssemblyName();
}
