using System.Net;
using System.Net.Sockets;

namespace Attribution.TestKit.Brokers;

/// <summary>Ports for servers that cannot choose one themselves: below those that the system hands out, so that none is taken meanwhile by a client.</summary>
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
