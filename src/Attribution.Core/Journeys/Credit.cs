using System.Collections.Immutable;
using Attribution.Core.Models;
using Attribution.Core.Values;

namespace Attribution.Core.Journeys;

/// <summary>A placement's share of a conversion under one or more models.</summary>
public sealed record Credit
{
    /// <summary>Gets the models under which the placement has this share.</summary>
    public required ModelSet Models { get; init; }

    /// <summary>Gets the credited placement.</summary>
    public required Placement Placement { get; init; }

    /// <summary>Gets the share in millionths; 0 if the conversion was canceled.</summary>
    public required long Micros { get; init; }

    /// <summary>Gets the share of the gross.</summary>
    public required long Gross { get; init; }

    /// <summary>Gets the share of the discount.</summary>
    public required long Discount { get; init; }

    /// <summary>Gets the share of the refunds.</summary>
    public required long Refunds { get; init; }

    /// <summary>
    /// Gets the share of the refunds by the refund's local day; the days sum to <see cref="Refunds"/>.
    /// </summary>
    public ImmutableArray<DayAmount> RefundDays { get; init; } = [];

    /// <summary>Returns the share of the net after refunds.</summary>
    public long GetNet() => Gross - Discount - Refunds;
}
