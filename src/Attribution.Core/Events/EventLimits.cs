namespace Attribution.Core.Events;

/// <summary>
/// The bounds of an event, each inside: what is longer, deeper or greater is refused, never cut. Lengths of text are counted in Unicode code
/// points as sent, as JSON Schema's <c>maxLength</c> does.
/// </summary>
public static class EventLimits
{
    /// <summary>Bytes of one event's JSON: 64 KiB.</summary>
    public const int Bytes = 64 * 1024;

    /// <summary>Levels of nesting, the event itself being the first.</summary>
    public const int Depth = 16;

    /// <summary>Length of ids and keys: event, source, visitor, click, order, conversion, refund, post and customer.</summary>
    public const int Id = 128;

    /// <summary>Length of a name that the catalog gives: a link's slug, a brand, creator or campaign id; and of a platform.</summary>
    public const int Name = 64;

    /// <summary>Length of an address: <c>url</c> and <c>referrer</c>.</summary>
    public const int Url = 4096;

    /// <summary>Length of a user agent.</summary>
    public const int UserAgent = 1024;

    /// <summary>Length of an IP address; enough for IPv6 with a zone.</summary>
    public const int Ip = 64;

    /// <summary>Number of codes of an order.</summary>
    public const int Codes = 20;

    /// <summary>Length of a code.</summary>
    public const int Code = 64;

    /// <summary>Greatest counter of a post: 10^15.</summary>
    public const long Counter = 1_000_000_000_000_000;

    /// <summary>How far after its receipt an event may claim to lie: a day, for clocks that are wrong and zones that are mixed up.</summary>
    public static readonly TimeSpan MaxClockSkew = TimeSpan.FromDays(1);
}
