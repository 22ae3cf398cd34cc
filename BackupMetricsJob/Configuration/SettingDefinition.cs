namespace BackupMetricsJob.Configuration;

/// <summary>
/// Declares a setting once: its name (as a flag --name, as a variable <see cref="GivenSettings.Variable"/>), its value and its help.
/// The derived types also read its value. Flags, variables and the file share one set of rules.
/// </summary>
/// <param name="Name">The name without leading dashes.</param>
/// <param name="Takes">The placeholder of its value in the help; null for a flag without a value.</param>
internal abstract record SettingDefinition(string Name, string? Takes, string Help)
{
    public SettingGroup Group { get; init; }

    /// <summary>The words that its value may begin with, for shell completion; empty if there are none.</summary>
    public IReadOnlyList<string> Words { get; init; } =
        Takes is { } value && value.Contains('|', StringComparison.Ordinal) && !value.Any(char.IsUpper) ? value.Split('|') : [];

    /// <summary>The text in the help, including the default, if there is one.</summary>
    public virtual string Description => Help;
}

/// <summary>A setting whose text is parsed by another type.</summary>
internal sealed record TextSetting(string Name, string Takes, string Help) : SettingDefinition(Name, Takes, Help);

/// <summary>A text setting that may be repeated.</summary>
internal sealed record ListSetting(string Name, string Takes, string Help) : SettingDefinition(Name, Takes, Help);

/// <summary>A duration. The help ends with the default.</summary>
internal sealed record DurationSetting(string Name, string Help, TimeSpan? Default = null) : SettingDefinition(Name, "DURATION", Help)
{
    public bool MayBeZero { get; init; }

    public override string Description => Default is { } value ? $"{Help} ({DurationParser.Format(value)})" : Help;

    /// <summary>
    /// Null if it is not set, or, with a problem, if it is invalid. The caller then uses the default or the file's value.
    /// </summary>
    public TimeSpan? Read(GivenSettings settings, ICollection<Problem> problems) =>
        DurationParser.Read(settings.One(this), problems, MayBeZero);
}

/// <summary>A whole number in a range.</summary>
internal sealed record NumberSetting(string Name, string Help, int Min, int Max) : SettingDefinition(Name, "N", Help)
{
    /// <summary>Null if it is not set, or, with a problem, if it is invalid.</summary>
    public int? Read(GivenSettings settings, ICollection<Problem> problems) => settings.One(this)?.ReadNumber(Min, Max, problems);
}

/// <summary>One of two words, of which the default is <paramref name="Default"/>.</summary>
internal record ChoiceSetting(string Name, string Default, string Other, string? Takes, string Help) : SettingDefinition(Name, Takes, Help)
{
    /// <summary>Whether it has the value that is not the default. An invalid value is a problem.</summary>
    public bool IsNotDefault(GivenSettings settings, ICollection<Problem> problems)
    {
        if (settings.One(this) is not { } setting || setting.Value == Default)
            return false;
        if (setting.Value != Other)
            problems.Add(setting.InvalidValue($"{Default} or {Other}"));
        return true;
    }

    /// <summary>Adds a problem if its value is invalid. For a command that accepts it, and that somebody else reads.</summary>
    public void Check(GivenSettings settings, ICollection<Problem> problems) => IsNotDefault(settings, problems);
}

/// <summary>One of several words, of which the default is the first.</summary>
internal sealed record EnumSetting(string Name, string Help, params string[] Choices)
    : SettingDefinition(Name, string.Join('|', Choices), $"{Help} ({Choices[0]})")
{
    /// <summary>The default if it is not set, or, with a problem, if it is invalid.</summary>
    public string Read(GivenSettings settings, ICollection<Problem> problems)
    {
        if (settings.One(this) is not { } setting)
            return Choices[0];
        if (Choices.Contains(setting.Value))
            return setting.Value;
        problems.Add(setting.InvalidValue($"{string.Join(", ", Choices[..^1])} or {Choices[^1]}"));
        return Choices[0];
    }
}

/// <summary>A flag without a value; its variable is true or false.</summary>
internal sealed record SwitchSetting(string Name, string Help) : ChoiceSetting(Name, "false", "true", null, Help)
{
    /// <summary>Whether it is on; any value but true and false is a problem.</summary>
    public bool IsOn(GivenSettings settings, ICollection<Problem> problems) => IsNotDefault(settings, problems);
}
