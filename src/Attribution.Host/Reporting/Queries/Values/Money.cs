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
internal readonly record struct Money(long Minor, Currency Currency)
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
        return new(known.ToNearestMinor(reader.ReadDecimalText()), known);
    }

    /// <inheritdoc/>
    public override void Write(Utf8JsonWriter writer, Money value, JsonSerializerOptions options) =>
        writer.WriteDecimalText(value.Major);
}
