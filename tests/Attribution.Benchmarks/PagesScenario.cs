using System.Collections.Concurrent;
using System.Diagnostics;
using System.Diagnostics.Metrics;
using System.Globalization;
using System.Net.Http.Json;
using System.Text.Json;
using Attribution.Core.Catalog;
using Attribution.Core.Values;
using Attribution.Host.Hosting;
using Attribution.Host.Rollup;
using Attribution.Storage.Catalog;
using Attribution.Storage.Jobs;
using Attribution.Storage.Rollups;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;

namespace Attribution.Benchmarks;

/// <summary>
/// Every page, and the rollups' API, in a whole host over a year of 1.46 million rollups (<see cref="RollupYear"/>) and some real orders. Each line
/// is asked 30 times until its code is compiled, then three times 30 times, one request after the other; times are the server's own (<c>http.server.request.duration</c>), the median of
/// the three p50 and of the three p95. The processor's time is that of the whole process, who asks included, and little shifted by busy neighbours. Bytes are
/// those of the body. First the CSV of the whole year, by day, campaign and creator, and the export of all rollups, three times each, with the process's
/// greatest resident memory meanwhile (client and server in one process).
/// </summary>
internal static class PagesScenario
{
    private const int Rounds = 3;
    private const int Requests = 30;
    private const int Orders = 200;

    /// <summary>Runs it.</summary>
    /// <param name="kept">A folder to fill, or, where it was filled on this day before, to use as it is; null: one that is removed at the end. In a kept one nothing is downloaded.</param>
    /// <param name="only">Addresses that hold this alone; empty: all.</param>
    public static async Task RunAsync(string? kept, string only)
    {
        var folder = kept is null ? Directory.CreateTempSubdirectory("attribution-pages-") : Directory.CreateDirectory(kept);
        var (isFilled, downloads) = (folder.EnumerateFileSystemInfos().Any(), kept is null ? Rounds : 0);
        try
        {
            var app = await AttributionHost.BuildAsync(
                [$"--Host:Data={folder.FullName}", "--urls=http://127.0.0.1:0", "--Logging:LogLevel:Default=None", "--Host:RateLimit:Requests=1000000"], builder => builder.Logging.ClearProviders());
            await using (app)
            {
                var now = DateTimeOffset.UtcNow;
                var today = DateOnly.FromDateTime(now.UtcDateTime);
                if (!isFilled) await FillAsync(app, today, Timestamp.From(now));
                await app.StartAsync();
                using var seen = new RequestRecorder();
                using var http = new HttpClient { BaseAddress = new Uri(app.Urls.Single()), Timeout = TimeSpan.FromMinutes(10) };
                if (!isFilled) await PostOrdersAsync(http, now);
                for (var i = 0; i < downloads; i++) await DownloadAsync(http, "CSV of the year", $"/v1/rollups/daily?from={today.AddDays(1 - RollupYear.Days):O}&to={today:O}&format=csv");
                for (var i = 0; i < downloads; i++) await DownloadAsync(http, "export of all rollups", "/v1/export/rollups");
                Console.WriteLine($"{"",-96} {"p50 ms",8} {"p95 ms",8} {"max ms",8} {"cpu ms",8} {"KiB",9}");
                foreach (var address in Addresses(today).Where(address => address.Contains(only, StringComparison.Ordinal))) await MeasureAsync(http, seen, address);
                await app.StopAsync();
            }
        }
        finally
        {
            if (kept is null) folder.Delete(recursive: true);
        }
    }

    private static IEnumerable<string> Addresses(DateOnly today)
    {
        var (from, to) = (today.AddDays(1 - RollupYear.Days).ToString("O", CultureInfo.InvariantCulture), today.ToString("O", CultureInfo.InvariantCulture));
        var month = today.AddDays(-29).ToString("O", CultureInfo.InvariantCulture);
        string[] rollups =
        [
            "/", "/creators", "/creators?sort=roi&page=3", "/creators?q=beauty", $"/creators/{RollupYear.CreatorOf(7)}", "/campaigns", $"/campaigns/{RollupYear.CampaignOf(3)}", $"/creators/{RollupYear.CreatorOf(7)}/report", "/creators.csv", "/ranking",
            $"/compare?a=creators/{RollupYear.CreatorOf(7)}&b=creators/{RollupYear.CreatorOf(8)}", "/restatements", "/quality",
        ];
        return
        [
            .. rollups, "/orders", "/orders?visitor=v-1", "/orders/o-1", "/statements", "/what-if", "/catalog",
            .. rollups.Select(address => $"{address}{(address.Contains('?', StringComparison.Ordinal) ? '&' : '?')}from={from}&to={to}"),
            $"/v1/rollups/daily?from={month}&to={to}&groupBy=creator", $"/v1/rollups/daily?from={month}&to={to}&groupBy=campaign,creator",
            $"/v1/rollups/daily?from={from}&to={to}&groupBy=day", $"/v1/rollups/daily?from={from}&to={to}&groupBy=campaign", $"/v1/rollups/daily?from={from}&to={to}&groupBy=creator&model=all",
            $"/v1/rollups/daily?from={from}&to={to}&creator={RollupYear.CreatorOf(7)}", $"/v1/rollups/daily?from={to}&to={to}",
        ];
    }

