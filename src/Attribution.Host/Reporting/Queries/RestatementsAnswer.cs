using Attribution.Core.Identity;
using Attribution.Core.Ledger;
using Attribution.Core.Values;
using Attribution.Host.Reporting.Queries.Values;
using Attribution.Storage.Ledger;

namespace Attribution.Host.Reporting.Queries;

/// <summary>A page of restatements.</summary>
/// <param name="Items">Restatements by time of recording.</param>
/// <param name="Cursor">Cursor of the next page; null on the last page.</param>
/// <param name="Currency">Currency of the brand.</param>
/// <param name="Summary">Sums over the whole period, not only the page; null on later pages.</param>
internal sealed record RestatementsAnswer(
    IReadOnlyList<RestatementLine> Items, string? Cursor, string Currency, RestatementSummary? Summary);

/// <summary>A change of a closed day.</summary>
internal sealed record RestatementLine
{
    /// <summary>
    /// The closed local day: in the cash view the refund's day for a refund, otherwise the conversion's day.
    /// </summary>
    public required DateOnly Day { get; init; }

    /// <summary>Time at which that day was closed.</summary>
    public required string ClosedAt { get; init; }

    /// <summary>
    /// Order id or conversion id; empty for amounts that an agreement settles per period, whose agreement is in
    /// <see cref="CausedBy"/>.
    /// </summary>
    public required string ConversionId { get; init; }

    public required string CampaignId { get; init; }

    public required string CreatorId { get; init; }

    public required DateOnly OrderDay { get; init; }

    public required DateOnly EntryDay { get; init; }

    /// <summary>Change of net revenue.</summary>
    public required Money Amount { get; init; }

    /// <summary>Change of the credited share.</summary>
    public required Share Share { get; init; }

    /// <summary>Change of the commission.</summary>
    public required Money Commission { get; init; }

    public required LedgerReason Reason { get; init; }

    /// <summary>
    /// The event that caused the change, as <c>source/id</c>; <c>agreement/id</c> for tiers, caps, guarantees and fees;
    /// empty if the catalog caused it.
    /// </summary>
    public required string CausedBy { get; init; }

    public required string RecordedAt { get; init; }

    /// <summary>Creates the answer for a restatement.</summary>
    public static RestatementLine FromRestatement(Restatement restatement, RestatedDay day, Currency currency)
    {
        var line = restatement.Entry;
        return new()
        {
            Day = day == RestatedDay.OrderDay ? line.OrderDay
                : line.EntryDay, ClosedAt = restatement.ClosedAt.ToString(),
            ConversionId = IdentityRules.IsConversionKey(line.Conversion) ? line.Conversion[2..] : "",
            CampaignId = line.Placement.Campaign, CreatorId = line.Placement.Creator, OrderDay = line.OrderDay,
            EntryDay = line.EntryDay,
            Amount = new(line.Amount, currency), Share = new(line.Micros), Commission = new(line.Commission, currency),
            Reason = line.Reason, CausedBy = line.CausedBy, RecordedAt = line.RecordedAt.ToString(),
        };
    }
}

/// <summary>Sums of restatements.</summary>
/// <param name="ByReason">Sums by reason.</param>
/// <param name="ByPlacement">Sums by campaign and creator.</param>
internal sealed record RestatementSummary(
    IReadOnlyList<RestatementReasonSum> ByReason, IReadOnlyList<RestatementPlacementSum> ByPlacement)
{
    /// <summary>Creates the summary from sums by reason and placement.</summary>
    public static RestatementSummary FromSums(IReadOnlyList<RestatementSum> sums, Currency currency)
    {
        return new(
            [
                .. sums.GroupBy(sum => sum.Reason).OrderBy(group => group.Key)
                    .Select(group => new RestatementReasonSum(
                        group.Key, group.Sum(sum => sum.Count), Amount(group), Share(group), Commission(group))),
            ],
            [
                .. sums.GroupBy(sum => sum.Placement).OrderBy(group => group.Key.Campaign, StringComparer.Ordinal)
                .ThenBy(group => group.Key.Creator, StringComparer.Ordinal)
                    .Select(group => new RestatementPlacementSum(
                        group.Key.Campaign, group.Key.Creator, group.Sum(sum => sum.Count), Amount(group), Share(group),
                        Commission(group))),
            ]);

        Money Amount(IEnumerable<RestatementSum> group) => new(group.SumWide(sum => sum.Amount), currency);
        Share Share(IEnumerable<RestatementSum> group) => new(group.Sum(sum => sum.Micros));
        Money Commission(IEnumerable<RestatementSum> group) => new(group.SumWide(sum => sum.Commission), currency);
    }
}

/// <summary>Sum of the restatements with the same reason.</summary>
internal sealed record RestatementReasonSum(
    LedgerReason Reason, long Lines, Money Amount, Share Share, Money Commission);

/// <summary>Sum of the restatements of a placement.</summary>
internal sealed record RestatementPlacementSum(
    string CampaignId, string CreatorId, long Lines, Money Amount, Share Share, Money Commission);
