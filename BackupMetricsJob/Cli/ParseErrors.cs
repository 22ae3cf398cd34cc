using System.CommandLine;
using System.CommandLine.Completions;
using System.CommandLine.Parsing;
using BackupMetricsJob.Cli.Help;
using BackupMetricsJob.Postgres;
using BackupMetricsJob.Reporting;

namespace BackupMetricsJob.Cli;

/// <summary>
/// Reports what is wrong with a command line: the flag or argument, and what is allowed. Possible passwords are not shown.
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

        foreach (var line in Describe(parsed))
            to.WriteLine("backup-metrics: " + line);
        return (int)ExitCode.Usage;
    }

    /// <summary>The problems, one line each.</summary>
    internal static IEnumerable<string> Describe(ParseResult parsed)
    {
        var needsCommand = parsed.CommandResult.Command.Subcommands.Count > 0;
        foreach (var line in UnknownWords.Describe(parsed))
            yield return PlainText.OnOneLine(line);
        foreach (var error in parsed.Errors)
        {
            var isUnknownWord = error.Message.StartsWith("Unrecognized", StringComparison.Ordinal);
            // The unknown word was meant as the command.
            var isNoCommand =
                needsCommand && parsed.UnmatchedTokens.Count > 0 && error.Message.StartsWith("Required command", StringComparison.Ordinal);
            if (!isUnknownWord && !isNoCommand)
                yield return PlainText.OnOneLine(DescribeValueError(error) ?? Redact(error.Message));
        }
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

    /// <summary>Replaces everything between the first and the last quotation mark by <c>***</c>, unless it is a flag's name.</summary>
    internal static string Redact(string message)
    {
        var (from, to) = (message.IndexOf('\'', StringComparison.Ordinal) + 1, message.LastIndexOf('\''));
        if (from == 0 || to < from || (message[from] == '-' && Redaction.IsPlain(message[from..to])))
            return message;
        return string.Concat(message.AsSpan(0, from), "***", message.AsSpan(to));
    }
}
