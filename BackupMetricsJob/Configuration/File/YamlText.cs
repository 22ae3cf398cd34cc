using System.Text;
using BackupMetricsJob.Files;

namespace BackupMetricsJob.Configuration.File;

/// <summary>Reads the text of a YAML file: UTF-8 with or without a byte order mark, no control characters, limited size.</summary>
internal static class YamlText
{
    public const int MaxBytes = 32 << 20;

    /// <summary>Null, and a problem, if it cannot be read.</summary>
    /// <param name="unreadable">Creates the problem of a file that cannot be opened, which belongs to the setting that names it.</param>
    public static string? Read(string file, Func<string, Problem> unreadable, ICollection<Problem> problems)
    {
        var content = LimitedFileReader.Read(file, MaxBytes);
        if (content.Fault is null)
            return Decode(file, content.Bytes, problems);
        problems.Add(unreadable(PlainText.OnOneLine(content.Fault)));
        return null;
    }

    public static string? Decode(string file, byte[] bytes, ICollection<Problem> problems)
    {
        var rest = bytes.AsSpan();
        if (rest.StartsWith(Encoding.UTF8.Preamble))
            rest = rest[Encoding.UTF8.Preamble.Length..];
        if (rest.StartsWith((ReadOnlySpan<byte>)[0xFF, 0xFE]) || rest.StartsWith((ReadOnlySpan<byte>)[0xFE, 0xFF]))
            return AddProblem(1, 1, "is UTF-16, but must be UTF-8");

        string text;
        try
        {
            text = new UTF8Encoding(false, throwOnInvalidBytes: true).GetString(rest);
        }
        catch (DecoderFallbackException e)
        {
            var before = rest[..Math.Clamp(e.Index, 0, rest.Length)];
            return AddProblem(
                before.Count((byte)'\n') + 1,
                Encoding.UTF8.GetCharCount(before[(before.LastIndexOf((byte)'\n') + 1)..]) + 1,
                "is not UTF-8 here"
            );
        }

        var (line, column) = (1, 1);
        foreach (var c in text)
        {
            if (char.IsControl(c) && c is not ('\n' or '\r' or '\t' or '\u0085'))
                return AddProblem(
                    line,
                    column,
                    $"contains a control character (U+{(int)c:X4}) here. In double quotes it can be written as \\x{(int)c:x2}"
                );
            if (c == '\n')
                (line, column) = (line + 1, 1);
            else
                column++;
        }

        return text;

        string? AddProblem(int atLine, int atColumn, string what)
        {
            problems.Add(new(ProblemOrigin.Configuration, what) { Location = new(file, atLine, atColumn) });
            return null;
        }
    }
}
