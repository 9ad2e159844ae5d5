using System.Collections.Concurrent;
using System.Diagnostics;
using System.Diagnostics.Metrics;
using System.Globalization;
using System.Net;
using Attribution.Contracts.Catalog;
using Attribution.Core.Catalog;
using Attribution.Core.Values;
using Attribution.Host.Hosting;
using Attribution.Storage.Catalog;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;

namespace Attribution.Benchmarks;

/// <summary>
/// Links followed, in a whole host with whoever follows them beside it on the same cores: 2,000 a second, sent when they are due whether or not those
/// before were answered, and then as many as go. Embedded, and in server mode while the broker is away. Times are the server's own
/// (<c>http.server.request.duration</c>), each one kept.
/// </summary>
internal static class RedirectScenario
{
    private const int Rate = 2_000;
    private const int Links = 1_000;
    private const int Connections = 32;
    private static readonly TimeSpan WarmUp = TimeSpan.FromSeconds(3);
    private static readonly TimeSpan Measuring = TimeSpan.FromSeconds(15);
    private static readonly TimeSpan ClosedLoopTime = TimeSpan.FromSeconds(5);

    public static async Task RunAsync()
    {
        Console.WriteLine($"{"",-28} {"a second",9} {"p50 ms",8} {"p99 ms",8} {"max ms",8} {"not 302",8} {"lost",6}");
        await RunAsync("embedded");
        await RunAsync("broker away", "--Bus:Transport=RabbitMq", "--Bus:RabbitMq:Uri=amqp://nobody:nothing@127.0.0.1:1/");
    }

    private static async Task RunAsync(string name, params string[] settings)
    {
        var folder = Directory.CreateTempSubdirectory("attribution-redirect-");
        var app = await AttributionHost.BuildAsync(
            [$"--Host:Data={folder.FullName}", "--urls=http://127.0.0.1:0", "--Logging:LogLevel:Default=None", .. settings], builder => builder.Logging.ClearProviders());
        await using (app)
        {
            await WriteLinksAsync(app.Services.GetRequiredService<ICatalogStore>());
            await app.StartAsync();
            using var seen = new RequestRecorder();
            using var http = new HttpClient(new SocketsHttpHandler { AllowAutoRedirect = false, UseCookies = false, UseProxy = false, MaxConnectionsPerServer = 256 })
            {
                BaseAddress = new Uri(app.Urls.Single()),
            };
            await OpenLoopAsync(http, WarmUp);
            seen.Clear();
            var began = Stopwatch.GetTimestamp();
            var wrong = await OpenLoopAsync(http, Measuring);
            seen.Write($"{name}, {Rate} a second", Stopwatch.GetElapsedTime(began), wrong);
            seen.Clear();
            began = Stopwatch.GetTimestamp();
            wrong = await ClosedLoopAsync(http, ClosedLoopTime);
            seen.Write($"{name}, as many as go", Stopwatch.GetElapsedTime(began), wrong);
            await app.StopAsync();
        }

        folder.Delete(recursive: true);
    }

    private static async Task WriteLinksAsync(ICatalogStore store)
    {
        ICatalogItem[] items =
        [
            new CreatorItem("mia", "Mia"), new CampaignItem("spring", "default", "Spring"),
            .. Enumerable.Range(0, Links).Select(i => new LinkItem($"l{i}", $"l{i}", "https://shop.example/spring?size=m", "spring", "mia", Utm: new UtmItem("instagram", "influencer", "spring", $"mia{i}"))),
        ];
        var change = new CatalogChange
        {
            ExpectedVersion = await store.ReadCatalogVersionAsync(default), Puts = [.. items.Select(item => KeyValuePair.Create(CatalogKinds.RefOf(item), item))], At = new Timestamp(0),
        };
        if (!await store.WriteChangeAsync(change, default)) throw new InvalidOperationException("The links could not be written.");
    }

    /// <summary>Each is sent when it is due: what is slow makes nothing else late.</summary>
    private static async Task<int> OpenLoopAsync(HttpClient http, TimeSpan length)
    {
        var wrong = 0;
        var under = new ConcurrentDictionary<Task, bool>();
        var began = Stopwatch.GetTimestamp();
        for (var sent = 0; Stopwatch.GetElapsedTime(began) is var passed && passed < length;)
        {
            for (var due = (int)(passed.TotalSeconds * Rate); sent < due; sent++)
            {
                var follow = FollowAsync(http, sent, () => Interlocked.Increment(ref wrong));
                if (!follow.IsCompleted && under.TryAdd(follow, true)) _ = follow.ContinueWith(done => under.TryRemove(done, out _), TaskScheduler.Default);
            }
            await Task.Delay(1);
        }

        await Task.WhenAll(under.Keys);
        return wrong;
    }

    private static async Task<int> ClosedLoopAsync(HttpClient http, TimeSpan length)
    {
        var (wrong, next) = (0, 0);
        var began = Stopwatch.GetTimestamp();
        await Task.WhenAll(Enumerable.Range(0, Connections).Select(_ => Task.Run(async () =>
        {
            while (Stopwatch.GetElapsedTime(began) < length) await FollowAsync(http, Interlocked.Increment(ref next), () => Interlocked.Increment(ref wrong));
        })));
        return wrong;
    }

    private static async Task FollowAsync(HttpClient http, int number, Action onWrong)
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, $"/r/l{number % Links}");
        request.Headers.TryAddWithoutValidation("User-Agent", "Mozilla/5.0 (iPhone; CPU iPhone OS 17_5 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) Mobile/15E148 Instagram 330.0.3.29.91");
        request.Headers.TryAddWithoutValidation("Referer", "https://l.instagram.com/");
        try
        {
            using var answer = await http.SendAsync(request, HttpCompletionOption.ResponseHeadersRead);
            if (answer.StatusCode != HttpStatusCode.Redirect) onWrong();
        }
        catch (HttpRequestException)
        {
            onWrong();
        }
    }

    /// <summary>What the server says of itself: how long each redirect took, and clicks it could not keep.</summary>
    private sealed class RequestRecorder : IDisposable
    {
        private readonly MeterListener listener = new();
        private ConcurrentBag<double> times = [];
        private long lost;

        public RequestRecorder()
        {
            listener.InstrumentPublished = (instrument, to) =>
            {
                if (instrument.Name is "http.server.request.duration" or "attribution.ingest.clicks.lost") to.EnableMeasurementEvents(instrument);
            };
            listener.SetMeasurementEventCallback<double>((_, seconds, _, _) => times.Add(seconds));
            listener.SetMeasurementEventCallback<long>((_, count, _, _) => Interlocked.Add(ref lost, count));
            listener.Start();
        }

        public void Clear() => (times, lost) = ([], 0);

        public void Write(string what, TimeSpan in_, int wrong)
        {
            var all = times.Order().ToArray();
            string Ms(double share) => (1_000 * all[Math.Min(all.Length - 1, (int)(share * all.Length))]).ToString("N3", CultureInfo.InvariantCulture);
            Console.WriteLine($"{what,-28} {all.Length / in_.TotalSeconds,9:N0} {Ms(0.5),8} {Ms(0.99),8} {Ms(1),8} {wrong,8:N0} {Interlocked.Read(ref lost),6:N0}");
        }

        public void Dispose() => listener.Dispose();
    }
}
