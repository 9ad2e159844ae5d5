using System.Net.Http.Headers;
using System.Text;
using System.Text.Json.Nodes;
using Attribution.Contracts;
using Attribution.Core.Planning;
using Attribution.Core.Quality;
using Attribution.Core.Values;
using Attribution.Host.Access;
using Attribution.Host.Tests.Fixtures;
using Attribution.Host.Tests.Ingest.Webhooks;
using Attribution.Storage.Access;
using Attribution.Storage.Catalog;
using Attribution.Storage.Journeys;
using Attribution.TestKit;
using Microsoft.Data.Sqlite;
using Microsoft.Extensions.DependencyInjection;

namespace Attribution.Host.Tests.Ingest;

/// <summary>Replays rejections on a complete host.</summary>
public sealed class RejectionReplayTests : IAsyncLifetime
{
    private readonly DateTimeOffset now = TimeProvider.System.GetUtcNow();
    private TestHost host = null!;

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    private IJourneyStore Store => host.GetService<IJourneyStore>();

    public async ValueTask InitializeAsync() => host = await TestHost.StartNewAsync();

    [Fact]
    public async Task Replayed_event_counts_as_accepted_and_its_rejection_is_resolved()
    {
        (await SendAsync("/v1/events", Order("1", brand: "glow"))).ShouldContain("brand_unknown");
        var id = await OnlyRejectionAsync();
        (await ReplayAsync(id)).ShouldBe([$"{id} refused e-1 brand_unknown /brandId"]);

        await host.GetService<ICatalogStore>().AddAsync("glow");
        var stranger = Guid.NewGuid();
        (await ReplayAsync(id, stranger, id)).ShouldBe([$"{id} replayed e-1  ", $"{stranger} unknown   "], ignoreOrder: true);

        (await WaitForAsync(() => OrderAsync("1", "glow")))["gross"]!.GetValue<string>().ShouldBe("10.00");
        (await ReplayAsync(id)).ShouldBe([$"{id} already_resolved e-1  "]);
        (await ItemsAsync("")).ShouldBeEmpty();
        (await ItemsAsync("?status=open")).ShouldBeEmpty();
        (await ItemsAsync("?status=resolved")).ShouldHaveSingleItem()["resolvedAt"]!.GetValue<string>().ShouldNotBeNull();
        (await ItemsAsync("?status=all&reason=brand_unknown")).ShouldHaveSingleItem();
        (await ItemsAsync("?status=all&reason=too_long")).ShouldBeEmpty();
    }

    [Fact]
    public async Task Event_refused_by_a_clock_that_was_behind_counts_after_a_replay()
    {
        var clock = new OffsetClock { Ahead = TimeSpan.FromHours(-26) };
        await using var own = await TestHost.BuildAsync(builder => builder.Services.AddSingleton<TimeProvider>(clock));
        await own.StartAsync();
        var before = host;
        host = own;
        try
        {
            (await SendAsync("/v1/events", Order("1"))).ShouldContain("too_early");
            var id = await OnlyRejectionAsync();
            (await ReplayAsync(id)).ShouldHaveSingleItem().ShouldContain("too_early");
            clock.Ahead = TimeSpan.Zero;
            (await ReplayAsync(id)).ShouldBe([$"{id} replayed e-1  "]);
            (await WaitForAsync(() => OrderAsync("1", "default")))["gross"]!.GetValue<string>().ShouldBe("10.00");
        }
        finally
        {
            host = before;
        }
    }

    [Fact]
    public async Task Replay_interrupted_before_marking_is_repeated_and_counts_once()
    {
        await SendAsync("/v1/events", Order("1", brand: "glow"));
        var id = await OnlyRejectionAsync();
        await host.GetService<ICatalogStore>().AddAsync("glow");
        await ReplayAsync(id);
        await WaitForAsync(() => OrderAsync("1", "glow"));

        // The state after a kill before the rejection was marked.
        await using (var file = new SqliteConnection($"Data Source={Path.Combine(host.Data, "attribution.db")}"))
        {
            await file.OpenAsync(Cancellation);
            using var forget = new SqliteCommand("UPDATE rejections SET resolved_at = NULL", file);
            (await forget.ExecuteNonQueryAsync(Cancellation)).ShouldBe(1);
        }

        (await ReplayAsync(id)).ShouldBe([$"{id} replayed e-1  "]);
        await WaitUntilSettledAsync();
        var day = (await GetAsync($"/v1/rollups/daily?brand=glow&from={now:yyyy-MM-dd}&to={now.AddDays(1):yyyy-MM-dd}"))["totals"]!;
        $"{day["orders"]} {day["net"]}".ShouldBe("1 10.00");
    }

