using System.Text;
using System.Text.Json.Nodes;
using Attribution.Contracts.Catalog;
using Attribution.Core.Catalog;
using Attribution.Core.Values;
using Attribution.Host.Tests.Fixtures;
using Attribution.Host.Tests.Ingest.Webhooks;
using Attribution.Host.Tests.Ingest.Webhooks.Agentic;
using Attribution.Storage.Catalog;
using Attribution.TestKit;

namespace Attribution.Host.Tests.Ingest;

/// <summary>
/// Every request, signed or not, is answered with 2xx or 4xx, without exceptions or growing memory. Seeded: a failure names the failing request.
/// Sends 2,000 requests per endpoint, or the number in <c>ATTRIBUTION_FUZZ</c>:
/// <c>ATTRIBUTION_FUZZ=100000 dotnet test tests/Attribution.Host.Tests --filter FullyQualifiedName~Mutated_deliveries</c>.
/// </summary>
public sealed class RequestFuzzTests : IAsyncLifetime
{
    private const int MaxConcurrency = 8;
    private const long MaxMemoryGrowth = 32L << 20;
    private static readonly int RequestCount = int.Parse(Environment.GetEnvironmentVariable("ATTRIBUTION_FUZZ") ?? "2000", CultureInfo.InvariantCulture);
    private static readonly string[] Topics = ["orders/paid", "orders/updated", "refunds/create", "orders/edited", "order.updated", "order.created", "order.deleted", "", "\u00e9\u4e2d", new('x', 300)];
    private static readonly string[] Texts = ["", " ", "0", "-1", "1e400", "79228162514264337593543950335", "NaN", "2026-03-02T10:15:00Z", "9999-12-31T23:59:59Z", "a@b.example", "\u0000", "\ud83d\ude00", new('9', 500)];

    private IngestHost host = null!;

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    public static TheoryData<string> Endpoints => ["shopify", "woocommerce", "stripe", "acp", "ucp", "generic", "visits", "events"];

    public async ValueTask InitializeAsync()
    {
        host = await IngestHost.StartAsync(new PackRecorder { RecordsDeliveries = false });
        foreach (var shop in TestShop.All) await shop.AddAsync(host.Services, shop.Vendor);
        var brand = new BrandItem("default", "Default", Origins: ["https://shop.example"]);
        await host.Store.Catalog.WriteChangeAsync(
            new CatalogChange { ExpectedVersion = await host.Store.Catalog.ReadCatalogVersionAsync(Cancellation), Puts = [KeyValuePair.Create(CatalogKinds.RefOf(brand), (ICatalogItem)brand)], At = new Timestamp(0) },
            Cancellation);
    }

    [Theory]
    [MemberData(nameof(Endpoints))]
    [Trait("Category", "Long")]
    public async Task Mutated_requests_are_always_answered(string endpoint)
    {
        var (wrong, statuses) = (new List<string>(), new SortedDictionary<int, int>());
        var before = GC.GetTotalMemory(forceFullCollection: true);
        for (var i = 0; i < RequestCount; i += MaxConcurrency)
        {
            var answers = await Task.WhenAll(Enumerable.Range(i, Math.Min(MaxConcurrency, RequestCount - i)).Select(seed => SendAsync(endpoint, seed)));
            foreach (var (seed, status) in answers)
            {
                statuses[status] = statuses.GetValueOrDefault(status) + 1;
                if (status is not ((>= 200 and < 300) or (>= 400 and < 500))) wrong.Add($"{endpoint} {seed}: {status}");
            }
        }

        wrong.ShouldBeEmpty(string.Join(Environment.NewLine, host.Log.Warnings.Take(2)));
        host.Log.Warnings.ShouldBeEmpty();
        // Both outcomes occurred.
        statuses.Keys.ShouldContain(202);
        statuses.Keys.ShouldContain(status => status >= 400);
        await Eventually.IsTrueAsync(() => host.Spool.Depth == 0, "what was kept was drained");
        var grown = GC.GetTotalMemory(forceFullCollection: true) - before;
        TestContext.Current.SendDiagnosticMessage($"{endpoint}: {string.Join(", ", statuses.Select(one => $"{one.Key} {one.Value}"))}; {grown >> 10} KiB kept");
        // Other tests share the process's memory. The long run has the process to itself.
        if (RequestCount > 2_000) grown.ShouldBeLessThan(MaxMemoryGrowth);
    }

    public ValueTask DisposeAsync() => host.DisposeAsync();

    private async Task<(int Seed, int Status)> SendAsync(string endpoint, int seed)
    {
        var random = new Random(seed);
        var shop = TestShop.All.FirstOrDefault(one => one.Vendor == endpoint);
        var body = CorruptBytes(random, Mutate(random, CreateValidPayload(endpoint, random)));
        IEnumerable<(string Name, string Value)> headers = shop?.Sign(body, Topics[random.Next(Topics.Length)])
            ?? [("Origin", random.Next(10) == 0 ? "https://evil.example" : "https://shop.example"), ("User-Agent", Text(random))];
        using var request = new HttpRequestMessage(HttpMethod.Post, shop?.Path ?? "/v1/" + endpoint) { Content = new ByteArrayContent(body) };
        if (endpoint == "events") request.Content.Headers.TryAddWithoutValidation("Content-Type", random.Next(8) == 0 ? "application/x-ndjson" : "application/json");
        // One delivery in four has changed headers; the others have valid signatures.
        var changed = random.Next(4) == 0;
        foreach (var (name, value) in headers)
        {
            if (changed && random.Next(3) == 0) continue;
            request.Headers.TryAddWithoutValidation(name, Ascii(changed && random.Next(2) == 0 ? CorruptHeader(random, value) : value));
        }

        using var answer = await host.Client.SendAsync(request, Cancellation);
        return (seed, (int)answer.StatusCode);
    }

