using System.Globalization;
using System.Text;
using System.Text.Json;

namespace BackupMetricsJob.Catalog.Import;

/// <summary>Where a reader stands in a document, as a JSON path ($[3].backup[0]). It refuses an object that has the same key twice.</summary>
internal sealed class JsonPath
{
    readonly List<Container> containers = [];

    /// <summary>Follows one token. A value in an array has its number from here on.</summary>
    public void Follow(JsonTokenType token, string? key)
    {
        switch (token)
        {
            case JsonTokenType.PropertyName:
                FollowKey(key!);
                break;
            case JsonTokenType.EndObject or JsonTokenType.EndArray:
                Leave();
                break;
            default:
                FollowValue();
                if (token is JsonTokenType.StartObject or JsonTokenType.StartArray)
                    containers.Add(new Container(token == JsonTokenType.StartArray));
                break;
        }
    }

    /// <summary>Follows a value that is read or skipped whole.</summary>
    public void FollowValue()
    {
        if (containers is [.., { IsArray: true } array])
            array.Index++;
    }

    public void Leave() => containers.RemoveAt(containers.Count - 1);

    public override string ToString()
    {
        var text = new StringBuilder("$");
        foreach (var container in containers)
        {
            if (container is { IsArray: true, Index: >= 0 })
                text.Append(CultureInfo.InvariantCulture, $"[{container.Index}]");
            else if (container.Key is { } key)
                text.Append(Step(key));
        }

        return text.ToString();
    }

    /// <summary>The step to a key: .key, or ['key'] where it is not a plain word.</summary>
    public static string Step(string key)
    {
        foreach (var character in key)
        {
            if (!char.IsAsciiLetterOrDigit(character) && character is not ('_' or '-'))
                return $"['{Shown.Briefly(key)}']";
        }

        return key.Length is 0 or > 60 ? $"['{Shown.Briefly(key)}']" : "." + key;
    }

    void FollowKey(string key)
    {
        var parent = containers[^1];
        parent.Key = null;
        if (!parent.Keys.Add(key))
            throw new ListingException(ToString(), $"the key \"{Shown.Briefly(key)}\" stands twice in this object");
        parent.Key = key;
    }

    sealed class Container(bool isArray)
    {
        public bool IsArray => isArray;

        public int Index { get; set; } = -1;

        public string? Key { get; set; }

        public HashSet<string> Keys { get; } = isArray ? null! : [];
    }
}
