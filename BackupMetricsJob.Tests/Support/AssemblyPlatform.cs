using System.Runtime.Versioning;

// The product runs on Linux, and so do its tests: file modes, signals and real servers.
[assembly: SupportedOSPlatform("linux")]
