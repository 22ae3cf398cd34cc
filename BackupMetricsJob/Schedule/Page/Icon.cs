using BackupMetricsJob.Backups;

namespace BackupMetricsJob.Schedule.Page;

/// <summary>The status icons. Each has its own shape, so that colour is not needed to tell them apart.</summary>
internal static class Icon
{
    /// <summary>Included once per page; <see cref="Render"/> refers to it.</summary>
    public static Html Shapes { get; } =
        new(
            """
            <svg hidden aria-hidden="true"><defs>
            <symbol id="sign-critical" viewBox="0 0 20 20"><path d="M6.3 1h7.4L19 6.3v7.4L13.7 19H6.3L1 13.7V6.3z"/><path class="in" d="m6.8 6.8 6.4 6.4m0-6.4-6.4 6.4"/></symbol>
            <symbol id="sign-warning" viewBox="0 0 20 20"><path d="M8.7 2.2a1.5 1.5 0 0 1 2.6 0l7.9 14a1.5 1.5 0 0 1-1.3 2.3H2.1a1.5 1.5 0 0 1-1.3-2.3z"/><path class="in" d="M10 7.2v5m0 2.6v.2"/></symbol>
            <symbol id="sign-ok" viewBox="0 0 20 20"><circle cx="10" cy="10" r="9"/><path class="in" d="m5.8 10.4 2.9 2.9 5.5-6.1"/></symbol>
            <symbol id="sign-unknown" viewBox="0 0 20 20"><path d="M10 .6 19.4 10 10 19.4.6 10z"/><path class="in" d="M7.8 8a2.2 2.2 0 1 1 3.3 1.9c-.7.4-1.1.9-1.1 1.7m0 2.6v.2"/></symbol>
            <symbol id="sign-none" viewBox="0 0 20 20"><circle cx="10" cy="10" r="9"/><path class="in" d="M6 10h8"/></symbol>
            </defs></svg>
            """
        );

    public static Html Render(Verdict verdict) =>
        Html.Format($"<svg class=\"icon {Name(verdict)}\" aria-hidden=\"true\"><use href=\"#sign-{Name(verdict)}\"/></svg>");

    /// <summary>The icon as the body of a data: URL, for the browser tab.</summary>
    public static Html Link(Verdict verdict)
    {
        var (colour, shape) = verdict switch
        {
            Verdict.Critical => ("b3261e", "%3Cpath d='M6.3 1h7.4L19 6.3v7.4L13.7 19H6.3L1 13.7V6.3z'/%3E"),
            Verdict.Warning => ("b06a00", "%3Cpath d='M10 2 19 18H1z'/%3E"),
            Verdict.Unknown => ("6a3d9a", "%3Cpath d='M10 0 20 10 10 20 0 10z'/%3E"),
            Verdict.Healthy => ("1f7a4a", "%3Ccircle cx='10' cy='10' r='9'/%3E"),
            _ => ("76726a", "%3Ccircle cx='10' cy='10' r='9'/%3E"),
        };
        return new($"%3Csvg xmlns='http://www.w3.org/2000/svg' viewBox='0 0 20 20' fill='%23{colour}'%3E{shape}%3C/svg%3E");
    }

    public static string Name(Verdict verdict) =>
        verdict switch
        {
            Verdict.Critical => "critical",
            Verdict.Warning => "warning",
            Verdict.Unknown => "unknown",
            Verdict.Healthy => "ok",
            _ => "none",
        };

    public static string Word(Verdict verdict) =>
        verdict switch
        {
            Verdict.Critical => "Critical",
            Verdict.Warning => "Warning",
            Verdict.Unknown => "Unknown",
            Verdict.Healthy => "OK",
            _ => "Not assessed",
        };
}
