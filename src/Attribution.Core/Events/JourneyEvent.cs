using Attribution.Core.Identity;
using Attribution.Core.Quality;
using Attribution.Core.Values;

namespace Attribution.Core.Events;

/// <summary>An event's identity. What carries it twice happened once.</summary>
/// <param name="Source">Who says so.</param>
/// <param name="Id">Unique within the source.</param>
public readonly record struct EventId(string Source, string Id) : IComparable<EventId>
{
    /// <summary>By source, then id, ordinal.</summary>
    public int CompareTo(EventId other)
    {
        var bySource = string.CompareOrdinal(Source, other.Source);
        return bySource != 0 ? bySource : string.CompareOrdinal(Id, other.Id);
    }
}

/// <summary>An event that was read, checked and normalised: times in milliseconds, money in minor units, text in NFC.</summary>
public abstract record JourneyEvent
{
    /// <summary>Its identity.</summary>
    public required EventId Id { get; init; }

    /// <summary>Its brand; aliases are unique within one.</summary>
    public required string Brand { get; init; }

    /// <summary>When it happened.</summary>
    public required Timestamp At { get; init; }
}

/// <summary>An event that may name a person: a visitor, a click, a customer.</summary>
public abstract record PersonEvent : JourneyEvent
{
    /// <summary>By which limits it stands apart from a journey that it names; known once it is in one.</summary>
    public LinkLimits ExceededLimits { get; init; }
}

/// <summary>A tracking link was followed.</summary>
public sealed record Click : PersonEvent
{
    /// <summary>The link's slug, as written.</summary>
    public required string Slug { get; init; }

    /// <summary>First-party visitor id.</summary>
    public string? VisitorId { get; init; }

    /// <summary>The id its landing carries.</summary>
    public string? ClickId { get; init; }

    /// <summary>What makes it no person's act, if anything.</summary>
    public TouchLabel Label { get; init; }
}

/// <summary>A landing.</summary>
public sealed record Visit : PersonEvent
{
    /// <summary>Normalised UTM parameters; null when the address has none.</summary>
    public Utm? Utm { get; init; }

    /// <summary>First-party visitor id.</summary>
    public string? VisitorId { get; init; }

    /// <summary>The click that led here: <c>clickId</c>, else <c>atr_cid</c> of the address.</summary>
    public string? ClickId { get; init; }

    /// <summary>What makes it no person's act, if anything.</summary>
    public TouchLabel Label { get; init; }
}

/// <summary>What one event says of a conversion (an order with or without codes, a sign-up, a lead). Members it does not state are null.</summary>
public sealed record ReportedConversion : PersonEvent
{
    /// <summary>What kind of conversion.</summary>
    public required ConversionKind Kind { get; init; }

    /// <summary>Order id, or conversion id where the kind is not <see cref="ConversionKind.Order"/>.</summary>
    public required string ConversionId { get; init; }

    /// <summary>ISO 4217 currency, stated together with every amount.</summary>
    public string? Currency { get; init; }

    /// <summary>Goods before discounts, in minor units of <see cref="Currency"/>.</summary>
    public long? Gross { get; init; }

    /// <summary>Discount in minor units.</summary>
    public long? Discount { get; init; }

    /// <summary>Codes in the order's own sequence, normalised; empty clears those said before.</summary>
    public IReadOnlyList<string>? Codes { get; init; }

    /// <summary>The customer's key.</summary>
    public string? CustomerKey { get; init; }

    /// <summary>Whether it is the customer's first order.</summary>
    public bool? IsNewCustomer { get; init; }

    /// <summary>First-party visitor id.</summary>
    public string? VisitorId { get; init; }

    /// <summary>Click id known then.</summary>
    public string? ClickId { get; init; }
}

/// <summary>What kind of conversion.</summary>
public enum ConversionKind
{
    /// <summary>An order; counts as <c>orders</c> and <c>conversions</c>.</summary>
    Order = 1,

    /// <summary>A sign-up; counts as <c>leads</c>.</summary>
    Signup,

    /// <summary>A lead; counts as <c>leads</c>.</summary>
    Lead,
}

/// <summary>What one event says of a refund.</summary>
public sealed record ReportedRefund : JourneyEvent
{
    /// <summary>The order it belongs to.</summary>
    public required string OrderId { get; init; }

    /// <summary>Unique within the order.</summary>
    public required string RefundId { get; init; }

    /// <summary>What kind of refund.</summary>
    public required RefundKind Kind { get; init; }

    /// <summary>ISO 4217 currency, stated together with the amount.</summary>
    public string? Currency { get; init; }

    /// <summary>Goods' share given back, in minor units; null: all that is left (only of a cancel).</summary>
    public long? Amount { get; init; }
}

/// <summary>What kind of refund.</summary>
public enum RefundKind
{
    /// <summary>Money went back.</summary>
    Refund = 1,

    /// <summary>The order is off: all that is left goes back and it leaves every count.</summary>
    Cancel,

    /// <summary>The card's owner took the money back; a refund like any other.</summary>
    Chargeback,
}

/// <summary>A post's counters at a moment, as totals. Counters it does not state are null.</summary>
public sealed record PostSnapshot : JourneyEvent
{
    /// <summary>The platform's id of the post.</summary>
    public required string PostId { get; init; }

    /// <summary>Where it was posted.</summary>
    public required string Platform { get; init; }

    /// <summary>Stated placement's creator; null: by a link that names the post.</summary>
    public string? Creator { get; init; }

    /// <summary>Stated placement's campaign; null: by a link that names the post.</summary>
    public string? Campaign { get; init; }

    /// <summary>Times shown.</summary>
    public long? Impressions { get; init; }

    /// <summary>People it was shown to.</summary>
    public long? Reach { get; init; }

    /// <summary>Likes.</summary>
    public long? Likes { get; init; }

    /// <summary>Comments.</summary>
    public long? Comments { get; init; }

    /// <summary>Shares.</summary>
    public long? Shares { get; init; }

    /// <summary>Saves.</summary>
    public long? Saves { get; init; }

    /// <summary>Plays.</summary>
    public long? Views { get; init; }
}

/// <summary>UTM parameters of a landing, each normalised (decoded, white space folded, trimmed, upper case) or null.</summary>
public sealed record Utm(
    string? Source = null, string? Medium = null, string? Campaign = null, string? Content = null, string? Term = null, string? Id = null);
