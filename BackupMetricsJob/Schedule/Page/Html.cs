using System.Globalization;
using System.Runtime.CompilerServices;
using System.Text;

namespace BackupMetricsJob.Schedule.Page;

/// <summary>
/// A piece of HTML. Interpolated values are escaped unless they are HTML themselves, so no text from a database can become markup.
/// </summary>
internal readonly record struct Html(string Markup)
{
    public static Html Nothing { get; } = new("");

    public static Html Format(HtmlHandler markup) => new(markup.ToString());

    public static Html Join(IEnumerable<Html> pieces)
    {
        var all = new StringBuilder();
        foreach (var piece in pieces)
            all.Append(piece.Markup);
        return new(all.ToString());
    }

    /// <summary>Joins the pieces with a separator.</summary>
    public static Html Join(string between, IReadOnlyList<Html> pieces)
    {
        var all = new StringBuilder();
        for (var i = 0; i < pieces.Count; i++)
            all.Append(i == 0 ? "" : between).Append(pieces[i].Markup);
        return new(all.ToString());
    }

    public override string ToString() => Markup;
}

/// <summary>Builds <see cref="Html"/> from $"...": literals are markup, values are text.</summary>
[InterpolatedStringHandler]
internal readonly ref struct HtmlHandler
{
    readonly StringBuilder _markup;

    public HtmlHandler(int literalLength, int formattedCount) => _markup = new(literalLength + (16 * formattedCount));

    public void AppendLiteral(string markup) => _markup.Append(markup);

    public void AppendFormatted(Html html) => _markup.Append(html.Markup);

    public void AppendFormatted(int number) => _markup.Append(number);

    /// <summary>A coordinate.</summary>
    public void AppendFormatted(double number) => _markup.Append(number.ToString("0.##", CultureInfo.InvariantCulture));

    public void AppendFormatted(string? text)
    {
        foreach (var rune in (text ?? "").EnumerateRunes())
        {
            _markup.Append(
                rune.Value switch
                {
                    '&' => "&amp;",
                    '<' => "&lt;",
                    '>' => "&gt;",
                    '"' => "&quot;",
                    '\'' => "&#39;",
                    _ => (
                        Rune.IsWhiteSpace(rune) ? new Rune(' ')
                        : PlainText.IsInvisible(rune) ? Rune.ReplacementChar
                        : rune
                    ).ToString(),
                }
            );
        }
    }

    public override string ToString() => _markup.ToString();
}
