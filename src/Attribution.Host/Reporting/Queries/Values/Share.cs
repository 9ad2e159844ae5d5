using System.Globalization;
using System.Text.Json;
using System.Text.Json.Serialization;

namespace Attribution.Host.Reporting.Queries.Values;

/// <summary>
/// A count of which parts can be credited, such as conversions. JSON and CSV contain it as text with six decimals.
/// </summary>
/// <param name="Micros">The count in millionths.</param>
[JsonConverter(typeof(ShareJsonConverter))]
internal readonly record struct Share(long Micros)
{
    /// <summary>Gets the count as a decimal of scale 6.</summary>
    public decimal Value => Micros / 1_000_000m + 0.000000m;

    /// <summary>Returns the count with six decimals, in the invariant culture: <c>0.500000</c>.</summary>
    public override string ToString() => Value.ToString("0.000000", CultureInfo.InvariantCulture);
}

/// <summary>A converter between a share and its text.</summary>
internal sealed class ShareJsonConverter : JsonConverter<Share>
{
    /// <inheritdoc/>
    public override Share Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options) =>
        new((long)(reader.ReadDecimalText() * 1_000_000));

    /// <inheritdoc/>
    public override void Write(Utf8JsonWriter writer, Share value, JsonSerializerOptions options) =>
        writer.WriteDecimalText(value.Value);
}
