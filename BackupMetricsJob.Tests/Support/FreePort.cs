using System.Net;
using System.Net.Sockets;
using System.Security.Cryptography;

namespace BackupMetricsJob.Tests.Support;

/// <summary>
/// A TCP port of 127.0.0.1 for a server that cannot choose one itself. Below the range from which the kernel takes the ports of
/// outgoing connections, so that the port is still free when the server is started a second time; whoever uses one must be ready
/// to try another, since another process may be faster.
/// </summary>
internal static class FreePort
{
    static readonly HashSet<int> Given = [];

    public static int Next()
    {
        while (true)
        {
            var port = RandomNumberGenerator.GetInt32(20_000, 32_000);
            lock (Given)
            {
                if (!Given.Add(port))
                    continue;
            }

            using var socket = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
            try
            {
                socket.Bind(new IPEndPoint(IPAddress.Loopback, port));
                return port;
            }
            catch (SocketException)
            {
                // Taken: the next one.
            }
        }
    }
}
