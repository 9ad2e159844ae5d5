using System.Diagnostics;
using System.Globalization;
using System.Net;
using System.Text.RegularExpressions;
using Attribution.Simulator;
using Attribution.TestKit;
using Attribution.TestKit.Brokers;
using Attribution.TestKit.Hosts;

namespace Attribution.Benchmarks.Throughput;

/// <summary>Who takes events by HTTP and has them in a store in the end, in a process of its own, over a broker of its own or none.</summary>
internal abstract class PipelineUnderTest(Broker? broker, TempFolder folder) : IAsyncDisposable
{
    /// <summary>Where events are posted.</summary>
    public HttpClient Http { get; protected set; } = null!;

    /// <summary>The process itself.</summary>
    public abstract int ProcessId { get; }

    public IEnumerable<int> BrokerIds => broker?.ProcessIds ?? [];

    protected TempFolder Folder => folder;

    /// <summary>Makes ready for the events of markets.</summary>
    public abstract Task PrepareAsync(params Market[] markets);

    /// <summary>Returns when all of a market that was posted after the one before is committed.</summary>
    public abstract Task CommittedAsync(Market posted);

    /// <summary>Throws unless every number of the market is right.</summary>
    public abstract Task CheckAsync(Market market);

    public virtual async ValueTask DisposeAsync()
    {
        Http.Dispose();
        if (broker is not null) await broker.DisposeAsync();
        folder.Dispose();
    }
}

/// <summary>Attribution, all roles in one process.</summary>
internal sealed class AttributionPipeline : PipelineUnderTest
{
    /// <summary>What is posted lies in 2026 and stays acceptable for ten years.</summary>
    public const string Horizon = "--Ingest:Horizon=3650.00:00:00";

    private readonly HostProcess host;
    private int ends;

    private AttributionPipeline(HostProcess host, Broker? broker, TempFolder folder) : base(broker, folder) => (this.host, Http) = (host, HttpLoad.Client(host.Http.BaseAddress!));

    public override int ProcessId => host.Id;

    public HostProcess Host => host;

    public static async Task<AttributionPipeline> StartAsync(bool overBroker)
    {
        var folder = new TempFolder();
        var broker = overBroker ? await Broker.StartAsync(default) : null;
        return new(await HostProcess.ServeAsync(folder.Path, default, [Horizon, .. broker?.HostSettings ?? []]), broker, folder);
    }

    public override async Task PrepareAsync(params Market[] markets)
    {
        await host.ImportAsync(markets.SelectMany(market => market.Catalog).GroupBy(item => item.Kind).SelectMany(kind => kind), default);
        await host.PutAsync("brands", "ends", """{"id":"ends","name":"Ends"}""", default);
    }

    /// <summary>An order posted after all others is committed: messages are committed in the order they come in, those of one commit together.</summary>
    public override async Task CommittedAsync(Market posted)
    {
        var id = string.Create(CultureInfo.InvariantCulture, $"end-{++ends}");
        await HttpLoad.PostAsync(Http, CommitMarkers.Order("ends", id));
        await Eventually.IsTrueAsync(() => CommitMarkers.IsCommittedAsync(Http, "ends", id), TimeSpan.FromMinutes(5), () => host.Output, default);
    }

    public override async Task CheckAsync(Market market)
    {
        await Eventually.IsTrueAsync(async () => (await RollupComparison.DifferencesAsync(host, market, "last_touch", default)).Count == 0, TimeSpan.FromMinutes(1), () => "The rollups do not become the truth.", default);
    }

    public override async ValueTask DisposeAsync()
    {
        await host.DisposeAsync();
        await base.DisposeAsync();
    }
}

/// <summary><see cref="MinimumPipeline"/>, with or without broker and store.</summary>
internal sealed partial class MinimumPipelineProcess : PipelineUnderTest
{
    private readonly Process process;
    private long expected;

    private MinimumPipelineProcess(Process process, Uri address, Broker? broker, TempFolder folder) : base(broker, folder) => (this.process, Http) = (process, HttpLoad.Client(address));

    public override int ProcessId => process.Id;

    public static async Task<MinimumPipelineProcess> StartAsync(bool overBroker, bool store)
    {
        var folder = new TempFolder();
        var broker = overBroker ? await Broker.StartAsync(default) : null;
        string[] arguments = [typeof(MinimumPipelineProcess).Assembly.Location, "minimum", folder.Path, store ? "store" : "no-store", .. broker is null ? (string[])[] : [broker.Uri.ToString()]];
        var process = Process.Start(new ProcessStartInfo("dotnet", arguments) { RedirectStandardOutput = true, RedirectStandardInput = true })!;
        var address = Listens().Match(await process.StandardOutput.ReadLineAsync() ?? "");
        return address.Success ? new(process, new Uri(address.Groups[1].Value), broker, folder) : throw new InvalidOperationException("The minimum did not start.");
    }

    public override Task PrepareAsync(params Market[] markets) => Task.CompletedTask;

    public override Task CommittedAsync(Market posted)
    {
        expected += posted.Events.Count;
        return Eventually.IsTrueAsync(
            async () => long.Parse(await Http.GetStringAsync(new Uri("/count", UriKind.Relative)), CultureInfo.InvariantCulture) >= expected,
            TimeSpan.FromMinutes(5), () => "The minimum did not take all events.", default);
    }

    public override Task CheckAsync(Market market) => Task.CompletedTask;

    public override async ValueTask DisposeAsync()
    {
        process.Kill();
        await process.WaitForExitAsync();
        process.Dispose();
        await base.DisposeAsync();
    }

    [GeneratedRegex(@"listens on (http://\S+)")]
    private static partial Regex Listens();
}

/// <summary>Orders that are posted to see when they are there.</summary>
internal static class CommitMarkers
{
    public static byte[] Order(string brand, string id) => System.Text.Encoding.UTF8.GetBytes(
        $$"""{"type":"conversion","kind":"order","id":"{{id}}","brandId":"{{brand}}","occurredAt":"2026-03-03T09:00:00Z","orderId":"{{id}}","currency":"USD","gross":"1.00"}""");

    public static async Task<bool> IsCommittedAsync(HttpClient http, string brand, string id)
    {
        using var answer = await http.GetAsync(new Uri($"/v1/conversions/{id}?brand={brand}", UriKind.Relative));
        return answer.IsSuccessStatusCode
            || (answer.StatusCode == HttpStatusCode.NotFound ? false : throw new InvalidOperationException($"{(int)answer.StatusCode} {await answer.Content.ReadAsStringAsync()}"));
    }
}
