using System.Net;
using System.Net.Sockets;

namespace Attribution.TestKit.Brokers;

/// <summary>
/// Free ports for servers that cannot choose one themselves. They are below the system's ephemeral ports, so that no
/// client connection can take one before its server starts.
/// </summary>
internal static class FreePorts
{
    private static readonly Lock Sync = new();
    private static readonly HashSet<int> Allocated = [];

    public static int Allocate()
    {
        lock (Sync)
        {
            while (true)
            {
                var port = Random.Shared.Next(20_000, 32_000);
                if (!Allocated.Contains(port) && IsFree(port) && Allocated.Add(port)) return port;
            }
        }
    }

    private static bool IsFree(int port)
    {
        using var socket = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        try
        {
            socket.Bind(new IPEndPoint(IPAddress.Loopback, port));
            return true;
        }
        catch (SocketException)
        {
            return false;
        }
    }
}
