using BackupMetricsJob.Probing;
using BackupMetricsJob.Targets;
using BackupMetricsJob.Tests.Targets;
using Npgsql;
using NpgsqlTypes;

namespace BackupMetricsJob.Tests.Probing;

/// <summary>What is read by our own converters, beside what Npgsql reads by its own.</summary>
[Collection(NpgsqlConnectorSession.Name)]
public sealed class PlainTypesTests(TargetsTestServer server)
{
    [Theory]
    [InlineData("SELECT true UNION ALL SELECT false UNION ALL SELECT null")]
    [InlineData("VALUES (0::int4), (-1), (2147483647), (-2147483648), (null)")]
    [InlineData("VALUES (0::int8), (-1), (9223372036854775807), (-9223372036854775808), (null)")]
    [InlineData("VALUES (0::float8), (-0.0::float8), (1.5), ('NaN'), ('Infinity'), ('-Infinity'), (5e-324), (1.7976931348623157e308), (null)")]
    [InlineData("VALUES (''), ('a'), ('größer'), (U&'\\+01F40B'), (E'line\\nline'), (null::text)")]
    [InlineData("SELECT repeat(U&'\\+01F40B' || 'ab', n) FROM (VALUES (1364), (1365), (1366), (8000), (300000)) AS of(n)")]
    [InlineData("VALUES ('name'::name)")]
    [InlineData("VALUES ('varying'::varchar(20))")]
    [InlineData("VALUES (3::int2)")]
    [InlineData("VALUES (12.5::numeric)")]
    [InlineData("VALUES ('2026-01-02 03:04:05+00'::timestamptz)")]
    [InlineData("VALUES (42::oid)")]
    public async Task A_value_is_what_Npgsql_reads(string sql)
    {
        Assert.Equal(await Read(sql, ofOurs: false), await Read(sql, ofOurs: true));
    }

    [Fact]
    public async Task A_text_that_is_sent_arrives()
    {
        await using var source = Source(ofOurs: true);
        foreach (var text in (string[])["", "größer", "\U0001F40B", new('x', 100_000), string.Concat(Enumerable.Repeat("\U0001F40Bab", 30_000))])
        {
            await using var command = source.CreateCommand("SELECT $1, octet_length($1)");
            command.Parameters.Add(new() { NpgsqlDbType = NpgsqlDbType.Text, Value = text });
            await using var reader = await command.ExecuteReaderAsync();
            Assert.True(await reader.ReadAsync());
            Assert.Equal(text, reader.GetString(0));
            Assert.Equal(System.Text.Encoding.UTF8.GetByteCount(text), reader.GetInt32(1));
        }
    }

    /// <summary>Each value in each of the ways in which a probe reads one; what cannot be read, by the exception's words.</summary>
    async Task<List<string>> Read(string sql, bool ofOurs)
    {
        await using var source = Source(ofOurs);
        await using var command = source.CreateCommand(sql);
        await using var reader = await command.ExecuteReaderAsync();
        var values = new List<string>();
        while (await reader.ReadAsync())
        {
            if (await reader.IsDBNullAsync(0))
            {
                values.Add("null");
                continue;
            }

            foreach (var read in (Func<object>[])[() => reader.GetBoolean(0), () => reader.GetInt32(0), () => reader.GetInt64(0), () => reader.GetDouble(0), () => reader.GetString(0), () => reader.GetValue(0), () => reader.GetFieldValue<object>(0)])
            {
                try
                {
                    var value = read();
                    values.Add($"{value.GetType()} {(value is double number ? BitConverter.DoubleToInt64Bits(number) : value)}");
                }
                catch (Exception e) when (e is InvalidCastException or OverflowException)
                {
                    values.Add($"{e.GetType()} {e.Message}");
                }
            }
        }

        return values;
    }

    NpgsqlDataSource Source(bool ofOurs)
    {
        var settings = Parsed.From($"host=127.0.0.1 port={server.PlainPort} user=trusted").Settings;
        if (ofOurs) return NpgsqlConnector.Create(settings, settings.Hosts[0], TimeSpan.FromSeconds(10), TimeSpan.FromSeconds(10));
        var theirs = new NpgsqlSlimDataSourceBuilder($"Host=127.0.0.1;Port={server.PlainPort};Username=trusted;Database={settings.Database};Pooling=false");
        theirs.ConfigureTypeLoading(types => types.EnableTypeLoading(false));
        return theirs.Build();
    }
}
