using System.Text;
using Attribution.Simulator;
using Attribution.TestKit;
using Attribution.TestKit.Brokers;
using Attribution.TestKit.Hosts;
using RabbitMQ.Client;

namespace Attribution.IntegrationTests;

/// <summary>A broker and one installation for the tests that leave both whole.</summary>
public sealed class ServerModeFixture : IAsyncLifetime
{
    public Broker Broker { get; private set; } = null!;

    public HostCluster Installation { get; private set; } = null!;

    public async ValueTask InitializeAsync()
    {
        if (Broker.MissingReason is not null) return;
        Broker = await Broker.StartAsync(TestContext.Current.CancellationToken);
        Installation = await HostCluster.StartAsync(Broker, HostCluster.Names, TestContext.Current.CancellationToken, DocumentedExample.Horizon);
    }

    public async ValueTask DisposeAsync()
    {
        if (Installation is not null) await Installation.DisposeAsync();
        if (Broker is not null) await Broker.DisposeAsync();
    }
}

/// <summary>The roles as processes of their own over a real broker: ingest, two that attribute, two that roll up, report.</summary>
public sealed class ServerModeTests(ServerModeFixture server) : IClassFixture<ServerModeFixture>
{
    private static CancellationToken Token => TestContext.Current.CancellationToken;

    private HostCluster Installation
    {
        get
        {
            Assert.SkipWhen(Broker.MissingReason is not null, Broker.MissingReason ?? "");
            return server.Installation;
        }
    }

    [Fact]
    public async Task Documented_catalog_and_events_yield_the_documented_rollup()
    {
        var installation = Installation;
        foreach (var (kind, item) in DocumentedExample.Catalog()) await installation.Report.PutAsync(kind, (string)item["id"]!, item.ToJsonString(), Token);
        await installation.Ingest.PostEventsAsync(DocumentedExample.Events().Select(happened => happened.ToJsonString()), Token);
        await installation.WaitUntilSettledAsync(Token);

        await ExampleTests.ShouldEqualDocumentedRollupAsync(installation.Report, ExampleTests.March, "over the broker");
        installation.CountSpooled().ShouldBe(0);
    }

    [Fact]
    public async Task Rollups_equal_the_truth_for_10_seeds()
    {
        var installation = Installation;
        var markets = Enumerable.Range(100, 10).Select(seed => Market.Create(seed, TruthTests.First, new MarketOptions { People = 150, BrandId = $"s{seed}" })).ToList();
        await installation.Report.ImportAsync(markets.SelectMany(market => market.Catalog).GroupBy(item => item.Kind).SelectMany(kind => kind), Token);

        // Several senders and small requests: packs of one journey come to both processes at the same time.
        await Task.WhenAll(markets.Select(market => installation.Ingest.PostEventsAsync(market.Seed % 2 == 0 ? market.Events : market.Shuffled(market.Seed), Token, perRequest: 50)));
        await installation.WaitUntilSettledAsync(Token);

        foreach (var market in markets)
            foreach (var model in TruthTests.Models)
                await TruthTests.ShouldEqualTruthAsync(installation.Report, market, model);
    }

    [Fact]
    public async Task Poison_event_in_a_pack_is_rejected_and_the_others_are_attributed()
    {
        var installation = Installation;
        await installation.Report.PutAsync("brands", "outside", """{"id":"outside","name":"Outside"}""", Token);
        var events = Enumerable.Range(0, 500).Select(i => Encoding.UTF8.GetBytes(
            $$"""{"type":"conversion","kind":"order","id":"o-{{i}}","occurredAt":"2026-03-03T09:00:00Z","orderId":"{{i}}","currency":"USD","gross":"1.00"}""")).ToList();
        events[250] = [0xFF, 0x00, (byte)'{'];

        await PublishAsync($$"""{"packId":"{{Guid.CreateVersion7()}}","schema":1,"source":"shop","brandId":"outside","receivedAt":"2026-03-03T09:00:01Z","events":[{{string.Join(',', events.Select(one => $"\"{Convert.ToBase64String(one)}\""))}}],"futureMember":1}""");
        await installation.WaitUntilSettledAsync(Token);

        using var rollup = await installation.Report.GetAsync("/v1/rollups/daily?from=2026-03-03&to=2026-03-03&brand=outside", Token);
        rollup.RootElement.GetProperty("totals").GetProperty("orders").GetInt64().ShouldBe(499);
        using var rejections = await installation.Report.GetAsync("/v1/rejections?brand=outside", Token);
        var rejection = rejections.RootElement.GetProperty("items").EnumerateArray().ShouldHaveSingleItem();
        rejection.GetProperty("reason").GetString().ShouldBe("malformed");
    }

    [Theory]
    [InlineData("this is no JSON")]
    [InlineData("""{"packId":"0198a000-0000-7000-8000-000000000001"}""")]
    [InlineData("")]
    public async Task Unreadable_message_becomes_a_dead_letter_without_blocking_others(string body)
    {
        var installation = Installation;
        var before = await server.Broker.CountMessagesAsync("attribution.attribute.dead", Token);

        await PublishAsync(body);
        await Eventually.IsTrueAsync(async () => await server.Broker.CountMessagesAsync("attribution.attribute.dead", Token) == before + 1, TimeSpan.FromMinutes(1), () => installation["attribute-1"].Output + installation["attribute-2"].Output, Token);

        await installation.WaitUntilSettledAsync(Token);
        await using var connection = await server.Broker.ConnectAsync(Token);
        await using var channel = await connection.CreateChannelAsync(cancellationToken: Token);
        var letter = (await channel.BasicGetAsync("attribution.attribute.dead", autoAck: true, Token)).ShouldNotBeNull();
        Encoding.UTF8.GetString(letter.Body.Span).ShouldBe(body);
        Encoding.UTF8.GetString((byte[])letter.BasicProperties.Headers!["MT-Fault-Message"]!).ShouldNotBeNullOrWhiteSpace();
    }

    [Fact]
    public async Task Broker_topology_equals_the_imported_definitions()
    {
        Installation.Ingest.Http.ShouldNotBeNull();
        var stands = JsonNode.Parse(await server.Broker.ControlAsync(Token, "--quiet", "export_definitions", "-"))!;
        var file = JsonNode.Parse(await File.ReadAllTextAsync(Path.Combine(TestData.Repository, "infra", "rabbitmq", "definitions.json"), Token))!;
        foreach (var kind in (string[])["exchanges", "queues", "bindings"]) Sorted(stands[kind]!).ShouldBe(Sorted(file[kind]!), kind);

        static IEnumerable<string> Sorted(JsonNode kind) => kind.AsArray().Select(one => Ordered(one!)).Order(StringComparer.Ordinal);
        static string Ordered(JsonNode node) => node is JsonObject members
            ? string.Join(", ", members.OrderBy(one => one.Key, StringComparer.Ordinal).Select(one => $"{one.Key}: ({Ordered(one.Value!)})"))
            : node.ToJsonString();
    }

    /// <summary>As an outside producer does: a plain client, the exchange, the documented body and nothing else.</summary>
    private async Task PublishAsync(string body)
    {
        await using var connection = await server.Broker.ConnectAsync(Token);
        await using var channel = await connection.CreateChannelAsync(new CreateChannelOptions(publisherConfirmationsEnabled: true, publisherConfirmationTrackingEnabled: true), Token);
        await channel.BasicPublishAsync("attribution.events", "", mandatory: true, new BasicProperties { Persistent = true, ContentType = "application/json" }, Encoding.UTF8.GetBytes(body), Token);
    }
}
