namespace BackupMetricsJob.Configuration;

/// <summary>A position in a file. Lines and columns count from 1. It prints in the format of compilers, which editors understand.</summary>
internal sealed record SourceLocation(string File, int Line, int Column)
{
    public override string ToString() => $"{File}:{Line}:{Column}";
}
