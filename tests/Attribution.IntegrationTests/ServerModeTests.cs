using System.Text;
using Attribution.Simulator;
using Attribution.TestKit;
using Attribution.TestKit.Brokers;
using Attribution.TestKit.Hosts;
using RabbitMQ.Client;

namespace Attribution.IntegrationTests;

/// <summary>A broker and a cluster of hosts, shared by the tests that leave both intact.</summary>
public sealed class ServerModeFixture : IAsyncLifetime
{
    public Broker Broker { get; private set; } = null!;

    public HostCluster Cluster { get; private set; } = null!;

    public async ValueTask InitializeAsync()
    {
        if (Broker.MissingReason is not null) return;
        Broker = await Broker.StartAsync(TestContext.Current.CancellationToken);
        Cluster = await HostCluster.StartAsync(
            Broker, HostCluster.Names, TestContext.Current.CancellationToken, DocumentedExample.Horizon);
    }

    public async ValueTask DisposeAsync()
    {
        if (Cluster is not null) await Cluster.DisposeAsync();
        if (Broker is not null) await Broker.DisposeAsync();
    }
}

/// <summary>
/// Hosts in server mode over a real broker: ingest, two for attribution, two for rollups, and report.
/// </summary>
public sealed class ServerModeTests(ServerModeFixture server) : IClassFixture<ServerModeFixture>
{
    private static CancellationToken Token => TestContext.Current.CancellationToken;

    private HostCluster Cluster
    {
        get
        {
            Assert.SkipWhen(Broker.MissingReason is not null, Broker.MissingReason ?? "");
            return server.Cluster;
        }
    }

    [Fact]
    public async Task Documented_catalog_and_events_yield_the_documented_rollup()
    {
        var cluster = Cluster;
        foreach (var (kind, item) in DocumentedExample.Catalog())
            await cluster.Report.PutAsync(kind, (string)item["id"]!, item.ToJsonString(), Token);
        await cluster.Ingest.PostEventsAsync(DocumentedExample.EventLines(), Token);
        await cluster.WaitUntilSettledAsync(Token);

        await ExampleTests.ShouldEqualDocumentedRollupAsync(cluster.Report, ExampleTests.March, "over the broker");
        cluster.CountSpooled().ShouldBe(0);
    }

    [Fact]
    public async Task Rollups_equal_the_truth_for_10_seeds()
    {
        var cluster = Cluster;
        var markets = Enumerable.Range(100, 10)
            .Select(seed => Market.Create(seed, TruthTests.First, new MarketOptions { People = 150, BrandId = $"s{seed}" }))
            .ToList();
        var items = markets.SelectMany(market => market.Catalog);
        await cluster.Report.ImportAsync(items.GroupBy(item => item.Kind).SelectMany(kind => kind), Token);

        // With several senders and small requests, both processes receive packs of the same journey at the same time.
        await Task.WhenAll(markets.Select(market => cluster.Ingest.PostEventsAsync(
            market.Seed % 2 == 0 ? market.Events : market.Shuffled(market.Seed), Token, perRequest: 50)));
        await cluster.WaitUntilSettledAsync(Token);

        foreach (var market in markets)
            foreach (var model in TruthTests.Models)
                await TruthTests.ShouldEqualTruthAsync(cluster.Report, market, model);
    }

    [Fact]
    public async Task Poison_event_in_a_pack_is_rejected_and_the_others_are_attributed()
    {
        var cluster = Cluster;
        await cluster.Report.PutAsync("brands", "outside", """{"id":"outside","name":"Outside"}""", Token);
        var events = Enumerable.Range(0, 500).Select(i => Encoding.UTF8.GetBytes(
            $$"""
            {"type":"conversion","kind":"order","id":"o-{{i}}","occurredAt":"2026-03-03T09:00:00Z","orderId":"{{i}}",
             "currency":"USD","gross":"1.00"}
            """)).ToList();
        events[250] = [0xFF, 0x00, (byte)'{'];
        var encoded = string.Join(',', events.Select(bytes => $"\"{Convert.ToBase64String(bytes)}\""));

        await PublishAsync(
            $$"""
            {"packId":"{{Guid.CreateVersion7()}}","schema":1,"source":"shop","brandId":"outside",
             "receivedAt":"2026-03-03T09:00:01Z","events":[{{encoded}}],"futureMember":1}
            """);
        await cluster.WaitUntilSettledAsync(Token);

        using var rollup = await cluster.Report.GetAsync(
            "/v1/rollups/daily?from=2026-03-03&to=2026-03-03&brand=outside", Token);
        rollup.RootElement.GetProperty("totals").GetProperty("orders").GetInt64().ShouldBe(499);
        using var rejections = await cluster.Report.GetAsync("/v1/rejections?brand=outside", Token);
        var rejection = rejections.RootElement.GetProperty("items").EnumerateArray().ShouldHaveSingleItem();
        rejection.GetProperty("reason").GetString().ShouldBe("malformed");
    }

