using System.Diagnostics;
using System.Text;
using System.Text.Json;
using Attribution.TestKit;
using Attribution.TestKit.Brokers;
using Attribution.TestKit.Hosts;
using Attribution.TestKit.Stores;
using Microsoft.Data.Sqlite;
using RabbitMQ.Client;

namespace Attribution.IntegrationTests;

/// <summary>Messages whose consumers end before they answer: innocent ones are never given up, a poison message is.</summary>
public sealed class RedeliveryTests
{
    private const string Queue = "attribution.attribute", Dead = "attribution.attribute.dead";
    private static readonly string[] Names = ["ingest-1", "attribute-1", "rollup-1", "report-1"];

    private static readonly string ReceivedAt = TimeProvider.System.GetUtcNow().ToString("yyyy-MM-dd'T'HH:mm:ss'Z'", CultureInfo.InvariantCulture);

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    [Trait("Category", "Long")]
    public async Task Restarts_and_kills_with_full_prefetch_give_nothing_up()
    {
        const int Each = 60, PacksPerRound = 60, Orders = 5;
        await using var broker = await StartAsync();
        await using var cluster = await HostCluster.StartAsync(broker, Names, Token);
        await cluster["attribute-1"].StopAsync(Token);
        for (var round = 0; round < 2 * Each; round++)
        {
            for (var i = 0; i < PacksPerRound; i++) await PublishAsync(broker, Pack(round * PacksPerRound + i, Orders));
            var process = await cluster.StartAsync("attribute-1", Token);
            if (round % 2 == 0) await process.KillAsync();
            else await process.StopAsync(Token);
        }

        await cluster.StartAsync("attribute-1", Token);
        await cluster.WaitUntilSettledAsync(Token);
        (await broker.CountMessagesAsync(Dead, Token)).ShouldBe(0);
        (await OrdersAsync(cluster.Report)).ShouldBe(2 * Each * PacksPerRound * Orders);
    }

    [Fact]
    [Trait("Category", "Long")]
    public async Task Messages_that_wait_for_the_store_outlast_any_number_of_connections()
    {
        const int Packs = 40;
        Assert.SkipWhen(StoreUnderTest.IsMongoDb, "the test locks SQLite's file");
        await using var broker = await StartAsync();
        await using var cluster = await HostCluster.StartAsync(broker, Names, Token);
        await using (await LockAsync(cluster.StoreFile))
        {
            for (var i = 0; i < Packs; i++) await PublishAsync(broker, Pack(i, 1));
            for (var drop = 0; drop < 25; drop++)
            {
                await Eventually.IsTrueAsync(
                    async () => await CountFetchedAsync(broker) == Packs, TimeSpan.FromSeconds(60), () => cluster["attribute-1"].Output, Token);
                await broker.ControlAsync(Token, "close_all_connections", "test");
            }
        }

        await cluster.WaitUntilSettledAsync(Token);
        (await broker.CountMessagesAsync(Dead, Token)).ShouldBe(0);
        (await OrdersAsync(cluster.Report)).ShouldBe(Packs);
    }

    [Fact]
    public async Task Message_delivered_often_is_replaced_by_a_copy()
    {
        await using var broker = await StartAsync();
        await using var cluster = await HostCluster.StartAsync(broker, ["ingest-1", "attribute-1"], Token);
        Assert.SkipWhen(StoreUnderTest.IsMongoDb, "the test locks SQLite's file");
        await using var locked = await LockAsync(cluster.StoreFile);
        // As a copy of a copy: the broker's own count, of 0 here, does not replace the header.
        await PublishAsync(broker, Pack(1, 1), new Dictionary<string, object?> { ["attribution-renewed"] = "true", ["x-delivery-count"] = 15L });
        await cluster["attribute-1"].WaitForOutputAsync("is replaced by a copy", TimeSpan.FromSeconds(20), Token);
        await cluster["attribute-1"].KillAsync();

        await using var connection = await broker.ConnectAsync(Token);
        await using var channel = await connection.CreateChannelAsync(cancellationToken: Token);
        BasicGetResult? copy = null;
        await Eventually.IsTrueAsync(
            async () => (copy = await channel.BasicGetAsync(Queue, autoAck: false, Token)) is not null, TimeSpan.FromSeconds(20), () => "no copy", Token);
        var headers = copy.ShouldNotBeNull().BasicProperties.Headers.ShouldNotBeNull();
        headers.ShouldContainKey("attribution-renewed");
        headers["x-delivery-count"].ShouldBe(1L);
    }

