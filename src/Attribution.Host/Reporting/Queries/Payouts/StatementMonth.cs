using Attribution.Core.Catalog;
using Attribution.Core.Payouts;
using Attribution.Core.Values;
using Attribution.Host.Reporting.Queries.Values;
using Attribution.Storage.Payouts;

namespace Attribution.Host.Reporting.Queries.Payouts;

/// <summary>The statements of all creators for a month.</summary>
/// <param name="Month">The month, for example 2026-03.</param>
/// <param name="Currency">Currency of the brand.</param>
/// <param name="Rows">Statements by creator.</param>
/// <param name="Totals">Sums over all statements.</param>
internal sealed record StatementMonth(
    string Month, string Currency, IReadOnlyList<StatementRow> Rows, StatementSums Totals)
{
    /// <summary>Number of items that wait for manual approval.</summary>
    public int ToApprove => Rows.Sum(row => row.ToApprove);
}

/// <summary>A creator's statement without its lines.</summary>
/// <param name="CreatorId">The creator.</param>
/// <param name="CreatorName">Current name of the creator.</param>
/// <param name="Number">Number of the statement within the brand; null while it is open.</param>
/// <param name="Status">Status of the statement.</param>
/// <param name="Amounts">Sums of the statement.</param>
/// <param name="ToApprove">Number of items that wait for manual approval; 0 for a closed statement.</param>
/// <param name="ClosedAt">Time of closing; null while it is open.</param>
/// <param name="ClosedBy">Name of the API key that closed it.</param>
/// <param name="PaidAt">Time of payment; null while it is not paid.</param>
/// <param name="PaidBy">Name of the API key that marked it as paid.</param>
/// <param name="Reference">Reference of the payment, as given.</param>
internal sealed record StatementRow(
    string CreatorId, string CreatorName, long? Number, StatementStatus Status, StatementSums Amounts, int ToApprove,
    string? ClosedAt, string? ClosedBy, string? PaidAt, string? PaidBy, string? Reference)
{
    /// <summary>Creates the row of a statement.</summary>
    public static StatementRow FromStatement(
        BrandSettings brand, string creator, string name, PayoutStatement statement, ClosedPayoutStatement? closed) =>
        new(
        creator, name, closed?.Number, StatementAnswer.GetStatus(closed),
        StatementSums.FromStatement(brand.Currency, statement),
        statement.PendingItems.Count(item => item.NeedsApproval),
        closed?.Closed.At.ToString(), closed?.Closed.By, closed?.Paid?.At.ToString(), closed?.Paid?.By,
        closed?.Reference);
}

/// <summary>The sums of one or more statements, in major units.</summary>
/// <param name="Commission">Sum of the commission lines.</param>
/// <param name="Adjustments">Sum of the lines for tiers, caps, guarantees and fees.</param>
/// <param name="ClawBacks">Amount that earlier statements contained in excess; not above 0.</param>
/// <param name="CarriedIn">Negative balance of previous statements; not above 0.</param>
/// <param name="Total">Sum of all of these.</param>
/// <param name="Payable">Amount to pay: the sum of the totals that are not negative.</param>
/// <param name="CarriedOut">Sum of the negative totals.</param>
/// <param name="NotYet">Amount accrued by the end of the month that is payable later; 0 for a closed statement.</param>
internal sealed record StatementSums(
    Money Commission, Money Adjustments, Money ClawBacks, Money CarriedIn, Money Total, Money Payable, Money CarriedOut,
    Money NotYet)
{
    /// <summary>Returns sums of 0.</summary>
    public static StatementSums Zero(Currency currency)
    {
        var zero = new Money(0, currency);
        return new(zero, zero, zero, zero, zero, zero, zero, zero);
    }

    /// <summary>Returns the sums of a statement.</summary>
    public static StatementSums FromStatement(Currency currency, PayoutStatement statement) => new(
        new(statement.SumOf(StatementLineKind.Commission), currency),
        new(statement.SumOf(StatementLineKind.Adjustment), currency),
        new(statement.SumOf(StatementLineKind.ClawBack), currency), new(statement.BroughtForward, currency),
        new(statement.Total, currency),
        new(statement.Payable, currency), new(statement.CarriedForward, currency),
        new(statement.PendingItems.SumWide(item => item.Amount), currency));

    /// <summary>Adds sums of the same currency.</summary>
    public static StatementSums operator +(StatementSums left, StatementSums right) => new(
        left.Commission + right.Commission, left.Adjustments + right.Adjustments, left.ClawBacks + right.ClawBacks,
        left.CarriedIn + right.CarriedIn,
        left.Total + right.Total, left.Payable + right.Payable, left.CarriedOut + right.CarriedOut, left.NotYet
            + right.NotYet);
}