    private static async Task FillAsync(Microsoft.AspNetCore.Builder.WebApplication app, DateOnly today, Timestamp at)
    {
        var (catalog, rollups) = (app.Services.GetRequiredService<ICatalogStore>(), app.Services.GetRequiredService<IRollupStore>());
        var change = new CatalogChange
        {
            ExpectedVersion = await catalog.ReadCatalogVersionAsync(default), Puts = [.. RollupYear.Catalog().Select(item => KeyValuePair.Create(CatalogKinds.RefOf(item), item))], At = at,
        };
        if (!await catalog.WriteChangeAsync(change, default)) throw new InvalidOperationException("The catalog could not be written.");
        await RollupYear.FillAsync(rollups, app.Services.GetRequiredService<IReconciliationStore>(), today, at);
        // The night's jobs would compare the rollups with journeys that there are none of, and take them away.
        foreach (var job in app.Services.GetServices<ScheduledJob>()) await app.Services.GetRequiredService<IJobStore>().RecordJobRunAsync(job.Name, at, default);
    }

    /// <summary>Orders of people who clicked, so that their pages have something to say; returns when they are in the rollups.</summary>
    private static async Task PostOrdersAsync(HttpClient http, DateTimeOffset now)
    {
        foreach (var part in Enumerable.Range(0, Orders).Chunk(100))
        {
            object[] events =
            [
                .. part.Select(i => new { type = "click", id = $"c-{i}", occurredAt = now.AddHours(-2), link = $"{RollupYear.CreatorOf(i)}-{RollupYear.CampaignOf(i % RollupYear.Campaigns)}", visitorId = $"v-{i}", clickId = $"k-{i}" }),
                .. part.Select(i => new { type = "conversion", kind = "order", id = $"e-{i}", occurredAt = now.AddHours(-1), orderId = $"o-{i}", currency = "USD", gross = "80.00", visitorId = $"v-{i}" }),
            ];
            using var answer = await http.PostAsJsonAsync("/v1/events", events);
            answer.EnsureSuccessStatusCode();
        }

        while (!(await http.GetFromJsonAsync<JsonElement>("/v1/quality")).GetProperty("backlog").GetProperty("settled").GetBoolean()) await Task.Delay(100);
    }

    private static async Task MeasureAsync(HttpClient http, RequestRecorder seen, string address)
    {
        var (half, most, processor, greatest, bytes) = (new List<double>(), new List<double>(), new List<double>(), 0.0, 0L);
        for (var round = -1; round < Rounds; round++)
        {
            seen.Clear();
            var cpu = Environment.CpuUsage.TotalTime;
            for (var i = 0; i < Requests; i++)
            {
                using var answer = await http.GetAsync(address);
                answer.EnsureSuccessStatusCode();
                bytes = (await answer.Content.ReadAsByteArrayAsync()).Length;
            }

            if (round < 0) continue;
            var times = await seen.TimesAsync(Requests);
            processor.Add((Environment.CpuUsage.TotalTime - cpu).TotalSeconds / Requests);
            half.Add(times[times.Length / 2]);
            most.Add(times[(int)(times.Length * 0.95)]);
            greatest = Math.Max(greatest, times[^1]);
        }

        Console.WriteLine($"{address[..Math.Min(96, address.Length)],-96} {Median(half) * 1_000,8:N1} {Median(most) * 1_000,8:N1} {greatest * 1_000,8:N1} {Median(processor) * 1_000,8:N1} {bytes / 1024.0,9:N1}");

        static double Median(List<double> of) => of.Order().ElementAt(of.Count / 2);
    }

    private static async Task DownloadAsync(HttpClient http, string what, string address)
    {
        GC.Collect();
        var (before, peak, bytes, began) = (Environment.WorkingSet, 0L, 0L, Stopwatch.GetTimestamp());
        using var answer = await http.GetAsync(address, HttpCompletionOption.ResponseHeadersRead);
        answer.EnsureSuccessStatusCode();
        await using var body = await answer.Content.ReadAsStreamAsync();
        var buffer = new byte[1 << 16];
        for (var (read, parts) = (await body.ReadAsync(buffer), 0); read > 0; read = await body.ReadAsync(buffer))
        {
            bytes += read;
            if (++parts % 64 == 0) peak = Math.Max(peak, Environment.WorkingSet);
        }

        var took = Stopwatch.GetElapsedTime(began);
        Console.WriteLine($"{what}: {bytes >> 20} MiB in {took.TotalSeconds:N1} s; resident {before >> 20} MiB before, {peak >> 20} MiB at most");
    }

    /// <summary>What the server says its requests took.</summary>
    private sealed class RequestRecorder : IDisposable
    {
        private readonly MeterListener listener = new();
        private ConcurrentBag<double> times = [];

        public RequestRecorder()
        {
            listener.InstrumentPublished = (instrument, to) =>
            {
                if (instrument.Name == "http.server.request.duration") to.EnableMeasurementEvents(instrument);
            };
            listener.SetMeasurementEventCallback<double>((_, seconds, _, _) => times.Add(seconds));
            listener.Start();
        }

        public void Clear() => times = [];

        /// <summary>In order; the last is told a moment after its answer was read.</summary>
        public async Task<double[]> TimesAsync(int count)
        {
            while (times.Count < count) await Task.Delay(1);
            return [.. times.Order()];
        }

        public void Dispose() => listener.Dispose();
    }
}
