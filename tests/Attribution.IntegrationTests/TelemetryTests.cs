using System.Collections.Concurrent;
using System.Text;
using Attribution.TestKit;
using Attribution.TestKit.Hosts;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.Extensions.Logging;

namespace Attribution.IntegrationTests;

/// <summary>Metrics and traces of a host process, as received by a collector.</summary>
public sealed class TelemetryTests
{
    /// <summary>
    /// The instruments that an accepted and a rejected event change. Other tests cover the other instruments.
    /// </summary>
    private static readonly string[] Instruments =
    [
        "attribution.ingest.events", "attribution.ingest.pack.events", "attribution.ingest.spool.depth",
        "attribution.attribute.unmatched", "attribution.report.duration", "attribution.attribute.events",
        "attribution.attribute.commit.duration", "attribution.attribute.lag", "attribution.attribute.age",
        "attribution.rollup.folded", "attribution.rollup.backlog", "attribution.rollup.lag",
        "http.server.request.duration",
        // Counters that alerts watch, at 0.
        "attribution.ingest.clicks.lost", "attribution.attribute.conflicts", "attribution.rollup.mismatches",
    ];

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Metrics_and_traces_of_every_stage_reach_the_collector()
    {
        using var folder = new TempFolder();
        await using var collector = await TestCollector.StartAsync();
        await using var host = await HostProcess.ServeAsync(
            folder.Path, Token, $"--Telemetry:Endpoint={collector.Address}", "--Telemetry:Protocol=HttpProtobuf",
            "--Telemetry:ExportEvery=00:00:01", "--Telemetry:TracedShare=1");

        var now = DateTimeOffset.UtcNow.ToString("O", CultureInfo.InvariantCulture);
        var events =
            $$"""
            [{"type":"conversion","id":"event-1","occurredAt":"{{now}}","kind":"signup","conversionId":"event-1"},
             {"type":"click","id":"event-2","occurredAt":"{{now}}","link":"nowhere"},
             7]
            """;
        using var response = await host.PostAsync("/v1/events", "application/json", events, Token);
        response.StatusCode.ShouldBe(HttpStatusCode.Accepted);
        (await host.Http.GetAsync(new Uri("/v1/models", UriKind.Relative), Token)).EnsureSuccessStatusCode();

        foreach (var name in Instruments) await ShouldReceiveAsync("/v1/metrics", name);
        foreach (var span in new[] { "publish", "attribute", "store load", "store commit", "fold" })
            await ShouldReceiveAsync("/v1/traces", span);
        (await host.StopAsync(Token)).ShouldBe(0);

        Task ShouldReceiveAsync(string path, string text) => Eventually.IsTrueAsync(
            () => Task.FromResult(collector.HasReceived(path, text)), TimeSpan.FromSeconds(60),
            () => $"the collector did not receive {text}", Token);
    }

    [Fact]
    public async Task Unreachable_collector_delays_nothing()
    {
        using var folder = new TempFolder();
        await using var host = await HostProcess.ServeAsync(
            folder.Path, Token, "--Telemetry:Endpoint=http://127.0.0.1:9", "--Telemetry:ExportEvery=00:00:01");
        (await host.StopAsync(Token)).ShouldBe(0);
    }

    /// <summary>A collector that receives OTLP over HTTP and keeps the request bodies.</summary>
    private sealed class TestCollector : IAsyncDisposable
    {
        private readonly WebApplication app;
        private readonly ConcurrentQueue<(string Path, byte[] Body)> received = new();

        private TestCollector()
        {
            var builder = WebApplication.CreateSlimBuilder();
            builder.Logging.ClearProviders();
            builder.WebHost.UseUrls("http://127.0.0.1:0");
            app = builder.Build();
            app.MapPost("/{*path}", async http =>
            {
                using var body = new MemoryStream();
                await http.Request.Body.CopyToAsync(body, http.RequestAborted);
                received.Enqueue((http.Request.Path, body.ToArray()));
            });
        }

        public string Address => app.Urls.Single();

        public static async Task<TestCollector> StartAsync()
        {
            var collector = new TestCollector();
            await collector.app.StartAsync(Token);
            return collector;
        }

        public bool HasReceived(string path, string text)
        {
            var sought = Encoding.UTF8.GetBytes(text);
            return received.Any(request => request.Path == path && request.Body.AsSpan().IndexOf(sought) >= 0);
        }

        public ValueTask DisposeAsync() => app.DisposeAsync();
    }
}
