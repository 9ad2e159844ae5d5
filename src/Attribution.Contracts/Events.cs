using System.Text.Json.Serialization;

namespace Attribution.Contracts;

// The six things that can happen, as they stand in JSON on the way in. One record a type, camelCase on the wire.
// `id` and `source` together are an event's identity; `source` and `brandId` default to those of the API key.
// Times are RFC 3339 with an offset. Money is a decimal in major units, as a number or a string; written as a string, so that no reader rounds it.
// `type` says which of the six it is; a .NET client never sets it.

/// <summary>Somebody followed a tracking link.</summary>
/// <param name="Id">1 to 128 characters, unique within the source.</param>
/// <param name="OccurredAt">When the link was followed.</param>
/// <param name="Link">The link's slug.</param>
/// <param name="Source">Who says so. Absent: the API key's source.</param>
/// <param name="BrandId">The brand it belongs to. Absent: the API key's brand, else <c>default</c>.</param>
/// <param name="VisitorId">First-party visitor id, if the redirector knows one.</param>
/// <param name="ClickId">The id that the landing will carry as <c>atr_cid</c>.</param>
/// <param name="Referrer">The page that held the link, as the browser says it; may be empty.</param>
/// <param name="UserAgent">The browser's own description; labels bots. Kept in the archive, not in journeys.</param>
/// <param name="Ip">Used for limits and labels, never stored.</param>
/// <param name="Label">What an outside redirector already knows: <c>bot</c>, <c>prefetch</c> or <c>head</c>. Absent: judged by the user agent.</param>
public sealed record ClickEvent(
    string Id, DateTimeOffset OccurredAt, string Link,
    string? Source = null, string? BrandId = null, string? VisitorId = null, string? ClickId = null,
    string? Referrer = null, string? UserAgent = null, string? Ip = null, string? Label = null)
{
    /// <summary>Always <c>click</c>.</summary>
    [JsonPropertyOrder(-1)]
    public string Type { get; } = "click";
}

/// <summary>A landing on the shop, with or without UTM parameters.</summary>
/// <param name="Id">1 to 128 characters, unique within the source.</param>
/// <param name="OccurredAt">When the page was opened.</param>
/// <param name="Url">The landing address; its <c>utm_*</c> parameters and <c>atr_cid</c> are read, the rest is not.</param>
/// <param name="Source">Who says so. Absent: the API key's source.</param>
/// <param name="BrandId">The brand it belongs to. Absent: the API key's brand, else <c>default</c>.</param>
/// <param name="VisitorId">First-party visitor id.</param>
/// <param name="ClickId">The click that led here. Absent: <c>atr_cid</c> of the url.</param>
/// <param name="Referrer">The page that led here, as the browser says it; may be empty.</param>
/// <param name="UserAgent">The browser's own description; labels bots.</param>
/// <param name="Ip">Used for limits and labels, never stored.</param>
/// <param name="Label">What the sender already knows: <c>bot</c>, <c>prefetch</c> or <c>head</c>. Absent: judged by the user agent.</param>
public sealed record VisitEvent(
    string Id, DateTimeOffset OccurredAt, string Url,
    string? Source = null, string? BrandId = null, string? VisitorId = null, string? ClickId = null,
    string? Referrer = null, string? UserAgent = null, string? Ip = null, string? Label = null)
{
    /// <summary>Always <c>visit</c>.</summary>
    [JsonPropertyOrder(-1)]
    public string Type { get; } = "visit";
}

