using System.Net;
using System.Text.Json;

namespace Attribution.Host.Cli;

/// <summary>HTTP client of a running host.</summary>
internal sealed class HostClient : IDisposable
{
    private static readonly TimeSpan DefaultTimeout = TimeSpan.FromMinutes(5);

    private readonly HttpClient http;
    private readonly Uri url;

    /// <summary>
    /// Environment variable with the API key for commands that call a host. Other users could read a key on the command
    /// line.
    /// </summary>
    public const string KeyVariable = "ATTRIBUTION_KEY";

    /// <summary>
    /// Creates a client of the host at an address; it sends the key of <see cref="KeyVariable"/> if that is set.
    /// </summary>
    public HostClient(Uri url)
    {
        this.url = url;
        // A proxy of the environment is not used for a host on the same machine.
        http = new HttpClient(new SocketsHttpHandler { UseProxy = !url.IsLoopback })
        {
            BaseAddress = url, Timeout = Timeout.InfiniteTimeSpan,
        };
        if (Environment.GetEnvironmentVariable(KeyVariable) is { Length: > 0 } key)
            http.DefaultRequestHeaders.Authorization = new("Bearer", key);
    }

    /// <summary>
    /// Posts a body and returns the JSON of the answer: a success, or 422 with the results of events that were all rejected.
    /// Repeats the request while the host answers 503 with <c>Retry-After</c>.
    /// </summary>
    /// <param name="path">Path of the endpoint.</param>
    /// <param name="content">Creates the body; called for each attempt.</param>
    /// <param name="waiting">Called with the delay before each repetition.</param>
    /// <param name="cancellation">Cancels the request.</param>
    /// <param name="timeout">Time for each attempt; null for 5 minutes.</param>
    /// <exception cref="HostClientException">No host answers, or the answer is not successful.</exception>
    public Task<JsonDocument> PostAsync(
        string path, Func<HttpContent> content, Action<TimeSpan> waiting, CancellationToken cancellation, TimeSpan? timeout = null) =>
        SendAsync(
            path, () => new HttpRequestMessage(HttpMethod.Post, path) { Content = content() }, waiting, cancellation, timeout);

    /// <summary>Gets the JSON of a successful answer; waits as <see cref="PostAsync"/> does.</summary>
    /// <exception cref="HostClientException">No host answers, or the answer is not successful.</exception>
    public Task<JsonDocument> GetAsync(string path, CancellationToken cancellation) =>
        SendAsync(path, () => new HttpRequestMessage(HttpMethod.Get, path), _ => { }, cancellation);

    /// <summary>Downloads a path to a file. The file is replaced only after the download has completed.</summary>
    /// <exception cref="HostClientException">No host answers, or the answer is not successful.</exception>
    public async Task DownloadAsync(string path, FileInfo file, CancellationToken cancellation)
    {
        using var response = await SendOnceAsync(() => new HttpRequestMessage(HttpMethod.Get, path), cancellation);
        if (!response.IsSuccessStatusCode)
            throw CreateFailure(path, response, await response.Content.ReadAsStringAsync(cancellation));
        var part = file.FullName + ".part";
        await using (var to = File.Create(part)) await response.Content.CopyToAsync(to, cancellation);
        File.Move(part, file.FullName, overwrite: true);
    }

    private async Task<JsonDocument> SendAsync(
        string path, Func<HttpRequestMessage> request, Action<TimeSpan> waiting, CancellationToken cancellation, TimeSpan? timeout = null)
    {
        while (true)
        {
            using var response = await SendOnceAsync(request, cancellation, timeout);
            if (response.StatusCode == HttpStatusCode.ServiceUnavailable && RetryAfter(response) is { } pause)
            {
                waiting(pause);
                await Task.Delay(pause, cancellation);
                continue;
            }

            var text = await response.Content.ReadAsStringAsync(cancellation);
            if (!response.IsSuccessStatusCode && !HasResults(response))
                throw CreateFailure(path, response, text);
            try
            {
                return JsonDocument.Parse(text);
            }
            catch (JsonException e)
            {
                throw new HostClientException(
                    $"{new Uri(url, path)} did not answer with JSON; check that a host of this program runs there.", e);
            }
        }
    }

    /// <inheritdoc/>
    public void Dispose() => http.Dispose();

    /// <summary>Returns true for the answer to events that were all rejected: it lists them as a success does.</summary>
    private static bool HasResults(HttpResponseMessage response) =>
        response is { StatusCode: HttpStatusCode.UnprocessableEntity, Content.Headers.ContentType.MediaType: "application/json" };

    private HostClientException CreateFailure(string path, HttpResponseMessage response, string text) =>
        new($"{new Uri(url, path)} answered {(int)response.StatusCode}{FormatProblem(text)}");

    private async Task<HttpResponseMessage> SendOnceAsync(
        Func<HttpRequestMessage> request, CancellationToken cancellation, TimeSpan? timeout = null)
    {
        try
        {
            using var limit = CancellationTokenSource.CreateLinkedTokenSource(cancellation);
            limit.CancelAfter(timeout ?? DefaultTimeout);
            using var sent = request();
            return await http.SendAsync(sent, limit.Token);
        }
        catch (HttpRequestException e)
        {
            throw new HostClientException(
                $"No host answers at {url} ({e.Message.TrimEnd('.')}). "
                + "Start one with 'attribution serve', or specify its address with --url; retrying is safe.",
                e);
        }
        catch (TaskCanceledException e) when (!cancellation.IsCancellationRequested)
        {
            throw new HostClientException(
                $"The host at {url} did not answer within {timeout ?? DefaultTimeout}; retrying is safe.", e);
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
            var texts = new[] { "title", "detail" }
                .Select(name => GetText(problem.RootElement, name)).Where(part => part.Length > 0);
            var errors = problem.RootElement.TryGetProperty("errors", out var list)
                && list.ValueKind == JsonValueKind.Array
                ? list.EnumerateArray().Select(FormatFault)
                : [];
            return string.Concat(texts.Concat(errors).Select(part => ": " + part.TrimEnd('.')));
        }
        catch (JsonException)
        {
            return "";
        }
    }

    /// <summary>Formats a fault of the form <c>{pointer, reason, detail}</c> as text.</summary>
    public static string FormatFault(JsonElement fault) =>
        GetText(fault, "reason")
        + (GetText(fault, "pointer") is { Length: > 0 } pointer ? $" at {pointer}" : "")
        + (GetText(fault, "detail") is { Length: > 0 } detail ? $": {detail}" : "");

    private static string GetText(JsonElement element, string name) =>
        element.ValueKind == JsonValueKind.Object && element.TryGetProperty(name, out var value)
            && value.ValueKind == JsonValueKind.String
            ? value.GetString()!
            : "";
}
