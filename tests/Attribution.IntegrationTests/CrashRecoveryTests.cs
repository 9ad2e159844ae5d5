using System.Collections.Concurrent;
using Attribution.Simulator;
using Attribution.TestKit;
using Attribution.TestKit.Hosts;

namespace Attribution.IntegrationTests;

public sealed class CrashRecoveryTests
{
    private const int PerRequest = 50;
    private const int Senders = 3;

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    /// <summary>
    /// An event accepted with 202 counts exactly once, even if the process is killed at any moment. Requests without a
    /// response are sent again.
    /// </summary>
    [Theory]
    [InlineData(1_000, 2)]
    [InlineData(5_500, 5, Traits = ["Category", "Long"])]
    public async Task Rollups_equal_the_truth_after_random_kills_and_restarts(int people, int kills)
    {
        using var folder = new TempFolder();
        var market = Market.Create(22, new DateOnly(2026, 3, 1), new MarketOptions { People = people });
        market.Events.Count.ShouldBeGreaterThan(people * 3);
        var requests = new ConcurrentQueue<string>(market.Events.Chunk(PerRequest).Select(chunk => string.Join('\n', chunk)));
        var all = requests.Count;
        var random = new Random(22);
        var moments = new Queue<int>(
            Enumerable.Range(0, kills).Select(i => all * (2 * i + 1) / (2 * kills) + random.Next(-5, 6)).Order());

        var host = await HostProcess.ServeAsync(folder.Path, Token, DocumentedExample.Horizon);
        try
        {
            await host.ImportAsync(market.Catalog, Token);
            var (answered, killed, unanswered) = (0, 0, 0);
            while (answered < all)
            {
                // Senders run until the host is killed or every request is accepted. A request without a 202 is queued
                // again.
                var current = host;
                var killAt = moments.TryDequeue(out var moment) ? moment : int.MaxValue;
                using var died = CancellationTokenSource.CreateLinkedTokenSource(Token);
                await Task.WhenAll(Enumerable.Range(0, Senders).Select(async _ =>
                {
                    while (!died.IsCancellationRequested && requests.TryDequeue(out var request))
                    {
                        if (!await IsAcceptedAsync(current, request))
                        {
                            requests.Enqueue(request);
                            Interlocked.Increment(ref unanswered);
                            continue;
                        }

                        if (Interlocked.Increment(ref answered) < killAt
                            || Interlocked.Exchange(ref killAt, int.MaxValue) == int.MaxValue) continue;
                        await died.CancelAsync();
                        await current.KillAsync();
                    }
                }));
                if (!died.IsCancellationRequested) continue;
                killed++;
                await host.DisposeAsync();
                host = await HostProcess.ServeAsync(folder.Path, Token, DocumentedExample.Horizon);
            }

            // Kills the host again while accepted events are being processed.
            await host.KillAsync();
            await host.DisposeAsync();
            host = await HostProcess.ServeAsync(folder.Path, Token, DocumentedExample.Horizon);
            await host.WaitUntilSettledAsync(Token);

            killed.ShouldBe(kills);
            TestContext.Current.SendDiagnosticMessage($"{all} requests, {unanswered} of them sent again");
            await TruthTests.ShouldEqualTruthAsync(host, market, "last_touch");
        }
        finally
        {
            await host.DisposeAsync();
        }
    }

    internal static async Task<bool> IsAcceptedAsync(HostProcess host, string lines)
    {
        try
        {
            using var response = await host.PostAsync("/v1/events", "application/x-ndjson", lines, Token);
            if (response.StatusCode == HttpStatusCode.ServiceUnavailable) return false;
            response.StatusCode.ShouldBe(HttpStatusCode.Accepted);
            await response.Content.ReadAsByteArrayAsync(Token);
            return true;
        }
        catch (HttpRequestException)
        {
            return false;
        }
        catch (Exception e)
            when (e is IOException or ObjectDisposedException or TaskCanceledException && !Token.IsCancellationRequested)
        {
            return false;
        }
    }
}
