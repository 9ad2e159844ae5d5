using Attribution.Core.Events;
using Attribution.Core.Identity;
using Attribution.Core.Journeys;
using Attribution.Core.Values;

namespace Attribution.Core.Payouts;

/// <summary>
/// One conversion's or post's contribution to an agreement settled per period: the current share under the book model,
/// net of refunds. It depends on the journey only, so a change of a journey replaces the accruals before it with those
/// after it.
/// </summary>
public sealed record PeriodAccrual
{
    /// <summary>Gets the id of the brand.</summary>
    public required string Brand { get; init; }

    /// <summary>Gets the id of the agreement.</summary>
    public required string Agreement { get; init; }

    /// <summary>Gets the conversion's key, or <c>p:</c> and the post's id; unique within an agreement.</summary>
    public required string Key { get; init; }

    /// <summary>Gets the time of the conversion, or of the post's first reported counters.</summary>
    public required Timestamp At { get; init; }

    /// <summary>Gets the brand's local day.</summary>
    public required DateOnly Day { get; init; }

    /// <summary>Gets the kind.</summary>
    public required AccrualKind Kind { get; init; }

    /// <summary>Gets the credited net revenue without excluded products, in minor units; 0 for a post.</summary>
    public long Net { get; init; }

    /// <summary>Gets the credited share in millionths; 0 for a canceled order and for a post.</summary>
    public long Micros { get; init; }

    /// <summary>Gets the commission of the conversion on its own, in minor units; 0 for a post.</summary>
    public long Commission { get; init; }

    /// <summary>
    /// Returns the accruals of a journey under agreements settled per period; each (agreement, key) occurs once.
    /// </summary>
    public static IEnumerable<PeriodAccrual> FromJourney(Journey journey)
    {
        foreach (var conversion in journey.Conversions)
        foreach (var accrual in conversion.Accruals)
            if (accrual.IsSettledPerPeriod)
            {
                var credit = conversion.BookCredits.First(credit => credit.Placement == accrual.Placement);
                yield return new()
                {
                    Brand = journey.Brand,
                    Agreement = accrual.Agreement,
                    Key = conversion.Key,
                    At = conversion.At,
                    Day = conversion.Day,
                    Kind = conversion.Kind == ConversionKind.Order ? AccrualKind.Order : AccrualKind.Lead,
                    Net = credit.GetNet() - accrual.Excluded,
                    Micros = credit.Micros,
                    Commission = accrual.Commission,
                };
            }

        foreach (var day in journey.PostDays)
            if (day.FeeAgreement is { } agreement)
                yield return new()
                {
                    Brand = journey.Brand,
                    Agreement = agreement,
                    Key = IdentityRules.PostAlias(journey.Snapshots[0].PostId),
                    At = journey.Snapshots[0].At,
                    Day = day.Day,
                    Kind = AccrualKind.Post,
                };
    }

    /// <summary>
    /// Adds the changes that lead from the accruals of journeys to those of the journey they were merged into.
    /// </summary>
    /// <param name="before">The journeys before.</param>
    /// <param name="after">The journey after.</param>
    /// <param name="changed">Receives the accruals to write.</param>
    /// <param name="removed">Receives the keys of the accruals to delete.</param>
    public static void AddChange(
        IReadOnlyList<Journey> before, Journey after, ICollection<PeriodAccrual> changed,
        ISet<(string Brand, string Agreement, string Key)> removed)
    {
        var known = before.SelectMany(FromJourney).ToDictionary(
            accrual => (accrual.Brand, accrual.Agreement, accrual.Key));
        foreach (var accrual in FromJourney(after))
            if (!known.Remove((accrual.Brand, accrual.Agreement, accrual.Key), out var previous) || previous != accrual)
                changed.Add(accrual);
        removed.UnionWith(known.Keys);
    }
}
