using System.Globalization;
using System.Text.Json.Serialization;
using Attribution.Core.Ledger;
using Attribution.Core.Models;
using Attribution.Core.Rollups;
using Attribution.Core.Values;
using Attribution.Host.Reporting.Queries.Rollups;
using Attribution.Storage.Ledger;

namespace Attribution.Host.Reporting.Export;

/// <summary>The last line, and one now and then: everything before it has been told.</summary>
/// <param name="Cursor">To be passed on as <c>after</c>.</param>
/// <param name="ClosedThrough">Of rollups: the last local day that is closed; absent when none is, and of the ledger.</param>
internal sealed record ExportCursorLine(string Cursor, [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] DateOnly? ClosedThrough);

/// <summary>A line of the ledger.</summary>
internal sealed record ExportedLine
{
    /// <summary>The line's for ever, and no other's. Text of digits.</summary>
    public required string Id { get; init; }

    public required string BrandId { get; init; }

    /// <summary>What it is about: <c>o:</c> and an order's id, <c>n:</c> and another conversion's; or of another kind, by its first letter.</summary>
    public required string Subject { get; init; }

    public required string CampaignId { get; init; }

    public required string CreatorId { get; init; }

    public required DateOnly OrderDay { get; init; }

    public required DateOnly EntryDay { get; init; }

    public required string Currency { get; init; }

    /// <summary>Change of net revenue.</summary>
    public required string Amount { get; init; }

    /// <summary>Change of the credited share.</summary>
    public required string Share { get; init; }

    /// <summary>Change of what the creator is owed.</summary>
    public required string Commission { get; init; }

    public required LedgerReason Reason { get; init; }

    /// <summary>The event that caused it, as <c>source/id</c>; empty when the catalog did.</summary>
    public required string CausedBy { get; init; }

    public required string RecordedAt { get; init; }

    /// <summary>Whether the order's day was closed when it was written.</summary>
    public required bool RestatesOrderDay { get; init; }

    /// <summary>Whether the entry's day was.</summary>
    public required bool RestatesEntryDay { get; init; }

    public static ExportedLine FromLine(NumberedLedgerEntry numbered, Currency currency)
    {
        var line = numbered.Entry;
        return new()
        {
            Id = numbered.Number.ToString(CultureInfo.InvariantCulture), BrandId = line.Brand, Subject = line.Conversion,
            CampaignId = line.Placement.Campaign, CreatorId = line.Placement.Creator, OrderDay = line.OrderDay, EntryDay = line.EntryDay, Currency = currency.Code,
            Amount = currency.Format(line.Amount), Share = RollupRow.FormatShare(line.Micros), Commission = currency.Format(line.Commission),
            Reason = line.Reason, CausedBy = line.CausedBy, RecordedAt = line.RecordedAt.ToString(),
            RestatesOrderDay = numbered.RestatesOrderDay, RestatesEntryDay = numbered.RestatesEntryDay,
        };
    }
}

/// <summary>A rollup under a model, as it stands.</summary>
internal sealed record ExportedRollup
{
    /// <summary>The same for the same kind, brand, day, campaign, creator and model; of one view.</summary>
    public required string Id { get; init; }

    /// <summary><c>placement</c>; <c>campaign</c>: its own costs; <c>unattributed</c>; <c>total</c>: every conversion of the brand, once.</summary>
    public required string Kind { get; init; }

    public required string BrandId { get; init; }

    public required DateOnly Day { get; init; }

    /// <summary>Null for unattributed and total.</summary>
    public required string? CampaignId { get; init; }

    /// <summary>Null where it is no placement.</summary>
    public required string? CreatorId { get; init; }

    /// <summary>Null for total.</summary>
    public required string? Model { get; init; }

    /// <summary>Whether there is nothing left of it.</summary>
    public required bool Deleted { get; init; }

    /// <summary>As in <c>rows</c> of <c>/v1/rollups/daily</c>; null where it is deleted or none.</summary>
    public required RollupRow? Row { get; init; }

    /// <summary>As in <c>unattributed</c> and <c>totals</c> there; null where it is deleted or none.</summary>
    public required RollupRest? Rest { get; init; }

    /// <summary>The lines of a rollup: one a model asked for that has numbers of the day.</summary>
    public static IEnumerable<ExportedRollup> FromCell(RollupQuery asked, RollupKey key, MeasureCell? cell, DateOnly? closedThrough)
    {
        // Every conversion once is the same under every model.
        var query = asked with { From = key.Day, To = key.Day, Models = key.IsTotal ? [Core.Models.Model.LastTouch] : asked.Models };
        var sums = new RollupGroupSums(query);
        if (cell is not null) sums.Add(cell, key.Day, query.Catalog.FindCampaign(key.Campaign)?.GrossMarginPercent);
        var shown = sums.GetResults().ToList();
        var kind = key.IsTotal ? "total" : key.IsUnattributed ? "unattributed" : key.Creator.Length == 0 ? "campaign" : "placement";
        var isRest = key.IsTotal || key.IsUnattributed;
        foreach (var model in query.Models.Where(model => !model.IsFitted() || query.FittedFrom <= key.Day))
        {
            var name = key.IsTotal ? null : ModelNames.NameOf(model);
            var at = shown.FindIndex(one => one.Model == model);
            var row = at < 0 ? null : new RollupGroupResult(RollupAggregation.GetGroupKey(key, query.GroupBy), model, shown[at].Cell, shown[at].Earnings);
            yield return new ExportedRollup
            {
                Id = string.Join('/', new[] { key.Brand, $"{key.Day:O}", kind, isRest ? "" : key.Campaign, key.Creator, name }.Where(part => !string.IsNullOrEmpty(part))),
                Kind = kind, BrandId = key.Brand, Day = key.Day, CampaignId = isRest ? null : key.Campaign, CreatorId = key.Creator.Length == 0 ? null : key.Creator, Model = name,
                Deleted = row is null,
                Row = row is null || isRest ? null : RollupRow.FromGroup(query, row, closedThrough),
                Rest = row is null || !isRest ? null : RollupRest.FromCell(query, key.Day, row.Cell, model) with { Model = name },
            };
        }
    }
}