/// <summary>An order that used discount codes. Two events with one <c>orderId</c> are one order; the later states what it states anew.</summary>
/// <param name="Id">1 to 128 characters, unique within the source.</param>
/// <param name="OccurredAt">When the order was placed, or corrected.</param>
/// <param name="OrderId">The shop's order number, unique within the brand.</param>
/// <param name="Codes">The discount codes in the order's own sequence; an empty list clears those said before.</param>
/// <param name="Currency">ISO 4217.</param>
/// <param name="Gross">The goods before discounts, without tax and shipping.</param>
/// <param name="Source">Who says so. Absent: the API key's source.</param>
/// <param name="BrandId">The brand it belongs to. Absent: the API key's brand, else <c>default</c>.</param>
/// <param name="Discount">What the codes took off the goods. Absent: 0. Never above <paramref name="Gross"/>.</param>
/// <param name="Tax">For the record; never part of net.</param>
/// <param name="Shipping">For the record; never part of net.</param>
/// <param name="CustomerKey">A hash or an id of the customer; never an e-mail address. It is hashed under the installation's secret before anything is written.</param>
/// <param name="IsNewCustomer">Whether this is the customer's first order.</param>
/// <param name="VisitorId">First-party visitor id at the checkout.</param>
/// <param name="ClickId">The click id known at the checkout.</param>
public sealed record RedemptionEvent(
    string Id, DateTimeOffset OccurredAt, string OrderId, IReadOnlyList<string> Codes, string Currency,
    [property: JsonNumberHandling(JsonNumberHandling.AllowReadingFromString | JsonNumberHandling.WriteAsString)] decimal Gross,
    string? Source = null, string? BrandId = null,
    [property: JsonNumberHandling(JsonNumberHandling.AllowReadingFromString | JsonNumberHandling.WriteAsString)] decimal? Discount = null,
    [property: JsonNumberHandling(JsonNumberHandling.AllowReadingFromString | JsonNumberHandling.WriteAsString)] decimal? Tax = null,
    [property: JsonNumberHandling(JsonNumberHandling.AllowReadingFromString | JsonNumberHandling.WriteAsString)] decimal? Shipping = null,
    string? CustomerKey = null, bool? IsNewCustomer = null, string? VisitorId = null, string? ClickId = null)
{
    /// <summary>Always <c>redemption</c>.</summary>
    [JsonPropertyOrder(-1)]
    public string Type { get; } = "redemption";
}

/// <summary>An order without a code, a sign-up or a lead.</summary>
/// <param name="Id">1 to 128 characters, unique within the source.</param>
/// <param name="OccurredAt">When it happened, or was corrected.</param>
/// <param name="Kind"><c>order</c>, <c>signup</c> or <c>lead</c>.</param>
/// <param name="OrderId">Needed for <c>order</c>, refused for the others.</param>
/// <param name="ConversionId">Needed for <c>signup</c> and <c>lead</c>, refused for <c>order</c>.</param>
/// <param name="Currency">ISO 4217; needed for an order, and with any amount.</param>
/// <param name="Gross">The goods before discounts, without tax and shipping; needed for an order, and with a currency: money is stated whole or not at all.</param>
/// <param name="Source">Who says so. Absent: the API key's source.</param>
/// <param name="BrandId">The brand it belongs to. Absent: the API key's brand, else <c>default</c>.</param>
/// <param name="Codes">Discount codes, as of a redemption; absent says nothing about them, an empty list clears those said before.</param>
/// <param name="Discount">What was taken off the goods. Absent: 0. Never above <paramref name="Gross"/>.</param>
/// <param name="Tax">For the record; never part of net.</param>
/// <param name="Shipping">For the record; never part of net.</param>
/// <param name="CustomerKey">A hash or an id of the customer; never an e-mail address. It is hashed under the installation's secret before anything is written.</param>
/// <param name="IsNewCustomer">Whether this is the customer's first order.</param>
/// <param name="VisitorId">First-party visitor id.</param>
/// <param name="ClickId">The click id known then.</param>
public sealed record ConversionEvent(
    string Id, DateTimeOffset OccurredAt, string Kind,
    string? OrderId = null, string? ConversionId = null, string? Currency = null,
    [property: JsonNumberHandling(JsonNumberHandling.AllowReadingFromString | JsonNumberHandling.WriteAsString)] decimal? Gross = null,
    string? Source = null, string? BrandId = null, IReadOnlyList<string>? Codes = null,
    [property: JsonNumberHandling(JsonNumberHandling.AllowReadingFromString | JsonNumberHandling.WriteAsString)] decimal? Discount = null,
    [property: JsonNumberHandling(JsonNumberHandling.AllowReadingFromString | JsonNumberHandling.WriteAsString)] decimal? Tax = null,
    [property: JsonNumberHandling(JsonNumberHandling.AllowReadingFromString | JsonNumberHandling.WriteAsString)] decimal? Shipping = null,
    string? CustomerKey = null, bool? IsNewCustomer = null, string? VisitorId = null, string? ClickId = null)
{
    /// <summary>Always <c>conversion</c>.</summary>
    [JsonPropertyOrder(-1)]
    public string Type { get; } = "conversion";
}

