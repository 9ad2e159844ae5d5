using System.Globalization;
using RabbitMQ.Client;

namespace Attribution.TestKit.Brokers;

/// <summary>
/// RabbitMQ of a test's own, one node or a cluster: the real server from where the package put it, never the machine's service, with its
/// cookie, data and logs in a temporary folder and every port, those between nodes included, on loopback. Where it is not installed, one
/// node in a container, where Docker answers. Disposing it kills it.
/// </summary>
public sealed class Broker : IAsyncDisposable
{
    /// <summary>The user that is made with a node; has a password of characters that addresses must escape.</summary>
    public const string User = "attribution";

    /// <summary>The user's password.</summary>
    public const string Password = "p@ss/w:rd";

    private static readonly TimeSpan StartTimeout = TimeSpan.FromMinutes(2);
    private readonly TempFolder folder = new();
    private readonly int epmdPort = FreePorts.Allocate();
    private readonly List<BrokerNode> nodes = [];
    private TetheredProcess? epmd;

    private Broker()
    {
    }

    /// <summary>The nodes, in the order of their names.</summary>
    public IReadOnlyList<BrokerNode> Nodes => nodes;

    /// <summary>Address of the first node, with the user and password.</summary>
    public Uri Uri => UriFor(nodes[0].Port, Uri.EscapeDataString(Password));

    /// <summary>Options that point a host at all nodes.</summary>
    public string[] HostSettings =>
        ["--Bus:Transport=RabbitMq", $"--Bus:RabbitMq:Uri={Uri}", .. nodes.Count == 1 ? (string[])[] : [$"--Bus:RabbitMq:Nodes={string.Join(',', nodes.Select(node => $"127.0.0.1:{node.Port}"))}"]];

    /// <summary>The processes that it consists of and that run.</summary>
    public IEnumerable<int> ProcessIds => nodes.Select(node => node.ProcessId).Append(epmd?.Id).OfType<int>();

    /// <summary>Why a broker of one node cannot be started here; null when it can.</summary>
    public static string? MissingReason => DockerServers.AreAvailable ? null : NotInstalledReason;

    /// <summary>Why no cluster can be, nor a node whose process a test looks into.</summary>
    public static string? NotInstalledReason => InstalledBrokerNode.ServerFolder is null ? "rabbitmq-server is not installed (Debian: apt-get install rabbitmq-server)" : null;

    /// <summary>What the nodes wrote last, for a test that fails.</summary>
    public string Log => string.Join(Environment.NewLine, nodes.Select(node => $"== {node.Name}{Environment.NewLine}{node.Log}"));

    /// <summary>Starts a broker and waits until every node takes connections.</summary>
    public static async Task<Broker> StartAsync(CancellationToken cancellation, int size = 1)
    {
        var broker = new Broker();
        try
        {
            await (NotInstalledReason is null ? broker.StartInstalledAsync(size, cancellation) : broker.StartContainerAsync(size, cancellation));
            return broker;
        }
        catch
        {
            await broker.DisposeAsync();
            throw;
        }
    }

    /// <summary>Opens a connection to the first node that takes one.</summary>
    public async Task<IConnection> ConnectAsync(CancellationToken cancellation)
    {
        var endpoints = nodes.Select(node => new AmqpTcpEndpoint("127.0.0.1", node.Port));
        return await new ConnectionFactory { UserName = User, Password = Password }.CreateConnectionAsync(endpoints, cancellation);
    }

    /// <summary>Messages of a quorum queue now, those that wait and those that a consumer has and did not acknowledge yet; 0 where there is no such queue, -1 while it has no leader that could tell.</summary>
    public async Task<long> CountMessagesAsync(string queue, CancellationToken cancellation) => long.Parse(
        await ControlAsync(cancellation, "--quiet", "eval",
            $"case rabbit_amqqueue:lookup(rabbit_misc:r(<<\"/\">>, queue, <<\"{queue}\">>)) of {{ok, Q}} -> case ra:leader_query(amqqueue:get_pid(Q), fun rabbit_fifo:query_messages_total/1) of {{ok, {{_, N}}, _}} -> N; _ -> -1 end; _ -> 0 end."),
        CultureInfo.InvariantCulture);

    /// <summary>Runs <c>rabbitmqctl</c> against the first node that runs, and answers what it wrote.</summary>
    public async Task<string> ControlAsync(CancellationToken cancellation, params string[] arguments)
    {
        var (exitCode, output, errors) = await nodes.First(node => node.IsRunning).ControlAsync(arguments, cancellation);
        return exitCode == 0 ? output : throw new InvalidOperationException($"rabbitmqctl {string.Join(' ', arguments)}: {output}{errors}");
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
            folder.File("epmd.log"), new Dictionary<string, string>(), "epmd", "-address", "127.0.0.1", "-port", epmdPort.ToString(CultureInfo.InvariantCulture));
        for (var i = 1; i <= size; i++) nodes.Add(new InstalledBrokerNode(folder, $"rabbit{i}@localhost", epmdPort));
        foreach (var node in nodes.Cast<InstalledBrokerNode>()) await node.WriteConfigurationAsync(nodes, cancellation);

        // The first makes the cluster that the others find.
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

    private static Uri UriFor(int port, string password) => new(string.Create(CultureInfo.InvariantCulture, $"amqp://{User}:{password}@127.0.0.1:{port}/"));
}
