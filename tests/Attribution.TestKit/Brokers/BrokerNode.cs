using System.Net.Sockets;

namespace Attribution.TestKit.Brokers;

/// <summary>A node of a <see cref="Broker"/>: a process or a container.</summary>
public abstract class BrokerNode : IAsyncDisposable
{
    /// <summary>Gets the name of the node, unique in its cluster.</summary>
    public abstract string Name { get; }

    /// <summary>Gets the port for clients, on 127.0.0.1.</summary>
    public int Port { get; } = FreePorts.Allocate();

    /// <summary>Gets a value indicating whether the node is running.</summary>
    public abstract bool IsRunning { get; }

    /// <summary>Gets the id of the node's process; null if it runs in a container.</summary>
    public virtual int? ProcessId => null;

    /// <summary>Gets the end of the node's log.</summary>
    public abstract string Log { get; }

    /// <summary>Starts the node. It accepts connections a few seconds later.</summary>
    public abstract Task StartAsync();

    /// <summary>Kills the node (SIGKILL). Its data on disk remain for the next start.</summary>
    public abstract Task KillAsync();

    /// <summary>Suspends the node: its connections stay open, but it does not respond.</summary>
    public abstract Task SuspendAsync();

    /// <summary>Resumes a suspended node.</summary>
    public abstract Task ResumeAsync();

    /// <summary>Runs <c>rabbitmqctl</c> against the node.</summary>
    public abstract Task<(long? ExitCode, string Output, string Errors)> ControlAsync(
        IEnumerable<string> arguments, CancellationToken cancellation);

    /// <summary>Waits until the node accepts connections.</summary>
    public Task WaitForConnectionsAsync(TimeSpan within, CancellationToken cancellation) => Eventually.IsTrueAsync(
        async () =>
        {
            if (!IsRunning) throw new InvalidOperationException($"{Name} ended.{Environment.NewLine}{Log}");
            try
            {
                using var client = new TcpClient();
                await client.ConnectAsync("127.0.0.1", Port, cancellation);
                return true;
            }
            catch (SocketException)
            {
                return false;
            }
        },
        within, () => Log, cancellation);

    /// <summary>Kills the node permanently.</summary>
    public abstract ValueTask DisposeAsync();
}
