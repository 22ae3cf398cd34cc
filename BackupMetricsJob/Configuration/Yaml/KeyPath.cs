namespace BackupMetricsJob.Configuration.Yaml;

/// <summary>The way to a value, as messages write it: targets[3].max_age.base. It is put together only when it is shown.</summary>
internal sealed class KeyPath
{
    readonly KeyPath? _parent;
    readonly string _key;
    readonly int _index;

    KeyPath(KeyPath? parent, string key, int index) => (_parent, _key, _index) = (parent, key, index);

    public static KeyPath Root { get; } = new(null, "", -1);

    public KeyPath this[string key] => new(this, key, -1);

    public KeyPath this[int index] => new(this, "", index);

    public override string ToString()
    {
        if (_parent is null) return "";
        if (_index >= 0) return $"{_parent}[{_index}]";
        return _parent._parent is null ? _key : $"{_parent}.{_key}";
    }
}