    [Theory]
    [InlineData(1, Traits = ["Category", "Long"])]
    [InlineData(4, Traits = ["Category", "Long"])]
    public async Task Message_that_ends_five_processes_is_a_dead_letter_until_it_is_replayed(int kills)
    {
        Assert.SkipWhen(StoreUnderTest.IsMongoDb, "the test reads SQLite's file");
        await using var broker = await StartAsync();
        await using var cluster = await HostCluster.StartAsync(broker, Names, Token);
        await cluster["attribute-1"].StopAsync(Token);
        // Its commit takes so long that the process is killed during it, as if the message did it.
        var (id, poison) = Pack(1, 20_000);
        await PublishAsync(broker, (id, poison));
        await FetchAndDropAsync(broker);
        if (kills < 4) SetAttempts(cluster.StoreFile, id, 4 - kills);
        for (var attempt = 5 - kills; attempt <= 4; attempt++)
        {
            var process = await cluster.StartAsync("attribute-1", Token, ready: false);
            await Eventually.IsTrueAsync(() => Task.FromResult(CountAttempts(cluster.StoreFile, id) == attempt), TimeSpan.FromSeconds(30), () => process.Output, Token);
            await process.KillAsync();
        }

        var parking = await cluster.StartAsync("attribute-1", Token);
        await Eventually.IsTrueAsync(
            async () => await broker.CountMessagesAsync(Dead, Token) == 1, TimeSpan.FromSeconds(30), () => parking.Output, Token);
        parking.Output.ShouldContain($"Message {id} ended 5 processes that attributed it");

        await PublishAsync(broker, (Guid.Empty, "this is no JSON"u8.ToArray()));
        var (newer, body) = Pack(2, 1, schema: 99);
        await PublishAsync(broker, (newer, body));
        await Eventually.IsTrueAsync(async () => await broker.CountMessagesAsync(Dead, Token) == 3, TimeSpan.FromSeconds(30), () => parking.Output, Token);

        // As if they had been listed often: the broker counts that, too.
        for (var i = 0; i < 10; i++)
        {
            await FetchAndDropAsync(broker, Dead);
            await Eventually.IsTrueAsync(async () => await broker.CountMessagesAsync(Dead, Token) == 3, TimeSpan.FromSeconds(30), () => parking.Output, Token);
        }

        var (exitCode, output, errors) = await RunAsync(broker, "list");
        (exitCode, errors).ShouldBe((0, ""));
        output.ShouldContain($"{id}\tshop\t\t20000\t{ReceivedAt}\tEach of 5 attempts to attribute the message ended its process.");
        output.ShouldContain("unreadable\t\t\t\t\tIt is not a pack of events: ");
        output.ShouldContain($"{newer}\tshop\t\t1\t{ReceivedAt}\tThe message has schema 99; this build reads up to 1.");

        await using (var connection = await broker.ConnectAsync(Token))
        await using (var channel = await connection.CreateChannelAsync(cancellationToken: Token))
        {
            // The broker counts fewer deliveries than those after which a listed letter is replaced by a copy.
            var headers = (await channel.BasicGetAsync(Dead, autoAck: false, Token)).ShouldNotBeNull().BasicProperties.Headers!;
            Convert.ToInt64(headers.TryGetValue("x-delivery-count", out var count) ? count : 0L, CultureInfo.InvariantCulture).ShouldBeLessThan(10);
        }

        (exitCode, output, errors) = await RunAsync(broker, "replay", "--pack", Guid.NewGuid().ToString());
        (exitCode, output, errors).ShouldBe((1, "0 dead letters moved to attribution.attribute", "1 pack not found among the dead letters; see 'attribution dead-letters list'."));
        (exitCode, output, errors) = await RunAsync(broker, "replay");
        (exitCode, output).ShouldBe((1, "1 dead letter moved to attribution.attribute"));
        errors.ShouldContain($"Kept: pack {newer} has schema 99; this build reads 1 to 1.");
        errors.ShouldContain("Kept: an unreadable message. It is not a pack of events: ");
        await cluster.WaitUntilSettledAsync(Token);
        (await OrdersAsync(cluster.Report)).ShouldBe(20_000);
        (await broker.CountMessagesAsync(Dead, Token)).ShouldBe(2);
    }

    private static async Task<Broker> StartAsync()
    {
        Assert.SkipWhen(Broker.MissingReason is not null, Broker.MissingReason ?? "");
        return await Broker.StartAsync(Token);
    }

