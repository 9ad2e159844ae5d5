using System.Text;
using System.Text.Json.Nodes;
using Attribution.Contracts;
using Attribution.Core.Values;
using Attribution.Host.Attribution;
using Attribution.Host.Configuration;
using Attribution.Host.Hosting;
using Attribution.Host.Rollup;
using Attribution.Storage.Sqlite;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Options;

namespace Attribution.Host.Tests.Fixtures;

/// <summary>Engine, nightly jobs and reports over one real store, with a manual clock.</summary>
internal sealed class PipelineHost : IAsyncDisposable
{
    private readonly ManualClock clock;
    private readonly ReportingHost report;
    private readonly RollupMetrics meter;
    private readonly IdGenerator ids;
    private readonly ServiceProvider instruments = new ServiceCollection().AddMetrics().AddSingleton<RollupMetrics>().AddSingleton<AttributionMetrics>().BuildServiceProvider();

    private PipelineHost(ManualClock clock, ReportingHost report)
    {
        (this.clock, this.report) = (clock, report);
        (meter, ids) = (instruments.GetRequiredService<RollupMetrics>(), new IdGenerator(clock));
        Attributor = new(
            Store.Journeys, Catalogs, ids, clock, instruments.GetRequiredService<AttributionMetrics>(), Options.Create(new AttributionOptions()),
            Options.Create(new AcceptanceOptions()), new CustomBotRules(null), keys: null, NullLogger<Attributor>.Instance);
    }

    public SqliteStore Store => report.Store;

    public CatalogCache Catalogs => report.Services.GetRequiredService<CatalogCache>();

    public Attributor Attributor { get; }

    public Timestamp Now => Timestamp.From(clock.GetUtcNow());

    public static CancellationToken Token => TestContext.Current.CancellationToken;

    public static async Task<PipelineHost> StartAsync(string now)
    {
        var clock = new ManualClock { Now = ParseTime(now) };
        return new(clock, await ReportingHost.StartAsync(clock));
    }

    public static DateTimeOffset ParseTime(string text) => DateTimeOffset.Parse(text, CultureInfo.InvariantCulture);

    /// <summary>Advances the clock to an instant and closes the days that are due by then.</summary>
    public async Task AdvanceToAsync(string moment)
    {
        clock.Now = ParseTime(moment);
        await new CloseDaysJob(Store.Rollups, Lease, Catalogs, clock, Options.Create(new RollupOptions())).RunAsync(Token);
    }

    public Task PutCatalogAsync(params (string Path, string Body)[] items) => report.PutCatalogAsync(items);

    /// <summary>Ingests events as received now, in one message, and folds.</summary>
    public async Task ProcessAsync(params string[] events)
    {
        await Attributor.AttributeAsync(
            [
                new EventPack
                {
                    PackId = ids.Next(), Schema = EventPack.CurrentSchema, Source = "shop", BrandId = "default", ReceivedAt = clock.Now,
                    Events = [.. events.Select(Encoding.UTF8.GetBytes)],
                },
            ],
            Token);
        await FoldAsync();
    }

    /// <summary>Settles agreements per period, and folds.</summary>
    public async Task SettlePeriodsAsync()
    {
        await new PeriodSettlement(Store.Agreements, Catalogs, clock).RunAsync(Token);
        await FoldAsync();
    }

    /// <summary>Reevaluates the journeys that a change of the catalog affects, and folds.</summary>
    public async Task ReevaluateAsync()
    {
        while (await Attributor.ReevaluateAsync(100, Token) > 0) { }
        await FoldAsync();
    }

    private RollupLease Lease => new(Store.Jobs, new HostSettings(new HashSet<Role> { Role.Rollup }, "0", ""), clock, Options.Create(new RollupOptions()), NullLogger<RollupLease>.Instance);

    public async Task FoldAsync() => await new FoldJob(Store.Rollups, Lease, clock, meter, Options.Create(new RollupOptions())).RunAsync(Token);

    public async Task<JsonNode> GetAsync(string path)
    {
        var (status, body) = await report.GetAsync(path);
        status.ShouldBe(200, body?.ToJsonString());
        return body!;
    }

    /// <summary>Gets a page as HTML.</summary>
    public Task<string> GetPageAsync(string path) => report.Http.GetStringAsync(path, Token);

    /// <summary>Gets an answer as text, such as CSV.</summary>
    public Task<string> GetTextAsync(string path) => report.Http.GetStringAsync(path, Token);

    public Task<(int Status, JsonNode? Body)> PostAsync(string path, string body) => report.SendAsync(HttpMethod.Post, path, body);

    public Task<(int Status, JsonNode? Body)> TryPutAsync(string path, string body) => report.PutAsync(path, body);

    public Task<(int Status, JsonNode? Body)> TryGetAsync(string path) => report.GetAsync(path);

    public async ValueTask DisposeAsync()
    {
        await report.DisposeAsync();
        await instruments.DisposeAsync();
    }

    private sealed class ManualClock : TimeProvider
    {
        public DateTimeOffset Now { get; set; }

        public override DateTimeOffset GetUtcNow() => Now;
    }
}
