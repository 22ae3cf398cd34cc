using System.Globalization;
using System.Runtime.Versioning;
using BackupMetricsJob.Benchmarks.Inner;
using BackupMetricsJob.Benchmarks.SideBySide;

// /proc, and the peers.
[assembly: SupportedOSPlatform("linux")]

return args switch
{
    ["machine"] => Machine.Print(),
    ["run", var rounds, var folder, var port, var gateway, var process] => Comparison.Run(
        int.Parse(rounds, CultureInfo.InvariantCulture),
        new Servers(folder, port, new(gateway), process)
    ),
    ["inner", .. var filters] => InnerBenchmarks.Run(filters),
    _ => Usage(),
};

static int Usage()
{
    Console.Error.WriteLine("Started by ./bench: machine | run ROUNDS FOLDER POSTGRES_PORT GATEWAY GATEWAY_PROCESS | inner [FILTER...]");
    return 64;
}
