using System.Collections.Concurrent;
using Attribution.Simulator;
using Attribution.TestKit;
using Attribution.TestKit.Brokers;
using Attribution.TestKit.Hosts;
using Attribution.TestKit.Stores;
using Microsoft.Data.Sqlite;

namespace Attribution.IntegrationTests;

/// <summary>A broker or store that is away: events are taken all the same, and count once when it is back.</summary>
public sealed class BrokerFaultTests
{
    private static readonly string[] OneProcessPerRole = ["ingest-1", "attribute-1", "rollup-1", "report-1"];

    // Long enough to be met by every timeout on the way; the full minute when asked for.
    private static readonly TimeSpan Outage = TimeSpan.FromSeconds(double.Parse(Environment.GetEnvironmentVariable("ATTRIBUTION_OUTAGE_SECONDS") ?? "8", CultureInfo.InvariantCulture));

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Senders_do_not_notice_a_killed_broker_under_load()
    {
        await using var broker = await StartAsync();
        await using var installation = await HostCluster.StartAsync(broker, OneProcessPerRole, Token, DocumentedExample.Horizon);
        var spooled = 0L;
        await RunUnderLoadAsync(installation, 31, async () =>
        {
            await broker.Nodes[0].KillAsync();
            await Task.Delay(Outage, Token);
            spooled = installation.CountSpooled();
            (await installation.Ingest.IsReadyAsync(Token)).ShouldBeFalse();
            await broker.Nodes[0].StartAsync();
        });

        spooled.ShouldBeGreaterThan(0);
        installation.Ingest.Output.ShouldContain("The broker does not confirm");
        installation.Ingest.Output.ShouldContain("The broker confirms again");
        (await installation.Ingest.IsReadyAsync(Token)).ShouldBeTrue();
        ShouldHaveNoStackTraces(installation);
    }

    [Fact]
    public async Task Senders_do_not_notice_a_hanging_broker_under_load()
    {
        await using var broker = await StartAsync();
        await using var installation = await HostCluster.StartAsync(broker, OneProcessPerRole, Token, DocumentedExample.Horizon);
        await RunUnderLoadAsync(installation, 32, async () =>
        {
            await broker.Nodes[0].SuspendAsync();
            await Task.Delay(Outage, Token);
            await broker.Nodes[0].ResumeAsync();
        });

        installation.Ingest.Output.ShouldContain("The broker does not confirm (no answer within 2 s)");
    }

