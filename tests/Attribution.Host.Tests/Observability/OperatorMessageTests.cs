using System.Collections.Concurrent;
using System.Diagnostics;
using System.Net.Http.Headers;
using System.Text;
using System.Text.Json;
using Attribution.Host.Hosting;
using Attribution.Host.Observability;
using Attribution.Host.Tests.Fixtures;
using Attribution.TestKit;

namespace Attribution.Host.Tests.Observability;

/// <summary>Log messages of a complete host about events in transit, and data that it must not log.</summary>
public sealed class OperatorMessageTests : IDisposable
{
    private readonly TempFolder folder = new();

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public async Task One_trace_spans_request_bus_and_commit()
    {
        var trace = ActivityTraceId.CreateRandom();
        var spans = new ConcurrentQueue<Activity>();
        using var listener = new ActivityListener
        {
            ShouldListenTo = source => source.Name is Telemetry.Name or "Microsoft.AspNetCore",
            Sample = (ref ActivityCreationOptions<ActivityContext> span) =>
                span.TraceId == trace ? ActivitySamplingResult.AllDataAndRecorded : ActivitySamplingResult.None,
            ActivityStopped = spans.Enqueue,
        };
        ActivitySource.AddActivityListener(listener);
        await RunAsync([], async http =>
        {
            using var request = new HttpRequestMessage(HttpMethod.Post, "/v1/events") { Content = new StringContent(TestEvents.Click("traced-1"), Encoding.UTF8, "application/json") };
            request.Headers.Add("traceparent", $"00-{trace}-{ActivitySpanId.CreateRandom()}-01");
            (await http.SendAsync(request, Cancellation)).EnsureSuccessStatusCode();
            await Eventually.IsTrueAsync(
                () => spans.Any(span => span.OperationName == "store commit"), "the commit is traced");
        });

        var byId = spans.Where(span => span.TraceId == trace).DistinctBy(span => span.SpanId).ToDictionary(span => span.SpanId);
        var path = new List<string>();
        for (var span = byId.Values.Single(span => span.OperationName == "store commit"); span is not null; span = byId.GetValueOrDefault(span.ParentSpanId))
            path.Add(span.OperationName);
        path.ShouldBe(["store commit", "attribute", "publish", "Microsoft.AspNetCore.Hosting.HttpRequestIn"]);
    }

    [Fact]
    public async Task Log_contains_no_personal_data()
    {
        const string person = "carla.persona@mail.example";
        await RunAsync(["--Serilog:MinimumLevel:Default=Verbose"], async http =>
        {
            await PostAsync(http, $$"""
                [{"type":"click","id":"p-{{person}}","occurredAt":"2020-03-02T10:15:00Z","link":"l","visitorId":"{{person}}","clickId":"{{person}}","ip":"203.0.113.99","userAgent":"{{person}}"},
                 {"type":"conversion","id":"c-1","occurredAt":"{{DateTimeOffset.UtcNow:O}}","kind":"signup","conversionId":"{{person}}","customerKey":"{{person}}","email":"{{person}}"},
                 {"type":"conversion","id":"c-2","occurredAt":"{{DateTimeOffset.UtcNow:O}}","kind":"signup","conversionId":"{{person}}","customerKey":"{{person}}"}]
                """);
            await http.GetAsync(new Uri($"/v1/journeys?customer={person}", UriKind.Relative), Cancellation);
            await http.GetAsync(new Uri($"/v1/conversions/{person}", UriKind.Relative), Cancellation);
            await Eventually.IsTrueAsync(
                () => IsSettledAsync(http), TimeSpan.FromSeconds(30), () => "not settled", Cancellation);
        });

        var log = string.Concat(Directory.GetFiles(folder.File("data/logs")).Select(File.ReadAllText));
        log.ShouldContain("listens on");
        log.ShouldNotContain("persona");
        log.ShouldNotContain("203.0.113.99");
    }

    [Theory]
    [InlineData("collector:4317", "Telemetry:Endpoint")]
    [InlineData("ftp://collector", "Telemetry:Endpoint")]
    public async Task Invalid_telemetry_endpoint_refuses_the_start(string endpoint, string named) =>
        (await Should.ThrowAsync<StartupException>(() => RunAsync([$"--Telemetry:Endpoint={endpoint}"], _ => Task.CompletedTask))).Message.ShouldContain(named);

    public void Dispose() => folder.Dispose();

    private static async Task PostAsync(HttpClient http, string body)
    {
        using var content = new StringContent(body, Encoding.UTF8, new MediaTypeHeaderValue("application/json"));
        ((int)(await http.PostAsync(new Uri("/v1/events", UriKind.Relative), content, Cancellation)).StatusCode).ShouldBeOneOf(202, 422);
    }

    private static async Task<bool> IsSettledAsync(HttpClient http)
    {
        using var quality = JsonDocument.Parse(await http.GetStringAsync(new Uri("/v1/quality", UriKind.Relative), Cancellation));
        return quality.RootElement.GetProperty("backlog").GetProperty("settled").GetBoolean();
    }

    private async Task RunAsync(string[] settings, Func<HttpClient, Task> use)
    {
        (await HostRunner.RunAsync(
            [$"--Host:Data={folder.File("data")}", "--urls=http://127.0.0.1:0", .. settings],
            async (app, _) =>
            {
                using var http = new HttpClient { BaseAddress = new Uri(app.Urls.Single()) };
                await use(http);
                app.Lifetime.StopApplication();
            },
            null, Cancellation)).ShouldBe(0);
    }
}
