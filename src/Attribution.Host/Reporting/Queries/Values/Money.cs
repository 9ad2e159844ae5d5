using System.Globalization;
using System.Text.Json;
using System.Text.Json.Serialization;
using Attribution.Core.Values;

namespace Attribution.Host.Reporting.Queries.Values;

/// <summary>
/// An amount of money. JSON and CSV contain it as text in major units with the decimals of its currency.
/// </summary>
/// <param name="Minor">Amount in minor units.</param>
/// <param name="Currency">Currency of the amount.</param>
[JsonConverter(typeof(MoneyJsonConverter))]
internal readonly record struct Money(Int128 Minor, Currency Currency)
{
    /// <summary>Gets the amount in major units; its scale is the number of decimals of the currency.</summary>
    public decimal Major => Currency.ToMajor(Minor);

    /// <summary>Adds two amounts of the same currency.</summary>
    public static Money operator +(Money left, Money right) => left with { Minor = left.Minor + right.Minor };

    /// <summary>Returns the amount in major units, in the invariant culture: <c>45.00</c>.</summary>
    public override string ToString() => Currency.Format(Minor);
}

/// <summary>A converter that writes an amount as text. It reads amounts only if it is given their currency.</summary>
internal sealed class MoneyJsonConverter : JsonConverter<Money>
{
    private readonly Currency? currency;

    /// <summary>Creates a converter that only writes.</summary>
    public MoneyJsonConverter()
    {
    }

    /// <summary>Creates a converter that also reads amounts of one currency.</summary>
    public MoneyJsonConverter(Currency currency) => this.currency = currency;

    /// <inheritdoc/>
    public override Money Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options)
    {
        if (currency is not { } known)
            throw new NotSupportedException("An amount cannot be read without its currency.");
        return new(
            known.TryToMinorSum(reader.ReadDecimalText(), out var minor)
                ? minor : throw new JsonException($"The amount has more decimals than {known.Code}."),
            known);
    }

    /// <inheritdoc/>
    public override void Write(Utf8JsonWriter writer, Money value, JsonSerializerOptions options) =>
        writer.WriteDecimalText(value.Major);
}

/// <summary>
/// A count of which parts can be credited, such as conversions. JSON and CSV contain it as text with six decimals.
/// </summary>
/// <param name="Micros">The count in millionths.</param>
[JsonConverter(typeof(ShareJsonConverter))]
internal readonly record struct Share(Int128 Micros)
{
    /// <summary>Gets the count as a decimal of scale 6.</summary>
    public decimal Value => (decimal)Micros / 1_000_000m + 0.000000m;

    /// <summary>Returns the count with six decimals, in the invariant culture: <c>0.500000</c>.</summary>
    public override string ToString() => Value.ToString("0.000000", CultureInfo.InvariantCulture);
}

/// <summary>A converter between a share and its text.</summary>
internal sealed class ShareJsonConverter : JsonConverter<Share>
{
    /// <inheritdoc/>
    public override Share Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options) =>
        new((Int128)(reader.ReadDecimalText() * 1_000_000));

    /// <inheritdoc/>
    public override void Write(Utf8JsonWriter writer, Share value, JsonSerializerOptions options) =>
        writer.WriteDecimalText(value.Value);
}

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