    [Fact]
    public async Task Message_of_a_newer_schema_becomes_a_dead_letter_with_that_reason()
    {
        var cluster = Cluster;
        var before = await server.Broker.CountMessagesAsync("attribution.attribute.dead", Token);
        await PublishAsync($$"""{"packId":"{{Guid.CreateVersion7()}}","schema":99,"source":"shop","receivedAt":"2026-03-03T09:00:01Z","events":[]}""");
        await Eventually.IsTrueAsync(
            async () => await server.Broker.CountMessagesAsync("attribution.attribute.dead", Token) == before + 1,
            TimeSpan.FromMinutes(1), () => cluster["attribute-1"].Output + cluster["attribute-2"].Output, Token);

        await using var connection = await server.Broker.ConnectAsync(Token);
        await using var channel = await connection.CreateChannelAsync(cancellationToken: Token);
        var letter = (await channel.BasicGetAsync("attribution.attribute.dead", autoAck: true, Token)).ShouldNotBeNull();
        Encoding.UTF8.GetString((byte[])letter.BasicProperties.Headers!["MT-Fault-Message"]!).ShouldStartWith(
            "The message has schema 99; this build reads up to 1.");
    }

    [Theory]
    [InlineData("this is no JSON")]
    [InlineData("""{"packId":"0198a000-0000-7000-8000-000000000001"}""")]
    [InlineData("")]
    public async Task Unreadable_message_becomes_a_dead_letter_without_blocking_others(string body)
    {
        var cluster = Cluster;
        var before = await server.Broker.CountMessagesAsync("attribution.attribute.dead", Token);

        await PublishAsync(body);
        await Eventually.IsTrueAsync(
            async () => await server.Broker.CountMessagesAsync("attribution.attribute.dead", Token) == before + 1,
            TimeSpan.FromMinutes(1), () => cluster["attribute-1"].Output + cluster["attribute-2"].Output, Token);

        await cluster.WaitUntilSettledAsync(Token);
        await using var connection = await server.Broker.ConnectAsync(Token);
        await using var channel = await connection.CreateChannelAsync(cancellationToken: Token);
        var letter = (await channel.BasicGetAsync("attribution.attribute.dead", autoAck: true, Token)).ShouldNotBeNull();
        Encoding.UTF8.GetString(letter.Body.Span).ShouldBe(body);
        Encoding.UTF8.GetString((byte[])letter.BasicProperties.Headers!["MT-Fault-Message"]!).ShouldNotBeNullOrWhiteSpace();
    }

    [Fact]
    public async Task Broker_topology_equals_the_imported_definitions()
    {
        Cluster.Ingest.Http.ShouldNotBeNull();
        var actual = JsonNode.Parse(await server.Broker.ControlAsync(Token, "--quiet", "export_definitions", "-"))!;
        var file = Path.Combine(TestData.Repository, "infra", "rabbitmq", "definitions.json");
        var imported = JsonNode.Parse(await File.ReadAllTextAsync(file, Token))!;
        foreach (var kind in (string[])["exchanges", "queues", "bindings"])
            Sorted(actual[kind]!).ShouldBe(Sorted(imported[kind]!), kind);

        static IEnumerable<string> Sorted(JsonNode kind) =>
            kind.AsArray().Select(definition => Ordered(definition!)).Order(StringComparer.Ordinal);

        static string Ordered(JsonNode node) => node is JsonObject members
            ? string.Join(
                ", ",
                members.OrderBy(member => member.Key, StringComparer.Ordinal)
                    .Select(member => $"{member.Key}: ({Ordered(member.Value!)})"))
            : node.ToJsonString();
    }

    /// <summary>
    /// Publishes as an external producer would: with a plain client, the exchange and the documented body.
    /// </summary>
    private async Task PublishAsync(string body)
    {
        await using var connection = await server.Broker.ConnectAsync(Token);
        var options = new CreateChannelOptions(publisherConfirmationsEnabled: true, publisherConfirmationTrackingEnabled: true);
        await using var channel = await connection.CreateChannelAsync(options, Token);
        var properties = new BasicProperties { Persistent = true, ContentType = "application/json" };
        await channel.BasicPublishAsync(
            "attribution.events", "", mandatory: true, properties, Encoding.UTF8.GetBytes(body), Token);
    }
}
