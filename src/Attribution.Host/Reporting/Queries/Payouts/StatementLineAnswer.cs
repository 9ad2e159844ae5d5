using System.Text.Json.Serialization;
using Attribution.Contracts;
using Attribution.Core.Ledger;
using Attribution.Core.Payouts;
using Attribution.Host.Reporting.Queries.Values;

namespace Attribution.Host.Reporting.Queries.Payouts;

/// <summary>
/// A line of a statement: the amount of an item that became payable, minus the amount in earlier statements.
/// </summary>
/// <param name="Item">Key of the item, by which it can be approved.</param>
/// <param name="Kind">Kind of the line.</param>
/// <param name="Day">The order's day, or the day of the adjustment.</param>
/// <param name="ConversionId">Order or conversion; null for an adjustment.</param>
/// <param name="CampaignId">The campaign.</param>
/// <param name="AgreementId">Agreement that pays the item.</param>
/// <param name="Reason">Adjustments: tier, cap, guarantee, fee or post_fee; otherwise null.</param>
/// <param name="Amount">Amount in major units.</param>
/// <param name="State">approved, paid or clawed_back.</param>
/// <param name="ApprovedBy">Name of an API key, or <c>rule</c>.</param>
/// <param name="ApprovedAt">
/// Time of approval; for <c>rule</c>, the beginning of the day on which the holding period ended; null if the holding
/// period was extended after an earlier statement.
/// </param>
internal sealed record StatementLineAnswer(
    string Item, StatementLineKind Kind, DateOnly Day, string? ConversionId, string CampaignId, string? AgreementId,
    LedgerReason? Reason, Money Amount,
    CommissionState State, string ApprovedBy, string? ApprovedAt);

/// <summary>An item that is payable later.</summary>
/// <param name="Item">Key of the item, by which it can be approved.</param>
/// <param name="Day">The order's day.</param>
/// <param name="ConversionId">Order or conversion; null for an adjustment.</param>
/// <param name="CampaignId">The campaign.</param>
/// <param name="AgreementId">Agreement that pays the item.</param>
/// <param name="Reason">Reason of an adjustment; otherwise null.</param>
/// <param name="Amount">Amount in major units.</param>
/// <param name="State">accrued (its day is open) or held.</param>
/// <param name="PayableOn">First local day after the holding period.</param>
/// <param name="NeedsApproval">True if the item waits for manual approval.</param>
internal sealed record OpenItemAnswer(
    string Item, DateOnly Day, string? ConversionId, string CampaignId, string? AgreementId, LedgerReason? Reason,
    Money Amount, CommissionState State, DateOnly PayableOn, bool NeedsApproval);

/// <summary>The status of a statement.</summary>
[JsonConverter(typeof(SnakeCaseEnumConverter<StatementStatus>))]
internal enum StatementStatus
{
    /// <summary>Not closed; shows what closing would produce now.</summary>
    Open = 1,

    /// <summary>Numbered and permanent.</summary>
    Closed = 2,

    /// <summary>Closed and paid.</summary>
    Paid = 3,
}
