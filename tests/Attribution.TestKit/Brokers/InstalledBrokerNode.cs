using System.Diagnostics;
using System.Globalization;

namespace Attribution.TestKit.Brokers;

/// <summary>
/// A node that runs the installed server as a separate process on loopback, never the machine's service.
/// </summary>
internal sealed class InstalledBrokerNode : BrokerNode
{
    private readonly TempFolder folder;
    private readonly int distributionPort = FreePorts.Allocate();
    private TetheredProcess? process;

    public InstalledBrokerNode(TempFolder folder, string name, int epmdPort)
    {
        (this.folder, Name) = (folder, name);
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
            // With this, the script replaces itself with the node, so that its process id is that of the node.
            ["RABBITMQ_ALLOW_INPUT"] = "1",
            ["RABBITMQ_SERVER_ADDITIONAL_ERL_ARGS"] =
                "-noinput -start_epmd false -kernel inet_dist_use_interface {127,0,0,1} +sbwt none +sbwtdcpu none +sbwtdio none",
        };
    }

    public override string Name { get; }

    public override bool IsRunning => process?.IsRunning == true;

    public override int? ProcessId => process?.Id;

    public override string Log => string.Join(
        System.Environment.NewLine,
        Directory.GetFiles(folder.File(Name.Split('@')[0]), "*.log", SearchOption.AllDirectories)
            .SelectMany(file => File.ReadLines(file).TakeLast(60)));

    /// <summary>Gets the folder of the server's programs; null if it is not installed.</summary>
    public static string? ServerFolder { get; } = Directory.Exists("/usr/lib/rabbitmq/lib")
        ? Directory.GetDirectories("/usr/lib/rabbitmq/lib", "rabbitmq_server-*")
            .Select(path => Path.Combine(path, "sbin")).Order(StringComparer.Ordinal).LastOrDefault()
        : null;

    private Dictionary<string, string> Environment { get; }

    private string ConsoleLog => Path.Combine(folder.File(Name.Split('@')[0]), "console.log");

    public override async Task StartAsync()
    {
        await KillAsync();
        process = await TetheredProcess.StartAsync(ConsoleLog, Environment, Path.Combine(ServerFolder!, "rabbitmq-server"));
    }

    public override async Task KillAsync()
    {
        if (process is not null) await process.DisposeAsync();
        process = null;
    }

    public override Task SuspendAsync() => process!.SignalAsync("STOP");

    public override Task ResumeAsync() => process!.SignalAsync("CONT");

    public override async Task<(long? ExitCode, string Output, string Errors)> ControlAsync(
        IEnumerable<string> arguments, CancellationToken cancellation)
    {
        var info = new ProcessStartInfo(Path.Combine(ServerFolder!, "rabbitmqctl"))
        {
            RedirectStandardOutput = true, RedirectStandardError = true,
        };
        foreach (var argument in (string[])["-n", Name, .. arguments]) info.ArgumentList.Add(argument);
        foreach (var (name, value) in Environment) info.Environment[name] = value;
        using var control = Process.Start(info)!;
        var output = control.StandardOutput.ReadToEndAsync(cancellation);
        var errors = control.StandardError.ReadToEndAsync(cancellation);
        await control.WaitForExitAsync(cancellation);
        return (control.ExitCode, await output, await errors);
    }

    public override ValueTask DisposeAsync() => new(KillAsync());

    public async Task WriteConfigurationAsync(IReadOnlyList<BrokerNode> all, CancellationToken cancellation)
    {
        var lines = new List<string>
        {
            $"default_user = {Broker.User}", $"default_pass = {Broker.Password}", "default_permissions.configure = .*",
            "default_permissions.read = .*", "default_permissions.write = .*", "loopback_users = none",
            "disk_free_limit.absolute = 50MB", "log.file.level = warning", "log.console = false",
        };
        if (all.Count > 1)
        {
            lines.Add("cluster_formation.peer_discovery_backend = classic_config");
            lines.Add("cluster_partition_handling = pause_minority");
            lines.AddRange(all.Select((node, i) => $"cluster_formation.classic_config.nodes.{i + 1} = {node.Name}"));
        }

        await File.WriteAllLinesAsync(Environment["RABBITMQ_CONFIG_FILE"], lines, cancellation);
        await File.WriteAllTextAsync(Environment["RABBITMQ_ENABLED_PLUGINS_FILE"], "[].", cancellation);
    }

    private static string Text(int port) => port.ToString(CultureInfo.InvariantCulture);
}
