using System.Globalization;
using System.Net;
using System.Net.Http.Headers;
using System.Net.Sockets;
using System.Text;
using Attribution.Core.Values;
using Attribution.Storage.WebhookSubscriptions;
using Microsoft.Extensions.Options;

namespace Attribution.Host.Reporting.WebhookSubscriptions;

/// <summary>
/// Sends messages to receivers. Addresses are checked after the name was resolved, redirects are not followed, and the body of
/// an answer is not read.
/// </summary>
internal sealed class WebhookTargetClient : IDisposable
{
    private const int MaxHeadersKilobytes = 16;

    private readonly WebhookSubscriptionOptions options;
    private readonly TimeProvider time;
    private readonly HttpClient http;

    /// <summary>Creates a client.</summary>
    public WebhookTargetClient(IOptions<WebhookSubscriptionOptions> options, TimeProvider time)
    {
        (this.options, this.time) = (options.Value, time);
        var handler = new SocketsHttpHandler
        {
            AllowAutoRedirect = false, UseCookies = false, UseProxy = false, ConnectCallback = ConnectAsync,
            MaxResponseHeadersLength = MaxHeadersKilobytes, PooledConnectionLifetime = TimeSpan.FromMinutes(2),
        };
        http = new HttpClient(handler) { Timeout = Timeout.InfiniteTimeSpan };
        http.DefaultRequestHeaders.UserAgent.Add(new ProductInfoHeaderValue("Attribution", null));
    }

    /// <summary>Returns the reason why an address cannot receive messages; null if it can.</summary>
    public static string? FindFault(string url, WebhookSubscriptionOptions options)
    {
        const int MaxLength = 2_000;
        if (url.Length > MaxLength || !Uri.TryCreate(url, UriKind.Absolute, out var uri) || uri.Scheme is not ("https" or "http"))
            return "must be an https address of at most 2,000 characters.";
        if (uri.Scheme == "http" && !options.AllowHttp)
            return "must be an https address; http requires the option WebhookSubscriptions:AllowHttp.";
        if (uri.UserInfo.Length > 0 || uri.Fragment.Length > 0) return "must have no user, password or fragment.";
        return !options.AllowPrivateTargets && IPAddress.TryParse(uri.IdnHost, out var address) && !PublicAddresses.IsPublic(address)
            ? $"'{uri.Host}' is a private or reserved address; the option WebhookSubscriptions:AllowPrivateTargets allows it."
            : null;
    }

    /// <summary>Sends a message once.</summary>
    /// <exception cref="OperationCanceledException">The caller canceled; the receiver may have the message.</exception>
    public async Task<WebhookAnswer> SendAsync(
        WebhookSubscriptionDocument subscription, string id, string body, CancellationToken cancellation)
    {
        // Options may have become stricter since the subscription was added.
        if (FindFault(subscription.Url, options) is { } fault) return new(WebhookAnswerKind.Failed, $"The address {fault}");
        using var timeout = CancellationTokenSource.CreateLinkedTokenSource(cancellation);
        timeout.CancelAfter(options.Timeout);
        try
        {
            using var request = CreateRequest(subscription, id, body);
            using var response = await http.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, timeout.Token);
            var status = (int)response.StatusCode;
            if (response.IsSuccessStatusCode) return new(WebhookAnswerKind.Accepted, null);
            if (response.StatusCode == HttpStatusCode.Gone) return new(WebhookAnswerKind.Gone, "The receiver answered 410 Gone.");
            var redirect = status is >= 300 and < 400 ? "; redirects are not followed" : "";
            return new(
                WebhookAnswerKind.Failed, string.Create(CultureInfo.InvariantCulture, $"The receiver answered {status}{redirect}."),
                ReadRetryAfter(response.Headers.RetryAfter));
        }
        catch (OperationCanceledException) when (!cancellation.IsCancellationRequested)
        {
            return new(WebhookAnswerKind.Failed, $"The receiver did not answer within {options.Timeout}.");
        }
        catch (HttpRequestException e)
        {
            return new(WebhookAnswerKind.Failed, e.InnerException is { } inner ? $"{e.Message} ({inner.Message})" : e.Message);
        }
    }

    /// <inheritdoc/>
    public void Dispose() => http.Dispose();

    private HttpRequestMessage CreateRequest(WebhookSubscriptionDocument subscription, string id, string body)
    {
        var now = time.GetUtcNow();
        var seconds = now.ToUnixTimeSeconds();
        var request = new HttpRequestMessage(HttpMethod.Post, subscription.Url)
        {
            Content = new ByteArrayContent(Encoding.UTF8.GetBytes(body)) { Headers = { ContentType = new("application/json") } },
        };
        request.Headers.Add("webhook-id", id);
        request.Headers.Add("webhook-timestamp", seconds.ToString(CultureInfo.InvariantCulture));
        request.Headers.Add("webhook-signature", WebhookSecrets.Sign(subscription, id, seconds, body, Timestamp.From(now)));
        return request;
    }

    private TimeSpan? ReadRetryAfter(RetryConditionHeaderValue? header) => header?.Delta ?? (header?.Date - time.GetUtcNow());

    private async ValueTask<Stream> ConnectAsync(SocketsHttpConnectionContext context, CancellationToken cancellation)
    {
        var (host, port) = (context.DnsEndPoint.Host, context.DnsEndPoint.Port);
        var addresses = await Dns.GetHostAddressesAsync(host, cancellation);
        if (!options.AllowPrivateTargets) addresses = Array.FindAll(addresses, PublicAddresses.IsPublic);
        if (addresses.Length == 0)
            throw new HttpRequestException($"'{host}' resolves to private or reserved addresses only, to which nothing is sent.");
        var socket = new Socket(SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
        try
        {
            await socket.ConnectAsync(addresses, port, cancellation);
            return new NetworkStream(socket, ownsSocket: true);
        }
        catch
        {
            socket.Dispose();
            throw;
        }
    }
}

/// <summary>The answer of a receiver.</summary>
/// <param name="Kind">The kind.</param>
/// <param name="Fault">The reason why it did not accept the message; null if it did.</param>
/// <param name="RetryAfter">The time after which it asks for another attempt; null if it does not.</param>
internal sealed record WebhookAnswer(WebhookAnswerKind Kind, string? Fault, TimeSpan? RetryAfter = null);

/// <summary>Kinds of answers.</summary>
internal enum WebhookAnswerKind
{
    /// <summary>The receiver has the message.</summary>
    Accepted,

    /// <summary>The receiver may not have the message.</summary>
    Failed,

    /// <summary>The receiver wants no more messages.</summary>
    Gone,
}
