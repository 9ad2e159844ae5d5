using System.IO.Pipelines;
using System.Text.Encodings.Web;
using System.Text.Json;
using Attribution.Host.Reporting.Queries.Rollups;

namespace Attribution.Host.Reporting.Api;

/// <summary>
/// Writer of the daily rollups as JSON. Rows are written one at a time, so that memory does not grow with the number of
/// days.
/// </summary>
internal static class RollupJson
{
    private const int FlushThreshold = 64 * 1024;

    /// <summary>Writes an answer.</summary>
    public static async Task WriteAsync(
        PipeWriter body, RollupQuery query, RollupAggregation groups, IReadOnlyList<RollupNotShown> notShown,
        RollupOrigin origin, CancellationToken cancellation)
    {
        await using var json = new Utf8JsonWriter(
            body, new JsonWriterOptions { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping });
        var unattributed = new List<RollupRest>();
        json.WriteStartObject();
        json.WriteStartArray("rows");
        await foreach (var group in groups.ReadResultsAsync(cancellation))
        {
            if (group.Key.Attributed)
                JsonSerializer.Serialize(
                    json, RollupRow.FromGroup(query, group, groups.ClosedThrough), ReportJson.Options);
            else unattributed.Add(RollupRest.FromCell(query, group.Key.Day, group.Cell, group.Model));
            if (json.BytesPending < FlushThreshold) continue;
            await json.FlushAsync(cancellation);
            await body.FlushAsync(cancellation);
        }
        json.WriteEndArray();

        json.WritePropertyName("unattributed");
        JsonSerializer.Serialize(json, unattributed, ReportJson.Options);
        json.WritePropertyName("totals");
        JsonSerializer.Serialize(json, RollupRest.FromTotals(query, groups.Totals), ReportJson.Options);
        if (notShown.Count > 0)
        {
            json.WritePropertyName("notShown");
            JsonSerializer.Serialize(json, notShown, ReportJson.Options);
        }
        if (query.AsOf is { } asOf) json.WriteString("asOf", asOf.ToString());
        json.WriteString("computedAt", origin.ComputedAt.ToString());
        if (origin.Manifest is { } manifest) json.WriteNumber("manifest", manifest);
        json.WriteString("lag", origin.Lag);
        json.WriteEndObject();
        await json.FlushAsync(cancellation);
        await body.FlushAsync(cancellation);
    }
}
