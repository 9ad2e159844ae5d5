using System.Collections.Concurrent;
using System.Diagnostics;
using Attribution.Simulator;
using Attribution.TestKit.Brokers;
using Attribution.TestKit.Hosts;

namespace Attribution.IntegrationTests;

/// <summary>
/// The guarantees of server mode under faults: a month of a market is posted at full speed over a cluster of three
/// brokers, while every few seconds a process or a broker is killed and restarted. <c>tests/chaos.sh</c> runs it for a
/// given time.
/// </summary>
public sealed class ChaosTests
{
    private static readonly TimeSpan Length = TimeSpan.FromSeconds(ReadSetting("ATTRIBUTION_CHAOS_SECONDS", "25"));
    private static readonly int Seed = ReadSetting("ATTRIBUTION_CHAOS_SEED", "41");

    private readonly Random random = new(Seed);
    private readonly ConcurrentDictionary<string, Task> restarts = [];
    private readonly ConcurrentDictionary<string, int> kills = [];
    private int answered;
    private int resent;

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    [Trait("Category", "Long")]
    public async Task Rollups_equal_the_truth_while_processes_and_brokers_are_killed()
    {
        Assert.SkipWhen(Broker.NotInstalledReason is not null, Broker.NotInstalledReason ?? "");
        await using var broker = await Broker.StartAsync(Token, size: 3);
        await using var cluster = await HostCluster.StartAsync(
            broker, HostCluster.Names, Token, DocumentedExample.Horizon, "--Rollup:LeaseFor=PT3S");
        var market = Market.Create(Seed, TruthTests.First, new MarketOptions { People = 3_000 });
        await cluster.Report.ImportAsync(market.Catalog, Token);

        var watch = Stopwatch.StartNew();
        var requests = new ConcurrentQueue<string>(market.Events.Chunk(25).Select(chunk => string.Join('\n', chunk)));
        var posted = Task.WhenAll(Enumerable.Range(0, 4).Select(_ => PostAsync(cluster, requests, watch)));
        while (watch.Elapsed < Length)
        {
            await Task.Delay(random.Next(1_000, 3_000), Token);
            KillSomething(broker, cluster);
        }

        await posted;
        await Task.WhenAll(restarts.Values);
        var chaos = watch.Elapsed;
        await cluster.WaitUntilSettledAsync(Token);

        var killed = string.Join(", ", kills.OrderBy(kill => kill.Key).Select(kill => $"{kill.Key} {kill.Value}x"));
        var story = string.Create(
            CultureInfo.InvariantCulture,
            $"seed {Seed}: {market.Events.Count} events, {answered} requests accepted, {resent} sent again, "
            + $"killed {killed} in {chaos.TotalSeconds:0} s; settled {(watch.Elapsed - chaos).TotalSeconds:0} s later");
        TestContext.Current.SendDiagnosticMessage(story);
        kills.Values.Sum().ShouldBeGreaterThan(3, story);
        await TruthTests.ShouldEqualTruthAsync(cluster.Report, market, "last_touch");
        (await broker.CountMessagesAsync("attribution.attribute.dead", Token)).ShouldBe(0, story);
    }

    /// <summary>
    /// Sends each request until it is accepted, and some of them again while the faults last, which changes nothing.
    /// </summary>
    private async Task PostAsync(HostCluster cluster, ConcurrentQueue<string> requests, Stopwatch watch)
    {
        while (requests.TryDequeue(out var request))
        {
            if (await CrashRecoveryTests.IsAcceptedAsync(cluster.Ingest, request))
            {
                Interlocked.Increment(ref answered);
                if (watch.Elapsed < Length && requests.Count < 200) requests.Enqueue(request);
                continue;
            }

            Interlocked.Increment(ref resent);
            requests.Enqueue(request);
            await Task.Delay(100, Token);
        }
    }

    /// <summary>
    /// Kills a running process or broker and restarts it. Two brokers always run, so that confirmed messages are kept.
    /// </summary>
    private void KillSomething(Broker broker, HostCluster cluster)
    {
        var brokersDown = broker.Nodes.Any(node => IsDown(node.Name));
        var targets = HostCluster.Names.Concat(brokersDown ? [] : broker.Nodes.Select(node => node.Name))
            .Where(name => !IsDown(name)).ToList();
        if (targets.Count == 0) return;
        var target = targets[random.Next(targets.Count)];
        kills.AddOrUpdate(target, 1, (_, count) => count + 1);
        restarts[target] = broker.Nodes.FirstOrDefault(node => node.Name == target) is { } node
            ? RestartAsync(node)
            : RestartAsync(cluster, target);

        bool IsDown(string name) => restarts.TryGetValue(name, out var restart) && !restart.IsCompleted;
    }

    private static int ReadSetting(string name, string standard) =>
        int.Parse(Environment.GetEnvironmentVariable(name) ?? standard, CultureInfo.InvariantCulture);

    private static async Task RestartAsync(BrokerNode node)
    {
        await node.KillAsync();
        await node.StartAsync();
        await node.WaitForConnectionsAsync(TimeSpan.FromMinutes(2), Token);
    }

    private static async Task RestartAsync(HostCluster cluster, string name)
    {
        await cluster.KillAsync(name);
        await cluster.StartAsync(name, Token, ready: false);
    }
}
