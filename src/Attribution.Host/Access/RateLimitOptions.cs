using System.ComponentModel.DataAnnotations;

namespace Attribution.Host.Access;

/// <summary>Section <c>Host:RateLimit</c>: request rate allowed per API key and address.</summary>
internal sealed class RateLimitOptions
{
    /// <summary>
    /// Specifies the maximum number of requests that a key may send at once from one address; the limit replenishes
    /// evenly over <see cref="Per"/>. Default 60,000; 0 to 100,000,000, where 0 means no limit. An IPv4 address, or the
    /// first 64 bits of an IPv6 address, count as one. A request above the limit is answered 429 with
    /// <c>Retry-After</c>, has no effect and can be repeated. Links, health checks and callers without a key are not
    /// limited. Each process counts separately.
    /// </summary>
    [Range(0, 100_000_000)]
    public int Requests { get; set; } = 60_000;

    /// <summary>
    /// Specifies the period in which all of <see cref="Requests"/> are replenished. Default 1 minute; 1 second to 1
    /// day.
    /// </summary>
    [Range(typeof(TimeSpan), "00:00:01", "1.00:00:00", ErrorMessage = "must be between 1 second and 1 day")]
    public TimeSpan Per { get; set; } = TimeSpan.FromMinutes(1);
}
