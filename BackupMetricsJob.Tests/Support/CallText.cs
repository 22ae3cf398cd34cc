using System.Text;
using System.Text.RegularExpressions;

namespace BackupMetricsJob.Tests.Support;

/// <summary>The arguments of a call, as they stand in the source.</summary>
internal sealed class CallText
{
    readonly string _code;
    int _at;

    /// <param name="match">What ends behind its opening parenthesis.</param>
    public CallText(Match match)
        : this(match.Result("$'")) => Arguments = ReadArguments();

    CallText(string code) => _code = code;

    public IReadOnlyList<string> Arguments { get; } = [];

    /// <summary>The pieces of text in an expression, those between the holes of an interpolated one each by itself.</summary>
    public static IReadOnlyList<string> Texts(string expression)
    {
        var (texts, call) = (new List<string>(), new CallText(expression));
        while (call._at < expression.Length)
            call.Skip(texts);
        return texts;
    }

    List<string> ReadArguments()
    {
        var (arguments, start) = (new List<string>(), 0);
        while (_at < _code.Length && _code[_at] != ')')
        {
            if (_code[_at] == ',')
            {
                arguments.Add(_code[start.._at].Trim());
                start = ++_at;
            }
            else
                Skip([]);
        }

        arguments.Add(_code[start.._at].Trim());
        return arguments;
    }

    /// <summary>Over one character, a text, or all between two brackets.</summary>
    void Skip(List<string> texts)
    {
        var isInterpolated = _at > 0 && _code[_at - 1] == '$';
        switch (_code[_at++])
        {
            case '"':
                SkipText(isInterpolated, texts);
                break;
            case '(' or '[' or '{':
                while (_at < _code.Length && _code[_at] is not (')' or ']' or '}'))
                    Skip(texts);
                _at++;
                break;
            default:
                break;
        }
    }

    void SkipText(bool isInterpolated, List<string> texts)
    {
        var text = new StringBuilder();
        while (_at < _code.Length && _code[_at] != '"')
        {
            if (isInterpolated && _code[_at] == '{')
            {
                texts.Add(text.ToString());
                text.Clear();
                // What stands in a hole is in no summary as it stands here.
                Skip([]);
            }
            else
            {
                if (_code[_at] == '\\')
                    _at++;
                text.Append(_code[_at++]);
            }
        }

        _at++;
        texts.Add(text.ToString());
    }
}
