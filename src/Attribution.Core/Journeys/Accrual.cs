using System.Collections.Immutable;
using Attribution.Core.Payouts;
using Attribution.Core.Values;

namespace Attribution.Core.Journeys;

/// <summary>The commission that a placement earns with a conversion.</summary>
public sealed record Accrual
{
    /// <summary>Gets the placement that earns the commission.</summary>
    public required Placement Placement { get; init; }

    /// <summary>Gets the id of the agreement that grants it.</summary>
    public required string Agreement { get; init; }

    /// <summary>
    /// True if the agreement is settled per period: the conversion is then also stored as a
    /// <see cref="PeriodAccrual"/>.
    /// </summary>
    public bool IsSettledPerPeriod { get; init; }

    /// <summary>Gets the commission on the current net share.</summary>
    public required long Commission { get; init; }

    /// <summary>Gets the part of the current net share whose products the agreement excludes.</summary>
    public long Excluded { get; init; }

    /// <summary>
    /// Gets the commission reversed by refunds, by the refund's local day. <see cref="Commission"/> plus the reversals
    /// is the commission before refunds.
    /// </summary>
    public ImmutableArray<DayAmount> Reversals { get; init; } = [];
}
