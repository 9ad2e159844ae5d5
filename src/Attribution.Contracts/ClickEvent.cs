using System.Text.Json.Serialization;

namespace Attribution.Contracts;

/// <summary>A click on a tracking link.</summary>
/// <param name="Id">1 to 128 characters, unique within the source.</param>
/// <param name="OccurredAt">Time of the click.</param>
/// <param name="Link">The link's slug.</param>
/// <param name="Source">The event's source. Absent: the API key's source.</param>
/// <param name="BrandId">The event's brand. Absent: the API key's brand, or <c>default</c>.</param>
/// <param name="VisitorId">First-party visitor id, if the redirector knows one.</param>
/// <param name="ClickId">The id that the landing will have as <c>atr_cid</c>.</param>
/// <param name="Referrer">The page that contained the link, as reported by the browser; may be empty.</param>
/// <param name="UserAgent">User agent of the browser; used to label bots. Kept in the archive, not in journeys.</param>
/// <param name="Ip">Used for limits and labels; never stored.</param>
/// <param name="Label">
/// Label that an external redirector has already determined: <c>bot</c>, <c>prefetch</c>, <c>head</c> or <c>assistant</c>. Absent:
/// determined from the user agent.
/// </param>
public sealed record ClickEvent(
    string Id, DateTimeOffset OccurredAt, string Link,
    string? Source = null, string? BrandId = null, string? VisitorId = null, string? ClickId = null,
    string? Referrer = null, string? UserAgent = null, string? Ip = null, string? Label = null)
{
    /// <summary>Gets the type, always <c>click</c>.</summary>
    [JsonPropertyOrder(-1)]
    public string Type { get; } = "click";
}
