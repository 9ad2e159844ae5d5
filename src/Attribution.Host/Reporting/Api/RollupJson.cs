using System.IO.Pipelines;
using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Serialization.Metadata;
using Attribution.Core.Values;
using Attribution.Host.Reporting.Queries.Rollups;

namespace Attribution.Host.Reporting.Api;

/// <summary>Writes an answer in JSON, a row at a time: what is held does not grow with the days asked for.</summary>
internal static class RollupJson
{
    private const int FlushThreshold = 64 * 1024;

    /// <summary>How rows are written.</summary>
    public static readonly JsonSerializerOptions Options = CreateOptions();

    public static async Task WriteAsync(
        PipeWriter body, RollupQuery query, RollupAggregation groups, IReadOnlyList<RollupNotShown> notShown, Timestamp now, string lag, CancellationToken cancellation)
    {
        await using var json = new Utf8JsonWriter(body, new JsonWriterOptions { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping });
        var unattributed = new List<RollupRest>();
        json.WriteStartObject();
        json.WriteStartArray("rows");
        await foreach (var shown in groups.ReadResultsAsync(cancellation))
        {
            if (shown.Key.Attributed) JsonSerializer.Serialize(json, RollupRow.FromGroup(query, shown, groups.ClosedThrough), Options);
            else unattributed.Add(RollupRest.FromCell(query, shown.Key.Day, shown.Cell, shown.Model));
            if (json.BytesPending < FlushThreshold) continue;
            await json.FlushAsync(cancellation);
            await body.FlushAsync(cancellation);
        }
        json.WriteEndArray();

        json.WritePropertyName("unattributed");
        JsonSerializer.Serialize(json, unattributed, Options);
        json.WritePropertyName("totals");
        JsonSerializer.Serialize(json, RollupRest.FromTotals(query, groups.Totals), Options);
        if (notShown.Count > 0)
        {
            json.WritePropertyName("notShown");
            JsonSerializer.Serialize(json, notShown, Options);
        }
        if (query.AsOf is { } asOf) json.WriteString("asOf", asOf.ToString());
        json.WriteString("computedAt", now.ToString());
        json.WriteString("lag", lag);
        json.WriteEndObject();
        await json.FlushAsync(cancellation);
        await body.FlushAsync(cancellation);
    }

    // A creator that is null says "the campaign's own" where creators are kept apart, and is no member at all where they are not.
    private static JsonSerializerOptions CreateOptions()
    {
        var options = new JsonSerializerOptions(ReportJson.Options)
        {
            TypeInfoResolver = new DefaultJsonTypeInfoResolver
            {
                Modifiers =
                {
                    shape =>
                    {
                        if (shape.Type != typeof(RollupRow)) return;
                        shape.Properties.Single(property => property.Name == "creatorId").ShouldSerialize = (row, _) => ((RollupRow)row).ByCreator;
                    },
                },
            },
        };
        options.MakeReadOnly();
        return options;
    }
}
