using System.Text.Json;
using Attribution.Core.Identity;
using Attribution.Core.Ledger;
using Attribution.Core.Values;
using Attribution.Host.Reporting.Export;
using Attribution.Host.Reporting.Queries.Rollups;
using Attribution.Storage.Ledger;

namespace Attribution.Host.Reporting.Queries;

/// <summary>A page of restatements.</summary>
/// <param name="Items">By the moment of recording.</param>
/// <param name="Cursor">Where the next page begins; null at the end.</param>
/// <param name="Currency">The brand's.</param>
/// <param name="Summary">What all of the span come to, not the page's alone; null on the pages after the first.</param>
internal sealed record RestatementsAnswer(IReadOnlyList<RestatementLine> Items, string? Cursor, string Currency, RestatementSummary? Summary);

/// <summary>A change of a closed day.</summary>
internal sealed record RestatementLine
{
    /// <summary>The local day that had closed: the refund's for what a refund changed (in the cash view), else the conversion's.</summary>
    public required DateOnly Day { get; init; }

    /// <summary>When that day had closed.</summary>
    public required string ClosedAt { get; init; }

    /// <summary>The order or conversion id; empty of what an agreement reckons over many, which <see cref="CausedBy"/> names.</summary>
    public required string ConversionId { get; init; }

    public required string CampaignId { get; init; }

    public required string CreatorId { get; init; }

    public required DateOnly OrderDay { get; init; }

    public required DateOnly EntryDay { get; init; }

    /// <summary>Change of net revenue.</summary>
    public required string Amount { get; init; }

    /// <summary>Change of the credited share.</summary>
    public required string Share { get; init; }

    /// <summary>Change of the commission.</summary>
    public required string Commission { get; init; }

    public required LedgerReason Reason { get; init; }

    /// <summary>The event that caused it, as <c>source/id</c>; <c>agreement/id</c> of tiers, caps, guarantees and fees; empty when the catalog did.</summary>
    public required string CausedBy { get; init; }

    public required string RecordedAt { get; init; }

    public const string CsvHeader = "day,closedAt,conversionId,campaignId,creatorId,orderDay,entryDay,currency,amount,share,commission,reason,causedBy,recordedAt";

    public static RestatementLine FromRestatement(Restatement restatement, RestatedDay day, Currency currency)
    {
        var line = restatement.Entry;
        return new()
        {
            Day = day == RestatedDay.OrderDay ? line.OrderDay : line.EntryDay, ClosedAt = restatement.ClosedAt.ToString(), ConversionId = IdentityRules.IsConversionKey(line.Conversion) ? line.Conversion[2..] : "",
            CampaignId = line.Placement.Campaign, CreatorId = line.Placement.Creator, OrderDay = line.OrderDay, EntryDay = line.EntryDay,
            Amount = currency.Format(line.Amount), Share = RollupRow.FormatShare(line.Micros), Commission = currency.Format(line.Commission),
            Reason = line.Reason, CausedBy = line.CausedBy, RecordedAt = line.RecordedAt.ToString(),
        };
    }

    public string ToCsvLine(string currency) =>
        $"{Day:O},{ClosedAt},{CsvFormat.EscapeCell(ConversionId)},{CsvFormat.EscapeCell(CampaignId)},{CsvFormat.EscapeCell(CreatorId)},{OrderDay:O},{EntryDay:O},{currency},"
        + $"{Amount},{Share},{Commission},{JsonNamingPolicy.SnakeCaseLower.ConvertName(Reason.ToString())},{CsvFormat.EscapeCell(CausedBy)},{RecordedAt}";
}

/// <summary>What restatements come to.</summary>
/// <param name="ByReason">By reason.</param>
/// <param name="ByPlacement">By campaign and creator.</param>
internal sealed record RestatementSummary(IReadOnlyList<RestatementReasonSum> ByReason, IReadOnlyList<RestatementPlacementSum> ByPlacement)
{
    public static RestatementSummary FromSums(IReadOnlyList<RestatementSum> sums, Currency currency) => new(
        [
            .. sums.GroupBy(sum => sum.Reason).OrderBy(group => group.Key).Select(group => new RestatementReasonSum(
                group.Key, group.Sum(sum => sum.Count), currency.Format(group.Sum(sum => sum.Amount)), RollupRow.FormatShare(group.Sum(sum => sum.Micros)),
                currency.Format(group.Sum(sum => sum.Commission)))),
        ],
        [
            .. sums.GroupBy(sum => sum.Placement).OrderBy(group => group.Key.Campaign, StringComparer.Ordinal).ThenBy(group => group.Key.Creator, StringComparer.Ordinal)
                .Select(group => new RestatementPlacementSum(
                    group.Key.Campaign, group.Key.Creator, group.Sum(sum => sum.Count), currency.Format(group.Sum(sum => sum.Amount)),
                    RollupRow.FormatShare(group.Sum(sum => sum.Micros)), currency.Format(group.Sum(sum => sum.Commission)))),
        ]);
}

/// <summary>What restatements of a reason come to.</summary>
internal sealed record RestatementReasonSum(LedgerReason Reason, long Lines, string Amount, string Share, string Commission);

/// <summary>What restatements of a placement come to.</summary>
internal sealed record RestatementPlacementSum(string CampaignId, string CreatorId, long Lines, string Amount, string Share, string Commission);
