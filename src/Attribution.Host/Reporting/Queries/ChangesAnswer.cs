using System.Text.Json.Serialization;
using Attribution.Core.Values;
using Attribution.Host.Reporting.Queries.Rollups;
using Attribution.Host.Reporting.Queries.Values;

namespace Attribution.Host.Reporting.Queries;

/// <summary>The figures of a period and of an earlier period.</summary>
internal sealed record ChangesAnswer
{
    /// <summary>Creates the answer from the rollups of both periods.</summary>
    /// <param name="query">Query of the period.</param>
    /// <param name="previous">Query of the earlier period.</param>
    /// <param name="totals">Both periods as one row each.</param>
    /// <param name="groups">Both periods as one row per creator or campaign; null for totals only.</param>
    public ChangesAnswer(
        RollupQuery query, RollupQuery previous, (RollupAnswer Now, RollupAnswer Before) totals,
        (RollupAnswer Now, RollupAnswer Before)? groups)
    {
        (From, To, PreviousFrom, PreviousTo) = (query.From, query.To, previous.From, previous.To);
        var currency = query.Brand.Currency;
        Currency = currency.Code;
        Total = new(
            currency, totals.Now.Rows is [var current, ..] ? current : null, totals.Before.Rows is [var previousRow, ..] ? previousRow : null);
        var rows = new List<ChangeRow>();
        if (groups is var (now, before))
        {
            var earlier = new Dictionary<(string?, string?), RollupRow>();
            foreach (var row in before.Rows) earlier[(row.CampaignId, row.CreatorId)] = row;
            foreach (var row in now.Rows)
            {
                earlier.Remove((row.CampaignId, row.CreatorId), out var known);
                rows.Add(new(currency, row, known));
            }

            foreach (var row in earlier.Values) rows.Add(new(currency, null, row));
        }

        rows.Sort(ChangeRow.ByNetChange);
        Rows = rows;
    }

    /// <summary>First local day (inclusive).</summary>
    public DateOnly From { get; }

    /// <summary>Last local day (inclusive).</summary>
    public DateOnly To { get; }

    /// <summary>First local day of the earlier period (inclusive).</summary>
    public DateOnly PreviousFrom { get; }

    /// <summary>Last local day of the earlier period (inclusive).</summary>
    public DateOnly PreviousTo { get; }

    public string Currency { get; }

    /// <summary>The figures of all rows together.</summary>
    public ChangeRow Total { get; }

    /// <summary>Groups by the change of their net, largest first regardless of its sign.</summary>
    public IReadOnlyList<ChangeRow> Rows { get; }
}

/// <summary>The figures of a group in both periods.</summary>
internal sealed record ChangeRow
{
    /// <summary>Creates the row of a group. A period without activity has amounts and counts of 0.</summary>
    public ChangeRow(Currency currency, RollupRow? now, RollupRow? before)
    {
        var none = currency.ToMajor(0L);
        CampaignId = now?.CampaignId ?? before?.CampaignId;
        CreatorId = now?.CreatorId ?? before?.CreatorId;
        Net = new(now?.Net.Major ?? none, before?.Net.Major ?? none);
        Cost = new(now?.Cost.Total.Major ?? none, before?.Cost.Total.Major ?? none);
        RoiPercent = new(now?.RoiPercent?.Value, before?.RoiPercent?.Value);
        Conversions = new(now?.Conversions.Value ?? 0, before?.Conversions.Value ?? 0);
        Cpa = new(now?.Cpa?.Value, before?.Cpa?.Value);
        Clicks = new(now?.Clicks ?? 0, before?.Clicks ?? 0);
    }

    /// <summary>The campaign; absent unless rows are campaigns.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public string? CampaignId { get; }

    /// <summary>The creator; absent unless rows are creators, and for costs of campaigns as a whole.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public string? CreatorId { get; }

    public FigureChange Net { get; }

    public FigureChange Cost { get; }

    public FigureChange RoiPercent { get; }

    public FigureChange Conversions { get; }

    public FigureChange Cpa { get; }

    public FigureChange Clicks { get; }

    /// <summary>Orders rows by the size of the change of their net, largest first, then by campaign and creator.</summary>
    public static int ByNetChange(ChangeRow left, ChangeRow right)
    {
        var bySize = Math.Abs(right.Net.Difference ?? 0).CompareTo(Math.Abs(left.Net.Difference ?? 0));
        if (bySize != 0) return bySize;
        var byCampaign = string.CompareOrdinal(left.CampaignId, right.CampaignId);
        return byCampaign != 0 ? byCampaign : string.CompareOrdinal(left.CreatorId, right.CreatorId);
    }
}

/// <summary>A figure in both periods.</summary>
/// <param name="Current">Value in the period; null if it is undefined.</param>
/// <param name="Previous">Value in the earlier period; null if it is undefined.</param>
internal sealed record FigureChange(
    [property: JsonConverter(typeof(DecimalTextConverter))] decimal? Current,
    [property: JsonConverter(typeof(DecimalTextConverter))] decimal? Previous)
{
    /// <summary>Current − previous; null if one of them is undefined.</summary>
    [JsonConverter(typeof(DecimalTextConverter))]
    public decimal? Difference => Current - Previous;

    /// <summary>Difference in percent of the previous value; null unless that is above 0.</summary>
    [JsonConverter(typeof(DecimalTextConverter))]
    public decimal? Percent =>
        Previous > 0 ? decimal.Round((decimal)(Difference * 100 / Previous)!, 1, MidpointRounding.ToEven) + 0.0m : null;
}
