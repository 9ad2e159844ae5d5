using System.Text.Json;
using System.Text.Json.Serialization;
using Attribution.Contracts;
using Attribution.Core.Catalog;
using Attribution.Core.Ledger;
using Attribution.Core.Payouts;
using Attribution.Core.Values;
using Attribution.Host.Reporting.Export;
using Attribution.Storage.Payouts;

namespace Attribution.Host.Reporting.Queries.Payouts;

/// <summary>A creator's statement of a month.</summary>
internal sealed record StatementAnswer
{
    /// <summary>The brand's number of it; null while it is open.</summary>
    public required long? Number { get; init; }

    public required StatementStatus Status { get; init; }

    public required string BrandId { get; init; }

    public required string CreatorId { get; init; }

    /// <summary>Such as 2026-03.</summary>
    public required string Month { get; init; }

    public required string Currency { get; init; }

    /// <summary>By (day, item, campaign).</summary>
    public required IReadOnlyList<StatementLineAnswer> Lines { get; init; }

    /// <summary>What its lines of commission come to.</summary>
    public required string Commission { get; init; }

    /// <summary>What its lines of tiers, caps, guarantees and fees come to.</summary>
    public required string Adjustments { get; init; }

    /// <summary>What earlier statements said too much; not above 0.</summary>
    public required string ClawBacks { get; init; }

    /// <summary>What the statement before left over; not above 0.</summary>
    public required string CarriedIn { get; init; }

    /// <summary>All lines, and what was carried in.</summary>
    public required string Total { get; init; }

    /// <summary>To be paid: the total, or 0 where it is negative.</summary>
    public required string Payable { get; init; }

    /// <summary>What the next statement begins with.</summary>
    public required string CarriedOut { get; init; }

    /// <summary>What accrued by the month's end and is payable later; empty of a closed statement.</summary>
    public required IReadOnlyList<OpenItemAnswer> NotYet { get; init; }

    public required string? ClosedAt { get; init; }

    /// <summary>The API key's name.</summary>
    public required string? ClosedBy { get; init; }

    public required string? PaidAt { get; init; }

    /// <summary>The API key's name.</summary>
    public required string? PaidBy { get; init; }

    /// <summary>Of the payment, as given.</summary>
    public required string? Reference { get; init; }

    public const string CsvHeader = "number,month,creatorId,kind,day,conversionId,campaignId,agreementId,reason,currency,amount,state,approvedBy,approvedAt";

    public static StatementAnswer FromStatement(BrandSettings brand, string creator, PayoutStatement statement, ClosedPayoutStatement? closed)
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
                line.Item, line.Kind, line.Day, GetConversionId(line.Item), line.Campaign, line.Agreement, PayoutItemKey.ReasonOf(line.Item), currency.Format(line.Amount),
                line.Kind == StatementLineKind.ClawBack ? CommissionState.ClawedBack : closed?.Paid is null ? CommissionState.Approved : CommissionState.Paid,
                line.ApprovedBy, line.ApprovedAt?.ToString()))],
            Commission = currency.Format(statement.SumOf(StatementLineKind.Commission)),
            Adjustments = currency.Format(statement.SumOf(StatementLineKind.Adjustment)),
            ClawBacks = currency.Format(statement.SumOf(StatementLineKind.ClawBack)),
            CarriedIn = currency.Format(statement.BroughtForward),
            Total = currency.Format(statement.Total),
            Payable = currency.Format(statement.Payable),
            CarriedOut = currency.Format(statement.CarriedForward),
            NotYet = [.. statement.PendingItems.Select(item => new OpenItemAnswer(
                item.Item, item.Day, GetConversionId(item.Item), item.Campaign, item.Agreement, PayoutItemKey.ReasonOf(item.Item), currency.Format(item.Amount), item.State, item.PayableOn, item.NeedsApproval))],
            ClosedAt = closed?.Closed.At.ToString(),
            ClosedBy = closed?.Closed.By,
            PaidAt = closed?.Paid?.At.ToString(),
            PaidBy = closed?.Paid?.By,
            Reference = closed?.Reference,
        };
    }

    /// <summary>Its lines, and what was carried in; so that the amounts sum to the total.</summary>
    public IEnumerable<string> ToCsvLines()
    {
        var (head, tail) = ($"{Number},{Month},{CsvFormat.EscapeCell(CreatorId)}", Currency);
        if (CarriedIn.StartsWith('-')) yield return $"{head},carried_in,,,,,,{tail},{CarriedIn},,,";
        foreach (var line in Lines)
            yield return $"{head},{ToSnakeCase(line.Kind)},{line.Day:O},{CsvFormat.EscapeCell(line.ConversionId)},{CsvFormat.EscapeCell(line.CampaignId)},{CsvFormat.EscapeCell(line.AgreementId)},"
                + $"{(line.Reason is { } reason ? ToSnakeCase(reason) : "")},{tail},{line.Amount},{ToSnakeCase(line.State)},{CsvFormat.EscapeCell(line.ApprovedBy)},{line.ApprovedAt}";
    }

    internal static StatementStatus GetStatus(ClosedPayoutStatement? closed) => closed is null ? StatementStatus.Open : closed.Paid is null ? StatementStatus.Closed : StatementStatus.Paid;

    private static string? GetConversionId(string item) => PayoutItemKey.IsAdjustment(item) ? null : item[2..];

    private static string ToSnakeCase<T>(T value) where T : struct, Enum => JsonNamingPolicy.SnakeCaseLower.ConvertName(value.ToString());
}