    private static JsonNode CreateValidPayload(string endpoint, Random random) => endpoint switch
    {
        "shopify" => random.Next(3) switch { 0 => PublishedPayloads.ShopifyOrder, 1 => PublishedPayloads.ShopifyRefundedOrder, _ => PublishedPayloads.ShopifyRefund },
        "woocommerce" => random.Next(2) == 0 ? PublishedPayloads.WooCommerceOrder : PublishedPayloads.WooCommerceRefundedOrder,
        "stripe" => random.Next(3) switch
        {
            0 => PublishedPayloads.StripeSession(),
            1 => PublishedPayloads.StripeEvent("refund.created", "refund", new JsonObject { ["payment_intent"] = "pi_1" }),
            _ => PublishedPayloads.StripeEvent("charge.dispute.closed", "dispute", new JsonObject { ["payment_intent"] = "pi_1", ["status"] = "lost" }),
        },
        "acp" => AgenticDelivery.Published("acp", random.Next(2) == 0 ? "refunded-order" : "stacked-discounts"),
        "ucp" => AgenticDelivery.Published("ucp", $"order-{random.Next(1, 5)}"),
        "visits" => JsonNode.Parse("""{"id":"p-1","url":"https://shop.example/?utm_source=x&atr_cid=k","visitorId":"v","referrer":""}""")!,
        _ => new JsonArray(JsonNode.Parse(TestEvents.Click("c-1", ",\"visitorId\":\"v\"")), JsonNode.Parse(TestEvents.Click("c-2"))),
    };

    /// <summary>Drops, doubles or replaces up to four members or items.</summary>
    private static JsonNode Mutate(Random random, JsonNode json)
    {
        for (var n = random.Next(5); n > 0; n--)
        {
            var at = json;
            while (random.Next(4) != 0 && MutateMember(random, at) is { } inner) at = inner;
            if (at is JsonObject { Count: > 0 } members)
            {
                var name = members.ElementAt(random.Next(members.Count)).Key;
                if (random.Next(3) == 0) members.Remove(name);
                else members[random.Next(5) == 0 ? Text(random) : name] = Value(random);
            }
            else if (at is JsonArray { Count: > 0 } items)
            {
                if (random.Next(2) == 0) items[random.Next(items.Count)] = Value(random);
                else
                    for (var copies = random.Next(50); copies > 0; copies--) items.Add(items[0]?.DeepClone());
            }
        }

        return json;
    }

    private static JsonNode? MutateMember(Random random, JsonNode json)
    {
        var inner = (json switch { JsonObject members => members.Select(one => one.Value), JsonArray items => items, _ => [] }).Where(one => one is JsonObject or JsonArray).ToList();
        return inner.Count == 0 ? null : inner[random.Next(inner.Count)];
    }

    private static JsonNode? Value(Random random)
    {
        JsonNode? deep = JsonValue.Create(1);
        switch (random.Next(9))
        {
            case 0: return null;
            case 1: return random.Next(2) == 0;
            case 2: return random.NextDouble() * 1e6;
            case 3: return JsonNode.Parse(random.Next(2) == 0 ? "1e400" : "79228162514264337593543950335");
            case 4: return new JsonArray();
            case 5: return new JsonObject { ["id"] = Text(random) };
            case 6:
                for (var i = random.Next(80); i > 0; i--) deep = new JsonArray(deep);
                return deep;
            default: return Text(random);
        }
    }

    private static string Text(Random random) => Texts[random.Next(Texts.Length)];

    /// <summary>Changes, removes or inserts bytes in one of five requests.</summary>
    private static byte[] CorruptBytes(Random random, JsonNode json)
    {
        var bytes = Encoding.UTF8.GetBytes(json.ToJsonString(new System.Text.Json.JsonSerializerOptions { MaxDepth = 500 }));
        if (random.Next(5) != 0) return bytes;
        switch (random.Next(3))
        {
            case 0: return bytes[..random.Next(bytes.Length)];
            case 1:
                for (var n = random.Next(8); n >= 0; n--) bytes[random.Next(bytes.Length)] = (byte)random.Next(256);
                return bytes;
            default:
                var noise = new byte[random.Next(2000)];
                random.NextBytes(noise);
                return random.Next(2) == 0 ? noise : [.. bytes, .. noise];
        }
    }

    private static string CorruptHeader(Random random, string value) => random.Next(4) switch
    {
        0 => "",
        1 => value[..random.Next(value.Length + 1)],
        2 => value + Text(random),
        _ => Text(random),
    };

    /// <summary>Returns the text without characters that headers cannot contain.</summary>
    private static string Ascii(string value) => string.Concat(value.Where(c => c is >= ' ' and <= '~'));
}