    /// <summary>Days between event and receipt, and between receipt and now.</summary>
    [Theory]
    [InlineData(399, 0, "replayed")]
    [InlineData(401, 0, "refused")]
    [InlineData(399, 29, "replayed")]
    [InlineData(401, 29, "refused")]
    [InlineData(399, 40, "refused")]
    [InlineData(300, 40, "replayed")]
    public async Task Replayed_event_keeps_its_original_lateness(int age, int ago, string expected)
    {
        var receivedAt = now.AddDays(-ago).AddMilliseconds(-now.Millisecond % 100);
        var id = await AddRejectionAsync(Order("1", receivedAt.AddDays(-age)), receivedAt);

        (await ReplayAsync(id)).ShouldHaveSingleItem().ShouldStartWith($"{id} {expected} e-1 {(expected == "refused" ? "too_late" : "")}");

        // An event that the ingest accepts is accepted on the bus, too.
        if (expected == "replayed") await WaitForAsync(() => OrderAsync("1", "default"));
        (await ItemsAsync("")).Count.ShouldBe(expected == "replayed" ? 0 : 1);
    }

    [Fact]
    public async Task Truncated_payload_is_reported_and_cloud_event_is_parsed()
    {
        var cut = await AddRejectionAsync(Encoding.UTF8.GetBytes("{\"type\":\"" + new string('x', 70_000))[..65_536], now);
        var cloud = await AddRejectionAsync(
            $$$"""{"specversion":"1.0","id":"e-9","type":"conversion","source":"default","time":"{{{now:yyyy-MM-ddTHH:mm:ssZ}}}","data":{"kind":"order","orderId":"9","currency":"USD","gross":"9.00"}}""", now);
        var delivery = await AddRejectionAsync("""{"id":1,"test":true}""", now, RejectionReason.NotCounted);
        (await ReplayAsync(cut, cloud, delivery)).ShouldBe([$"{cut} payload_cut   ", $"{cloud} replayed e-9  ", $"{delivery} refused  not_counted "]);
        await WaitForAsync(() => OrderAsync("9", "default"));
    }

    [Fact]
    public async Task Stored_delivery_of_a_shop_is_mapped_by_the_rules_of_today()
    {
        var at = $"{now:yyyy-MM-ddTHH:mm:ssZ}";
        var order = SampleOrders.Shopify($$"""{"processed_at":"{{at}}","updated_at":"{{at}}","discount_codes":[{"code":""}]}""");
        var taken = await AddRejectionAsync($$"""{"webhook":"shopify","topic":"orders/paid","payload":{{order.ToJsonString()}} }""", now, RejectionReason.TextEmpty);
        var test = await AddRejectionAsync("""{"webhook":"shopify","topic":"orders/paid","payload":{"id":1,"test":true}}""", now, RejectionReason.NotCounted);
        var results = await ReplayAsync(taken, test);
        results[0].ShouldStartWith($"{taken} replayed order:1001:");
        results[1].ShouldBe($"{test} refused  not_counted /test");
        ((string?)(await WaitForAsync(() => OrderAsync("default:1001", "default")))["net"]).ShouldBe("100.00");
    }

