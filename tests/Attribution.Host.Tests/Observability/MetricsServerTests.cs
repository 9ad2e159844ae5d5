using System.Net;
using System.Text.RegularExpressions;
using Attribution.Host.Tests.Fixtures;
using Attribution.Host.Tests.Infra;
using Attribution.TestKit;

namespace Attribution.Host.Tests.Observability;

/// <summary><c>/metrics</c> on an address of its own, read from a host process.</summary>
public sealed class MetricsServerTests : IDisposable
{
    private readonly TempFolder folder = new();

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    public void Dispose() => folder.Dispose();

    [Fact]
    public async Task Counters_that_alerts_watch_are_served_with_0_from_the_start()
    {
        var port = FindFreePort();
        await using var host = await CliProcess.StartAsync("serve", "--urls", "http://127.0.0.1:0", "--data", folder.File("data"), $"--Telemetry:MetricsUrl=http://127.0.0.1:{port}");
        using var http = new HttpClient();
        var text = await http.GetStringAsync($"http://127.0.0.1:{port}/metrics", Cancellation);
        var counters = Regex.Matches(InfraFiles.Text("grafana/alerts.yaml"), @"attribution_\w+_total").Select(match => match.Value).Distinct().ToList();
        counters.Count.ShouldBeGreaterThan(4);
        foreach (var counter in counters)
        {
            var samples = Regex.Matches(text, $@"^{counter}(\{{[^}}]*\}})? (?<value>\S+)", RegexOptions.Multiline);
            samples.Count.ShouldBeGreaterThan(0, counter);
            samples.ShouldAllBe(sample => sample.Groups["value"].Value == "0", counter);
        }

        text.ShouldContain("attribution_ingest_spool_depth");
        text.ShouldContain("attribution_rollup_lag_seconds");
        (await http.GetAsync($"http://127.0.0.1:{port}/v1/quality", Cancellation)).StatusCode.ShouldBe(HttpStatusCode.NotFound);
        var url = Regex.Match(host.Output, @"listens on (http://[\d.:]+)").Groups[1].Value;
        (await http.GetAsync($"{url}/metrics", Cancellation)).StatusCode.ShouldBe(HttpStatusCode.NotFound);
    }

    [Theory]
    [InlineData("9464")]
    [InlineData("https://127.0.0.1:9464")]
    [InlineData("http://127.0.0.1:9464/metrics")]
    public async Task Invalid_address_is_refused_by_its_option(string url)
    {
        var ended = await CliProcess.RunAsync("serve", "--data", folder.File("data"), $"--Telemetry:MetricsUrl={url}");
        ended.Errors.ShouldStartWith($"Telemetry:MetricsUrl: '{url}' is not an address to listen on");
        ended.ExitCode.ShouldBe(2);
    }

    [Fact]
    public async Task Port_in_use_is_named_by_its_option()
    {
        using var taken = CliProcess.OccupyPort();
        var url = $"http://{taken.LocalEndpoint}";
        var ended = await CliProcess.RunAsync("serve", "--urls", "http://127.0.0.1:0", "--data", folder.File("data"), $"--Telemetry:MetricsUrl={url}");
        ended.Errors.ShouldBe($"Telemetry:MetricsUrl: the port of {url} is in use. Choose another.");
        ended.ExitCode.ShouldBe(1);
    }

    private static int FindFreePort()
    {
        using var listener = CliProcess.OccupyPort();
        return ((IPEndPoint)listener.LocalEndpoint).Port;
    }
}
