using System.Text.Json.Serialization;

namespace Attribution.Contracts;

/// <summary>A landing on the shop, with or without UTM parameters.</summary>
/// <param name="Id">1 to 128 characters, unique within the source.</param>
/// <param name="OccurredAt">Time at which the page was opened.</param>
/// <param name="Url">The landing URL. Only its <c>utm_*</c> parameters and <c>atr_cid</c> are read.</param>
/// <param name="Source">The event's source. Absent: the API key's source.</param>
/// <param name="BrandId">The event's brand. Absent: the API key's brand, or <c>default</c>.</param>
/// <param name="VisitorId">First-party visitor id.</param>
/// <param name="ClickId">The click that led to the landing. Absent: <c>atr_cid</c> of the URL.</param>
/// <param name="Referrer">The referring page, as reported by the browser; may be empty.</param>
/// <param name="UserAgent">User agent of the browser; used to label bots.</param>
/// <param name="Ip">Used for limits and labels; never stored.</param>
/// <param name="Label">
/// Label that the sender has already determined: <c>bot</c>, <c>prefetch</c>, <c>head</c> or <c>assistant</c>. Absent: determined from
/// the user agent.
/// </param>
public sealed record VisitEvent(
    string Id, DateTimeOffset OccurredAt, string Url,
    string? Source = null, string? BrandId = null, string? VisitorId = null, string? ClickId = null,
    string? Referrer = null, string? UserAgent = null, string? Ip = null, string? Label = null)
{
    /// <summary>Gets the type, always <c>visit</c>.</summary>
    [JsonPropertyOrder(-1)]
    public string Type { get; } = "visit";
}
