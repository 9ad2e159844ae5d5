using System.Globalization;
using System.Text.Json;
using System.Text.Json.Serialization;

namespace Attribution.Host.Reporting.Queries.Values;

/// <summary>Reads and writes decimals as JSON text, with all of their decimals and without allocating.</summary>
internal static class DecimalText
{
    // A sign, 29 digits and a point.
    private const int MaxLength = 31;

    /// <summary>Writes a decimal as a JSON string.</summary>
    public static void WriteDecimalText(this Utf8JsonWriter writer, decimal value)
    {
        Span<byte> text = stackalloc byte[MaxLength];
        value.TryFormat(text, out var length, default, CultureInfo.InvariantCulture);
        writer.WriteStringValue(text[..length]);
    }

    /// <summary>Reads a decimal from a JSON string.</summary>
    /// <exception cref="JsonException">The string is not a decimal number.</exception>
    public static decimal ReadDecimalText(ref this Utf8JsonReader reader) =>
        decimal.TryParse(reader.GetString(), NumberStyles.Number, CultureInfo.InvariantCulture, out var value) ? value
            : throw new JsonException("Not a decimal number.");
}

/// <summary>A converter that writes a decimal as text with the scale it was stated with.</summary>
internal sealed class DecimalTextConverter : JsonConverter<decimal>
{
    /// <inheritdoc/>
    public override decimal Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options) =>
        reader.ReadDecimalText();

    /// <inheritdoc/>
    public override void Write(Utf8JsonWriter writer, decimal value, JsonSerializerOptions options) =>
        writer.WriteDecimalText(value);
}
