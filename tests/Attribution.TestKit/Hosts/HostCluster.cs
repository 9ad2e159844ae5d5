using Attribution.TestKit.Brokers;
using Microsoft.Data.Sqlite;

namespace Attribution.TestKit.Hosts;

/// <summary>
/// Server mode on one machine: a broker and a process a role, two that attribute and two that roll up, on one store. Each process is named by its
/// role and number, and that is its instance. Disposing it kills all of them; the broker is the caller's.
/// </summary>
public sealed class HostCluster : IAsyncDisposable
{
    /// <summary>One ingest, two that attribute, two that roll up, one that reports.</summary>
    public static readonly IReadOnlyList<string> Names = ["ingest-1", "attribute-1", "attribute-2", "rollup-1", "rollup-2", "report-1"];

    private static readonly TimeSpan SettleTimeout = TimeSpan.FromMinutes(5);
    private readonly TempFolder folder = new();
    private readonly Dictionary<string, HostProcess> processes = [];
    private readonly Broker broker;
    private readonly string[] settings;

    private HostCluster(Broker broker, string[] settings) => (this.broker, this.settings) = (broker, settings);

    /// <summary>Takes events.</summary>
    public HostProcess Ingest => this["ingest-1"];

    /// <summary>Takes the catalog, answers analysts.</summary>
    public HostProcess Report => this["report-1"];

    /// <summary>The SQLite store that they share.</summary>
    public string StoreFile => folder.File("attribution.db");

    /// <summary>The process of a name as last started.</summary>
    public HostProcess this[string name]
    {
        get
        {
            lock (processes) return processes[name];
        }
    }

    /// <summary>Starts processes and waits until each is ready.</summary>
    public static async Task<HostCluster> StartAsync(Broker broker, IReadOnlyCollection<string> names, CancellationToken cancellation, params string[] settings)
    {
        var installation = new HostCluster(broker, settings);
        try
        {
            await Task.WhenAll(names.Select(name => installation.StartAsync(name, cancellation)));
            return installation;
        }
        catch
        {
            await installation.DisposeAsync();
            throw;
        }
    }

    /// <summary>Starts a process, again or for the first time, and waits until it is ready, or, where the broker may be away, until it listens.</summary>
    public async Task<HostProcess> StartAsync(string name, CancellationToken cancellation, bool ready = true)
    {
        string[] arguments = [.. broker.HostSettings, $"--Host:Roles={name.Split('-')[0]}", $"--Host:Instance={name}", .. settings];
        var process = ready
            ? await HostProcess.ServeAsync(folder.Path, cancellation, arguments)
            : await HostProcess.ListenAsync("serve", folder.Path, cancellation, arguments);
        lock (processes) processes[name] = process;
        return process;
    }

    /// <summary>Kills a process (SIGKILL).</summary>
    public async Task KillAsync(string name) => await this[name].DisposeAsync();

    /// <summary>Waits until everything accepted stands in the rollups: nothing in a spool, nothing with the broker, no journey to evaluate anew, no delta.</summary>
    public Task WaitUntilSettledAsync(CancellationToken cancellation) => Eventually.IsTrueAsync(
        async () => CountSpooled() == 0 && await broker.CountMessagesAsync("attribution.attribute", cancellation) == 0 && await HasNoBacklogAsync(cancellation),
        SettleTimeout, () => string.Join(Environment.NewLine, processes.Select(one => $"== {one.Key}{Environment.NewLine}{one.Value.Output}")), cancellation);

    /// <summary>Messages in all spools.</summary>
    public long CountSpooled()
    {
        var messages = 0L;
        foreach (var file in Directory.Exists(folder.File("spool")) ? Directory.GetFiles(folder.File("spool"), "*.db") : [])
        {
            using var spool = new SqliteConnection($"Data Source={file};Mode=ReadOnly;Pooling=false");
            spool.Open();
            using var command = spool.CreateCommand();
            command.CommandText = "SELECT COUNT(*) FROM messages";
            messages += (long)command.ExecuteScalar()!;
        }

        return messages;
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        foreach (var process in processes.Values) await process.DisposeAsync();
        folder.Dispose();
    }

    private async Task<bool> HasNoBacklogAsync(CancellationToken cancellation)
    {
        using var quality = await Report.GetAsync("/v1/quality", cancellation);
        var backlog = quality.RootElement.GetProperty("backlog");
        return !backlog.GetProperty("reevaluating").GetBoolean() && backlog.GetProperty("deltas").GetInt64() == 0;
    }
}
