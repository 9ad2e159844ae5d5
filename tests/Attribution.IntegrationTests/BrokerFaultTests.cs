using System.Collections.Concurrent;
using Attribution.Simulator;
using Attribution.TestKit;
using Attribution.TestKit.Brokers;
using Attribution.TestKit.Hosts;
using Attribution.TestKit.Stores;
using Microsoft.Data.Sqlite;

namespace Attribution.IntegrationTests;

/// <summary>Outages of the broker or the store: events are accepted nevertheless, and count once afterwards.</summary>
public sealed class BrokerFaultTests
{
    private static readonly string[] OneProcessPerRole = ["ingest-1", "attribute-1", "rollup-1", "report-1"];

    // By default long enough for every timeout to elapse. The variable allows a longer outage.
    private static readonly TimeSpan Outage = TimeSpan.FromSeconds(
        double.Parse(Environment.GetEnvironmentVariable("ATTRIBUTION_OUTAGE_SECONDS") ?? "8", CultureInfo.InvariantCulture));

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Senders_do_not_notice_a_killed_broker_under_load()
    {
        await using var broker = await StartAsync();
        await using var cluster = await StartClusterAsync(broker, OneProcessPerRole);
        var spooled = 0L;
        await RunUnderLoadAsync(cluster, 31, async () =>
        {
            await broker.Nodes[0].KillAsync();
            await Task.Delay(Outage, Token);
            spooled = cluster.CountSpooled();
            (await cluster.Ingest.IsReadyAsync(Token)).ShouldBeFalse();
            await broker.Nodes[0].StartAsync();
        });

        spooled.ShouldBeGreaterThan(0);
        cluster.Ingest.Output.ShouldContain("The broker does not confirm");
        await cluster.Ingest.WaitForOutputAsync("The broker confirms again", TimeSpan.FromSeconds(30), Token);
        (await cluster.Ingest.IsReadyAsync(Token)).ShouldBeTrue();
        ShouldHaveNoStackTraces(cluster);
    }

    [Fact]
    [Trait("Category", "Long")]
    public async Task Senders_do_not_notice_a_hanging_broker_under_load()
    {
        await using var broker = await StartAsync();
        await using var cluster = await StartClusterAsync(broker, OneProcessPerRole);
        await RunUnderLoadAsync(cluster, 32, async () =>
        {
            await broker.Nodes[0].SuspendAsync();
            await Task.Delay(Outage, Token);
            await broker.Nodes[0].ResumeAsync();
        });

        cluster.Ingest.Output.ShouldContain("The broker does not confirm (no answer within 2 s)");
    }

    [Fact]
    [Trait("Category", "Long")]
    public async Task Senders_do_not_notice_a_locked_store_and_there_are_no_dead_letters()
    {
        Assert.SkipWhen(StoreUnderTest.IsMongoDb, "the test reads SQLite's file");
        await using var broker = await StartAsync();
        await using var cluster = await StartClusterAsync(broker, OneProcessPerRole);
        await RunUnderLoadAsync(cluster, 33, async () =>
        {
            await using var store = new SqliteConnection($"Data Source={cluster.StoreFile};Pooling=false");
            await store.OpenAsync(Token);
            await using var transaction = store.BeginTransaction(deferred: false);
            await Task.Delay(Outage, Token);
        });

        (await broker.CountMessagesAsync("attribution.attribute.dead", Token)).ShouldBe(0);
    }

