namespace BackupMetricsJob.Tests.Support;

/// <summary>
/// Compares a text with a file in Snapshots/, which is read in reviews. <c>UPDATE_SNAPSHOTS=1</c> writes the file instead;
/// a missing file is a failure.
/// </summary>
internal static class Snapshot
{
    static readonly string Folder = Path.Combine(Repository.Tests, "Snapshots");

    public static void Matches(string name, string text)
    {
        var update = Environment.GetEnvironmentVariable("UPDATE_SNAPSHOTS") == "1";
        if (Difference(Path.Combine(Folder, name), text, update) is { } difference)
            Assert.Fail(difference);
    }

    /// <summary>Null when the file says the same, or has just been written; else what differs and how to accept it.</summary>
    internal static string? Difference(string path, string text, bool update)
    {
        if (update)
        {
            Directory.CreateDirectory(Path.GetDirectoryName(path)!);
            File.WriteAllText(path, text);
            return null;
        }

        if (!File.Exists(path))
            return $"There is no snapshot {path} yet. UPDATE_SNAPSHOTS=1 ./test writes it. The text is:\n{text}";

        var expected = File.ReadAllText(path);
        if (expected == text)
            return null;

        var (want, got) = (expected.Split('\n'), text.Split('\n'));
        var line = 0;
        while (line < want.Length && line < got.Length && want[line] == got[line])
            line++;
        return $"""
            {path}, line {line + 1}, differs. If the new text is right, UPDATE_SNAPSHOTS=1 ./test accepts it.
              snapshot: {(line < want.Length ? want[line] : "(no more lines)")}
              now:      {(line < got.Length ? got[line] : "(no more lines)")}
            The whole text now:
            {text}
            """;
    }
}
