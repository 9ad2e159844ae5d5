using System.Text.Json.Serialization;
using Attribution.Contracts;

namespace Attribution.Host.Ingest.Imports;

/// <summary>The result of an import of orders, or of its dry run.</summary>
/// <param name="Format">The format.</param>
/// <param name="Source">The shop.</param>
/// <param name="DryRun">True if nothing was written.</param>
/// <param name="Orders">Number of orders, or documents, in the file.</param>
/// <param name="Accepted">Number of orders whose events were accepted, or would be.</param>
/// <param name="WithoutEvents">Number of documents that report nothing, such as an order that is not paid yet.</param>
/// <param name="NotCounted">Number of orders that never count, such as test orders.</param>
/// <param name="Rejected">Number of rejected orders.</param>
/// <param name="BeyondHorizon">Orders that are older than the horizon and were left out; null if there are none.</param>
/// <param name="Results">The rejected and not counted orders, and members that were left out of accepted ones.</param>
/// <param name="Omitted">Number of results that are not listed.</param>
/// <param name="Preview">Credit and commission that the import would add; null unless it is a dry run.</param>
internal sealed record OrderImportAnswer(
    string Format, string Source, bool DryRun, long Orders, long Accepted, long WithoutEvents, long NotCounted, long Rejected,
    BeyondHorizon? BeyondHorizon, IReadOnlyList<ImportResult> Results, long Omitted, ImportPreview? Preview);

/// <summary>Orders that are older than the horizon.</summary>
/// <param name="Orders">Their number.</param>
/// <param name="Oldest">Time of the oldest one.</param>
/// <param name="Horizon">The horizon, as an ISO 8601 duration.</param>
internal sealed record BeyondHorizon(long Orders, DateTimeOffset Oldest, string Horizon);

/// <summary>A fault of an order, or of a member of it.</summary>
/// <param name="Row">
/// The row as a spreadsheet shows it, the header being row 1; of documents the number of the document, from 1.
/// </param>
/// <param name="Column">The column; of documents the JSON pointer.</param>
/// <param name="Order">Name or id of the order; null if none could be read.</param>
/// <param name="Status">
/// <c>rejected</c>; <c>not_counted</c> for an order that never counts; <c>left_out</c> for a member without which the
/// order is accepted.
/// </param>
/// <param name="Reason">The reason.</param>
/// <param name="Detail">The fault and its remedy.</param>
internal sealed record ImportResult(
    long Row, string Column, string? Order, string Status,
    [property: JsonConverter(typeof(SnakeCaseEnumConverter<RejectionReason>))] RejectionReason Reason, string Detail);

/// <summary>Credit and commission that an import would add under the book model, given the stored clicks, visits and orders.</summary>
/// <param name="Currency">The brand's currency.</param>
/// <param name="Orders">Number of orders.</param>
/// <param name="Net">Their net revenue.</param>
/// <param name="Commission">
/// The commission on them, except that of agreements settled per period.
/// </param>
/// <param name="Placements">The same by campaign and creator, greatest net first.</param>
/// <param name="Unattributed">The orders without credit.</param>
/// <param name="UnmatchedCodes">Codes that no one owns, with their numbers of orders; the 50 most frequent.</param>
/// <param name="SettledPerPeriod">Agreements with tiers, caps or guarantees: their commission depends on the whole period.</param>
/// <param name="AmountsWithoutRate">Number of amounts that wait for an exchange rate, and are not in the sums.</param>
/// <param name="IsComplete">
/// False if the file names so many people that later orders were planned without their earlier ones.
/// </param>
internal sealed record ImportPreview(
    string Currency, long Orders, string Net, string Commission, IReadOnlyList<PreviewRow> Placements, PreviewSum Unattributed,
    IReadOnlyList<PreviewCode> UnmatchedCodes, IReadOnlyList<string> SettledPerPeriod, long AmountsWithoutRate, bool IsComplete);

/// <summary>Credit and commission of a creator.</summary>
/// <param name="CampaignId">The campaign.</param>
/// <param name="CreatorId">The creator.</param>
/// <param name="Orders">Number of orders with any credit.</param>
/// <param name="Net">Credited net revenue.</param>
/// <param name="Commission">Commission.</param>
internal sealed record PreviewRow(string CampaignId, string CreatorId, long Orders, string Net, string Commission);

/// <summary>Orders and their net revenue.</summary>
internal sealed record PreviewSum(long Orders, string Net);

/// <summary>A code and the number of orders with it.</summary>
internal sealed record PreviewCode(string Code, long Orders);
