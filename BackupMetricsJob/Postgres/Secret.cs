namespace BackupMetricsJob.Postgres;

/// <summary>A password. Prints as <c>***</c>; only <see cref="Reveal"/> returns it.</summary>
internal sealed record Secret
{
    readonly string _value;

    internal Secret(string value) => _value = value;

    internal string Reveal() => _value;

    public override string ToString() => "***";
}
