namespace Attribution.Core.Events;

/// <summary>
/// The limits of an event, all inclusive. An event that exceeds a limit is rejected, never truncated. Lengths of text
/// are counted in Unicode code points as received, like <c>maxLength</c> in JSON Schema.
/// </summary>
public static class EventLimits
{
    /// <summary>Maximum size of one event's JSON in bytes: 64 KiB.</summary>
    public const int Bytes = 64 * 1024;

    /// <summary>Maximum depth of nesting, including the event itself.</summary>
    public const int Depth = 16;

    /// <summary>
    /// Maximum length of ids and keys: event, source, visitor, click, order, conversion, refund, post and customer.
    /// </summary>
    public const int Id = 128;

    /// <summary>
    /// Maximum length of names from the catalog (a link's slug, the id of a brand, creator or campaign) and of a
    /// platform.
    /// </summary>
    public const int Name = 64;

    /// <summary>Maximum length of URLs: <c>url</c> and <c>referrer</c>.</summary>
    public const int Url = 4096;

    /// <summary>Maximum length of a user agent.</summary>
    public const int UserAgent = 1024;

    /// <summary>Maximum length of an IP address; enough for IPv6 with a zone.</summary>
    public const int Ip = 64;

    /// <summary>Maximum number of codes per order.</summary>
    public const int Codes = 20;

    /// <summary>Maximum length of a code.</summary>
    public const int Code = 64;

    /// <summary>Maximum number of refund ids in a report of an order.</summary>
    public const int RefundIds = 500;

    /// <summary>Maximum number of lines of an order or refund; more are left out.</summary>
    public const int Lines = 200;

    /// <summary>Maximum value of a post's counter: 10^15.</summary>
    public const long Counter = 1_000_000_000_000_000;

    /// <summary>
    /// Maximum time by which an event may be later than its receipt: a day, which allows for wrong clocks and time
    /// zones.
    /// </summary>
    public static readonly TimeSpan MaxClockSkew = TimeSpan.FromDays(1);
}
