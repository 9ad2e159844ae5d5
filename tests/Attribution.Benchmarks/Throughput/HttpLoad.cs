using System.Diagnostics;
using System.Net;
using System.Net.Http.Headers;
using System.Text;

namespace Attribution.Benchmarks.Throughput;

/// <summary>Posts events over so many connections, each the next request when the last one is answered; again after a moment where the host is busy.</summary>
internal static class HttpLoad
{
    private static readonly MediaTypeHeaderValue Ndjson = new("application/x-ndjson");

    public static HttpClient Client(Uri address) =>
        new(new SocketsHttpHandler { UseCookies = false, UseProxy = false, MaxConnectionsPerServer = 1_024 }) { BaseAddress = address, Timeout = TimeSpan.FromMinutes(2) };

    /// <summary>Request bodies, of so many lines each.</summary>
    public static byte[][] Bodies(IEnumerable<string> lines, int perRequest) => [.. lines.Chunk(perRequest).Select(chunk => Encoding.UTF8.GetBytes(string.Join('\n', chunk)))];

    /// <summary>Posts all; answers how long it took until the last was answered 202.</summary>
    public static async Task<TimeSpan> PostAsync(HttpClient http, byte[][] bodies, int connections)
    {
        var (next, began) = (-1, Stopwatch.GetTimestamp());
        await Task.WhenAll(Enumerable.Range(0, connections).Select(_ => Task.Run(async () =>
        {
            while (Interlocked.Increment(ref next) is var i && i < bodies.Length) await PostAsync(http, bodies[i]);
        })));
        return Stopwatch.GetElapsedTime(began);
    }

    public static async Task PostAsync(HttpClient http, byte[] body)
    {
        while (true)
        {
            using var content = new ByteArrayContent(body);
            content.Headers.ContentType = Ndjson;
            using var answer = await http.PostAsync(new Uri("/v1/events", UriKind.Relative), content);
            if (answer.StatusCode == HttpStatusCode.Accepted) return;
            if (answer.StatusCode != HttpStatusCode.ServiceUnavailable) throw new InvalidOperationException($"{(int)answer.StatusCode} {await answer.Content.ReadAsStringAsync()}");
            await Task.Delay(answer.Headers.RetryAfter?.Delta ?? TimeSpan.FromSeconds(1));
        }
    }
}
