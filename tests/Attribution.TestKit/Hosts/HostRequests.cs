using System.Net;
using System.Net.Http.Headers;
using System.Text;
using System.Text.Json;
using Attribution.Simulator;

namespace Attribution.TestKit.Hosts;

/// <summary>HTTP requests that tests send to a host.</summary>
public static class HostRequests
{
    private static readonly TimeSpan SettleTimeout = TimeSpan.FromMinutes(3);

    /// <summary>Posts a body with a media type.</summary>
    public static async Task<HttpResponseMessage> PostAsync(
        this HostProcess host, string path, string mediaType, string body, CancellationToken cancellation)
    {
        using var content = new ByteArrayContent(Encoding.UTF8.GetBytes(body));
        content.Headers.ContentType = MediaTypeHeaderValue.Parse(mediaType);
        return await host.Http.PostAsync(new Uri(path, UriKind.Relative), content, cancellation);
    }

    /// <summary>Puts a catalog item.</summary>
    public static async Task PutAsync(
        this HostProcess host, string kind, string id, string json, CancellationToken cancellation)
    {
        using var content = new StringContent(json, Encoding.UTF8, "application/json");
        using var response = await host.Http.PutAsync(
            new Uri($"/v1/{kind}/{id}", UriKind.Relative), content, cancellation);
        if (response.IsSuccessStatusCode) return;
        var text = await response.Content.ReadAsStringAsync(cancellation);
        throw new InvalidOperationException($"PUT /v1/{kind}/{id}: {(int)response.StatusCode} {text}");
    }

    /// <summary>Imports a catalog kind by kind. Fails if an item is rejected.</summary>
    public static async Task ImportAsync(
        this HostProcess host, IEnumerable<MarketItem> items, CancellationToken cancellation)
    {
        foreach (var kind in items.GroupBy(item => item.Kind))
        {
            var (path, lines) = ($"/v1/{kind.Key}/import", string.Join('\n', kind.Select(item => item.Json)));
            using var response = await host.PostAsync(path, "application/x-ndjson", lines, cancellation);
            await EnsureNoneRejectedAsync(response, path, HttpStatusCode.OK, cancellation);
        }
    }

    /// <summary>
    /// Posts events as NDJSON, and retries while the host is unavailable. Fails if an event is rejected.
    /// </summary>
    public static async Task PostEventsAsync(
        this HostProcess host, IEnumerable<string> lines, CancellationToken cancellation, int perRequest = 1000)
    {
        foreach (var body in lines.Chunk(perRequest).Select(chunk => string.Join('\n', chunk)))
        {
            while (true)
            {
                using var response = await host.PostAsync("/v1/events", "application/x-ndjson", body, cancellation);
                if (response.StatusCode == HttpStatusCode.ServiceUnavailable)
                {
                    await Task.Delay(response.Headers.RetryAfter?.Delta ?? TimeSpan.FromSeconds(1), cancellation);
                    continue;
                }

                await EnsureNoneRejectedAsync(response, "/v1/events", HttpStatusCode.Accepted, cancellation);
                break;
            }
        }
    }

    /// <summary>Waits until the rollups contain all accepted events.</summary>
    public static Task WaitUntilSettledAsync(this HostProcess host, CancellationToken cancellation) =>
        Eventually.IsTrueAsync(
            async () =>
            {
                using var quality = await host.GetAsync("/v1/quality", cancellation);
                return quality.RootElement.GetProperty("backlog").GetProperty("settled").GetBoolean();
            },
            SettleTimeout, () => host.Output, cancellation);

    /// <summary>Reads JSON from a path. Fails unless the response is successful.</summary>
    public static async Task<JsonDocument> GetAsync(this HostProcess host, string path, CancellationToken cancellation)
    {
        using var response = await host.Http.GetAsync(new Uri(path, UriKind.Relative), cancellation);
        var text = await response.Content.ReadAsStringAsync(cancellation);
        return response.IsSuccessStatusCode
            ? JsonDocument.Parse(text)
            : throw new InvalidOperationException($"GET {path}: {(int)response.StatusCode} {text}");
    }

    private static async Task EnsureNoneRejectedAsync(
        HttpResponseMessage response, string path, HttpStatusCode expected, CancellationToken cancellation)
    {
        var text = await response.Content.ReadAsStringAsync(cancellation);
        if (response.StatusCode != expected)
            throw new InvalidOperationException($"POST {path}: {(int)response.StatusCode} {text}");
        using var answer = JsonDocument.Parse(text);
        if (answer.RootElement.GetProperty("rejected").GetInt64() == 0) return;
        var rejected = answer.RootElement.GetProperty("results").EnumerateArray()
            .Where(result => result.GetProperty("status").GetString() == "rejected").Take(5);
        throw new InvalidOperationException($"POST {path} rejected: {string.Join(Environment.NewLine, rejected)}");
    }
}
