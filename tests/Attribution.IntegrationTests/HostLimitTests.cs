using System.Collections.Concurrent;
using System.Net.Sockets;
using Attribution.Simulator;
using Attribution.TestKit;
using Attribution.TestKit.Hosts;

namespace Attribution.IntegrationTests;

/// <summary>
/// Limits and conflicts around a host: each is reported in one line or one problem, and loses no events.
/// </summary>
public sealed class HostLimitTests
{
    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Full_spool_asks_for_a_retry_and_loses_nothing()
    {
        using var folder = new TempFolder();
        await using var host = await HostProcess.ServeAsync(
            folder.Path, Token, DocumentedExample.Horizon, "--Ingest:Spool:MaxPageCount=48", "--Ingest:PackEvents=20");
        var market = Market.Create(23, new DateOnly(2026, 3, 1), new MarketOptions { People = 500 });
        await host.ImportAsync(market.Catalog, Token);

        var requests = new ConcurrentQueue<string>(market.Events.Chunk(20).Select(chunk => string.Join('\n', chunk)));
        var refused = 0;
        await Task.WhenAll(Enumerable.Range(0, 16).Select(async _ =>
        {
            while (requests.TryDequeue(out var request))
            {
                using var response = await host.PostAsync("/v1/events", "application/x-ndjson", request, Token);
                if (response.StatusCode == HttpStatusCode.Accepted) continue;
                response.StatusCode.ShouldBe(HttpStatusCode.ServiceUnavailable);
                var delay = response.Headers.RetryAfter.ShouldNotBeNull().Delta.ShouldNotBeNull();
                (await response.Content.ReadAsStringAsync(Token)).ShouldContain("spool_full");
                Interlocked.Increment(ref refused);
                requests.Enqueue(request);
                await Task.Delay(delay, Token);
            }
        }));
        await host.WaitUntilSettledAsync(Token);

        refused.ShouldBeGreaterThan(0);
        await TruthTests.ShouldEqualTruthAsync(host, market, "last_touch");
    }

    [Fact]
    public async Task Body_over_the_limit_is_rejected_and_the_host_continues()
    {
        using var folder = new TempFolder();
        await using var host = await HostProcess.ServeAsync(folder.Path, Token, DocumentedExample.Horizon);
        var line = DocumentedExample.Events()[1].ToJsonString();

        var body = "[" + string.Join(',', Enumerable.Repeat(line, 900)) + new string(' ', 1 << 20) + "]";

        using var response = await host.PostAsync("/v1/events", "application/json", body, Token);

        response.StatusCode.ShouldBe(HttpStatusCode.RequestEntityTooLarge);
        response.Content.Headers.ContentType!.MediaType.ShouldBe("application/problem+json");
        await host.PostEventsAsync([line], Token);
        await host.WaitUntilSettledAsync(Token);
    }

    [Fact]
    public async Task Port_in_use_ends_the_demo_with_one_line()
    {
        using var folder = new TempFolder();
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        var url = $"http://{listener.LocalEndpoint}";

        var (exitCode, errors) = await HostProcess.RunAsync("demo", Token, "--urls", url, "--data", folder.Path);

        exitCode.ShouldBe(1);
        errors.ShouldStartWith("The port is in use");
        errors.ShouldNotContain(Environment.NewLine);
        errors.ShouldContain(url);
    }
}
