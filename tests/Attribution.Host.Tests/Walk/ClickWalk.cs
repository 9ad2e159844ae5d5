using System.Diagnostics;
using System.Net;
using System.Text;
using System.Text.Json;

namespace Attribution.Host.Tests.Walk;

/// <summary>
/// Finds the source files whose lines run when a click is posted to a host and shown on the overview page. Requests are
/// told from background work by their trace. Background work counts when the same lines do not run in an idle host. A
/// file counts when every one of several clicks passes it.
/// </summary>
public static class ClickWalk
{
    private const int Post = 1;
    private const int Get = 2;
    private const int Background = 0;
    private const int Clicks = 3;

    // Short intervals, so that one round of all scheduled work fits into the idle period.
    private static readonly string[] Options =
    [
        "--Rollup:FoldEvery=00:00:00.1", "--Rollup:AdjustEvery=00:00:00.1", "--Rollup:CloseEvery=00:00:01", "--Serilog:MinimumLevel:Default=Error",
    ];

    private static readonly TimeSpan IdlePeriod = TimeSpan.FromSeconds(2.5);
    private static readonly TimeSpan SettlePeriod = TimeSpan.FromMilliseconds(300);

    /// <summary>Walks the program in a folder.</summary>
    /// <returns>
    /// The files passed before the 202, and all files passed until the page is complete, each in the order met.
    /// </returns>
    public static async Task<(List<WalkedFile> BeforeAccepted, List<WalkedFile> All)> RunAsync(string binFolder)
    {
        var folder = Directory.CreateTempSubdirectory("walk-").FullName;
        try
        {
            var program = InstrumentedProgram.Create(binFolder, Path.Combine(folder, "program"));
            // A request has an activity only while something listens.
            using var listener = new ActivityListener
            {
                ShouldListenTo = source => source.Name == "Microsoft.AspNetCore",
                Sample = (ref _) => ActivitySamplingResult.PropagationData,
            };
            ActivitySource.AddActivityListener(listener);
            await using var host = await RunningProgram.StartAsync(program, Path.Combine(folder, "data"), Options);
            await PrepareAsync(host);
            var idle = await RecordIdleAsync(program);
            var walks = new List<List<(int Point, int Flow)>>();
            for (var click = 1; click <= Clicks; click++) walks.Add(await RecordClickAsync(program, host, click));

            return (
                InAllWalks(walks.ConvertAll(walk => FindFiles(program, UntilAccepted(walk, idle), idle))),
                InAllWalks(walks.ConvertAll(walk => FindFiles(program, walk, idle))));
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }

    /// <summary>
    /// Creates a catalog and posts a first click, so that code that runs once per process is not attributed to later
    /// clicks.
    /// </summary>
    private static async Task PrepareAsync(RunningProgram host)
    {
        await PutAsync(host, "creators", "mia", """{"id":"mia","name":"Mia"}""");
        await PutAsync(host, "campaigns", "spring", """{"id":"spring","name":"Spring"}""");
        await PutAsync(
            host, "links", "mia-spring",
            """{"id":"mia-spring","slug":"mia-spring","destination":"https://shop.example/","campaignId":"spring","creatorId":"mia"}""");
        await PostAsync(host, 0, null);
        await WaitForClicksAsync(host, 1, null);
        await GetPageAsync(host, null);
    }

    private static async Task<HashSet<int>> RecordIdleAsync(InstrumentedProgram program)
    {
        var recording = LineProbe.Begin(program.Points.Count);
        await Task.Delay(IdlePeriod);
        LineProbe.End();
        return [.. recording.ToHits().Select(hit => hit.Point)];
    }

    private static async Task<List<(int Point, int Flow)>> RecordClickAsync(InstrumentedProgram program, RunningProgram host, int click)
    {
        // The third trace is that of polling, which counts nowhere.
        var (post, get, poll) = (ActivityTraceId.CreateRandom(), ActivityTraceId.CreateRandom(), ActivityTraceId.CreateRandom());
        var recording = LineProbe.Begin(program.Points.Count, post, get, poll);
        await PostAsync(host, click, post);
        await WaitForClicksAsync(host, click + 1, poll);
        await GetPageAsync(host, get);
        await Task.Delay(SettlePeriod);
        LineProbe.End();
        return recording.ToHits();
    }

    private static List<WalkedFile> FindFiles(InstrumentedProgram program, IEnumerable<(int Point, int Flow)> hits, HashSet<int> idle) =>
    [
        .. hits.Where(hit => hit.Flow is Post or Get || (hit.Flow == Background && !idle.Contains(hit.Point)))
            .Select(hit => program.Points[hit.Point])
            .GroupBy(point => point.File)
            .Select(file => file.FirstOrDefault(point => !point.IsData) ?? file.First())
            .Select(point => new WalkedFile(point.File, point.Method, point.IsData)),
    ];

    /// <summary>
    /// Returns the request's own hits, and the background hits in its longest gap: the request waits there while its
    /// events are written.
    /// </summary>
    private static IEnumerable<(int Point, int Flow)> UntilAccepted(List<(int Point, int Flow)> hits, HashSet<int> idle)
    {
        var (from, to, longest, last, between) = (0, 0, -1, 0, 0);
        for (var i = 0; i < hits.Count; i++)
        {
            if (hits[i].Flow == Background && !idle.Contains(hits[i].Point)) between++;
            if (hits[i].Flow != Post) continue;
            if (between > longest) (from, to, longest) = (last, i, between);
            (last, between) = (i, 0);
        }

        return hits.Where((hit, i) => hit.Flow == Post || (i > from && i < to));
    }

    /// <summary>Returns the files of every walk, ordered by their mean place.</summary>
    private static List<WalkedFile> InAllWalks(List<List<WalkedFile>> walks) =>
    [
        .. walks[0].Where(file => walks.TrueForAll(walk => walk.Exists(other => other.File == file.File)))
            .OrderBy(file => walks.Average(walk => walk.FindIndex(other => other.File == file.File)))
            .ThenBy(file => file.File, StringComparer.Ordinal),
    ];

    private static async Task PutAsync(RunningProgram host, string kind, string id, string json)
    {
        using var response = await SendAsync(host, HttpMethod.Put, $"/v1/{kind}/{id}", json, null);
        response.EnsureSuccessStatusCode();
    }

    private static async Task PostAsync(RunningProgram host, int click, ActivityTraceId? trace)
    {
        var json = $$"""{"type":"click","id":"c-{{click}}","occurredAt":"{{DateTime.UtcNow:O}}","link":"mia-spring","visitorId":"v-{{click}}","clickId":"k-{{click}}"}""";
        using var response = await SendAsync(host, HttpMethod.Post, "/v1/events", json, trace);
        response.StatusCode.ShouldBe(HttpStatusCode.Accepted);
    }

    private static async Task GetPageAsync(RunningProgram host, ActivityTraceId? trace)
    {
        using var response = await SendAsync(host, HttpMethod.Get, "/", null, trace);
        response.EnsureSuccessStatusCode();
    }

    private static async Task WaitForClicksAsync(RunningProgram host, int clicks, ActivityTraceId? trace)
    {
        var (from, to) = (DateTime.UtcNow.AddDays(-1), DateTime.UtcNow.AddDays(1));
        while (true)
        {
            using var response = await SendAsync(host, HttpMethod.Get, $"/v1/rollups/daily?from={from:yyyy-MM-dd}&to={to:yyyy-MM-dd}", null, trace);
            using var rollups = JsonDocument.Parse(await response.Content.ReadAsStreamAsync());
            if (rollups.RootElement.GetProperty("rows").EnumerateArray().Sum(row => row.GetProperty("clicks").GetInt64()) == clicks) return;
            await Task.Delay(20);
        }
    }

    private static Task<HttpResponseMessage> SendAsync(RunningProgram host, HttpMethod method, string path, string? json, ActivityTraceId? trace)
    {
        var request = new HttpRequestMessage(method, path);
        if (json is not null) request.Content = new StringContent(json, Encoding.UTF8, "application/json");
        if (trace is { } id) request.Headers.Add("traceparent", $"00-{id}-{ActivitySpanId.CreateRandom()}-01");
        return host.Http.SendAsync(request);
    }
}
