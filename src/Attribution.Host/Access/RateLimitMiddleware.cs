using System.Globalization;
using System.Threading.RateLimiting;
using Attribution.Host.Configuration;
using Microsoft.Extensions.Options;

namespace Attribution.Host.Access;

/// <summary>
/// Rate limit per API key and address prefix (<see cref="ClientAddress"/>), so that one client of a publishable key does
/// not use up the limit of all. Answers carry <c>RateLimit-Limit</c>, <c>RateLimit-Remaining</c> and <c>RateLimit-Reset</c>
/// (seconds until the full limit is available) of draft-ietf-httpapi-ratelimit-headers-06. Runs after
/// <see cref="AccessMiddleware"/>, which finds the key.
/// </summary>
internal sealed class RateLimitMiddleware : IDisposable
{
    private readonly RequestDelegate next;
    private readonly IProblemDetailsService problems;
    private readonly RateLimitOptions options;
    private readonly ClientAddress addresses;
    private readonly PartitionedRateLimiter<(string Key, string Address)>? limiter;

    public RateLimitMiddleware(
        RequestDelegate next, IOptions<AttributionHostOptions> host, ClientAddress addresses, IProblemDetailsService problems)
    {
        (this.next, this.addresses, this.problems, options) = (next, addresses, problems, host.Value.RateLimit);
        if (options.Requests == 0) return;
        var (tokens, period) = GetReplenishment(options.Requests, options.Per);
        var bucket = new TokenBucketRateLimiterOptions
        {
            TokenLimit = options.Requests, TokensPerPeriod = tokens, ReplenishmentPeriod = period, QueueLimit = 0,
            AutoReplenishment = true,
        };
        limiter = PartitionedRateLimiter.Create<(string Key, string Address), (string Key, string Address)>(
            client => RateLimitPartition.GetTokenBucketLimiter(client, _ => bucket));
    }

    public async Task InvokeAsync(HttpContext http)
    {
        if (limiter is null || http.Features.Get<ICallerFeature>()?.Caller.KeyId is not { } key)
        {
            await next(http);
            return;
        }

        var client = (key, addresses.GetPrefix(http));
        using var lease = limiter.AttemptAcquire(client);
        var remaining = limiter.GetStatistics(client)?.CurrentAvailablePermits ?? 0;
        var reset = ToSeconds(options.Per * (1 - ((double)remaining / options.Requests)));
        var headers = http.Response.Headers;
        headers["RateLimit-Limit"] = options.Requests.ToString(CultureInfo.InvariantCulture);
        headers["RateLimit-Remaining"] = remaining.ToString(CultureInfo.InvariantCulture);
        headers["RateLimit-Reset"] = reset.ToString(CultureInfo.InvariantCulture);
        if (lease.IsAcquired)
        {
            await next(http);
            return;
        }

        var wait = lease.TryGetMetadata(MetadataName.RetryAfter, out var after)
            ? Math.Max(1, ToSeconds(after))
            : Math.Max(1, reset);
        headers.RetryAfter = wait.ToString(CultureInfo.InvariantCulture);
        http.Response.StatusCode = StatusCodes.Status429TooManyRequests;
        await problems.TryWriteAsync(new ProblemDetailsContext
        {
            HttpContext = http,
            ProblemDetails =
            {
                Status = StatusCodes.Status429TooManyRequests,
                Detail = $"This API key is limited to {options.Requests} requests per {options.Per:c} from one address. "
                    + $"The request was not processed; repeat it after {wait} s (Retry-After).",
            },
        });
    }

    /// <summary>
    /// Returns the replenishment: every second, or one token at a time if the rate is below one per second.
    /// </summary>
    private static (int Tokens, TimeSpan Period) GetReplenishment(int requests, TimeSpan per)
    {
        var interval = per / requests;
        return interval >= TimeSpan.FromSeconds(1)
            ? (1, interval)
            : (Math.Max(1, (int)(requests / per.TotalSeconds)), TimeSpan.FromSeconds(1));
    }

    private static int ToSeconds(TimeSpan time) => (int)Math.Ceiling(time.TotalSeconds);

    public void Dispose() => limiter?.Dispose();
}