/// <summary>A line: what became payable of one item, less what earlier statements said.</summary>
/// <param name="Item">By which it can be approved.</param>
/// <param name="Kind">What it is.</param>
/// <param name="Day">The order's day, or the one that the adjustment stands on.</param>
/// <param name="ConversionId">The order or conversion; null of an adjustment.</param>
/// <param name="CampaignId">The campaign.</param>
/// <param name="AgreementId">The agreement that pays.</param>
/// <param name="Reason">Of an adjustment: tier, cap, guarantee, fee or post_fee; else null.</param>
/// <param name="Amount">Major units.</param>
/// <param name="State">approved, paid or clawed_back.</param>
/// <param name="ApprovedBy">A key's name, or <c>rule</c>.</param>
/// <param name="ApprovedAt">When; by the rule, the beginning of the day on which the holding period has passed; null where it was made longer after a statement had said so.</param>
internal sealed record StatementLineAnswer(
    string Item, StatementLineKind Kind, DateOnly Day, string? ConversionId, string CampaignId, string? AgreementId, LedgerReason? Reason, string Amount,
    CommissionState State, string ApprovedBy, string? ApprovedAt);

/// <summary>What is payable later.</summary>
/// <param name="Item">By which it can be approved.</param>
/// <param name="Day">The order's day.</param>
/// <param name="ConversionId">The order or conversion; null of an adjustment.</param>
/// <param name="CampaignId">The campaign.</param>
/// <param name="AgreementId">The agreement that pays.</param>
/// <param name="Reason">Of an adjustment; else null.</param>
/// <param name="Amount">Major units.</param>
/// <param name="State">accrued (its day is open) or held.</param>
/// <param name="PayableOn">The first local day on which its holding period has passed.</param>
/// <param name="NeedsApproval">Whether it waits for somebody to approve it.</param>
internal sealed record OpenItemAnswer(
    string Item, DateOnly Day, string? ConversionId, string CampaignId, string? AgreementId, LedgerReason? Reason, string Amount, CommissionState State, DateOnly PayableOn, bool NeedsApproval);

/// <summary>Where a statement stands.</summary>
[JsonConverter(typeof(SnakeCaseEnumConverter<StatementStatus>))]
internal enum StatementStatus
{
    /// <summary>As it would be closed now.</summary>
    Open = 1,

    /// <summary>Numbered, and never changed again.</summary>
    Closed = 2,

    /// <summary>Closed and paid.</summary>
    Paid = 3,
}
