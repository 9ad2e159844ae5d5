using System.ComponentModel.DataAnnotations;

namespace Attribution.Host.Access;

/// <summary>Section <c>Host:RateLimit</c>: how much one API key may ask.</summary>
internal sealed class RateLimitOptions
{
    /// <summary>
    /// Most requests that a key may make at once; they come back evenly over <see cref="Per"/>. Default 60,000; 0: no limit; to 100,000,000. Beyond
    /// it a request is answered 429 with <c>Retry-After</c> and takes nothing: sent again it is as good. Links, health and callers without a key
    /// have no limit. Each process counts for itself.
    /// </summary>
    [Range(0, 100_000_000)]
    public int Requests { get; set; } = 60_000;

    /// <summary>In how long all of <see cref="Requests"/> come back. Default a minute; a second to a day.</summary>
    [Range(typeof(TimeSpan), "00:00:01", "1.00:00:00", ErrorMessage = "must lie between a second and a day")]
    public TimeSpan Per { get; set; } = TimeSpan.FromMinutes(1);
}
