using System.Net;
using System.Net.Http.Headers;
using System.Text;
using System.Text.Json;
using Attribution.Simulator;

namespace Attribution.TestKit.Hosts;

/// <summary>What tests ask of a host, by HTTP.</summary>
public static class HostRequests
{
    private static readonly TimeSpan SettleTimeout = TimeSpan.FromMinutes(3);

    /// <summary>Posts a body of a media type.</summary>
    public static async Task<HttpResponseMessage> PostAsync(this HostProcess host, string path, string mediaType, string body, CancellationToken cancellation)
    {
        using var content = new ByteArrayContent(Encoding.UTF8.GetBytes(body));
        content.Headers.ContentType = MediaTypeHeaderValue.Parse(mediaType);
        return await host.Http.PostAsync(new Uri(path, UriKind.Relative), content, cancellation);
    }

    /// <summary>Puts one item of the catalog.</summary>
    public static async Task PutAsync(this HostProcess host, string kind, string id, string json, CancellationToken cancellation)
    {
        using var content = new StringContent(json, Encoding.UTF8, "application/json");
        using var response = await host.Http.PutAsync(new Uri($"/v1/{kind}/{id}", UriKind.Relative), content, cancellation);
        if (!response.IsSuccessStatusCode) throw new InvalidOperationException($"PUT /v1/{kind}/{id}: {(int)response.StatusCode} {await response.Content.ReadAsStringAsync(cancellation)}");
    }

    /// <summary>Imports a catalog kind by kind; every item must be accepted.</summary>
    public static async Task ImportAsync(this HostProcess host, IEnumerable<MarketItem> items, CancellationToken cancellation)
    {
        foreach (var kind in items.GroupBy(item => item.Kind))
        {
            using var response = await host.PostAsync($"/v1/{kind.Key}/import", "application/x-ndjson", string.Join('\n', kind.Select(item => item.Json)), cancellation);
            await EnsureNoneRejectedAsync(response, $"/v1/{kind.Key}/import", HttpStatusCode.OK, cancellation);
        }
    }

    /// <summary>Posts events as NDJSON, so many a request, again where the host asks for patience; every one must be accepted.</summary>
    public static async Task PostEventsAsync(this HostProcess host, IEnumerable<string> lines, CancellationToken cancellation, int perRequest = 1000)
    {
        foreach (var chunk in lines.Chunk(perRequest))
        {
            while (true)
            {
                using var response = await host.PostAsync("/v1/events", "application/x-ndjson", string.Join('\n', chunk), cancellation);
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

    /// <summary>Waits until everything accepted stands in the rollups.</summary>
    public static Task WaitUntilSettledAsync(this HostProcess host, CancellationToken cancellation) =>
        Eventually.IsTrueAsync(
            async () =>
            {
                using var quality = await host.GetAsync("/v1/quality", cancellation);
                return quality.RootElement.GetProperty("backlog").GetProperty("settled").GetBoolean();
            },
            SettleTimeout, () => host.Output, cancellation);

    /// <summary>The JSON of an address that must answer 200.</summary>
    public static async Task<JsonDocument> GetAsync(this HostProcess host, string path, CancellationToken cancellation)
    {
        using var response = await host.Http.GetAsync(new Uri(path, UriKind.Relative), cancellation);
        var text = await response.Content.ReadAsStringAsync(cancellation);
        return response.IsSuccessStatusCode ? JsonDocument.Parse(text) : throw new InvalidOperationException($"GET {path}: {(int)response.StatusCode} {text}");
    }

    private static async Task EnsureNoneRejectedAsync(HttpResponseMessage response, string path, HttpStatusCode expected, CancellationToken cancellation)
    {
        var text = await response.Content.ReadAsStringAsync(cancellation);
        if (response.StatusCode != expected) throw new InvalidOperationException($"POST {path}: {(int)response.StatusCode} {text}");
        using var answer = JsonDocument.Parse(text);
        if (answer.RootElement.GetProperty("rejected").GetInt64() == 0) return;
        var rejected = answer.RootElement.GetProperty("results").EnumerateArray().Where(result => result.GetProperty("status").GetString() == "rejected").Take(5);
        throw new InvalidOperationException($"POST {path} rejected: {string.Join(Environment.NewLine, rejected)}");
    }
}
