namespace BackupMetricsJob.Tests.Support;

/// <summary>A relay's step that forwards both ways, and flips bits of what the server says: the same ones for the same seed.</summary>
internal static class FlippedBits
{
    /// <param name="seed">Which bits.</param>
    /// <param name="flips">How many of them, somewhere in the first <paramref name="within"/> bytes.</param>
    public static RelayStep Step(int seed, int flips, int within) =>
        async (client, connect, end) =>
        {
            var random = new Random(seed);
#pragma warning disable CA5394 // The same ones for the same seed is what is wanted.
            var places = Enumerable.Range(0, flips).Select(_ => (At: random.Next(within), Bit: (byte)(1 << random.Next(8)))).ToList();
#pragma warning restore CA5394
            using var server = await connect();
            await Task.WhenAny(ForwardAsync(), AnswerAsync());

            async Task ForwardAsync()
            {
                var buffer = new byte[64 * 1024];
                while (await client.ReceiveAsync(buffer, end) is > 0 and var read)
                    await server.SendAsync(buffer.AsMemory(0, read), end);
            }

            async Task AnswerAsync()
            {
                var buffer = new byte[64 * 1024];
                for (var said = 0; await server.ReceiveAsync(buffer, end) is > 0 and var read; said += read)
                {
                    foreach (var (at, bit) in places)
                    {
                        if (at >= said && at < said + read)
                            buffer[at - said] ^= bit;
                    }

                    await client.SendAsync(buffer.AsMemory(0, read), end);
                }
            }
        };
}
