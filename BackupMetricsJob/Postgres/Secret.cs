namespace BackupMetricsJob.Postgres;

/// <summary>A password. It prints as <c>***</c> wherever it is printed; only <see cref="Reveal"/> gives it away.</summary>
internal sealed record Secret
{
    readonly string value;

    internal Secret(string value) => this.value = value;

    internal string Reveal() => value;

    public override string ToString() => "***";
}
