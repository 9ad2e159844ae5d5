using System.Globalization;
using RabbitMQ.Client;

namespace Attribution.TestKit.Brokers;

/// <summary>
/// A RabbitMQ broker for one test, with one node or a cluster. It runs the installed server, never the machine's
/// service. Its cookie, data and logs are in a temporary folder, and all ports, including those between nodes, are on
/// loopback. If the server is not installed and Docker is available, a single node runs in a container. Disposing the
/// broker kills it.
/// </summary>
public sealed class Broker : IAsyncDisposable
{
    /// <summary>
    /// Name of the user that is created with a node. Its password contains characters that a URI must escape.
    /// </summary>
    public const string User = "attribution";

    /// <summary>Password of the user.</summary>
    public const string Password = "p@ss/w:rd";

    private static readonly TimeSpan StartTimeout = TimeSpan.FromMinutes(2);
    private readonly TempFolder folder = new();
    private readonly int epmdPort = FreePorts.Allocate();
    private readonly List<BrokerNode> nodes = [];
    private TetheredProcess? epmd;

    private Broker()
    {
    }

    /// <summary>Gets the nodes by name.</summary>
    public IReadOnlyList<BrokerNode> Nodes => nodes;

    /// <summary>Gets the address of the first node, with user and password.</summary>
    public Uri Uri => UriFor(nodes[0].Port, Uri.EscapeDataString(Password));

    /// <summary>Gets the options that connect a host to all nodes.</summary>
    public string[] HostSettings =>
    [
        "--Bus:Transport=RabbitMq", $"--Bus:RabbitMq:Uri={Uri}",
        .. nodes.Count == 1
            ? (string[])[]
            : [$"--Bus:RabbitMq:Nodes={string.Join(',', nodes.Select(node => $"127.0.0.1:{node.Port}"))}"],
    ];

    /// <summary>Gets the ids of the broker's running processes.</summary>
    public IEnumerable<int> ProcessIds => nodes.Select(node => node.ProcessId).Append(epmd?.Id).OfType<int>();

    /// <summary>Gets the reason why no broker with one node can be started; null if one can.</summary>
    public static string? MissingReason => NotInstalledReason is null || DockerServers.AreAvailable ? null : NotInstalledReason;

    /// <summary>
    /// Gets the reason why no cluster can be started, and no node whose process a test inspects; null if they can.
    /// </summary>
    public static string? NotInstalledReason => InstalledBrokerNode.ServerFolder is null
        ? "rabbitmq-server is not installed (Debian: apt-get install rabbitmq-server)"
        : null;

    /// <summary>Gets the end of the nodes' logs, for the message of a failed test.</summary>
    public string Log => string.Join(
        Environment.NewLine, nodes.Select(node => $"== {node.Name}{Environment.NewLine}{node.Log}"));

    /// <summary>Starts a broker and waits until every node accepts connections.</summary>
    public static async Task<Broker> StartAsync(CancellationToken cancellation, int size = 1)
    {
        var broker = new Broker();
        try
        {
            await (NotInstalledReason is null
                ? broker.StartInstalledAsync(size, cancellation)
                : broker.StartContainerAsync(size, cancellation));
            return broker;
        }
        catch
        {
            await broker.DisposeAsync();
            throw;
        }
    }

    /// <summary>Opens a connection to the first node that accepts one.</summary>
    public async Task<IConnection> ConnectAsync(CancellationToken cancellation)
    {
        var endpoints = nodes.Select(node => new AmqpTcpEndpoint("127.0.0.1", node.Port));
        var factory = new ConnectionFactory { UserName = User, Password = Password };
        return await factory.CreateConnectionAsync(endpoints, cancellation);
    }

    /// <summary>
    /// Counts the messages of a quorum queue: those that are ready and those that are delivered but not acknowledged.
    /// </summary>
    /// <returns>0 if the queue does not exist; -1 while it has no leader.</returns>
    public async Task<long> CountMessagesAsync(string queue, CancellationToken cancellation)
    {
        var expression =
            $"case rabbit_amqqueue:lookup(rabbit_misc:r(<<\"/\">>, queue, <<\"{queue}\">>)) of "
            + "{ok, Q} -> case ra:leader_query(amqqueue:get_pid(Q), fun rabbit_fifo:query_messages_total/1) of "
            + "{ok, {_, N}, _} -> N; _ -> -1 end; _ -> 0 end.";
        return long.Parse(await ControlAsync(cancellation, "--quiet", "eval", expression), CultureInfo.InvariantCulture);
    }

    /// <summary>Runs <c>rabbitmqctl</c> against the first running node and returns its output.</summary>
    public async Task<string> ControlAsync(CancellationToken cancellation, params string[] arguments)
    {
        var (exitCode, output, errors) = await nodes.First(
            node => node.IsRunning).ControlAsync(arguments, cancellation);
        return exitCode == 0
            ? output
            : throw new InvalidOperationException($"rabbitmqctl {string.Join(' ', arguments)}: {output}{errors}");
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        foreach (var node in nodes) await node.DisposeAsync();
        if (epmd is not null) await epmd.DisposeAsync();
        folder.Dispose();
    }

    private async Task StartInstalledAsync(int size, CancellationToken cancellation)
    {
        Directory.CreateDirectory(folder.File("home"));
        var cookie = folder.File("home/.erlang.cookie");
        await File.WriteAllTextAsync(cookie, Guid.NewGuid().ToString("N"), cancellation);
        if (!OperatingSystem.IsWindows()) File.SetUnixFileMode(cookie, UnixFileMode.UserRead);
        epmd = await TetheredProcess.StartAsync(
            folder.File("epmd.log"), new Dictionary<string, string>(),
            "epmd", "-address", "127.0.0.1", "-port", epmdPort.ToString(CultureInfo.InvariantCulture));
        for (var i = 1; i <= size; i++) nodes.Add(new InstalledBrokerNode(folder, $"rabbit{i}@localhost", epmdPort));
        foreach (var node in nodes.Cast<InstalledBrokerNode>()) await node.WriteConfigurationAsync(nodes, cancellation);

        // The first node forms the cluster that the others join.
        await nodes[0].StartAsync();
        await nodes[0].WaitForConnectionsAsync(StartTimeout, cancellation);
        await Task.WhenAll(nodes.Skip(1).Select(node => node.StartAsync()));
        await Task.WhenAll(nodes.Skip(1).Select(node => node.WaitForConnectionsAsync(StartTimeout, cancellation)));
    }

    private async Task StartContainerAsync(int size, CancellationToken cancellation)
    {
        if (size > 1 || !DockerServers.AreAvailable) throw new InvalidOperationException(NotInstalledReason);
        nodes.Add(new DockerServers.RabbitMqNode());
        await nodes[0].StartAsync();
        await nodes[0].WaitForConnectionsAsync(StartTimeout, cancellation);
    }

    private static Uri UriFor(int port, string password) =>
        new(string.Create(CultureInfo.InvariantCulture, $"amqp://{User}:{password}@127.0.0.1:{port}/"));
}