    [Fact]
    public async Task Senders_do_not_notice_a_locked_store_and_there_are_no_dead_letters()
    {
        Assert.SkipWhen(StoreUnderTest.IsMongoDb, "it looks into SQLite's file");
        await using var broker = await StartAsync();
        await using var installation = await HostCluster.StartAsync(broker, OneProcessPerRole, Token, DocumentedExample.Horizon);
        await RunUnderLoadAsync(installation, 33, async () =>
        {
            await using var store = new SqliteConnection($"Data Source={installation.StoreFile};Pooling=false");
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
        await using var installation = await HostCluster.StartAsync(broker, OneProcessPerRole, Token, DocumentedExample.Horizon, "--Ingest:Spool:MaxPageCount=64");
        var market = Market.Create(34, TruthTests.First, new MarketOptions { People = 300 });
        await installation.Report.ImportAsync(market.Catalog, Token);
        await broker.Nodes[0].KillAsync();

        var (taken, refused) = (0, false);
        var requests = market.Events.Chunk(20).ToList();
        foreach (var request in requests)
        {
            using var answer = await installation.Ingest.PostAsync("/v1/events", "application/x-ndjson", string.Join('\n', request), Token);
            if (refused = answer.StatusCode == HttpStatusCode.ServiceUnavailable)
            {
                answer.Headers.RetryAfter.ShouldNotBeNull().Delta.ShouldNotBeNull().ShouldBeGreaterThan(TimeSpan.Zero);
                break;
            }

            answer.StatusCode.ShouldBe(HttpStatusCode.Accepted);
            taken++;
        }

        refused.ShouldBeTrue($"{taken} requests were taken");
        taken.ShouldBeGreaterThan(3);
        await broker.Nodes[0].StartAsync();
        foreach (var request in requests.Skip(taken)) await installation.Ingest.PostEventsAsync(request, Token);
        await installation.WaitUntilSettledAsync(Token);
        await TruthTests.ShouldEqualTruthAsync(installation.Report, market, "last_touch");
    }

    [Fact]
    public async Task Messages_published_before_the_first_consumer_wait_for_it()
    {
        await using var broker = await StartAsync();
        await using var installation = await HostCluster.StartAsync(broker, ["ingest-1", "report-1", "rollup-1"], Token, DocumentedExample.Horizon);
        foreach (var (kind, item) in DocumentedExample.Catalog()) await installation.Report.PutAsync(kind, (string)item["id"]!, item.ToJsonString(), Token);
        await installation.Ingest.PostEventsAsync(DocumentedExample.Events().Select(happened => happened.ToJsonString()), Token);
        installation.CountSpooled().ShouldBe(0);
        (await broker.CountMessagesAsync("attribution.attribute", Token)).ShouldBeGreaterThan(0);

        await installation.StartAsync("attribute-1", Token);

        await installation.WaitUntilSettledAsync(Token);
        await ExampleTests.ShouldEqualDocumentedRollupAsync(installation.Report, ExampleTests.March, "published first");
    }

    [Fact]
    public async Task Ingest_started_without_a_broker_accepts_events_and_delivers_later()
    {
        await using var broker = await StartAsync();
        await broker.Nodes[0].KillAsync();
        await using var installation = await HostCluster.StartAsync(broker, [], Token, DocumentedExample.Horizon);
        var ingest = await installation.StartAsync("ingest-1", Token, ready: false);
        await installation.StartAsync("attribute-1", Token, ready: false);
        await installation.StartAsync("report-1", Token);
        await installation.StartAsync("rollup-1", Token);
        foreach (var (kind, item) in DocumentedExample.Catalog()) await installation.Report.PutAsync(kind, (string)item["id"]!, item.ToJsonString(), Token);

        await ingest.PostEventsAsync(DocumentedExample.Events().Select(happened => happened.ToJsonString()), Token);

        (await ingest.IsReadyAsync(Token)).ShouldBeFalse();
        (await installation["attribute-1"].IsReadyAsync(Token)).ShouldBeFalse();
        installation.CountSpooled().ShouldBeGreaterThan(0);
        foreach (var name in (string[])["ingest-1", "attribute-1"])
            installation[name].Output.Split(Environment.NewLine).Count(line => line.Contains($"The broker at 127.0.0.1:{broker.Nodes[0].Port} cannot be reached", StringComparison.Ordinal)).ShouldBe(1);
        await broker.Nodes[0].StartAsync();
        await installation.WaitUntilSettledAsync(Token);
        await ExampleTests.ShouldEqualDocumentedRollupAsync(installation.Report, ExampleTests.March, "spooled first");
        ShouldHaveNoStackTraces(installation);
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
    public async Task Stop_leaves_unfinished_messages_to_others_and_ends_gracefully()
    {
        await using var broker = await StartAsync();
        await using var installation = await HostCluster.StartAsync(broker, [.. OneProcessPerRole, "attribute-2"], Token, DocumentedExample.Horizon);
        await RunUnderLoadAsync(installation, 35, async () =>
        {
            (await installation["attribute-2"].StopAsync(Token)).ShouldBe(0, installation["attribute-2"].Output);
            await installation.StartAsync("attribute-2", Token);
        });
        foreach (var name in (string[])["ingest-1", "attribute-1", "attribute-2", "rollup-1", "report-1"])
            (await installation[name].StopAsync(Token)).ShouldBe(0, installation[name].Output);
        ShouldHaveNoStackTraces(installation);
    }

    private static async Task<Broker> StartAsync()
    {
        Assert.SkipWhen(Broker.MissingReason is not null, Broker.MissingReason ?? "");
        return await Broker.StartAsync(Token);
    }

    /// <summary>Posts a market from before something happens until after it, every request answered 202 the first time; then the rollups are the truth.</summary>
    private static async Task RunUnderLoadAsync(HostCluster installation, int seed, Func<Task> happens)
    {
        var market = Market.Create(seed, TruthTests.First, new MarketOptions { People = 400 });
        await installation.Report.ImportAsync(market.Catalog, Token);
        var (requests, over) = (new ConcurrentQueue<string>(market.Events.Chunk(10).Select(chunk => string.Join('\n', chunk))), false);
        var again = requests.ToList();
        var posting = Task.WhenAll(Enumerable.Range(0, 4).Select(async sender =>
        {
            // What there is once, and then, as long as it lasts, again: that changes nothing.
            for (var i = sender; requests.TryDequeue(out var request) || !Volatile.Read(ref over); i++)
            {
                using var answer = await installation.Ingest.PostAsync("/v1/events", "application/x-ndjson", request ?? again[i % again.Count], Token);
                answer.StatusCode.ShouldBe(HttpStatusCode.Accepted, installation.Ingest.Output);
                if (request is null) await Task.Delay(20, Token);
            }
        }));

        await happens();
        Volatile.Write(ref over, true);
        await posting;
        await installation.WaitUntilSettledAsync(Token);
        await TruthTests.ShouldEqualTruthAsync(installation.Report, market, "last_touch");
    }

    private static async Task ShouldEndWithAsync(string uri, string line)
    {
        using var folder = new TempFolder();
        var (exitCode, errors) = await HostProcess.RunAsync(
            "serve", Token, "--urls", "http://127.0.0.1:0", "--data", folder.Path, "--roles", "ingest", "--Bus:Transport=RabbitMq", $"--Bus:RabbitMq:Uri={uri}");
        errors.ShouldBe(line);
        exitCode.ShouldBe(1);
    }

    private static void ShouldHaveNoStackTraces(HostCluster installation)
    {
        foreach (var name in OneProcessPerRole)
            if (installation[name].Output.Contains("   at ", StringComparison.Ordinal)) Assert.Fail($"{name} wrote a stack trace:{Environment.NewLine}{installation[name].Output}");
    }
}
