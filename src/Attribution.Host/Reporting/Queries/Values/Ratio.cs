using System.Globalization;
using System.Text.Json;
using System.Text.Json.Serialization;

namespace Attribution.Host.Reporting.Queries.Values;

/// <summary>A ratio such as ROI, a rate or a cost per click. JSON and CSV contain it as text.</summary>
/// <param name="Value">The ratio; its scale is the number of decimals shown.</param>
[JsonConverter(typeof(RatioJsonConverter))]
internal readonly record struct Ratio(decimal Value)
{
    /// <summary>Returns the ratio, or null if it is undefined.</summary>
    public static Ratio? FromNullable(decimal? value) => value is { } defined ? new(defined) : null;

    /// <summary>Returns the ratio with all of its decimals, in the invariant culture: <c>400.0</c>.</summary>
    public override string ToString() => Value.ToString(CultureInfo.InvariantCulture);
}

/// <summary>A converter between a ratio and its text.</summary>
internal sealed class RatioJsonConverter : JsonConverter<Ratio>
{
    /// <inheritdoc/>
    public override Ratio Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options) =>
        new(reader.ReadDecimalText());

    /// <inheritdoc/>
    public override void Write(Utf8JsonWriter writer, Ratio value, JsonSerializerOptions options) =>
        writer.WriteDecimalText(value.Value);
}
