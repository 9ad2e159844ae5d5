using Attribution.Core.Events;
using Attribution.Core.Identity;
using Attribution.Core.Journeys;
using Attribution.Core.Models;
using Attribution.Core.Values;

namespace Attribution.Core.Payouts;

/// <summary>
/// What one conversion or post is to an agreement that reckons over many: the book model's share as it stands, refunds taken off. A function
/// of the journey and of nothing else, so a change of a journey is the accruals after it in the place of those before.
/// </summary>
public sealed record PeriodAccrual
{
    /// <summary>The brand.</summary>
    public required string Brand { get; init; }

    /// <summary>The agreement that covers it.</summary>
    public required string Agreement { get; init; }

    /// <summary>The conversion's key, or <c>p:</c> and the post's id. One agreement has it once.</summary>
    public required string Key { get; init; }

    /// <summary>When it was converted; when the post's counters were first stated.</summary>
    public required Timestamp At { get; init; }

    /// <summary>The brand's local day of it.</summary>
    public required DateOnly Day { get; init; }

    /// <summary>What it is.</summary>
    public required AccrualKind Kind { get; init; }

    /// <summary>Net revenue credited, minor units; 0 of a post.</summary>
    public long Net { get; init; }

    /// <summary>Credited share in millionths; 0 of what was cancelled and of a post.</summary>
    public long Micros { get; init; }

    /// <summary>The commission that it accrues by itself, minor units; 0 of a post.</summary>
    public long Commission { get; init; }

    /// <summary>The accruals of a journey under agreements that reckon over many, each (agreement, key) once.</summary>
    public static IEnumerable<PeriodAccrual> FromJourney(Journey journey)
    {
        foreach (var conversion in journey.Conversions)
        foreach (var accrual in conversion.Accruals)
            if (accrual.IsSettledPerPeriod)
            {
                var credit = conversion.Credits.First(credit => credit.Placement == accrual.Placement && credit.Models.Contains(conversion.BookModel));
                yield return new()
                {
                    Brand = journey.Brand,
                    Agreement = accrual.Agreement,
                    Key = conversion.Key,
                    At = conversion.At,
                    Day = conversion.Day,
                    Kind = conversion.Kind == ConversionKind.Order ? AccrualKind.Order : AccrualKind.Lead,
                    Net = credit.Gross - credit.Discount - credit.Refunds,
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

    /// <summary>Adds what turns the accruals of journeys into those of the one they became: rows to write, and (brand, agreement, key) to take out.</summary>
    public static void AddChange(IReadOnlyList<Journey> before, Journey after, ICollection<PeriodAccrual> put, ISet<(string Brand, string Agreement, string Key)> gone)
    {
        if (!MayAccrue(after) && !before.Any(MayAccrue)) return;
        var known = before.SelectMany(FromJourney).ToDictionary(accrual => (accrual.Brand, accrual.Agreement, accrual.Key));
        foreach (var accrual in FromJourney(after))
            if (!known.Remove((accrual.Brand, accrual.Agreement, accrual.Key), out var was) || was != accrual)
                put.Add(accrual);
        gone.UnionWith(known.Keys);
    }

    private static bool MayAccrue(Journey journey) => !journey.Conversions.IsEmpty || !journey.PostDays.IsEmpty;
}

/// <summary>What accrues. Stored: never renumber.</summary>
public enum AccrualKind
{
    /// <summary>An order.</summary>
    Order = 1,

    /// <summary>A sign-up or lead.</summary>
    Lead = 2,

    /// <summary>A post.</summary>
    Post = 3,
}
