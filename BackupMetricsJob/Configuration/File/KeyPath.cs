namespace BackupMetricsJob.Configuration.File;

/// <summary>The path of a value, for messages: targets[3].max_age.base. The text is only built when it is needed.</summary>
internal sealed class KeyPath(KeyPath? parent, string key, int index)
{
    readonly KeyPath? _parent = parent;

    public static KeyPath Root { get; } = new(null, "", -1);

    public KeyPath this[string name] => new(this, name, -1);

    public KeyPath this[int item] => new(this, "", item);

    public override string ToString()
    {
        if (_parent is null)
            return "";
        if (index >= 0)
            return $"{_parent}[{index}]";
        return _parent._parent is null ? key : $"{_parent}.{key}";
    }
}
