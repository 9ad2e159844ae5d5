using Attribution.TestKit.Brokers;
using Microsoft.Data.Sqlite;

namespace Attribution.TestKit.Hosts;

/// <summary>
/// A set of hosts in server mode on one machine: a broker and at least one process per role, with a common store. Each
/// process is named after its role and a number, which is its instance. Disposing it kills all processes except the
/// broker.
/// </summary>
public sealed class HostCluster : IAsyncDisposable
{
    /// <summary>
    /// Names of all processes: one for ingest, two for attribution, two for rollups and one for reports.
    /// </summary>
    public static readonly IReadOnlyList<string> Names = ["ingest-1", "attribute-1", "attribute-2", "rollup-1", "rollup-2", "report-1"];

    private static readonly TimeSpan SettleTimeout = TimeSpan.FromMinutes(5);
    private readonly TempFolder folder = new();
    private readonly Dictionary<string, HostProcess> processes = [];
    private readonly Broker broker;
    private readonly string[] settings;

    private HostCluster(Broker broker, string[] settings) => (this.broker, this.settings) = (broker, settings);

    /// <summary>Gets the process that accepts events.</summary>
    public HostProcess Ingest => this["ingest-1"];

    /// <summary>Gets the process that serves reports and accepts the catalog.</summary>
    public HostProcess Report => this["report-1"];

    /// <summary>Gets the file of the common SQLite store.</summary>
    public string StoreFile => folder.File("attribution.db");

    /// <summary>Gets the process that was last started with a name.</summary>
    public HostProcess this[string name]
    {
        get
        {
            lock (processes) return processes[name];
        }
    }

    /// <summary>Starts processes and waits until each is ready.</summary>
    public static async Task<HostCluster> StartAsync(
        Broker broker, IReadOnlyCollection<string> names, CancellationToken cancellation, params string[] settings)
    {
        var cluster = new HostCluster(broker, settings);
        try
        {
            await Task.WhenAll(names.Select(name => cluster.StartAsync(name, cancellation)));
            return cluster;
        }
        catch
        {
            await cluster.DisposeAsync();
            throw;
        }
    }

    /// <summary>Starts or restarts a process and waits for it.</summary>
    /// <param name="name">Name of the process.</param>
    /// <param name="cancellation">Cancels the operation.</param>
    /// <param name="ready">
    /// True to wait until it is ready; false to wait until it listens, as required without a broker.
    /// </param>
    /// <param name="program">The path of the program of another build; null for the build under test.</param>
    public async Task<HostProcess> StartAsync(string name, CancellationToken cancellation, bool ready = true, string? program = null)
    {
        string[] arguments = [.. broker.HostSettings, $"--Host:Roles={name.Split('-')[0]}", $"--Host:Instance={name}", .. settings];
        var process = ready
            ? await HostProcess.ServeBuildAsync(program, folder.Path, cancellation, arguments)
            : await HostProcess.ListenAsync("serve", folder.Path, cancellation, arguments);
        lock (processes) processes[name] = process;
        return process;
    }

    /// <summary>Kills a process (SIGKILL).</summary>
    public async Task KillAsync(string name) => await this[name].DisposeAsync();

    /// <summary>
    /// Waits until the rollups contain all accepted events: the spools and the queue are empty, and no journey waits to
    /// be evaluated again and no delta to be folded.
    /// </summary>
    public Task WaitUntilSettledAsync(CancellationToken cancellation) => Eventually.IsTrueAsync(
        // The last condition, first: it is cheap to ask and holds late, while each question to the broker starts a process.
        async () => await HasNoBacklogAsync(cancellation)
            && CountSpooled() == 0
            && await broker.CountMessagesAsync("attribution.attribute", cancellation) == 0
            && await HasNoBacklogAsync(cancellation),
        SettleTimeout,
        () => string.Join(
            Environment.NewLine, processes.Select(process => $"== {process.Key}{Environment.NewLine}{process.Value.Output}")),
        cancellation);

    /// <summary>Counts the messages in all spools.</summary>
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