    [Fact]
    public async Task Full_spool_returns_503_during_an_outage_and_drains_afterwards()
    {
        await using var broker = await StartAsync();
        await using var cluster = await StartClusterAsync(broker, OneProcessPerRole, "--Ingest:Spool:MaxPageCount=64");
        var market = Market.Create(34, TruthTests.First, new MarketOptions { People = 300 });
        await cluster.Report.ImportAsync(market.Catalog, Token);
        await broker.Nodes[0].KillAsync();

        var (taken, refused) = (0, false);
        var requests = market.Events.Chunk(20).ToList();
        foreach (var request in requests)
        {
            var body = string.Join('\n', request);
            using var answer = await cluster.Ingest.PostAsync("/v1/events", "application/x-ndjson", body, Token);
            if (refused = answer.StatusCode == HttpStatusCode.ServiceUnavailable)
            {
                answer.Headers.RetryAfter.ShouldNotBeNull().Delta.ShouldNotBeNull().ShouldBeGreaterThan(TimeSpan.Zero);
                break;
            }

            answer.StatusCode.ShouldBe(HttpStatusCode.Accepted);
            taken++;
        }

        refused.ShouldBeTrue($"{taken} requests were accepted");
        taken.ShouldBeGreaterThan(3);
        await broker.Nodes[0].StartAsync();
        foreach (var request in requests.Skip(taken)) await cluster.Ingest.PostEventsAsync(request, Token);
        await cluster.WaitUntilSettledAsync(Token);
        await TruthTests.ShouldEqualTruthAsync(cluster.Report, market, "last_touch");
    }

    [Fact]
    public async Task Messages_published_before_the_first_consumer_wait_for_it()
    {
        await using var broker = await StartAsync();
        await using var cluster = await StartClusterAsync(broker, ["ingest-1", "report-1", "rollup-1"]);
        foreach (var (kind, item) in DocumentedExample.Catalog())
            await cluster.Report.PutAsync(kind, (string)item["id"]!, item.ToJsonString(), Token);
        await cluster.Ingest.PostEventsAsync(DocumentedExample.EventLines(), Token);
        cluster.CountSpooled().ShouldBe(0);
        (await broker.CountMessagesAsync("attribution.attribute", Token)).ShouldBeGreaterThan(0);

        await cluster.StartAsync("attribute-1", Token);

        await cluster.WaitUntilSettledAsync(Token);
        await ExampleTests.ShouldEqualDocumentedRollupAsync(cluster.Report, ExampleTests.March, "published first");
    }

    [Fact]
    [Trait("Category", "Long")]
    public async Task Ingest_started_without_a_broker_accepts_events_and_delivers_later()
    {
        await using var broker = await StartAsync();
        await broker.Nodes[0].KillAsync();
        await using var cluster = await StartClusterAsync(broker, []);
        var ingest = await cluster.StartAsync("ingest-1", Token, ready: false);
        await cluster.StartAsync("attribute-1", Token, ready: false);
        await cluster.StartAsync("report-1", Token);
        await cluster.StartAsync("rollup-1", Token);
        foreach (var (kind, item) in DocumentedExample.Catalog())
            await cluster.Report.PutAsync(kind, (string)item["id"]!, item.ToJsonString(), Token);

        await ingest.PostEventsAsync(DocumentedExample.EventLines(), Token);

        (await ingest.IsReadyAsync(Token)).ShouldBeFalse();
        (await cluster["attribute-1"].IsReadyAsync(Token)).ShouldBeFalse();
        cluster.CountSpooled().ShouldBeGreaterThan(0);
        foreach (var name in (string[])["ingest-1", "attribute-1"])
            cluster[name].Output.Split(Environment.NewLine).Count(line => line.Contains($"The broker at 127.0.0.1:{broker.Nodes[0].Port} cannot be reached", StringComparison.Ordinal)).ShouldBe(1);
        await broker.Nodes[0].StartAsync();
        await cluster.WaitUntilSettledAsync(Token);
        await ExampleTests.ShouldEqualDocumentedRollupAsync(cluster.Report, ExampleTests.March, "spooled first");
        ShouldHaveNoStackTraces(cluster);
    }

