using System.Text;

namespace BackupMetricsJob.Cli.Help;

/// <summary>Breaks text into lines at blanks.</summary>
internal static class WrappedText
{
    /// <summary>A line that begins with a blank stays as it is. A word that is longer than a line gets a line of its own.</summary>
    public static IEnumerable<string> Wrap(string text, int width)
    {
        foreach (var paragraph in text.Split('\n'))
        {
            if (paragraph is "" or [' ', ..])
            {
                yield return paragraph;
                continue;
            }

            var line = new StringBuilder();
            foreach (var word in paragraph.Split(' ', StringSplitOptions.RemoveEmptyEntries))
            {
                if (line.Length > 0 && line.Length + 1 + word.Length > width)
                {
                    yield return line.ToString();
                    line.Clear();
                }

                line.Append(line.Length > 0 ? " " : "").Append(word);
            }

            yield return line.ToString();
        }
    }

    /// <summary>
    /// Writes a name with its description in a second column. A name that is too long for its column gets a line of its own.
    /// </summary>
    public static void WriteEntry(TextWriter to, string name, string text, int column, int width)
    {
        var lines = Wrap(text, width - column);
        var title = "  " + name;
        if (title.Length + 2 > column)
        {
            to.WriteLine(title);
            title = "";
        }

        foreach (var line in lines)
        {
            to.WriteLine($"{title.PadRight(column)}{line}".TrimEnd());
            title = "";
        }
    }
}