    [Fact]
    public async Task Replay_by_reason_pages_once_over_still_rejected_events()
    {
        var ids = new List<Guid>();
        for (var i = 0; i < 5; i++) ids.Add(await AddRejectionAsync(i % 2 == 0 ? Order($"{i}") : """{"type":"clack"}""", now, RejectionReason.TypeUnknown));
        await AddRejectionAsync(Order("other"), now, RejectionReason.TooLong);

        var (pages, cursor) = (new List<(int Replayed, int Refused)>(), (string?)null);
        do
        {
            var page = JsonNode.Parse(await SendAsync(
                "/v1/rejections/replay", $$"""{"reason":"type_unknown","brand":"default","limit":2{{(cursor is null ? "" : $",\"cursor\":\"{cursor}\"")}}}"""))!;
            pages.Add(((int)page["replayed"]!, (int)page["refused"]!));
            cursor = page["cursor"]?.GetValue<string>();
        }
        while (cursor is not null);

        // Ids created in the same millisecond have no order, so the page of an event is not determined.
        pages.Select(page => page.Replayed + page.Refused).ShouldBe([2, 2, 1]);
        pages.Sum(page => page.Refused).ShouldBe(2);
        (await ItemsAsync("?reason=type_unknown")).Count.ShouldBe(2);
        (await ItemsAsync("?reason=too_long")).Count.ShouldBe(1);
    }

    [Fact]
    public async Task Replay_uses_the_senders_current_rights_and_the_callers_brand()
    {
        await host.GetService<ICatalogStore>().AddAsync("glow");
        var admin = await KeyAsync("operator", KeyScopes.Admin);
        var ofGlow = await KeyAsync("glow's operator", KeyScopes.Admin, brand: "glow");
        var ofDefault = await KeyAsync("the default brand's operator", KeyScopes.Admin, brand: "default");
        var shop = await KeyAsync("shop", KeyScopes.Ingest);
        await host.GetService<ApiCredentialCache>().RefreshAsync(Cancellation);

        host.Http.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Bearer", admin);
        var own = await AddRejectionAsync(Order("1"), now, source: "shop");
        var others = await AddRejectionAsync(Order("2", source: "another"), now, source: "shop");
        var glows = await AddRejectionAsync(Order("3"), now, source: "shop", brand: "glow");

        (await ReplayAsync(ofGlow, own, glows)).ShouldBe([$"{glows} replayed e-3  ", $"{own} unknown   "], ignoreOrder: true);
        (await SendAsync("/v1/rejections/replay", """{"brand":"default"}""", ofGlow)).ShouldContain("has no access to");
        (await ReplayAsync(admin, own, others)).ShouldBe([$"{own} replayed e-1  ", $"{others} refused e-2 source_not_allowed /source"]);

        // The sender has access to every brand, the caller does not.
        var elsewhere = await AddRejectionAsync(Order("4", brand: "glow"), now, source: "shop");
        (await ReplayAsync(ofDefault, elsewhere)).ShouldBe([$"{elsewhere} refused e-4 brand_unknown /brandId"]);
        (await ReplayAsync(admin, elsewhere)).ShouldBe([$"{elsewhere} replayed e-4  "]);

        // The same event from its sender is recognized.
        await WaitForAsync(() => OrderAsync("1", "default"));
        (await SendAsync("/v1/events", Order("1"), shop)).ShouldContain("\"accepted\":1");
        await WaitUntilSettledAsync();
        (await GetAsync("/v1/conversions/1"))["ledger"]!.AsArray().Count.ShouldBe(0);
        (await GetAsync("/v1/journeys?order=1"))["conversions"]!.AsArray().Count.ShouldBe(1);
    }

    [Theory]
    [InlineData("", "ids")]
    [InlineData("{}", "Name ids")]
    [InlineData("""{"ids":[]}""", "1 to 1000")]
    [InlineData("""{"ids":["x"]}""", "ids")]
    [InlineData("""{"ids":["0198a000-0000-7000-8000-000000000001"],"reason":"too_long"}""", "either ids")]
    [InlineData("""{"reason":"nonsense"}""", "brand_unknown")]
    [InlineData("""{"reason":"too_long","limit":0}""", "1 to 1000")]
    [InlineData("""{"reason":"too_long","cursor":"x"}""", "cursor")]
    [InlineData("""{"reason":"too_long","more":1}""", "ids")]
    public async Task Unanswerable_request_names_the_reason(string body, string expected)
    {
        using var answer = await host.Http.PostAsync("/v1/rejections/replay", new StringContent(body, Encoding.UTF8, "application/json"), Cancellation);
        ((int)answer.StatusCode).ShouldBe(400);
        (await answer.Content.ReadAsStringAsync(Cancellation)).ShouldContain(expected);
    }

