using System.CommandLine;
using System.CommandLine.Completions;

namespace BackupMetricsJob.Cli.Help;

/// <summary>The completion script for zsh: a file of $fpath, or text for eval.</summary>
internal static class ZshCompletion
{
    public static void Write(Command root, TextWriter to)
    {
        to.WriteLine("#compdef backup-metrics");
        to.WriteLine("# Completes backup-metrics in zsh. Made by: backup-metrics completion zsh");
        foreach (var command in CommandTree.All(root))
            WriteFunction(command, to);
        to.WriteLine("if [[ $zsh_eval_context[-1] == loadautofunc ]]; then");
        to.WriteLine("    _backup_metrics \"$@\"");
        to.WriteLine("else");
        to.WriteLine("    compdef _backup_metrics backup-metrics");
        to.WriteLine("fi");
    }

    static void WriteFunction(Command command, TextWriter to)
    {
        to.WriteLine($"{Function(command)}() {{");
        to.WriteLine("    local state line context ret=1");
        to.WriteLine("    typeset -A opt_args");
        to.Write("    _arguments -C '(-h --help)'{-h,--help}'[Explain the command]'");
        foreach (var flag in DocumentedFlag.Of(command))
            to.Write($" \\\n        {ShellWord.Quote(Flag(flag))}");
        foreach (var argument in command.Arguments)
            to.Write($" \\\n        {ShellWord.Quote(Argument(argument))}");
        if (command.Subcommands.Count > 0)
            to.Write(" \\\n        '1: :->command' '*:: :->rest'");
        to.WriteLine(" && ret=0");
        if (command.Subcommands.Count > 0)
            WriteCommands(command, to);
        to.WriteLine("    return ret\n}");
    }

    static void WriteCommands(Command command, TextWriter to)
    {
        to.WriteLine("    case $state in\n        command)\n            local -a commands=(");
        foreach (var sub in command.Subcommands)
            to.WriteLine($"                {ShellWord.Quote($"{sub.Name}:{sub.Description}")}");
        to.WriteLine("            )\n            _describe command commands && ret=0 ;;\n        rest)\n            case $line[1] in");
        foreach (var sub in command.Subcommands)
            to.WriteLine($"                {sub.Name}) {Function(sub)} && ret=0 ;;");
        to.WriteLine("            esac ;;\n    esac");
    }

    static string Function(Command command) =>
        "_" + CommandTree.Path(command).Replace('-', '_').Replace(" ", "__", StringComparison.Ordinal);

    static string Flag(DocumentedFlag flag) =>
        flag.Takes is { } takes
            ? $"*{flag.Name}=[{Escape(flag.Text)}]:{Escape(takes)}:{Values(flag)}"
            : $"*{flag.Name}[{Escape(flag.Text)}]";

    static string Values(DocumentedFlag flag) =>
        flag.Words.Count > 0 ? $"({string.Join(' ', flag.Words)})"
        : flag.TakesDirectory ? "_files -/"
        : flag.TakesFile ? "_files"
        : "";

    static string Argument(Argument argument)
    {
        var words = argument.GetCompletions(CompletionContext.Empty).Select(item => item.Label).ToList();
        var values =
            words.Count > 0 ? $"({string.Join(' ', words)})"
            : argument.HelpName == "DIR" ? "_files -/"
            : "_files";
        return $":{(argument.Arity.MinimumNumberOfValues == 0 ? ":" : "")}{Escape(argument.HelpName ?? argument.Name)}:{values}";
    }

    /// <summary>Escapes the characters that _arguments takes for the end of a description.</summary>
    static string Escape(string text) =>
        text.Replace("\\", "\\\\", StringComparison.Ordinal)
            .Replace("[", "\\[", StringComparison.Ordinal)
            .Replace("]", "\\]", StringComparison.Ordinal)
            .Replace(":", "\\:", StringComparison.Ordinal);
}
