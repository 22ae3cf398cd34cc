namespace BackupMetricsJob.Http;

/// <summary>
/// The URLs of a service that alerts somebody if a job does not report, in the manner of healthchecks.io. Each URL contains a secret, so
/// only the host is ever printed.
/// </summary>
/// <param name="Success">Called after a run that found no problem.</param>
/// <param name="Start">Called when a run begins; null for never.</param>
/// <param name="Fail">Called after any other run; null for never. Then the service alerts when a call is overdue.</param>
internal sealed record Heartbeat(Uri Success, Uri? Start, Uri? Fail)
{
    /// <summary>The URL for a success, and the others with the paths of healthchecks.io.</summary>
    public static Heartbeat Create(Uri success) => new(success, Below(success, "start"), Below(success, "fail"));

    /// <summary>Null if it is not a URL that can be called.</summary>
    public static Uri? TryParse(string text) =>
        Uri.TryCreate(text, UriKind.Absolute, out var url)
        && (url.Scheme == Uri.UriSchemeHttp || url.Scheme == Uri.UriSchemeHttps)
        && url is { UserInfo: "", Fragment: "", Host.Length: > 0, Port: not 0 }
            ? url
            : null;

    public override string ToString() => Success.GetLeftPart(UriPartial.Authority);

    static Uri Below(Uri url, string name) => new UriBuilder(url) { Path = $"{url.AbsolutePath.TrimEnd('/')}/{name}" }.Uri;
}
