using Attribution.Core.Catalog;
using Attribution.Core.Payouts;
using Attribution.Core.Values;
using Attribution.Host.Reporting.Queries.Values;
using Attribution.Storage.Payouts;

namespace Attribution.Host.Reporting.Queries.Payouts;

/// <summary>A creator's payout statement of a month.</summary>
internal sealed record StatementAnswer
{
    /// <summary>Number of the statement within the brand; null while it is open.</summary>
    public required long? Number { get; init; }

    public required StatementStatus Status { get; init; }

    public required string BrandId { get; init; }

    public required string CreatorId { get; init; }

    /// <summary>The month, for example 2026-03.</summary>
    public required string Month { get; init; }

    public required string Currency { get; init; }

    /// <summary>Lines by day, item and campaign.</summary>
    public required IReadOnlyList<StatementLineAnswer> Lines { get; init; }

    /// <summary>Sum of the commission lines.</summary>
    public required Money Commission { get; init; }

    /// <summary>Sum of the lines for tiers, caps, guarantees and fees.</summary>
    public required Money Adjustments { get; init; }

    /// <summary>Amount that earlier statements contained in excess; not above 0.</summary>
    public required Money ClawBacks { get; init; }

    /// <summary>Negative balance of the previous statement; not above 0.</summary>
    public required Money CarriedIn { get; init; }

    /// <summary>Sum of all lines and the amount carried in.</summary>
    public required Money Total { get; init; }

    /// <summary>Amount to pay: the total, or 0 if it is negative.</summary>
    public required Money Payable { get; init; }

    /// <summary>Balance carried to the next statement.</summary>
    public required Money CarriedOut { get; init; }

    /// <summary>Items accrued by the end of the month that are payable later; empty for a closed statement.</summary>
    public required IReadOnlyList<OpenItemAnswer> NotYet { get; init; }

    public required string? ClosedAt { get; init; }

    /// <summary>Name of the API key that closed it.</summary>
    public required string? ClosedBy { get; init; }

    public required string? PaidAt { get; init; }

    /// <summary>Name of the API key that marked it as paid.</summary>
    public required string? PaidBy { get; init; }

    /// <summary>Reference of the payment, as given.</summary>
    public required string? Reference { get; init; }

    /// <summary>Creates the answer for a statement.</summary>
    /// <param name="brand">The brand.</param>
    /// <param name="creator">The creator.</param>
    /// <param name="statement">The statement.</param>
    /// <param name="closed">The closed statement; null while it is open.</param>
    public static StatementAnswer FromStatement(
        BrandSettings brand, string creator, PayoutStatement statement, ClosedPayoutStatement? closed)
    {
        var currency = brand.Currency;
        return new()
        {
            Number = closed?.Number,
            Status = GetStatus(closed),
            BrandId = brand.Id,
            CreatorId = creator,
            Month = CalendarMonth.TextOf(statement.Month),
            Currency = currency.Code,
            Lines = [.. statement.Lines.Select(line => new StatementLineAnswer(
                line.Item, line.Kind, line.Day, GetConversionId(line.Item), line.Campaign, line.Agreement,
                PayoutItemKey.ReasonOf(line.Item), new(line.Amount, currency),
                line.Kind == StatementLineKind.ClawBack ? CommissionState.ClawedBack : closed?.Paid is null
                    ? CommissionState.Approved : CommissionState.Paid,
                line.ApprovedBy, line.ApprovedAt?.ToString()))],
            Commission = new(statement.SumOf(StatementLineKind.Commission), currency),
            Adjustments = new(statement.SumOf(StatementLineKind.Adjustment), currency),
            ClawBacks = new(statement.SumOf(StatementLineKind.ClawBack), currency),
            CarriedIn = new(statement.BroughtForward, currency),
            Total = new(statement.Total, currency),
            Payable = new(statement.Payable, currency),
            CarriedOut = new(statement.CarriedForward, currency),
            NotYet = [.. statement.PendingItems.Select(item => new OpenItemAnswer(
                item.Item, item.Day, GetConversionId(item.Item), item.Campaign, item.Agreement,
                PayoutItemKey.ReasonOf(item.Item), new(item.Amount, currency),
                item.State, item.PayableOn, item.NeedsApproval))],
            ClosedAt = closed?.Closed.At.ToString(),
            ClosedBy = closed?.Closed.By,
            PaidAt = closed?.Paid?.At.ToString(),
            PaidBy = closed?.Paid?.By,
            Reference = closed?.Reference,
        };
    }

    /// <summary>Returns the status of a statement.</summary>
    internal static StatementStatus GetStatus(ClosedPayoutStatement? closed) =>
        closed is null ? StatementStatus.Open : closed.Paid is null ? StatementStatus.Closed : StatementStatus.Paid;

    private static string? GetConversionId(string item) => PayoutItemKey.IsAdjustment(item) ? null : item[2..];
}
