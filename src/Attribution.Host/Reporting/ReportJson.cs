using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Serialization;
using System.Text.Json.Serialization.Metadata;
using Attribution.Contracts.Catalog;
using Attribution.Core.Values;

namespace Attribution.Host.Reporting;

/// <summary>How this stage writes and reads JSON: camelCase, nulls shown, unknown members refused, times in UTC with <c>Z</c>.</summary>
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
            // Answers are application/json, never part of a page.
            Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping,
            Converters = { new UtcTimeConverter() },
            TypeInfoResolver = new DefaultJsonTypeInfoResolver { Modifiers = { OmitNulls } },
        };
        options.MakeReadOnly();
        return options;
    }

    // Of these an absent member is the usual case: a match names two parameters of six, a commission has a rate or an amount.
    private static void OmitNulls(JsonTypeInfo shape)
    {
        if (shape.Type != typeof(UtmItem) && shape.Type != typeof(CommissionItem) && shape.Type != typeof(TierItem) && shape.Type != typeof(LookbackItem)) return;
        foreach (var property in shape.Properties) property.ShouldSerialize = (_, value) => value is not null;
    }

    /// <summary>RFC 3339 with an offset only, written in UTC; to the millisecond, finer is truncated.</summary>
    private sealed class UtcTimeConverter : JsonConverter<DateTimeOffset>
    {
        public override DateTimeOffset Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options) =>
            Rfc3339.TryParse(reader.GetString(), out var time) ? time.ToDateTimeOffset() : throw new JsonException("Not an RFC 3339 time with an offset");

        public override void Write(Utf8JsonWriter writer, DateTimeOffset value, JsonSerializerOptions options) =>
            writer.WriteStringValue(Timestamp.From(value).ToString());
    }
}
