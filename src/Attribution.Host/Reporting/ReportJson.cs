using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Serialization;
using System.Text.Json.Serialization.Metadata;
using Attribution.Contracts.Catalog;
using Attribution.Core.Values;
using Attribution.Host.Reporting.Queries.Rollups;

namespace Attribution.Host.Reporting;

/// <summary>
/// The JSON options of the reporting stage: camelCase, nulls written, unknown members rejected, times in UTC with
/// <c>Z</c>.
/// </summary>
internal static class ReportJson
{
    public static readonly JsonSerializerOptions Options = CreateOptions();

    private static JsonSerializerOptions CreateOptions()
    {
        var options = new JsonSerializerOptions
        {
            PropertyNamingPolicy = JsonNamingPolicy.CamelCase,
            UnmappedMemberHandling = JsonUnmappedMemberHandling.Disallow,
            RespectNullableAnnotations = true,
            RespectRequiredConstructorParameters = true,
            AllowDuplicateProperties = false,
            // Answers are application/json and never embedded in a page.
            Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping,
            Converters = { new UtcTimeConverter() },
            TypeInfoResolver = new DefaultJsonTypeInfoResolver { Modifiers = { OmitNulls, OmitCreator } },
        };
        options.MakeReadOnly();
        return options;
    }

    // In these types most members are usually absent: a match names two of six parameters, a commission has a rate or
    // an amount.
    private static void OmitNulls(JsonTypeInfo shape)
    {
        if (shape.Type != typeof(UtmItem) && shape.Type != typeof(CommissionItem) && shape.Type != typeof(TierItem)
            && shape.Type != typeof(ProductRateItem)
            && shape.Type != typeof(LookbackItem)) return;
        foreach (var property in shape.Properties) property.ShouldSerialize = (_, value) => value is not null;
    }

    // If rows are grouped by creator, a null creator means the campaign's own costs; otherwise rows have no such
    // member.
    private static void OmitCreator(JsonTypeInfo shape)
    {
        if (shape.Type != typeof(RollupRow)) return;
        shape.Properties.Single(property => property.Name == "creatorId").ShouldSerialize = (row, _) => ((RollupRow)row)
            .ByCreator;
    }

    /// <summary>
    /// A converter for RFC 3339 times with an offset. Times are written in UTC and truncated to milliseconds.
    /// </summary>
    private sealed class UtcTimeConverter : JsonConverter<DateTimeOffset>
    {
        public override DateTimeOffset Read(
            ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options) =>
            Rfc3339.TryParse(reader.GetString(), out var time) ? time.ToDateTimeOffset()
                : throw new JsonException("Not an RFC 3339 time with an offset");

        public override void Write(Utf8JsonWriter writer, DateTimeOffset value, JsonSerializerOptions options) =>
            writer.WriteStringValue(Timestamp.From(value).ToString());
    }
}
