using System.Text.Json;
using System.Text;
using System.Text.Json.Nodes;
using Attribution.Contracts;
using Attribution.Contracts.Catalog;
using Attribution.Core.Catalog;
using Attribution.Core.Costs;
using Attribution.Core.Planning;
using Attribution.Core.Quality;
using Attribution.Core.Values;
using Attribution.Host.Attribution;
using Attribution.Host.Configuration;
using Attribution.Host.Hosting;
using Attribution.Host.Jobs;
using Attribution.Host.Rollup;
using Attribution.Storage.Catalog;
using Attribution.Storage.DataSets;
using Attribution.Storage.Formats;
using Attribution.Storage.Runs;
using Attribution.Storage.Sqlite;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Options;

namespace Attribution.Host.Tests.Attribution;

/// <summary>The parts of a process that apply data sets to a store, with a clock that stands still.</summary>
internal sealed class DataSetProcess : IAsyncDisposable
{
    /// <summary>The brands of <see cref="PutBrandsAsync"/>, with their time zones.</summary>
    public static readonly (string Brand, string TimeZone)[] Brands =
    [
        ("winnipeg", "America/Winnipeg"), ("havana", "America/Havana"), ("casablanca", "Africa/Casablanca"), ("edmonton", "America/Edmonton"),
        ("berlin", "Europe/Berlin"),
    ];

    /// <summary>The time of the first order of the tests.</summary>
    public static readonly DateTimeOffset FirstOrder = new(2026, 11, 9, 0, 30, 0, TimeSpan.Zero);

    private readonly Clock clock;
    private readonly CatalogCache catalogs;
    private readonly FormatVersions known;
    private readonly IdGenerator ids;

    private DataSetProcess(SqliteStore store, FormatVersions known, DateTimeOffset now)
    {
        (Store, this.known, clock) = (store, known, new Clock(now));
        (catalogs, ids) = (new CatalogCache(store.Catalog), new IdGenerator(TimeProvider.System));
        var (options, acceptance) = (Options.Create(new AttributionOptions()), Options.Create(new AcceptanceOptions()));
        Attributor = new(
            store.Journeys, catalogs, ids, clock, metrics: null, options, acceptance, new CustomBotRules(null), keys: null, NullLogger<Attributor>.Instance);
        var relabeling = new BotRelabeling(store.Journeys, catalogs, ids, clock, options, acceptance);
        Update = new(store.Formats, store.DataSets, store.Journeys, relabeling, catalogs, clock, options, acceptance, NullLogger<DataSetUpdate>.Instance);
    }

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    public string Id { get; } = Guid.NewGuid().ToString("N");

    public SqliteStore Store { get; }

    public Attributor Attributor { get; }

    public DataSetUpdate Update { get; }

    public Timestamp Now => Timestamp.From(clock.GetUtcNow());

    public static async Task<DataSetProcess> OpenAsync(
        string path, TimeZoneSet zones, DateTimeOffset? now = null, int currencies = Currency.ListNumber, BotRules? bots = null)
    {
        var known = FormatVersions.Newest.With(DataSetKinds.TimeZones, zones.Number).With(DataSetKinds.Currencies, currencies)
            .With(DataSetKinds.BotRules, (bots ?? BotRules.Default).Number!.Value);
        var options = new SqliteStoreOptions
        {
            Path = path, Formats = known, TimeZones = zones, Currencies = currencies, BotRules = bots ?? BotRules.Default,
            Database = new() { Synchronous = Storage.Sqlite.Database.SqliteSynchronous.Normal },
        };
        var process = new DataSetProcess(await SqliteStore.OpenAsync(options, Cancellation), known, now ?? new(2026, 11, 30, 0, 0, 0, TimeSpan.Zero));
        await process.catalogs.RefreshAsync(Cancellation);
        return process;
    }

    public async Task RegisterAsync() =>
        await Store.Formats.RegisterProcessAsync(new(Id, "1.0.0", known, Now + TimeSpan.FromMinutes(5)), Now, Cancellation);

    public Task PutBrandsAsync(string currency = "USD") => PutAsync(
    [
        new CreatorItem("mia", "Mia"),
        .. Brands.Select(brand => new BrandItem(brand.Brand, brand.Brand, currency, brand.TimeZone)),
        .. Brands.Select(brand => new CampaignItem($"of-{brand.Brand}", "Spring", brand.Brand)),
        .. Brands.Select(brand => new LinkItem($"link-{brand.Brand}", $"link-{brand.Brand}", "https://shop.example/", $"of-{brand.Brand}", "mia")),
        .. Brands.Select(brand => new CodeItem($"code-{brand.Brand}", "MIA", $"of-{brand.Brand}", "mia")),
    ]);

