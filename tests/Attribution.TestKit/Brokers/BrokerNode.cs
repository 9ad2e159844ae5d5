using System.Globalization;
using System.Net.Sockets;
using Attribution.TestKit.Hosts;

namespace Attribution.TestKit.Brokers;

/// <summary>One node of a <see cref="Broker"/>.</summary>
public sealed class BrokerNode
{
    private readonly TempFolder folder;
    private readonly int distributionPort = FreePorts.Next();
    private TetheredProcess? process;

    internal BrokerNode(TempFolder folder, string name, int epmdPort)
    {
        (this.folder, Name, Port) = (folder, name, FreePorts.Next());
        var own = folder.File(name.Split('@')[0]);
        Directory.CreateDirectory(own);
        Environment = new Dictionary<string, string>
        {
            ["HOME"] = folder.File("home"),
            ["ERL_EPMD_ADDRESS"] = "127.0.0.1",
            ["ERL_EPMD_PORT"] = Text(epmdPort),
            ["ERL_CRASH_DUMP"] = "/dev/null",
            ["RABBITMQ_NODENAME"] = name,
            ["RABBITMQ_NODE_IP_ADDRESS"] = "127.0.0.1",
            ["RABBITMQ_NODE_PORT"] = Text(Port),
            ["RABBITMQ_DIST_PORT"] = Text(distributionPort),
            ["RABBITMQ_MNESIA_BASE"] = Path.Combine(own, "data"),
            ["RABBITMQ_LOG_BASE"] = Path.Combine(own, "log"),
            ["RABBITMQ_CONFIG_FILE"] = Path.Combine(own, "rabbitmq.conf"),
            ["RABBITMQ_CONF_ENV_FILE"] = Path.Combine(own, "none"),
            ["RABBITMQ_ENABLED_PLUGINS_FILE"] = Path.Combine(own, "plugins"),
            // The script then becomes the node, instead of standing before it: its process id is the node's.
            ["RABBITMQ_ALLOW_INPUT"] = "1",
            ["RABBITMQ_SERVER_ADDITIONAL_ERL_ARGS"] = "-noinput -start_epmd false -kernel inet_dist_use_interface {127,0,0,1} +sbwt none +sbwtdcpu none +sbwtdio none",
        };
    }

    /// <summary>Its name among the nodes.</summary>
    public string Name { get; }

    /// <summary>Where it takes clients, on 127.0.0.1.</summary>
    public int Port { get; }

    /// <summary>Whether its process runs.</summary>
    public bool Runs => process?.Runs == true;

    internal int? ProcessId => process?.Id;

    internal static string? Server { get; } = Directory.Exists("/usr/lib/rabbitmq/lib")
        ? Directory.GetDirectories("/usr/lib/rabbitmq/lib", "rabbitmq_server-*").Select(path => Path.Combine(path, "sbin")).Order(StringComparer.Ordinal).LastOrDefault()
        : null;

    internal IReadOnlyDictionary<string, string> Environment { get; }

    internal string Story => string.Join(
        System.Environment.NewLine,
        Directory.GetFiles(folder.File(Name.Split('@')[0]), "*.log", SearchOption.AllDirectories).SelectMany(file => File.ReadLines(file).TakeLast(60)));

    private string Console => Path.Combine(folder.File(Name.Split('@')[0]), "console.log");

    /// <summary>Starts its process; it takes connections some seconds later.</summary>
    public async Task StartAsync()
    {
        await KillAsync();
        process = await TetheredProcess.StartAsync(Console, Environment, Path.Combine(Server!, "rabbitmq-server"));
    }

    /// <summary>Waits until it takes connections.</summary>
    public Task TakesConnectionsAsync(TimeSpan within, CancellationToken cancellation) => Wait.UntilAsync(
        async () =>
        {
            if (!Runs) throw new InvalidOperationException($"{Name} ended.{System.Environment.NewLine}{File.ReadAllText(Console)}");
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
        within, () => File.ReadAllText(Console), cancellation);

    /// <summary>Kills it (SIGKILL). What it has on disk stays for the next start.</summary>
    public async Task KillAsync()
    {
        if (process is not null) await process.DisposeAsync();
        process = null;
    }

    /// <summary>Halts it without ending it: connections stay open and nothing answers (SIGSTOP).</summary>
    public Task FreezeAsync() => process!.SignalAsync("STOP");

    /// <summary>Lets it go on.</summary>
    public Task ThawAsync() => process!.SignalAsync("CONT");

    internal async Task WriteConfigurationAsync(IReadOnlyList<BrokerNode> all, CancellationToken cancellation)
    {
        var lines = new List<string>
        {
            $"default_user = {Broker.User}", $"default_pass = {Broker.Password}", "default_permissions.configure = .*", "default_permissions.read = .*", "default_permissions.write = .*",
            "loopback_users = none", "disk_free_limit.absolute = 50MB", "log.file.level = warning", "log.console = false",
        };
        if (all.Count > 1)
        {
            lines.AddRange(["cluster_formation.peer_discovery_backend = classic_config", "cluster_partition_handling = pause_minority"]);
            lines.AddRange(all.Select((node, i) => $"cluster_formation.classic_config.nodes.{i + 1} = {node.Name}"));
        }

        await File.WriteAllLinesAsync(Environment["RABBITMQ_CONFIG_FILE"], lines, cancellation);
        await File.WriteAllTextAsync(Environment["RABBITMQ_ENABLED_PLUGINS_FILE"], "[].", cancellation);
    }

    private static string Text(int port) => port.ToString(CultureInfo.InvariantCulture);
}
