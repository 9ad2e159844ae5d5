using System.Net;
using System.Text.Json;

namespace Attribution.Host.Cli;

/// <summary>How many lines of a file ended how.</summary>
/// <param name="Accepted">Taken.</param>
/// <param name="Rejected">Refused, each said with its line.</param>
internal readonly record struct TransferResult(long Accepted, long Rejected);

/// <summary>The sending cannot go on. The message is for whoever sends.</summary>
internal sealed class HostClientException(string message, Exception? inner = null) : Exception(message, inner);

/// <summary>Speaks to a running host.</summary>
internal sealed class HostClient : IDisposable
{
    private readonly HttpClient http;
    private readonly Uri url;

    /// <summary>The environment variable that holds the key for commands that speak to a host; a key on a command line can be seen by others.</summary>
    public const string KeyVariable = "ATTRIBUTION_KEY";

    /// <summary>Speaks to the host at an address, with the key of the environment if there is one.</summary>
    public HostClient(Uri url)
    {
        this.url = url;
        // A proxy of the environment has no business between a command and the host beside it.
        http = new HttpClient(new SocketsHttpHandler { UseProxy = !url.IsLoopback }) { BaseAddress = url, Timeout = TimeSpan.FromMinutes(5) };
        if (Environment.GetEnvironmentVariable(KeyVariable) is { Length: > 0 } key) http.DefaultRequestHeaders.Authorization = new("Bearer", key);
    }

    /// <summary>
    /// Posts a body, again and again while the host answers 503 with <c>Retry-After</c>, and answers the JSON of its success.
    /// </summary>
    /// <param name="path">Where to.</param>
    /// <param name="content">Makes the body; called once a try.</param>
    /// <param name="waiting">Told each time the host asks for patience.</param>
    /// <param name="cancellation">Gives up.</param>
    /// <exception cref="HostClientException">Nobody answers, or with anything but success.</exception>
    public Task<JsonDocument> PostAsync(string path, Func<HttpContent> content, Action<TimeSpan> waiting, CancellationToken cancellation) =>
        SendAsync(path, () => new HttpRequestMessage(HttpMethod.Post, path) { Content = content() }, waiting, cancellation);

    /// <summary>Gets the JSON of a success, patient as <see cref="PostAsync"/>.</summary>
    /// <exception cref="HostClientException">Nobody answers, or with anything but success.</exception>
    public Task<JsonDocument> GetAsync(string path, CancellationToken cancellation) =>
        SendAsync(path, () => new HttpRequestMessage(HttpMethod.Get, path), _ => { }, cancellation);

    /// <summary>Writes what an address answers to a file, which is there whole or not at all.</summary>
    /// <exception cref="HostClientException">Nobody answers, or with anything but success.</exception>
    public async Task DownloadAsync(string path, FileInfo file, CancellationToken cancellation)
    {
        using var response = await SendOnceAsync(() => new HttpRequestMessage(HttpMethod.Get, path), cancellation);
        if (!response.IsSuccessStatusCode)
            throw new HostClientException($"{new Uri(url, path)} answered {(int)response.StatusCode}{FormatProblem(await response.Content.ReadAsStringAsync(cancellation))}");
        var part = file.FullName + ".part";
        await using (var to = File.Create(part)) await response.Content.CopyToAsync(to, cancellation);
        File.Move(part, file.FullName, overwrite: true);
    }

    private async Task<JsonDocument> SendAsync(string path, Func<HttpRequestMessage> request, Action<TimeSpan> waiting, CancellationToken cancellation)
    {
        while (true)
        {
            using var response = await SendOnceAsync(request, cancellation);
            if (response.StatusCode == HttpStatusCode.ServiceUnavailable && RetryAfter(response) is { } pause)
            {
                waiting(pause);
                await Task.Delay(pause, cancellation);
                continue;
            }

            var text = await response.Content.ReadAsStringAsync(cancellation);
            if (!response.IsSuccessStatusCode)
                throw new HostClientException($"{new Uri(url, path)} answered {(int)response.StatusCode}{FormatProblem(text)}");
            try
            {
                return JsonDocument.Parse(text);
            }
            catch (JsonException e)
            {
                throw new HostClientException($"{new Uri(url, path)} answered something that is no JSON: is it a host of this program?", e);
            }
        }
    }

    /// <inheritdoc/>
    public void Dispose() => http.Dispose();

    private async Task<HttpResponseMessage> SendOnceAsync(Func<HttpRequestMessage> request, CancellationToken cancellation)
    {
        try
        {
            using var sent = request();
            return await http.SendAsync(sent, cancellation);
        }
        catch (HttpRequestException e)
        {
            throw new HostClientException(
                $"No host answers at {url} ({e.Message.TrimEnd('.')}). Start one with 'attribution serve', or name it with --url; asking again is safe.", e);
        }
        catch (TaskCanceledException e) when (!cancellation.IsCancellationRequested)
        {
            throw new HostClientException($"The host at {url} did not answer within {http.Timeout}; asking again is safe.", e);
        }
    }

    private static TimeSpan? RetryAfter(HttpResponseMessage response) => response.Headers.RetryAfter switch
    {
        { Delta: { } delta } => delta,
        { Date: { } date } when response.Headers.Date is { } now => date > now ? date - now : TimeSpan.Zero,
        _ => null,
    };

    private static string FormatProblem(string text)
    {
        try
        {
            using var problem = JsonDocument.Parse(text);
            var said = new[] { "title", "detail" }.Select(name => GetText(problem.RootElement, name)).Where(part => part.Length > 0);
            var errors = problem.RootElement.TryGetProperty("errors", out var list) && list.ValueKind == JsonValueKind.Array ? list.EnumerateArray().Select(FormatFault) : [];
            return string.Concat(said.Concat(errors).Select(part => ": " + part.TrimEnd('.')));
        }
        catch (JsonException)
        {
            return "";
        }
    }

    /// <summary>A fault of <c>{pointer, reason, detail}</c> in words.</summary>
    public static string FormatFault(JsonElement fault) =>
        GetText(fault, "reason") + (GetText(fault, "pointer") is { Length: > 0 } pointer ? $" at {pointer}" : "") + (GetText(fault, "detail") is { Length: > 0 } detail ? $": {detail}" : "");

    private static string GetText(JsonElement element, string name) =>
        element.ValueKind == JsonValueKind.Object && element.TryGetProperty(name, out var value) && value.ValueKind == JsonValueKind.String ? value.GetString()! : "";
}
