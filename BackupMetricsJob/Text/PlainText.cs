// Every namespace prints text from elsewhere.
global using BackupMetricsJob.Text;
using System.Globalization;
using System.Text;

namespace BackupMetricsJob.Text;

/// <summary>Makes text from elsewhere safe to print: one line, no control characters, limited length, no user info in URLs.</summary>
internal static class PlainText
{
    public const int DefaultMaxLength = 500;

    /// <summary>
    /// Replaces runs of white space by one space, and other control and format characters and lone surrogates by U+FFFD.
    /// </summary>
    public static string OnOneLine(string text, int limit = DefaultMaxLength)
    {
        var line = new StringBuilder(Math.Min(text.Length, limit));
        foreach (var rune in text.EnumerateRunes())
        {
            if (Rune.IsWhiteSpace(rune))
            {
                if (line.Length > 0 && line[^1] != ' ')
                    line.Append(' ');
            }
            else
                line.Append((IsInvisible(rune) ? Rune.ReplacementChar : rune).ToString());

            if (line.Length > limit)
                return line.ToString(0, char.IsHighSurrogate(line[limit - 1]) ? limit - 1 : limit).TrimEnd() + "...";
        }

        return line.ToString().TrimEnd();
    }

    /// <summary>
    /// A program's message up to the point where it continues with bytes that are not text, such as an undecryptable file. It is cut at the
    /// last colon, because the first of these bytes may look like letters.
    /// </summary>
    /// <param name="instead">The text to use in their place.</param>
    public static string Legible(string message, string instead)
    {
        var at = 0;
        foreach (var rune in message.EnumerateRunes())
        {
            if (rune == Rune.ReplacementChar || (IsInvisible(rune) && !Rune.IsWhiteSpace(rune)))
            {
                var colon = message.LastIndexOf(": ", at, StringComparison.Ordinal);
                return $"{(colon < 0 ? "" : message[..(colon + 2)])}({instead})";
            }

            at += rune.Utf16SequenceLength;
        }

        return message;
    }

    /// <summary>The beginning of a text in quotes, or a note that it is not text: nobody can read a compressed file.</summary>
    /// <param name="text">The decoded text, with U+FFFD for invalid bytes.</param>
    public static string Quoted(string text, int limit) =>
        text.AsSpan(0, Math.Min(text.Length, limit)).Contains((char)Rune.ReplacementChar.Value)
            ? "bytes that are no text (is it compressed, or encrypted?)"
            : $"\"{OnOneLine(text, limit)}\"";

    /// <summary>Replaces what is between <c>://</c> and the last <c>@</c> before the next space or quote by <c>***</c>.</summary>
    public static string WithoutUserInfo(string text)
    {
        var from = 0;
        while (text.IndexOf("://", from, StringComparison.Ordinal) is >= 0 and var scheme)
        {
            from = scheme + 3;
            var end = text.AsSpan(from).IndexOfAny(' ', '\'', '"');
            var at = text.AsSpan(from, end < 0 ? text.Length - from : end).LastIndexOf('@');
            if (at > 0)
                text = string.Concat(text.AsSpan(0, from), "***", text.AsSpan(from + at));
        }

        return text;
    }

    /// <summary>Whether it has no lone surrogates.</summary>
    public static bool IsWellFormed(string text)
    {
        for (var i = 0; i < text.Length; i++)
        {
            if (char.IsSurrogate(text[i]) && (i + 1 == text.Length || !char.IsSurrogatePair(text[i], text[++i])))
                return false;
        }

        return true;
    }

    /// <summary>Whether it is a control or format character. These may also change the direction of the text that follows.</summary>
    public static bool IsInvisible(Rune rune) => Rune.GetUnicodeCategory(rune) is UnicodeCategory.Control or UnicodeCategory.Format;
}
