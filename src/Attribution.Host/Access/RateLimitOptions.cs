using System.ComponentModel.DataAnnotations;

namespace Attribution.Host.Access;

/// <summary>Section <c>Host:RateLimit</c>: request rate allowed per API key and address.</summary>
internal sealed class RateLimitOptions
{
    /// <summary>
    /// Requests that a key may make at once from one address (IPv4, or the first 64 bits of IPv6); 0 is unlimited.
    /// Beyond it, 429 with <c>Retry-After</c>. Links, health checks and callers without a key have no limit. Each
    /// process counts separately. Default: 60,000; 0 to 100,000,000.
    /// </summary>
    [Range(0, 100_000_000)]
    public int Requests { get; set; } = 60_000;

    /// <summary>
    /// Time in which all of <c>Requests</c> become available again, evenly. Default: 1 minute; 1 s to 1 day.
    /// </summary>
    [Range(typeof(TimeSpan), "00:00:01", "1.00:00:00", ErrorMessage = "must be between 1 second and 1 day")]
    public TimeSpan Per { get; set; } = TimeSpan.FromMinutes(1);
}