/// <summary>Money went back, wholly or partly. May come before its order.</summary>
/// <param name="Id">1 to 128 characters, unique within the source.</param>
/// <param name="OccurredAt">When the money went back.</param>
/// <param name="OrderId">The order it belongs to.</param>
/// <param name="RefundId">Counts once within the order, with the contents of its greatest (occurredAt, source, id).</param>
/// <param name="Kind"><c>refund</c>, <c>cancel</c> or <c>chargeback</c>.</param>
/// <param name="Currency">ISO 4217; needed with an amount.</param>
/// <param name="Amount">The goods' share given back, above 0. For <c>cancel</c>, which gives back all that is left, it may be absent or 0.</param>
/// <param name="Source">Who says so. Absent: the API key's source.</param>
/// <param name="BrandId">The brand it belongs to. Absent: the API key's brand, else <c>default</c>.</param>
public sealed record RefundEvent(
    string Id, DateTimeOffset OccurredAt, string OrderId, string RefundId, string Kind,
    string? Currency = null,
    [property: JsonNumberHandling(JsonNumberHandling.AllowReadingFromString | JsonNumberHandling.WriteAsString)] decimal? Amount = null,
    string? Source = null, string? BrandId = null)
{
    /// <summary>Always <c>refund</c>.</summary>
    [JsonPropertyOrder(-1)]
    public string Type { get; } = "refund";
}

/// <summary>A post's counters at a moment, as totals since it was published.</summary>
/// <param name="Id">1 to 128 characters, unique within the source.</param>
/// <param name="OccurredAt">When the counters were read.</param>
/// <param name="PostId">The platform's id of the post.</param>
/// <param name="Platform"><c>instagram</c>, <c>tiktok</c>, …</param>
/// <param name="Source">Who says so. Absent: the API key's source.</param>
/// <param name="BrandId">The brand it belongs to. Absent: the API key's brand, else <c>default</c>.</param>
/// <param name="CreatorId">Whose post it is. Absent: found by a link that names the post.</param>
/// <param name="CampaignId">For which campaign. Absent: found by a link that names the post.</param>
/// <param name="Impressions">Times shown.</param>
/// <param name="Reach">People it was shown to.</param>
/// <param name="Likes">Likes.</param>
/// <param name="Comments">Comments.</param>
/// <param name="Shares">Shares.</param>
/// <param name="Saves">Saves.</param>
/// <param name="Views">Plays of a video.</param>
/// <param name="Followers">Followers of the creator at that moment; not added up.</param>
public sealed record EngagementEvent(
    string Id, DateTimeOffset OccurredAt, string PostId, string Platform,
    string? Source = null, string? BrandId = null, string? CreatorId = null, string? CampaignId = null,
    long? Impressions = null, long? Reach = null, long? Likes = null, long? Comments = null,
    long? Shares = null, long? Saves = null, long? Views = null, long? Followers = null)
{
    /// <summary>Always <c>engagement</c>.</summary>
    [JsonPropertyOrder(-1)]
    public string Type { get; } = "engagement";
}
