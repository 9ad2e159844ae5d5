using System.Globalization;
using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Serialization;

namespace Attribution.Simulator;

/// <summary>
/// Writes events as one line of JSON each, using all forms that the API accepts: offsets, finer fractions, money as
/// text or number.
/// </summary>
internal sealed class EventWriter(string brandId, LocalDays days, MarketCurrency money, SeededRandom random)
{
    /// <summary>Serializer options: camelCase, without nulls.</summary>
    public static readonly JsonSerializerOptions Json = new(JsonSerializerDefaults.Web)
    {
        DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull,
        Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping,
    };

    private readonly string? brandId = brandId == "default" ? null : brandId;

    public string Click(
        string id, DateTimeOffset at, string link, string? visitorId, string? clickId, string? userAgent, string? label) =>
        Line(new
        {
            type = "click", id, occurredAt = Time(at), brandId, link, visitorId, clickId,
            referrer = random.Chance(50) ? "https://www.instagram.com/" : null, userAgent,
            ip = random.Chance(30) ? "203.0.113." + random.Next(1, 255).ToString(CultureInfo.InvariantCulture) : null, label,
        });

    public string Visit(
        string id, DateTimeOffset at, string url, string? visitorId, string? clickId, string? userAgent, string? label) =>
        Line(new { type = "visit", id, occurredAt = Time(at), brandId, url, visitorId, clickId, userAgent, label });

    public string Redemption(
        string id, DateTimeOffset at, string orderId, IReadOnlyList<string> codes, long gross, long? discount, string? customerKey,
        bool? isNewCustomer, string? visitorId, string? clickId, IEnumerable<BasketLine>? lines = null) =>
        Line(new
        {
            type = "redemption", id, occurredAt = Time(at), brandId, orderId, codes, currency = money.Currency,
            gross = Amount(gross), discount = Amount(discount), tax = random.Chance(50) ? Amount(gross / 5) : null,
            shipping = random.Chance(50) ? Amount(money.MinorFromEuros(4.9m)) : null,
            customerKey, isNewCustomer, visitorId, clickId, lines = Lines(lines),
        });

    public string Order(
        string id, DateTimeOffset at, string orderId, IReadOnlyList<string>? codes, long gross, long? discount, string? customerKey,
        bool? isNewCustomer, string? visitorId, string? clickId, string? subscription = null, bool? renewal = null,
        IEnumerable<BasketLine>? lines = null) =>
        Line(new
        {
            type = "conversion", id, occurredAt = Time(at), brandId, kind = "order", orderId, currency = money.Currency,
            gross = Amount(gross), codes, discount = Amount(discount), customerKey, isNewCustomer, visitorId, clickId,
            subscription, renewal, lines = Lines(lines),
        });

    public string Referral(
        string id, DateTimeOffset at, string orderId, string? provider, string? publisherId, string? token, string? parameters,
        DateTimeOffset? expiresAt, bool? verified) =>
        Line(new
        {
            type = "referral", id, occurredAt = Time(at), brandId, orderId, provider, publisherId, token, parameters,
            expiresAt = expiresAt is { } end ? Time(end) : null, verified,
        });

    public string Lead(
        string id, DateTimeOffset at, string kind, string conversionId, string? customerKey, string? visitorId) =>
        Line(new { type = "conversion", id, occurredAt = Time(at), brandId, kind, conversionId, customerKey, visitorId });

    public string Refund(string id, DateTimeOffset at, string orderId, string refundId, string kind, long? amount) =>
        Line(new
        {
            type = "refund", id, occurredAt = Time(at), brandId, orderId, refundId, kind,
            currency = amount is null ? null : money.Currency, amount = Amount(amount),
        });

    public string Engagement(
        string id, DateTimeOffset at, string postId, string platform, string creatorId, string campaignId, long[] counters) =>
        Line(new
        {
            type = "engagement", id, occurredAt = Time(at), brandId, postId, platform, creatorId, campaignId,
            impressions = counters[0], reach = counters[1], likes = counters[2], comments = counters[3], shares = counters[4],
            saves = counters[5], views = counters[6],
        });

    private object? Lines(IEnumerable<BasketLine>? lines) => lines?.Select(line => new
    {
        product = line.Product, category = line.Category, quantity = line.Quantity, goods = money.Format(line.Goods),
    });

    private object? Amount(long? minor) =>
        minor is null ? null : random.Chance(80) ? money.Format(minor.Value) : money.ToMajor(minor.Value);

    /// <summary>
    /// Formats a time by RFC 3339 in UTC or in local time; sometimes finer than a millisecond, which the product
    /// truncates.
    /// </summary>
    private string Time(DateTimeOffset at) => random.Next(0, 10) switch
    {
        < 6 => at.ToUniversalTime().ToString("yyyy-MM-dd'T'HH:mm:ss.fff'Z'", CultureInfo.InvariantCulture),
        < 9 => days.LocalTimeAt(at).ToString("yyyy-MM-dd'T'HH:mm:ss.fffzzz", CultureInfo.InvariantCulture),
        _ => at.ToUniversalTime().ToString("yyyy-MM-dd'T'HH:mm:ss.fff", CultureInfo.InvariantCulture) + "987Z",
    };

    private static string Line<T>(T body) => JsonSerializer.Serialize(body, Json);
}
