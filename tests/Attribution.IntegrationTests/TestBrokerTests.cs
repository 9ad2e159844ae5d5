using Attribution.TestKit;
using Attribution.TestKit.Brokers;
using RabbitMQ.Client;

namespace Attribution.IntegrationTests;

/// <summary>The tests' own broker: real, on loopback alone, and gone when they are.</summary>
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

        // A node writes down a new queue some time after it made it; one that is killed before that has no leader for it any more.
        await WaitForMessagesAsync(broker, "kept", 1);
        await broker.ControlAsync(Token, "--quiet", "eval", "[ok = dets:sync(Table) || Table <- dets:all()].");

        await broker.Nodes[0].KillAsync();
        await broker.Nodes[0].StartAsync();
        await broker.Nodes[0].WaitForConnectionsAsync(TimeSpan.FromMinutes(1), Token);

        await WaitForMessagesAsync(broker, "kept", 1);
    }

    [Fact]
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
        async () => await broker.CountMessagesAsync(queue, Token) == messages, TimeSpan.FromMinutes(1), () => $"{queue} does not hold {messages}{Environment.NewLine}{broker.Log}", Token);

    private static async Task PublishAsync(Broker broker, string queue)
    {
        await using var connection = await broker.ConnectAsync(Token);
        await using var channel = await connection.CreateChannelAsync(new CreateChannelOptions(true, true), Token);
        await channel.QueueDeclareAsync(queue, true, false, false, new Dictionary<string, object?> { ["x-queue-type"] = "quorum" }, cancellationToken: Token);
        await channel.BasicPublishAsync("", queue, true, new BasicProperties { Persistent = true }, new byte[] { 1 }, Token);
    }

    /// <summary>Sockets of the broker's processes that listen anywhere but on loopback.</summary>
    private static async Task<List<string>> ListeningElsewhereAsync(Broker broker)
    {
        var inodes = new HashSet<string>();
        foreach (var folder in broker.ProcessIds.Select(id => $"/proc/{id}/fd"))
            foreach (var file in Directory.GetFiles(folder))
                if (new FileInfo(file).LinkTarget is { } target && target.StartsWith("socket:[", StringComparison.Ordinal)) inodes.Add(target[8..^1]);
        inodes.ShouldNotBeEmpty();
        var listening = new List<string>();
        foreach (var table in (string[])["/proc/net/tcp", "/proc/net/tcp6"])
            foreach (var row in (await File.ReadAllLinesAsync(table, Token)).Skip(1).Select(line => line.Split(' ', StringSplitOptions.RemoveEmptyEntries)))
                if (row[3] == "0A" && inodes.Contains(row[9]) && !row[1].StartsWith("0100007F:", StringComparison.Ordinal) && !row[1].StartsWith("00000000000000000000000001000000:", StringComparison.Ordinal)) listening.Add(row[1]);
        return listening;
    }
}
