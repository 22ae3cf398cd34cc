using System.Runtime.CompilerServices;

namespace BackupMetricsJob.Tests.Support;

/// <summary>The product blocks threads, many tests at once in this process: with the default of one a processor, timers would be late by half a second.</summary>
internal static class EnoughThreads
{
#pragma warning disable CA2255 // Meant for applications, and a test assembly is one.
    [ModuleInitializer]
#pragma warning restore CA2255
    internal static void Provide() => ThreadPool.SetMinThreads(64, 64);
}
