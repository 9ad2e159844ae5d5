using System.Globalization;
using System.Net.Http.Headers;
using System.Text;
using System.Text.Json;
using Attribution.Host.Cli;
using Attribution.Simulator;

namespace Attribution.Host.Demo;

/// <summary>Client that sends a market through the public API of a running host and reads the result.</summary>
internal sealed class DemoClient(Uri url) : IDisposable
{
    private const int EventsPerRequest = 1_000;
    private static readonly TimeSpan PollInterval = TimeSpan.FromMilliseconds(250);
    private readonly HostClient host = new(url);
    private readonly HttpClient http = new(new SocketsHttpHandler { UseProxy = false }) { BaseAddress = url };

    /// <summary>Gets the address of the host.</summary>
    public Uri Url => url;

    /// <summary>Imports the catalog, one kind after the other.</summary>
    /// <exception cref="HostClientException">An item was rejected, or no host answers.</exception>
    public async Task ImportCatalogAsync(IReadOnlyList<MarketItem> items, CancellationToken cancellation)
    {
        foreach (var kind in items.GroupBy(item => item.Kind))
        {
            var path = $"/v1/{kind.Key}/import";
            using var answer = await host.PostAsync(path, () => ToNdjson(kind.Select(item => item.Json)), _ => { }, cancellation);
            RequireAccepted(answer, path);
        }
    }

    /// <summary>Posts events as NDJSON, in order; repeats a request if the host is busy.</summary>
    /// <exception cref="HostClientException">An event was rejected, or no host answers.</exception>
    public async Task SendEventsAsync(IReadOnlyList<string> lines, Action<long> advance, CancellationToken cancellation)
    {
        foreach (var chunk in lines.Chunk(EventsPerRequest))
        {
            using var answer = await host.PostAsync("/v1/events", () => ToNdjson(chunk), _ => { }, cancellation);
            RequireAccepted(answer, "/v1/events");
            advance(chunk.Length);
        }
    }

    /// <summary>Waits until the rollups contain all accepted events.</summary>
    public async Task WaitUntilProcessedAsync(long events, Action<long> advance, CancellationToken cancellation)
    {
        var (maximum, shown) = (1L, 0L);
        using var timer = new PeriodicTimer(PollInterval);
        while (true)
        {
            using var quality = JsonDocument.Parse(await http.GetStringAsync(new Uri("/v1/quality", UriKind.Relative), cancellation));
            var backlog = quality.RootElement.GetProperty("backlog");
            if (backlog.GetProperty("settled").GetBoolean()) break;
            var waiting = backlog.GetProperty("messages").GetInt64() + backlog.GetProperty("deltas").GetInt64();
            maximum = Math.Max(maximum, waiting);
            var done = Math.Max(shown, events * (maximum - waiting) / maximum);
            advance(done - shown);
            shown = done;
            await timer.WaitForNextTickAsync(cancellation);
        }

        advance(events - shown);
    }

    /// <summary>Waits until a fit of the models has been attempted at the given time or later.</summary>
    public async Task WaitForFitAsync(DateTimeOffset requestedAt, CancellationToken cancellation)
    {
        using var timer = new PeriodicTimer(PollInterval);
        do
        {
            using var models = JsonDocument.Parse(await http.GetStringAsync(new Uri("/v1/models", UriKind.Relative), cancellation));
            var fit = models.RootElement.GetProperty("models").EnumerateArray()
                .First(model => model.GetProperty("fitted").GetBoolean()).GetProperty("fit");
            // One millisecond of tolerance, because the answer is truncated to milliseconds.
            if (fit.GetProperty("triedAt").GetString() is { } attempted
                && DateTimeOffset.Parse(attempted, CultureInfo.InvariantCulture) > requestedAt.AddMilliseconds(-1))
                return;
        }
        while (await timer.WaitForNextTickAsync(cancellation));
    }