    public async Task PutAsync(params ICatalogItem[] items)
    {
        var before = catalogs.Current;
        var costs = CostMeasures.Calculate(CatalogSnapshot.Create(
            before.Contents with { Items = before.Contents.Items.SetItems(items.Select(item => KeyValuePair.Create(CatalogKinds.RefOf(item), item))) }));
        costs.Add(CostMeasures.Calculate(before), -1);
        var change = new CatalogChange
        {
            ExpectedVersion = before.Version, At = Now, Deltas = costs, Puts = [.. items.Select(item => KeyValuePair.Create(CatalogKinds.RefOf(item), item))],
        };
        (await Store.Catalog.WriteChangeAsync(change, Cancellation)).ShouldBeTrue();
        await catalogs.RefreshAsync(Cancellation);
    }

    /// <summary>Attributes an order of a visitor of its own, with a code.</summary>
    public Task OrderAsync(string brand, string order, DateTimeOffset at, string currency = "USD")
    {
        var json = new JsonObject
        {
            ["type"] = "redemption", ["id"] = order, ["occurredAt"] = at, ["orderId"] = order, ["codes"] = new JsonArray("MIA"),
            ["currency"] = currency, ["gross"] = "10.00",
        };
        return AttributeAsync(brand, json);
    }

    /// <summary>Attributes a click of a visitor on the link of the brand.</summary>
    public Task ClickAsync(string brand, string visitor, DateTimeOffset at, string? userAgent) => AttributeAsync(brand, new JsonObject
    {
        ["type"] = "click", ["id"] = $"click-{visitor}", ["occurredAt"] = at, ["link"] = $"link-{brand}", ["visitorId"] = visitor,
        ["userAgent"] = userAgent,
    });

    /// <summary>Attributes an order of a visitor.</summary>
    public Task OrderOfVisitorAsync(string brand, string visitor, DateTimeOffset at) => AttributeAsync(brand, new JsonObject
    {
        ["type"] = "conversion", ["id"] = $"order-{visitor}", ["occurredAt"] = at, ["kind"] = "order", ["orderId"] = $"of-{visitor}",
        ["currency"] = "USD", ["gross"] = "10.00", ["visitorId"] = visitor,
    });

    /// <summary>Applies newer data sets if all processes have them, evaluates what they reach, and folds.</summary>
    public async Task MoveAsync()
    {
        await Update.ContinueAsync(Cancellation);
        while (await Attributor.ReevaluateAsync(3, Cancellation) > 0)
        {
        }

        await FoldAsync();
    }

    public async Task FoldAsync()
    {
        while (await Store.Rollups.FoldAsync(100, () => Now, Cancellation) > 0)
        {
        }
    }

    public async Task<(DateOnly Day, long Version)> FindOrderAsync(string order, string? brand = null)
    {
        var stored = (await Store.Journeys.FindByAliasAsync(new AliasKey(brand ?? order.Split('-')[0], $"o:{order}"), Cancellation))!;
        return (stored.Journey.Conversions.Single().Day, stored.Version);
    }

    public async Task<List<string>> DescribeLedgerAsync(string brand, string order) =>
        (await Store.Ledger.ReadLedgerAsync(brand, $"o:{order}", Cancellation))
            .Select(line => $"{line.OrderDay:MM-dd} {line.Amount} {JsonNamingPolicy.SnakeCaseLower.ConvertName(line.Reason.ToString())}")
            .ToList();

    public async Task<int> ReconcileAsync()
    {
        await using var services = new ServiceCollection().AddMetrics().AddSingleton<RollupMetrics>().BuildServiceProvider();
        var answer = await new ReconcileRun(
            Store.Reconciliation, Store.Jobs, Store.Journeys, Store.Agreements, catalogs, clock, services.GetRequiredService<RollupMetrics>(),
            new DataLossLog(new HostSettings(new HashSet<Role> { Role.Rollup }, "0", Path.GetTempPath())), NullLogger<ReconcileRun>.Instance)
            .RunAsync(new RunDocument { Id = Guid.Empty, Kind = RunNames.Reconcile, Request = [], CreatedAt = default, UpdatedAt = default }, new RunProgress(), Cancellation);
        return (int)JsonNode.Parse(answer)!["mismatches"]!;
    }

    public ValueTask DisposeAsync()
    {
        catalogs.Dispose();
        return Store.DisposeAsync();
    }

    private Task AttributeAsync(string brand, JsonObject json) => Attributor.AttributeAsync(
        [
            new EventPack
            {
                PackId = ids.Next(), Schema = EventPack.CurrentSchema, Source = "shop", BrandId = brand, ReceivedAt = clock.GetUtcNow(),
                Events = [Encoding.UTF8.GetBytes(json.ToJsonString())],
            },
        ],
        Cancellation);

    private sealed class Clock(DateTimeOffset now) : TimeProvider
    {
        public override DateTimeOffset GetUtcNow() => now;
    }
}
