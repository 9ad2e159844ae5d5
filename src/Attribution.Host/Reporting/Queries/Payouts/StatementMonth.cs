using System.Text.Json;
using Attribution.Core.Catalog;
using Attribution.Core.Payouts;
using Attribution.Core.Values;
using Attribution.Host.Reporting.Export;
using Attribution.Storage.Payouts;

namespace Attribution.Host.Reporting.Queries.Payouts;

/// <summary>Every creator's statement of a month.</summary>
/// <param name="Month">Such as 2026-03.</param>
/// <param name="Currency">The brand's.</param>
/// <param name="Rows">By creator.</param>
/// <param name="Totals">What they come to together.</param>
internal sealed record StatementMonth(string Month, string Currency, IReadOnlyList<StatementRow> Rows, StatementSums Totals)
{
    /// <summary>How many items wait for somebody to approve them.</summary>
    public int ToApprove => Rows.Sum(row => row.ToApprove);

    public const string CsvHeader =
        "month,creatorId,creatorName,number,status,currency,commission,adjustments,clawBacks,carriedIn,total,payable,carriedOut,notYet,toApprove,closedAt,closedBy,paidAt,paidBy,reference";

    /// <summary>A line a row, without the totals.</summary>
    public IEnumerable<string> ToCsvLines() => Rows.Select(row =>
        $"{Month},{CsvFormat.EscapeCell(row.CreatorId)},{CsvFormat.EscapeCell(row.CreatorName)},{row.Number},{JsonNamingPolicy.SnakeCaseLower.ConvertName(row.Status.ToString())},{Currency},"
        + $"{row.Amounts.Commission},{row.Amounts.Adjustments},{row.Amounts.ClawBacks},{row.Amounts.CarriedIn},{row.Amounts.Total},{row.Amounts.Payable},{row.Amounts.CarriedOut},{row.Amounts.NotYet},"
        + $"{row.ToApprove},{row.ClosedAt},{CsvFormat.EscapeCell(row.ClosedBy)},{row.PaidAt},{CsvFormat.EscapeCell(row.PaidBy)},{CsvFormat.EscapeCell(row.Reference)}");
}

/// <summary>A creator's statement without its lines.</summary>
/// <param name="CreatorId">The creator.</param>
/// <param name="CreatorName">Her name today.</param>
/// <param name="Number">The brand's number of it; null while it is open.</param>
/// <param name="Status">Where it stands.</param>
/// <param name="Amounts">What it comes to.</param>
/// <param name="ToApprove">How many items wait for somebody to approve them; 0 of a closed statement.</param>
/// <param name="ClosedAt">When; null while it is open.</param>
/// <param name="ClosedBy">The API key's name.</param>
/// <param name="PaidAt">When; null while it is not paid.</param>
/// <param name="PaidBy">The API key's name.</param>
/// <param name="Reference">Of the payment, as given.</param>
internal sealed record StatementRow(
    string CreatorId, string CreatorName, long? Number, StatementStatus Status, StatementSums Amounts, int ToApprove, string? ClosedAt, string? ClosedBy, string? PaidAt, string? PaidBy, string? Reference)
{
    public static StatementRow FromStatement(BrandSettings brand, string creator, string name, PayoutStatement statement, ClosedPayoutStatement? closed) => new(
        creator, name, closed?.Number, StatementAnswer.GetStatus(closed), StatementSums.FromAmounts(brand.Currency, StatementSums.GetAmounts(statement)), statement.PendingItems.Count(item => item.NeedsApproval),
        closed?.Closed.At.ToString(), closed?.Closed.By, closed?.Paid?.At.ToString(), closed?.Paid?.By, closed?.Reference);
}

/// <summary>What one or more statements come to, major units.</summary>
/// <param name="Commission">Lines of commission.</param>
/// <param name="Adjustments">Lines of tiers, caps, guarantees and fees.</param>
/// <param name="ClawBacks">What earlier statements said too much; not above 0.</param>
/// <param name="CarriedIn">What the statements before left over; not above 0.</param>
/// <param name="Total">All of these.</param>
/// <param name="Payable">To be paid: totals, but those below 0.</param>
/// <param name="CarriedOut">Totals below 0.</param>
/// <param name="NotYet">What accrued by the month's end and is payable later; 0 of a closed statement.</param>
internal sealed record StatementSums(string Commission, string Adjustments, string ClawBacks, string CarriedIn, string Total, string Payable, string CarriedOut, string NotYet)
{
    /// <summary>How many amounts it has.</summary>
    public const int AmountCount = 8;

    /// <summary>The amounts of one, in the order of the members, minor units.</summary>
    public static long[] GetAmounts(PayoutStatement one) =>
    [
        one.SumOf(StatementLineKind.Commission), one.SumOf(StatementLineKind.Adjustment), one.SumOf(StatementLineKind.ClawBack),
        one.BroughtForward, one.Total, one.Payable, one.CarriedForward, one.PendingItems.Sum(item => item.Amount),
    ];

    /// <summary>Amounts in the order of the members, written.</summary>
    public static StatementSums FromAmounts(Currency currency, long[] amounts) => new(
        currency.Format(amounts[0]), currency.Format(amounts[1]), currency.Format(amounts[2]), currency.Format(amounts[3]),
        currency.Format(amounts[4]), currency.Format(amounts[5]), currency.Format(amounts[6]), currency.Format(amounts[7]));
}
