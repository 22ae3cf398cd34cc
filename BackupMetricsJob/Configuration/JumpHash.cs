using System.Text;

namespace BackupMetricsJob.Configuration;

/// <summary>
/// Assigns targets to shards. The result depends only on the name and the number of shards, so it must never change between versions. A new
/// shard moves only the targets that it receives ("A Fast, Minimal Memory, Consistent Hash Algorithm", Lamping and Veach, 2014).
/// </summary>
internal static class JumpHash
{
    public static int Shard(string name, int shards) => Bucket(Fnv1a(name), shards);

    /// <summary>FNV-1a, 64 bits, of the UTF-8 bytes.</summary>
    public static ulong Fnv1a(string text)
    {
        var hash = 14695981039346656037UL;
        foreach (var octet in Encoding.UTF8.GetBytes(text))
            hash = (hash ^ octet) * 1099511628211UL;
        return hash;
    }

    public static int Bucket(ulong key, int buckets)
    {
        long bucket = -1;
        for (long next = 0; next < buckets; )
        {
            bucket = next;
            key = (key * 2862933555777941757UL) + 1;
            next = (long)((bucket + 1) * ((1L << 31) / (double)((key >> 33) + 1)));
        }

        return (int)bucket;
    }
}