    [Fact]
    public async Task Wrong_broker_credentials_end_the_start_in_one_line_without_secrets()
    {
        await using var broker = await StartAsync();
        var port = broker.Nodes[0].Port;
        await ShouldEndWithAsync($"amqp://attribution:wr0ng@127.0.0.1:{port}/", $"The broker at 127.0.0.1:{port} rejects the user 'attribution': the user or the password in Bus:RabbitMq:Uri is wrong.");
        await ShouldEndWithAsync($"{broker.Uri}elsewhere", $"The broker at 127.0.0.1:{port} denies the user 'attribution' the virtual host 'elsewhere': it does not exist, or the user has no access to it.");
    }

    [Fact]
    [Trait("Category", "Long")]
    public async Task Stop_leaves_unfinished_messages_to_others_and_ends_gracefully()
    {
        await using var broker = await StartAsync();
        await using var cluster = await StartClusterAsync(broker, [.. OneProcessPerRole, "attribute-2"]);
        await RunUnderLoadAsync(cluster, 35, async () =>
        {
            (await cluster["attribute-2"].StopAsync(Token)).ShouldBe(0, cluster["attribute-2"].Output);
            await cluster.StartAsync("attribute-2", Token);
        });
        foreach (var name in (string[])["ingest-1", "attribute-1", "attribute-2", "rollup-1", "report-1"])
            (await cluster[name].StopAsync(Token)).ShouldBe(0, cluster[name].Output);
        ShouldHaveNoStackTraces(cluster);
    }

    private static async Task<Broker> StartAsync()
    {
        Assert.SkipWhen(Broker.MissingReason is not null, Broker.MissingReason ?? "");
        return await Broker.StartAsync(Token);
    }

    private static Task<HostCluster> StartClusterAsync(
        Broker broker, IReadOnlyCollection<string> names, params string[] settings) =>
        HostCluster.StartAsync(broker, names, Token, [DocumentedExample.Horizon, .. settings]);

    /// <summary>
    /// Posts a market before, during and after a fault. Every request must be accepted the first time, and the rollups
    /// must equal the truth afterwards.
    /// </summary>
    private static async Task RunUnderLoadAsync(HostCluster cluster, int seed, Func<Task> fault)
    {
        var market = Market.Create(seed, TruthTests.First, new MarketOptions { People = 400 });
        await cluster.Report.ImportAsync(market.Catalog, Token);
        var requests = new ConcurrentQueue<string>(market.Events.Chunk(10).Select(chunk => string.Join('\n', chunk)));
        var isOver = false;
        var again = requests.ToList();
        var posting = Task.WhenAll(Enumerable.Range(0, 4).Select(async sender =>
        {
            // Sends all requests once, and then again until the fault is over, which changes nothing.
            for (var i = sender; requests.TryDequeue(out var request) || !Volatile.Read(ref isOver); i++)
            {
                var body = request ?? again[i % again.Count];
                using var answer = await cluster.Ingest.PostAsync("/v1/events", "application/x-ndjson", body, Token);
                answer.StatusCode.ShouldBe(HttpStatusCode.Accepted, cluster.Ingest.Output);
                if (request is null) await Task.Delay(20, Token);
            }
        }));

        await fault();
        Volatile.Write(ref isOver, true);
        await posting;
        await cluster.WaitUntilSettledAsync(Token);
        await TruthTests.ShouldEqualTruthAsync(cluster.Report, market, "last_touch");
    }

    private static async Task ShouldEndWithAsync(string uri, string line)
    {
        using var folder = new TempFolder();
        var (exitCode, errors) = await HostProcess.RunAsync(
            "serve", Token, "--urls", "http://127.0.0.1:0", "--data", folder.Path, "--roles", "ingest",
            "--Bus:Transport=RabbitMq", $"--Bus:RabbitMq:Uri={uri}");
        errors.ShouldBe(line);
        exitCode.ShouldBe(1);
    }

    private static void ShouldHaveNoStackTraces(HostCluster cluster)
    {
        foreach (var name in OneProcessPerRole)
            if (cluster[name].Output.Contains("   at ", StringComparison.Ordinal))
                Assert.Fail($"{name} wrote a stack trace:{Environment.NewLine}{cluster[name].Output}");
    }
}