    /// <summary>Reads the rollups of the market by campaign and creator.</summary>
    public async Task<JsonDocument> GetRollupsAsync(DateOnly from, DateOnly to, CancellationToken cancellation)
    {
        var path = string.Create(
            CultureInfo.InvariantCulture,
            $"/v1/rollups/daily?from={from:yyyy-MM-dd}&to={to:yyyy-MM-dd}&groupBy=campaign,creator");
        return JsonDocument.Parse(await http.GetStringAsync(new Uri(path, UriKind.Relative), cancellation));
    }

    /// <summary>
    /// Posts each event at its time, until canceled. Events of the past are sent at once; those that were sent
    /// before count once.
    /// </summary>
    public async Task SendLiveTrafficAsync(
        IEnumerable<SimulatedEvent> traffic, TimeProvider time, CancellationToken cancellation)
    {
        using var events = traffic.GetEnumerator();
        using var timer = new PeriodicTimer(TimeSpan.FromSeconds(1), time);
        var due = new List<string>();
        var hasNext = events.MoveNext();
        while (await timer.WaitForNextTickAsync(cancellation))
        {
            for (var now = time.GetUtcNow(); hasNext && events.Current.At <= now; hasNext = events.MoveNext()) due.Add(events.Current.Json);
            await SendEventsAsync(due, _ => { }, cancellation);
            due.Clear();
        }
    }

    /// <summary>Returns the names of creators and campaigns by id.</summary>
    public static IReadOnlyDictionary<string, string> GetNames(Market market) => market.Catalog
        .Where(item => item.Kind is "creators" or "campaigns")
        .ToDictionary(item => item.Kind + "/" + item.Id, item => GetMember(item.Json, "name") ?? item.Id);

    /// <summary>
    /// Returns an order for the instructions: the latest one with a creator's code and without a refund.
    /// </summary>
    public static string FindOrderToExplain(Market market)
    {
        var codes = market.Catalog.Where(item => item.Kind == "codes").Select(item => GetMember(item.Json, "code")).ToHashSet();
        var refunded = market.Events.Where(line => GetMember(line, "type") == "refund").Select(line => GetMember(line, "orderId")).ToHashSet();
        return market.Events
            .Where(line => GetMember(line, "type") == "redemption" && codes.Overlaps(GetCodes(line)))
            .Select(line => GetMember(line, "orderId")!).Last(order => !refunded.Contains(order));
    }

    /// <summary>Returns a creator's code for the instructions.</summary>
    public static string FindCode(Market market) =>
        GetMember(market.Catalog.First(item => item.Kind == "codes").Json, "code")!;

    /// <inheritdoc/>
    public void Dispose()
    {
        host.Dispose();
        http.Dispose();
    }

    private static IEnumerable<string?> GetCodes(string redemption)
    {
        using var json = JsonDocument.Parse(redemption);
        return json.RootElement.TryGetProperty("codes", out var codes)
            ? [.. codes.EnumerateArray().Select(code => code.GetString())]
            : [];
    }

    private static ByteArrayContent ToNdjson(IEnumerable<string> lines)
    {
        var content = new ByteArrayContent(Encoding.UTF8.GetBytes(string.Join('\n', lines)));
        content.Headers.ContentType = new MediaTypeHeaderValue("application/x-ndjson");
        return content;
    }

    private static void RequireAccepted(JsonDocument answer, string path)
    {
        if (answer.RootElement.GetProperty("rejected").GetInt64() == 0) return;
        var first = answer.RootElement.GetProperty("results").EnumerateArray()
            .FirstOrDefault(result => result.GetProperty("status").GetString() == "rejected");
        throw new HostClientException($"{path} rejected data of the demo, which is a bug of this program: {first}");
    }

    private static string? GetMember(string json, string name)
    {
        using var document = JsonDocument.Parse(json);
        return document.RootElement.TryGetProperty(name, out var value) ? value.GetString() : null;
    }
}
