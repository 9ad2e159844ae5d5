using Attribution.TestKit;
using Attribution.TestKit.Brokers;
using RabbitMQ.Client;

namespace Attribution.IntegrationTests;

/// <summary>The broker that tests start: a real server that listens only on loopback and ends with the tests.</summary>
public sealed class TestBrokerTests
{
    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Killed_node_keeps_confirmed_messages_and_listens_only_on_loopback()
    {
        Assert.SkipWhen(Broker.NotInstalledReason is not null, Broker.NotInstalledReason ?? "");
        await using var broker = await Broker.StartAsync(Token);
        await PublishAsync(broker, "kept");
        (await ListeningElsewhereAsync(broker)).ShouldBeEmpty();

        // A node writes a new queue to disk some time after it is declared. If it is killed earlier, the queue has no
        // leader.
        await WaitForMessagesAsync(broker, "kept", 1);
        await broker.ControlAsync(Token, "--quiet", "eval", "[ok = dets:sync(Table) || Table <- dets:all()].");

        await broker.Nodes[0].KillAsync();
        await broker.Nodes[0].StartAsync();
        await broker.Nodes[0].WaitForConnectionsAsync(TimeSpan.FromMinutes(1), Token);

        await WaitForMessagesAsync(broker, "kept", 1);
    }

    [Fact]
    [Trait("Category", "Long")]
    public async Task Three_node_cluster_survives_the_loss_of_one_node()
    {
        Assert.SkipWhen(Broker.NotInstalledReason is not null, Broker.NotInstalledReason ?? "");
        await using var broker = await Broker.StartAsync(Token, size: 3);
        await PublishAsync(broker, "shared");

        await broker.Nodes[0].KillAsync();

        await WaitForMessagesAsync(broker, "shared", 1);
        await PublishAsync(broker, "shared");
        await WaitForMessagesAsync(broker, "shared", 2);
    }

    private static Task WaitForMessagesAsync(Broker broker, string queue, long messages) => Eventually.IsTrueAsync(
        async () => await broker.CountMessagesAsync(queue, Token) == messages, TimeSpan.FromMinutes(1),
        () => $"{queue} does not contain {messages} messages{Environment.NewLine}{broker.Log}", Token);

    private static async Task PublishAsync(Broker broker, string queue)
    {
        await using var connection = await broker.ConnectAsync(Token);
        await using var channel = await connection.CreateChannelAsync(new CreateChannelOptions(true, true), Token);
        var quorum = new Dictionary<string, object?> { ["x-queue-type"] = "quorum" };
        await channel.QueueDeclareAsync(queue, true, false, false, quorum, cancellationToken: Token);
        var properties = new BasicProperties { Persistent = true };
        await channel.BasicPublishAsync("", queue, true, properties, new byte[] { 1 }, Token);
    }

    /// <summary>Returns the sockets of the broker's processes that listen on other addresses than loopback.</summary>
    private static async Task<List<string>> ListeningElsewhereAsync(Broker broker)
    {
        var inodes = new HashSet<string>();
        foreach (var folder in broker.ProcessIds.Select(id => $"/proc/{id}/fd"))
            foreach (var file in Directory.GetFiles(folder))
                if (new FileInfo(file).LinkTarget is { } target && target.StartsWith("socket:[", StringComparison.Ordinal))
                    inodes.Add(target[8..^1]);
        inodes.ShouldNotBeEmpty();
        var listening = new List<string>();
        foreach (var table in (string[])["/proc/net/tcp", "/proc/net/tcp6"])
        {
            var lines = (await File.ReadAllLinesAsync(table, Token)).Skip(1);
            foreach (var row in lines.Select(line => line.Split(' ', StringSplitOptions.RemoveEmptyEntries)))
                if (row[3] == "0A" && inodes.Contains(row[9]) && !IsLoopback(row[1])) listening.Add(row[1]);
        }
        return listening;
    }

    private static bool IsLoopback(string address) =>
        address.StartsWith("0100007F:", StringComparison.Ordinal)
        || address.StartsWith("00000000000000000000000001000000:", StringComparison.Ordinal);
}
