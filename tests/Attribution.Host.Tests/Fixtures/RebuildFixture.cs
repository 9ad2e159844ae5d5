using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using Attribution.Contracts;
using Attribution.Contracts.Catalog;
using Attribution.Core.Catalog;
using Attribution.Core.Costs;
using Attribution.Core.Quality;
using Attribution.Core.Rollups;
using Attribution.Core.Values;
using Attribution.Host.Attribution;
using Attribution.Host.Configuration;
using Attribution.Host.Hosting;
using Attribution.Host.Jobs;
using Attribution.Storage.Catalog;
using Attribution.Storage.Rebuilds;
using Attribution.Storage.Runs;
using Attribution.Storage.Sqlite;
using Attribution.Storage.Sqlite.Database;
using Attribution.TestKit.Storage;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Options;

namespace Attribution.Host.Tests.Fixtures;

/// <summary>
/// Creates a shop with a catalog and three orders (one by a click, one by a code, one unattributed), a refund, and a
/// click on an unknown link.
/// </summary>
internal sealed class RebuildFixture : IAsyncDisposable
{
    public static readonly Guid Run = new("0198c000-0000-7000-8000-000000000001");
    private static readonly IOptions<AttributionOptions> Options = Microsoft.Extensions.Options.Options.Create(new AttributionOptions());
    private readonly IOptions<AcceptanceOptions> acceptance;

    private readonly IdGenerator ids = new(TimeProvider.System);
    private readonly CatalogCache catalogs;

    private readonly BotRules bots;

    private RebuildFixture(SqliteStore store, BotRules bots, TimeSpan horizon)
    {
        this.bots = bots;
        acceptance = Microsoft.Extensions.Options.Options.Create(new AcceptanceOptions { Horizon = horizon });
        Store = store;
        catalogs = new CatalogCache(store.Catalog);
        Attributor = new Attributor(store.Journeys, catalogs, ids, TimeProvider.System, metrics: null, Options, acceptance, new CustomBotRules(bots), keys: null, NullLogger<Attributor>.Instance);
    }

    public SqliteStore Store { get; }

    public Attributor Attributor { get; }

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    public static async Task<RebuildFixture> OpenAsync(string path, Action<string>? beforeStatement = null, BotRules? bots = null, TimeSpan? horizon = null)
    {
        var database = new SqliteDatabaseOptions { Synchronous = SqliteSynchronous.Normal, BeforeStatement = beforeStatement };
        var shop = new RebuildFixture(await SqliteStore.OpenAsync(new SqliteStoreOptions { Path = path, Database = database }, Token), bots ?? BotRules.Default, horizon ?? TimeSpan.FromDays(36_500));
        await shop.catalogs.RefreshAsync(Token);
        return shop;
    }

    /// <summary>
    /// A shop with a catalog; three orders: one by a click, one by a code, one that nobody earned; a refund; and a
    /// click on nothing known.
    /// </summary>
    public static async Task<RebuildFixture> OpenWithOrdersAsync(string path, TimeSpan? horizon = null)
    {
        var shop = await OpenAsync(path, horizon: horizon);
        await shop.PutAsync(
            new CreatorItem("mia", "Mia"),
            Item<CampaignItem>("""{"id":"spring","brandId":"default","name":"Spring"}"""),
            Item<LinkItem>("""{"id":"mia","slug":"mia","destination":"https://shop.example/","campaignId":"spring","creatorId":"mia"}"""),
            Item<CodeItem>("""{"id":"mia10","code":"MIA10","campaignId":"spring","creatorId":"mia"}"""),
            Item<CostItem>("""{"id":"fee","campaignId":"spring","creatorId":"mia","kind":"fee","currency":"USD","amount":"300.00","recognition":"on_date","on":"2026-03-02"}"""));
        await shop.ProcessAsync(Click("k-1", "mia", "v-1"), Order("1001", "100.00", "v-1"));
        await shop.ProcessAsync(
            """{"type":"redemption","id":"e-2","occurredAt":"2026-03-03T09:00:00Z","orderId":"1002","codes":["MIA10"],"currency":"USD","gross":"50.00","discount":"5.00","customerKey":"c-2"}""",
            Order("1003", "30.00", "v-3"), Click("k-9", "nobody", "v-9"));
        await shop.ProcessAsync(
            """{"type":"refund","id":"r-1","occurredAt":"2026-03-06T09:00:00Z","orderId":"1001","refundId":"r-1","kind":"refund","currency":"USD","amount":"40.00"}""");
        while (await shop.Store.Rollups.FoldAsync(100, () => new Timestamp(0), Token) > 0) { }
        return shop;
    }

    public static string Click(string id, string link, string visitor) =>
        $$"""{"type":"click","id":"{{id}}","occurredAt":"2026-03-02T09:00:00Z","link":"{{link}}","visitorId":"{{visitor}}"}""";