    /// <summary>A pack of orders, as an outside producer sends it.</summary>
    private static (Guid Id, byte[] Body) Pack(int number, int orders, int schema = 1)
    {
        var id = Guid.CreateVersion7();
        var events = Enumerable.Range(0, orders).Select(i => Encoding.UTF8.GetBytes(
            $$"""{"type":"conversion","id":"e-{{number}}-{{i}}","occurredAt":"{{ReceivedAt}}","kind":"order","orderId":"{{number}}-{{i}}","currency":"USD","gross":"10.00"}"""));
        return (id, JsonSerializer.SerializeToUtf8Bytes(new { packId = id, schema, source = "shop", receivedAt = ReceivedAt, events }));
    }

    private static async Task PublishAsync(Broker broker, (Guid Id, byte[] Body) pack, Dictionary<string, object?>? headers = null)
    {
        await using var connection = await broker.ConnectAsync(Token);
        await using var channel = await connection.CreateChannelAsync(
            new CreateChannelOptions(publisherConfirmationsEnabled: true, publisherConfirmationTrackingEnabled: true), Token);
        await channel.BasicPublishAsync(
            "attribution.events", "", mandatory: true, new BasicProperties { Persistent = true, ContentType = "application/json", Headers = headers },
            pack.Body, Token);
    }

    /// <summary>Locks the store, so that nothing is committed until the result is disposed.</summary>
    private static async Task<SqliteConnection> LockAsync(string storeFile)
    {
        var store = new SqliteConnection($"Data Source={storeFile};Pooling=false");
        await store.OpenAsync(Token);
        await using var command = store.CreateCommand();
        command.CommandText = "BEGIN IMMEDIATE";
        await command.ExecuteNonQueryAsync(Token);
        return store;
    }

    private static async Task<long> CountFetchedAsync(Broker broker) => long.Parse(
        await broker.ControlAsync(
            Token, "--quiet", "eval",
            $"{{ok, Q}} = rabbit_amqqueue:lookup(rabbit_misc:r(<<\"/\">>, queue, <<\"{Queue}\">>)), "
            + "{ok, {_, N}, _} = ra:leader_query(amqqueue:get_pid(Q), fun rabbit_fifo:query_messages_checked_out/1), N."),
        CultureInfo.InvariantCulture);

    /// <summary>Fetches as many messages as a process does and ends without an answer, as a killed process.</summary>
    private static async Task FetchAndDropAsync(Broker broker, string queue = Queue)
    {
        await using var connection = await broker.ConnectAsync(Token);
        await using var channel = await connection.CreateChannelAsync(cancellationToken: Token);
        for (var i = 0; i < 48 && await channel.BasicGetAsync(queue, autoAck: false, Token) is not null; i++);
    }

    private static void SetAttempts(string storeFile, Guid pack, int attempts)
    {
        using var store = new SqliteConnection($"Data Source={storeFile};Pooling=false");
        store.Open();
        using var command = store.CreateCommand();
        command.CommandText = $"INSERT INTO meta VALUES ('attempts/{pack:D}', {attempts})";
        command.ExecuteNonQuery();
    }

    private static long CountAttempts(string storeFile, Guid pack)
    {
        using var store = new SqliteConnection($"Data Source={storeFile};Mode=ReadOnly;Pooling=false");
        store.Open();
        using var command = store.CreateCommand();
        command.CommandText = $"SELECT value FROM meta WHERE key = 'attempts/{pack:D}'";
        return (long)(command.ExecuteScalar() ?? 0L);
    }

    private static async Task<long> OrdersAsync(HostProcess host)
    {
        using var answer = await host.GetAsync("/v1/rollups/daily?from=2026-01-01&to=2027-12-31", Token);
        return answer.RootElement.GetProperty("totals").GetProperty("orders").GetInt64();
    }

    private static async Task<(int ExitCode, string Output, string Errors)> RunAsync(Broker broker, params string[] arguments)
    {
        var program = Path.Combine(AppContext.BaseDirectory, "attribution.dll");
        using var process = Process.Start(new ProcessStartInfo("dotnet", [program, "dead-letters", .. arguments, .. broker.HostSettings])
        {
            RedirectStandardOutput = true, RedirectStandardError = true,
        })!;
        var (output, errors) = (process.StandardOutput.ReadToEndAsync(Token), process.StandardError.ReadToEndAsync(Token));
        await process.WaitForExitAsync(Token);
        return (process.ExitCode, (await output).Trim(), (await errors).Trim());
    }
}
