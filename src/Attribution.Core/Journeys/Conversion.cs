using System.Collections.Immutable;
using Attribution.Core.Events;
using Attribution.Core.Models;
using Attribution.Core.Payouts;
using Attribution.Core.Values;

namespace Attribution.Core.Journeys;

/// <summary>
/// What the statements and refunds of one order (or sign-up, or lead) came to, in minor units of the brand's currency, with the
/// credits as last emitted.
/// </summary>
public sealed record Conversion
{
    /// <summary><c>o:</c> and the order id, or <c>n:</c> and the conversion id.</summary>
    public required string Key { get; init; }

    /// <summary>What kind of conversion.</summary>
    public required ConversionKind Kind { get; init; }

    /// <summary>The earliest time seen.</summary>
    public required Timestamp At { get; init; }

    /// <summary>The brand's local day of <see cref="At"/>.</summary>
    public required DateOnly Day { get; init; }

    /// <summary>Taken out of every count by a cancel; its money stays.</summary>
    public bool IsCanceled { get; init; }

    /// <summary>The customer's first order.</summary>
    public bool IsNewCustomer { get; init; }

    /// <summary>Goods before discounts.</summary>
    public long Gross { get; init; }

    /// <summary>Discount; never above <see cref="Gross"/>.</summary>
    public long Discount { get; init; }

    /// <summary>Refunds applied; never above gross less discount.</summary>
    public long Refunds { get; init; }

    /// <summary>Refunds applied, by the refund's local day.</summary>
    public ImmutableArray<DayAmount> RefundDays { get; init; } = [];

    /// <summary>How many refunds were more than was left of it, and were capped.</summary>
    public int RefundsCapped { get; init; }

    /// <summary>How many refunds were in another currency, and were not applied.</summary>
    public int RefundsInOtherCurrency { get; init; }

    /// <summary>The currency of money that could not be counted for want of an exchange rate; null when it was counted.</summary>
    public string? MissingRateCurrency { get; init; }

    /// <summary>The model that wrote its ledger lines.</summary>
    public required Model BookModel { get; init; }

    /// <summary>The brand's settings it was credited under, in words that are equal where the settings are.</summary>
    public required string Terms { get; init; }

    /// <summary>Number of the fit that its shares under the fitted models come from; 0: its day has none, and it has no such shares.</summary>
    public int FitNumber { get; init; }

    /// <summary>Shares by placement; those alike under several models stand once. Empty: unattributed.</summary>
    public ImmutableArray<Credit> Credits { get; init; } = [];

    /// <summary>Commission by placement, from the book model's credit.</summary>
    public ImmutableArray<Accrual> Accruals { get; init; } = [];

    /// <summary>Placements whose codes a standing order used, each once.</summary>
    public ImmutableArray<Placement> RedeemedPlacements { get; init; } = [];

    /// <summary>Catalog items its codes matched, as <c>kind/id</c>.</summary>
    public ImmutableArray<string> MatchedBy { get; init; } = [];

    /// <summary>Its codes, normalised, that matched nothing at its time, each once.</summary>
    public ImmutableArray<string> UnmatchedCodes { get; init; } = [];
}

/// <summary>An amount on a local day.</summary>
/// <param name="Day">The brand's local day.</param>
/// <param name="Amount">Minor units.</param>
public readonly record struct DayAmount(DateOnly Day, long Amount);

/// <summary>A placement's share of a conversion under one or more models.</summary>
public sealed record Credit
{
    /// <summary>The models under which the share is this.</summary>
    public required ModelSet Models { get; init; }

    /// <summary>Who is credited.</summary>
    public required Placement Placement { get; init; }

    /// <summary>Share in millionths; 0 when cancelled.</summary>
    public required long Micros { get; init; }

    /// <summary>Share of the gross.</summary>
    public required long Gross { get; init; }

    /// <summary>Share of the discount.</summary>
    public required long Discount { get; init; }

    /// <summary>Share of the refunds.</summary>
    public required long Refunds { get; init; }

    /// <summary>The same refunds by the refund's local day; sums to <see cref="Refunds"/>.</summary>
    public ImmutableArray<DayAmount> RefundDays { get; init; } = [];
}

/// <summary>Commission a placement earns by a conversion.</summary>
public sealed record Accrual
{
    /// <summary>Who earns it.</summary>
    public required Placement Placement { get; init; }

    /// <summary>The agreement that says so.</summary>
    public required string Agreement { get; init; }

    /// <summary>Whether the agreement reckons over many conversions, so that this one is told to it (<see cref="PeriodAccrual"/>).</summary>
    public bool IsSettledPerPeriod { get; init; }

    /// <summary>Commission on the current net share.</summary>
    public required long Commission { get; init; }

    /// <summary>What refunds took back, by the refund's local day; <see cref="Commission"/> plus these is the commission before refunds.</summary>
    public ImmutableArray<DayAmount> Reversals { get; init; } = [];
}

/// <summary>What a post's counters grew by on a local day.</summary>
public sealed record PostDay
{
    /// <summary>The brand's local day.</summary>
    public required DateOnly Day { get; init; }

    /// <summary>Whose post; null when no placement is known.</summary>
    public Placement? Placement { get; init; }

    /// <summary>The agreement that pays a fee for the post; stands on its first day alone, null on every other and where none does.</summary>
    public string? FeeAgreement { get; init; }

    /// <summary>Impressions, reach, likes, comments, shares, saves, views: latest of the day less the latest before.</summary>
    public required ImmutableArray<long> Growth { get; init; }
}
