using System.CommandLine;

namespace BackupMetricsJob.Cli.Help;

/// <summary>The completion script for bash. It needs nothing but bash 4.</summary>
internal static class BashCompletion
{
    const string Head = """
        # Completes backup-metrics in bash. Made by: backup-metrics completion bash
        _backup_metrics() {
            local word=${COMP_WORDS[COMP_CWORD]} flag=${COMP_WORDS[COMP_CWORD-1]} path= part i
            # bash takes the = of --flag=value for a word of its own.
            if [[ $word == = ]]; then
                word=
            elif [[ $flag == = && COMP_CWORD -gt 1 ]]; then
                flag=${COMP_WORDS[COMP_CWORD-2]}
            fi
            for ((i = 1; i < COMP_CWORD; i++)); do
                part=${COMP_WORDS[i]}
                case "$path $part" in
        """;

    public static void Write(Command root, TextWriter to)
    {
        var commands = CommandTree.All(root).ToList();
        to.WriteLine(Head);
        to.WriteLine(
            $"            {string.Join(" | ", commands.Skip(1).Select(command => $"\"{Key(command)}\""))}) path=\"$path $part\" ;;"
        );
        to.WriteLine("        esac\n    done\n    COMPREPLY=()\n    case \"$path $flag\" in");
        foreach (var command in commands)
        {
            foreach (var flag in DocumentedFlag.Of(command).Where(flag => flag.Takes is not null))
                to.WriteLine($"        \"{Key(command)} {flag.Name}\") {Values(flag)} return ;;");
        }

        to.WriteLine("    esac\n    case $path in");
        foreach (var command in commands)
            to.WriteLine($"        \"{Key(command)}\") {Words(command)} ;;");
        to.WriteLine("    esac\n}\ncomplete -F _backup_metrics backup-metrics");
    }

    /// <summary>The commands after the program name, each preceded by a blank.</summary>
    static string Key(Command command) => CommandTree.Path(command)[CommandTree.Program.Length..];

    static string Values(DocumentedFlag flag) =>
        flag.Words.Count > 0 ? Choose(flag.Words)
        : flag.TakesDirectory ? Paths("-d")
        : flag.TakesFile ? Paths("-f")
        : "";

    static string Words(Command command)
    {
        var flags = Choose(DocumentedFlag.Of(command).Select(flag => flag.Name).Append("--help"));
        IEnumerable<string> words =
        [
            .. command.Subcommands.Select(sub => sub.Name),
            .. command
                .Arguments.SelectMany(argument => argument.GetCompletions(System.CommandLine.Completions.CompletionContext.Empty))
                .Select(item => item.Label),
        ];
        var others = words.Any() ? Choose(words) : "";
        var paths =
            command.Arguments.Any(argument => argument.HelpName == "FILE") ? Paths("-f", "+=")
            : command.Arguments.Any(argument => argument.HelpName == "DIR") ? Paths("-d", "+=")
            : "";
        return $"if [[ $word == -* ]]; then {flags} else {(others + " " + paths).Trim()} :; fi";
    }

    static string Choose(IEnumerable<string> words) => $"COMPREPLY=($(compgen -W '{string.Join(' ', words)}' -- \"$word\"));";

    /// <summary>File names may contain blanks.</summary>
    static string Paths(string kind, string assign = "=") =>
        $"compopt -o filenames; local IFS=$'\\n'; COMPREPLY{assign}($(compgen {kind} -- \"$word\"));";
}
