using BackupMetricsJob.Configuration;

namespace BackupMetricsJob.Tests.Configuration;

/// <summary>The shard of a target must never change between versions. Otherwise two shards push it, or none does.</summary>
public sealed class JumpHashTests
{
    // The published test vectors of FNV-1a.
    [Theory]
    [InlineData("", 0xcbf29ce484222325)]
    [InlineData("a", 0xaf63dc4c8601ec8c)]
    [InlineData("foobar", 0x85944171f73967e8)]
    public void The_hash_is_fnv_1a(string text, ulong hash) => Assert.Equal(hash, JumpHash.Fnv1a(text));

    // Computed with the code of the paper, in Python.
    [Theory]
    [InlineData("orders", 1, 0)]
    [InlineData("orders", 2, 0)]
    [InlineData("orders", 4, 3)]
    [InlineData("orders", 10, 7)]
    [InlineData("orders", 1000, 520)]
    [InlineData("stock", 1, 0)]
    [InlineData("stock", 2, 1)]
    [InlineData("stock", 4, 1)]
    [InlineData("stock", 10, 5)]
    [InlineData("stock", 1000, 983)]
    [InlineData("db-0001.example:5432", 1, 0)]
    [InlineData("db-0001.example:5432", 2, 0)]
    [InlineData("db-0001.example:5432", 4, 0)]
    [InlineData("db-0001.example:5432", 10, 0)]
    [InlineData("db-0001.example:5432", 1000, 92)]
    [InlineData("Bücher", 1, 0)]
    [InlineData("Bücher", 2, 1)]
    [InlineData("Bücher", 4, 2)]
    [InlineData("Bücher", 10, 8)]
    [InlineData("Bücher", 1000, 310)]
    [InlineData("", 1, 0)]
    [InlineData("", 2, 1)]
    [InlineData("", 4, 1)]
    [InlineData("", 10, 1)]
    [InlineData("", 1000, 266)]
    public void A_target_stays_in_its_shard(string name, int shards, int shard) => Assert.Equal(shard, JumpHash.Shard(name, shards));

    [Fact]
    public void A_new_shard_receives_its_share_and_moves_nothing_else()
    {
        var moved = 0;
        for (var i = 0; i < 10_000; i++)
        {
            var (before, after) = (JumpHash.Shard($"db{i}", 7), JumpHash.Shard($"db{i}", 8));
            Assert.True(after == before || after == 7);
            if (after != before)
                moved++;
        }

        Assert.InRange(moved, 1100, 1400);
    }
}
