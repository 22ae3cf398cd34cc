using System.CommandLine;
using System.CommandLine.Parsing;
using BackupMetricsJob.Postgres;

namespace BackupMetricsJob.Cli;

/// <summary>
/// Reports words that no command or flag accepts. A mistyped command or flag is shown with the probable intention. A word after a flag or
/// another word may be a password, or part of one that was not quoted, so only its position is given.
/// </summary>
internal static class UnknownWords
{
    const string Help = "--help";

    /// <returns>One line for each word.</returns>
    public static IEnumerable<string> Describe(ParseResult parsed)
    {
        var command = parsed.CommandResult.Command;
        var unknown = new Queue<string>(parsed.UnmatchedTokens);
        var (last, isAfterCommand, isAfterUnknownFlag) = ("", true, false);
        foreach (var token in parsed.Tokens)
        {
            var isKnown = !unknown.TryPeek(out var next) || next != token.Value;
            if (isKnown)
            {
                isAfterCommand = token.Type == TokenType.Command;
                isAfterUnknownFlag = false;
                last = token.Type == TokenType.Argument ? last : token.Value;
                continue;
            }

            unknown.Dequeue();
            if (token.Value.StartsWith('-'))
            {
                var flag = Flag(token.Value);
                yield return $"Unrecognized command or argument '{flag}{(flag == token.Value ? "" : "***")}'."
                    + Suggestion(flag, command, command.Options.Select(option => option.Name).Append(Help));
                (last, isAfterUnknownFlag) = (flag, flag == token.Value);
            }
            else if (!isAfterUnknownFlag)
            {
                yield return isAfterCommand && Redaction.IsPlain(token.Value)
                    ? $"Unrecognized command or argument '{token.Value}'." + Suggestion(token.Value, command, Names(command))
                    : $"Unrecognized argument{(last.Length > 0 ? $" after {last}" : "")}: "
                        + "it is not shown, because it may be a password. Quote a value that has spaces.";
                if (command.Subcommands.Count > 0)
                    yield break; // The rest belongs to an unknown command.
            }
            else
            {
                // The value of the unknown flag is not another mistake.
                isAfterUnknownFlag = false;
            }

            isAfterCommand = false;
        }
    }

    /// <summary>The part of the word that may be a flag's name.</summary>
    static string Flag(string word)
    {
        var name = string.Concat(word.TakeWhile(c => char.IsAsciiLetterOrDigit(c) || c is '-' or '_' or '.'));
        return Redaction.IsPlain(name) ? name : "-";
    }

    /// <summary>The words that may stand in place of a command: a command, or a flag without its hyphens, as in `git help`.</summary>
    static IEnumerable<string> Names(Command command) =>
        [.. command.Subcommands.Select(sub => sub.Name), .. command.Options.Select(option => option.Name.TrimStart('-')), "help"];

    static string Suggestion(string word, Command command, IEnumerable<string> names) =>
        NearestName.Find(word, names) is not { } nearest ? ""
        : command.Subcommands.Any(sub => sub.Name == nearest) || nearest[0] == '-' ? $" Did you mean {nearest}?"
        : $" Did you mean --{nearest}?";
}
