namespace BackupMetricsJob.Configuration;

/// <summary>A character of a file; lines and columns count from 1. It prints as compilers and editors know it.</summary>
internal sealed record SourceLocation(string File, int Line, int Column)
{
    public override string ToString() => $"{File}:{Line}:{Column}";
}
