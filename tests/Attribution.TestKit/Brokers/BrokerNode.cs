using System.Net.Sockets;

namespace Attribution.TestKit.Brokers;

/// <summary>One node of a <see cref="Broker"/>, wherever it runs.</summary>
public abstract class BrokerNode : IAsyncDisposable
{
    /// <summary>Its name among the nodes.</summary>
    public abstract string Name { get; }

    /// <summary>Where it takes clients, on 127.0.0.1.</summary>
    public int Port { get; } = FreePorts.Allocate();

    /// <summary>Whether it runs.</summary>
    public abstract bool IsRunning { get; }

    /// <summary>Its process, where that is one of this machine.</summary>
    public virtual int? ProcessId => null;

    /// <summary>What it wrote last.</summary>
    public abstract string Log { get; }

    /// <summary>Starts it; it takes connections some seconds later.</summary>
    public abstract Task StartAsync();

    /// <summary>Kills it (SIGKILL). What it has on disk stays for the next start.</summary>
    public abstract Task KillAsync();

    /// <summary>Halts it without ending it: connections stay open and nothing answers.</summary>
    public abstract Task SuspendAsync();

    /// <summary>Lets it go on.</summary>
    public abstract Task ResumeAsync();

    /// <summary>Runs <c>rabbitmqctl</c> against it.</summary>
    public abstract Task<(long? ExitCode, string Output, string Errors)> ControlAsync(IEnumerable<string> arguments, CancellationToken cancellation);

    /// <summary>Waits until it takes connections.</summary>
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

    /// <summary>Ends it for good.</summary>
    public abstract ValueTask DisposeAsync();
}
