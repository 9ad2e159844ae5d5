using System.Text.Json;
using System.Text.Json.Serialization;
using Attribution.Core.Values;

namespace Attribution.Storage.Codecs;

/// <summary>
/// Webhook subscriptions and deliveries as JSON, the same in every store. Times are Unix milliseconds; unknown members are
/// ignored.
/// </summary>
internal static class WebhookCodec
{
    private static readonly JsonSerializerOptions Options = new(JsonSerializerDefaults.Web)
    {
        DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull, Converters = { new TimestampConverter() },
    };

    public static string Encode<T>(T document) => JsonSerializer.Serialize(document, Options);

    public static T Decode<T>(string json) where T : class => JsonSerializer.Deserialize<T>(json, Options)
        ?? throw new JsonException("The document is null.");

    private sealed class TimestampConverter : JsonConverter<Timestamp>
    {
        public override Timestamp Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options) => new(reader.GetInt64());

        public override void Write(Utf8JsonWriter writer, Timestamp value, JsonSerializerOptions options) =>
            writer.WriteNumberValue(value.UnixMilliseconds);
    }
}
