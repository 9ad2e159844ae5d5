using System.Globalization;
using System.Net;
using System.Text.Json;

namespace Attribution.Host.Cli.Fetch;

/// <summary>
/// HTTP client of a shop's API. Waits as the shop asks when it limits the rate, and repeats failed requests. Messages
/// contain neither keys nor bodies. Redirects are not followed, because they would pass the key on.
/// </summary>
/// <param name="wait">Waits before a request is repeated.</param>
internal sealed class ShopClient(Func<TimeSpan, CancellationToken, Task> wait) : IDisposable
{
    /// <summary>Maximum number of attempts at a page.</summary>
    public const int MaxAttempts = 8;

    private const long MaxPageBytes = 256 << 20;

    private static readonly TimeSpan MaxWait = TimeSpan.FromMinutes(5);
    private static readonly TimeSpan Timeout = TimeSpan.FromMinutes(2);

    private readonly HttpClient http = new(new SocketsHttpHandler { AllowAutoRedirect = false, AutomaticDecompression = DecompressionMethods.All })
    {
        Timeout = Timeout, MaxResponseContentBufferSize = MaxPageBytes,
    };

    /// <summary>Gets a page and reads it.</summary>
    /// <param name="create">Creates the request; called for each attempt.</param>
    /// <param name="read">Reads the response and its body.</param>
    /// <param name="waiting">Called with the delay before each repetition.</param>
    /// <param name="cancellation">Cancels the request.</param>
    /// <exception cref="HostClientException">The shop does not answer, or refuses the request.</exception>
    public async Task<T> GetAsync<T>(
        Func<HttpRequestMessage> create, Func<HttpResponseMessage, JsonElement, T> read, Action<TimeSpan> waiting, CancellationToken cancellation)
    {
        for (var attempt = 1; ; attempt++)
        {
            string fault;
            TimeSpan pause;
            try
            {
                using var request = create();
                using var response = await http.SendAsync(request, cancellation);
                if (response.IsSuccessStatusCode) return await ReadAsync(request.RequestUri!, response, read, cancellation);
                fault = $"it answered {(int)response.StatusCode}";
                if (!IsTransient(response.StatusCode)) throw new HostClientException(Describe(request.RequestUri!, response.StatusCode));
                pause = GetRetryAfter(response) ?? GetPause(attempt);
            }
            catch (Exception e) when (e is HttpRequestException or TaskCanceledException && !cancellation.IsCancellationRequested)
            {
                (fault, pause) = (e.Message.TrimEnd('.'), GetPause(attempt));
            }

            if (attempt == MaxAttempts)
                throw new HostClientException($"The shop failed {MaxAttempts} times: {fault}. Run the command again later; it continues.");
            if (pause > MaxWait)
                throw new HostClientException($"The shop asks to wait {pause.TotalMinutes:0} minutes. Run the command again then; it continues.");
            waiting(pause);
            await wait(pause, cancellation);
        }
    }

    /// <inheritdoc/>
    public void Dispose() => http.Dispose();

    private static async Task<T> ReadAsync<T>(
        Uri address, HttpResponseMessage response, Func<HttpResponseMessage, JsonElement, T> read, CancellationToken cancellation)
    {
        try
        {
            using var body = JsonDocument.Parse(await response.Content.ReadAsByteArrayAsync(cancellation));
            return read(response, body.RootElement);
        }
        catch (Exception e) when (e is JsonException or KeyNotFoundException or InvalidOperationException or ArgumentOutOfRangeException)
        {
            throw new HostClientException($"{address.GetLeftPart(UriPartial.Path)} did not answer with a list; check the address of the shop.", e);
        }
    }

    private static bool IsTransient(HttpStatusCode status) => status is HttpStatusCode.TooManyRequests or HttpStatusCode.RequestTimeout || (int)status >= 500;

    private static string Describe(Uri address, HttpStatusCode status)
    {
        var path = address.GetLeftPart(UriPartial.Path);
        return status switch
        {
            HttpStatusCode.Unauthorized or HttpStatusCode.Forbidden =>
                $"{path} refused the key ({(int)status}): check that it is complete and may read orders or events.",
            >= HttpStatusCode.MultipleChoices and < HttpStatusCode.BadRequest =>
                $"{path} redirects ({(int)status}): specify the address that it redirects to, with https.",
            _ => $"{path} answered {(int)status}: check the address of the shop.",
        };
    }

    /// <summary>Returns the time that the shop asks to wait. Shopify states it with decimals.</summary>
    private static TimeSpan? GetRetryAfter(HttpResponseMessage response)
    {
        if (!response.Headers.TryGetValues("Retry-After", out var values)) return null;
        var text = values.First();
        if (double.TryParse(text, NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out var seconds) && seconds < 1e6)
            return TimeSpan.FromSeconds(seconds);
        return response.Headers.RetryAfter?.Date is { } date && response.Headers.Date is { } now
            ? date > now ? date - now : TimeSpan.Zero : null;
    }

    private static TimeSpan GetPause(int attempt) => TimeSpan.FromSeconds(Math.Pow(2, attempt - 1));
}
