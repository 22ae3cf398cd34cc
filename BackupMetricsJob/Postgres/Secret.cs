namespace BackupMetricsJob.Postgres;

/// <summary>A password. It prints as <c>***</c> wherever it is printed; only <see cref="Reveal"/> gives it away.</summary>
internal sealed record Secret
{
    readonly string _value;

    internal Secret(string value) => _value = value;

    internal string Reveal() => _value;

    public override string ToString() => "***";
}