    public async ValueTask DisposeAsync()
    {
        SqliteConnection.ClearAllPools();
        await host.DisposeAsync();
    }

    private string Order(string id, DateTimeOffset? at = null, string? brand = null, string? source = null) =>
        $$"""{"type":"conversion","id":"e-{{id}}","occurredAt":"{{at ?? now:yyyy-MM-ddTHH:mm:ss.fffZ}}","kind":"order","orderId":"{{id}}","currency":"USD","gross":"10.00","visitorId":"v"{{(brand is null ? "" : $",\"brandId\":\"{brand}\"")}}{{(source is null ? "" : $",\"source\":\"{source}\"")}}}""";

    private Task<Guid> AddRejectionAsync(string payload, DateTimeOffset receivedAt, RejectionReason reason = RejectionReason.ValueUnknown, string source = "default", string brand = "default") =>
        AddRejectionAsync(Encoding.UTF8.GetBytes(payload), receivedAt, reason, source, brand);

    /// <summary>Stores a rejection as an earlier version of the rules would have done.</summary>
    private async Task<Guid> AddRejectionAsync(
        byte[] payload, DateTimeOffset receivedAt, RejectionReason reason = RejectionReason.ValueUnknown, string source = "default", string brand = "default")
    {
        var rejection = new RejectionDocument
        {
            Id = host.GetService<IdGenerator>().Next(), Brand = brand, Source = source, ReceivedAt = Timestamp.From(receivedAt),
            Reason = reason, Pointer = "", Detail = "then", Schema = 1, Payload = [.. payload],
        };
        var version = await host.GetService<ICatalogStore>().ReadCatalogVersionAsync(Cancellation);
        (await Store.CommitAsync(new JourneyCommit { CatalogVersion = version, At = rejection.ReceivedAt, Rejections = [rejection] }, Cancellation)).ShouldBe(CommitOutcome.Committed);
        return rejection.Id;
    }

    private async Task<string> KeyAsync(string name, KeyScopes scopes, string? brand = null) =>
        (await host.AddKeyAsync(name, scopes, source: name, key => key with { Brand = brand })).Text;

    private async Task<Guid> OnlyRejectionAsync() =>
        (await WaitForAsync(async () => (await ItemsAsync("")) is [var only] ? only : null))["id"]!.GetValue<Guid>();

    private Task<List<string>> ReplayAsync(params Guid[] ids) => ReplayAsync(null, ids);

    private async Task<List<string>> ReplayAsync(string? key, params Guid[] ids) =>
    [
        .. JsonNode.Parse(await SendAsync("/v1/rejections/replay", $$"""{"ids":["{{string.Join("\",\"", ids)}}"]}""", key))!["results"]!.AsArray()
            .Select(result => $"{result!["id"]} {result["status"]} {result["eventId"]} {result["reason"]} {result["pointer"]}"),
    ];

    private async Task<JsonNode?> OrderAsync(string id, string brand)
    {
        using var answer = await host.Http.GetAsync($"/v1/conversions/{id}?brand={brand}", Cancellation);
        return answer.IsSuccessStatusCode ? JsonNode.Parse(await answer.Content.ReadAsStringAsync(Cancellation)) : null;
    }

    private static async Task<T> WaitForAsync<T>(Func<Task<T?>> get) where T : class
    {
        T? got = null;
        await Eventually.IsTrueAsync(async () => (got = await get()) is not null, "it is there");
        return got!;
    }

    private Task WaitUntilSettledAsync() => Eventually.IsTrueAsync(async () => (await GetAsync("/v1/quality"))["backlog"]!["settled"]!.GetValue<bool>(), "all is in the rollups");

    private async Task<IReadOnlyList<JsonNode>> ItemsAsync(string query) => [.. (await GetAsync("/v1/rejections" + query))["items"]!.AsArray().Select(item => item!)];

    private async Task<JsonNode> GetAsync(string path) => JsonNode.Parse(await host.Http.GetStringAsync(path, Cancellation))!;

    private async Task<string> SendAsync(string path, string body, string? key = null)
    {
        using var answer = await host.SendAsync(HttpMethod.Post, path, body, key);
        return await answer.Content.ReadAsStringAsync(Cancellation);
    }
}
