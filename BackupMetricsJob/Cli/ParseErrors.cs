using System.CommandLine;
using System.CommandLine.Completions;
using System.CommandLine.Parsing;
using BackupMetricsJob.Cli.Help;
using BackupMetricsJob.Postgres;
using BackupMetricsJob.Reporting;

namespace BackupMetricsJob.Cli;

/// <summary>
/// Reports what is wrong with a command line: the flag or argument, and what is allowed. An unknown word may be a connection string with
/// its password, or a password after a mistyped flag. So only flags and the first word, which is a command, are shown.
/// </summary>
internal static class ParseErrors
{
    public static int Report(ParseResult parsed, TextWriter to)
    {
        var command = parsed.CommandResult.Command;
        var needsCommand = command.Subcommands.Count > 0;
        if (needsCommand && parsed.Errors.Count == 1 && parsed.UnmatchedTokens.Count == 0)
        {
            // Not a success: a job with an empty command line must not look like one that ran.
            HelpText.Write(command, to);
            return (int)ExitCode.Usage;
        }

        var first = parsed.Tokens is [var token, ..] ? token.Value : null;
        foreach (var error in parsed.Errors)
        {
            // The unknown word was to be the command.
            if (needsCommand && parsed.UnmatchedTokens.Count > 0 && error.Message.StartsWith("Required command", StringComparison.Ordinal))
                continue;
            var text = DescribeValueError(error) ?? Redact(error.Message, first) + Suggestion(error.Message, parsed);
            to.WriteLine("backup-metrics: " + PlainText.OnOneLine(text));
        }

        return (int)ExitCode.Usage;
    }

    /// <summary>The flag or command that resembles an unknown word; "" if there is none.</summary>
    static string Suggestion(string message, ParseResult parsed)
    {
        if (!message.StartsWith("Unrecognized", StringComparison.Ordinal))
            return "";
        var word = message[(message.IndexOf('\'', StringComparison.Ordinal) + 1)..message.LastIndexOf('\'')].Split('=')[0];
        var command = parsed.CommandResult.Command;
        var names = word.StartsWith('-') ? command.Options.Select(option => option.Name) : command.Subcommands.Select(sub => sub.Name);
        return NearestName.Find(word, names) is { } nearest ? $" Did you mean {nearest}?" : "";
    }

    /// <summary>Null if the error is not about the value of a flag or an argument.</summary>
    static string? DescribeValueError(ParseError error)
    {
        if (error.SymbolResult is OptionResult option)
            return DescribeValueError(option.Option.Name, option.Option, option.Option.ValueType, option.Tokens);
        if (error.SymbolResult is not ArgumentResult argument)
            return null;
        return argument.Parent is OptionResult of
            ? DescribeValueError(of.Option.Name, of.Option, of.Option.ValueType, of.Tokens)
            : DescribeValueError(
                argument.Argument.HelpName ?? argument.Argument.Name,
                argument.Argument,
                argument.Argument.ValueType,
                argument.Tokens
            );
    }

    static string? DescribeValueError(string name, Symbol symbol, Type type, IReadOnlyList<Token> tokens)
    {
        if (tokens.Count > 1)
            return null;
        var words = symbol.GetCompletions(CompletionContext.Empty).Select(completion => completion.Label).ToList();
        var allowed =
            words.Count > 0 ? "one of " + string.Join(", ", words)
            : type == typeof(int) || type == typeof(long?) ? "a whole number"
            : null;
        if (tokens.Count == 0)
            return symbol is Argument ? $"{name} is missing{(allowed is null ? "" : ": must be " + allowed)}" : null;
        return allowed is null ? null
            : Redaction.IsPlain(tokens[0].Value) ? $"{name} \"{tokens[0].Value}\": must be {allowed}"
            : $"{name}: must be {allowed}";
    }

    /// <summary>
    /// Replaces what is between the first and the last quotation mark by <c>***</c>, unless it is a flag or the command. Of a flag with a
    /// value, only the flag is kept.
    /// </summary>
    internal static string Redact(string message, string? command)
    {
        var (from, to) = (message.IndexOf('\'', StringComparison.Ordinal) + 1, message.LastIndexOf('\''));
        if (from == 0 || to < from)
            return message;
        var word = message[from..to];
        if (Redaction.IsPlain(word) && (word == command || word.StartsWith('-')))
            return message;
        var flag = word.StartsWith('-') ? string.Concat(word.TakeWhile(c => char.IsAsciiLetterOrDigit(c) || c is '-' or '_' or '.')) : "";
        return string.Concat(message.AsSpan(0, from), flag, "***", message.AsSpan(to));
    }
}