    public static string Order(string id, string gross, string visitor) =>
        $$"""{"type":"conversion","id":"e-{{id}}","occurredAt":"2026-03-03T10:00:00Z","kind":"order","orderId":"{{id}}","currency":"USD","gross":"{{gross}}","visitorId":"{{visitor}}"}""";

    public async Task PutAsync(params ICatalogItem[] items)
    {
        var change = new CatalogChange
        {
            ExpectedVersion = await Store.Catalog.ReadCatalogVersionAsync(Token), Puts = [.. items.Select(item => KeyValuePair.Create(CatalogKinds.RefOf(item), item))], At = new Timestamp(0),
        };
        // The endpoint also adds the change of the cost measures.
        var before = await Store.Catalog.LoadCatalogAsync(Token);
        var costs = CostMeasures.Calculate(CatalogSnapshot.Create(before with { Items = before.Items.SetItems(change.Puts) }));
        costs.Add(CostMeasures.Calculate(CatalogSnapshot.Create(before)), -1);
        (await Store.Catalog.WriteChangeAsync(change with { Deltas = costs }, Token)).ShouldBeTrue();
        await catalogs.RefreshAsync(Token);
    }

    /// <summary>Gets or sets the time of receipt of events; initially 10 March 2026.</summary>
    public DateTimeOffset ReceivedAt { get; set; } = new(2026, 3, 10, 0, 0, 0, TimeSpan.Zero);

    public EventPack Pack(params string[] events) => new()
    {
        PackId = ids.Next(), Schema = EventPack.CurrentSchema, Source = "shop", BrandId = "default", ReceivedAt = ReceivedAt,
        Events = [.. events.Select(Encoding.UTF8.GetBytes)],
    };

    public Task ProcessAsync(params string[] events) => Attributor.AttributeAsync([Pack(events)], Token);

    /// <summary>Rebuilds the store; returns the numbers of changed conversions, ledger lines and cells.</summary>
    public async Task<(long Conversions, long Lines, long Cells)> RebuildAsync(Guid? run = null, IRebuildStore? through = null)
    {
        var asked = new RunDocument { Id = run ?? ids.Next(), Kind = RunNames.Rebuild, Request = [], CreatedAt = default, UpdatedAt = default };
        var answer = JsonNode.Parse(
            await new RebuildRun(through ?? Store.Rebuilds, ids, TimeProvider.System, Options, acceptance, new CustomBotRules(bots), catalogs, NullLogger<RebuildRun>.Instance).RunAsync(asked, new RunProgress(), Token))!;
        return ((long)answer["conversions"]!, (long)answer["ledgerLines"]!, (long)answer["cells"]!);
    }

    /// <summary>Returns measures and ledger sums as text, without ids and versions of journeys.</summary>
    public async Task<string> DescribeStateAsync()
    {
        var journeys = new List<string>();
        var (sums, _, _) = await Store.Reconciliation.ReadForReconciliationAsync(
            journey => journeys.Add(RecordText.Serialize(journey with { Id = Guid.Empty, CatalogVersion = 0 })), Token);
        var text = new StringBuilder().AppendJoin('\n', journeys.Order(StringComparer.Ordinal)).AppendLine();
        foreach (var (key, cell) in sums.DropZeros().Cells.OrderBy(cell => cell.Key.ToString(), StringComparer.Ordinal))
            text.AppendLine(CultureInfo.InvariantCulture, $"{key} {string.Join(' ', Enumerable.Range(0, MeasureCell.Length).Select(i => cell[i]))}");
        foreach (var order in new[] { "1001", "1002", "1003", "1004", "ghost" })
            text.AppendLine(CultureInfo.InvariantCulture, $"{order}: {await DescribeLedgerAsync(order)}");
        return text.ToString();
    }

    /// <summary>Returns an order's net, micros and commission in the ledger, by day of entry.</summary>
    public async Task<string> DescribeLedgerAsync(string order) => string.Join(
        "; ",
        (await Store.Ledger.ReadLedgerAsync("default", "o:" + order, Token)).GroupBy(line => (line.EntryDay, line.Placement)).OrderBy(day => day.Key.EntryDay)
            .Select(day => (day.Key, Amount: day.Sum(line => line.Amount), Micros: day.Sum(line => line.Micros))).Where(day => (day.Amount | day.Micros) != 0)
            .Select(day => $"{day.Key.Placement.Creator} {day.Key.EntryDay:MM-dd} {day.Amount} {day.Micros}"));

    private static T Item<T>(string json) where T : ICatalogItem => (T)JsonSerializer.Deserialize(json, typeof(T), ContractsJson.Default)!;

    public async ValueTask DisposeAsync()
    {
        catalogs.Dispose();
        await Store.DisposeAsync();
    }
}
