using Attribution.Core.Models;
using Attribution.Core.Rollups;
using Attribution.Host.Reporting.Queries.Rollups;

namespace Attribution.Host.Reporting.Export;

/// <summary>The current state of a rollup under a model.</summary>
internal sealed record ExportedRollup
{
    /// <summary>
    /// Permanent id: the same for the same kind, brand, day, campaign, creator and model within a view.
    /// </summary>
    public required string Id { get; init; }

    /// <summary>
    /// <c>placement</c>; <c>campaign</c>: the campaign's own costs; <c>unattributed</c>; <c>total</c>: every conversion
    /// of the brand, once.
    /// </summary>
    public required string Kind { get; init; }

    public required string BrandId { get; init; }

    public required DateOnly Day { get; init; }

    /// <summary>Null for unattributed and total.</summary>
    public required string? CampaignId { get; init; }

    /// <summary>Null unless the rollup belongs to a placement.</summary>
    public required string? CreatorId { get; init; }

    /// <summary>Null for total.</summary>
    public required string? Model { get; init; }

    /// <summary>True if all values are 0 now; remove the row from the copy.</summary>
    public required bool Deleted { get; init; }

    /// <summary>
    /// The row as in <c>rows</c> of <c>/v1/rollups/daily</c>; null if it is deleted or of another kind.
    /// </summary>
    public required RollupRow? Row { get; init; }

    /// <summary>
    /// The sum as in <c>unattributed</c> and <c>totals</c> of <c>/v1/rollups/daily</c>; null if it is deleted or of
    /// another kind.
    /// </summary>
    public required RollupRest? Rest { get; init; }

    /// <summary>Creates the lines of a rollup: one for each requested model that has numbers for the day.</summary>
    public static IEnumerable<ExportedRollup> FromCell(
        RollupQuery requested, RollupKey key, MeasureCell? cell, DateOnly? closedThrough)
    {
        // The total counts every conversion once and is the same under every model.
        var query = requested with { From = key.Day, To = key.Day,
            Models = key.IsTotal ? [Core.Models.Model.LastTouch] : requested.Models };
        var sums = new RollupGroupSums(query);
        if (cell is not null) sums.Add(cell, key.Day, query.Catalog.FindCampaign(key.Campaign)?.GrossMarginPercent);
        var results = sums.GetResults().ToList();
        var kind = key.IsTotal ? "total" : key.IsUnattributed ? "unattributed" : key.Creator.Length == 0 ? "campaign"
            : "placement";
        var isRest = key.IsTotal || key.IsUnattributed;
        foreach (var model in query.Models.Where(model => !model.IsFitted() || query.FittedFrom <= key.Day))
        {
            var name = key.IsTotal ? null : ModelNames.NameOf(model);
            var index = results.FindIndex(result => result.Model == model);
            var row = index < 0 ? null : new RollupGroupResult(
                RollupAggregation.GetGroupKey(key, query.GroupBy), model, results[index].Cell, results[index].Earnings);
            string?[] id = [key.Brand, $"{key.Day:O}", kind, isRest ? "" : key.Campaign, key.Creator, name];
            yield return new ExportedRollup
            {
                Id = string.Join('/', id.Where(part => !string.IsNullOrEmpty(part))),
                Kind = kind, BrandId = key.Brand, Day = key.Day, CampaignId = isRest ? null : key.Campaign,
                CreatorId = key.Creator.Length == 0 ? null : key.Creator, Model = name, Deleted = row is null,
                Row = row is null || isRest ? null : RollupRow.FromGroup(query, row, closedThrough),
                Rest = row is null || !isRest ? null
                    : RollupRest.FromCell(query, key.Day, row.Cell, model) with { Model = name },
            };
        }
    }
}
