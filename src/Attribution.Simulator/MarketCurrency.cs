using System.Globalization;

namespace Attribution.Simulator;

/// <summary>Converts amounts of the market's currency between minor units, major units and text.</summary>
internal sealed class MarketCurrency(string currency)
{
    /// <summary>Gets the ISO 4217 code.</summary>
    public string Currency { get; } = currency;

    /// <summary>Gets the number of decimals.</summary>
    public int Digits { get; } = currency switch
    {
        "JPY" => 0,
        "EUR" or "USD" => 2,
        "KWD" => 3,
        _ => throw new ArgumentException($"The simulator supports EUR, USD, JPY and KWD, not {currency}.", nameof(currency)),
    };

    /// <summary>Converts euros approximately to minor units of the currency.</summary>
    public long MinorFromEuros(decimal euros) => (long)(euros * (Currency switch { "JPY" => 150m, "KWD" => 300m, _ => 100m }));

    /// <summary>Converts minor units to major units.</summary>
    public decimal ToMajor(long minor) => minor / (Digits switch { 0 => 1m, 2 => 100m, _ => 1000m });

    /// <summary>Converts major units to minor units.</summary>
    public long ToMinor(decimal major) => (long)(major * (Digits switch { 0 => 1m, 2 => 100m, _ => 1000m }));

    /// <summary>Formats minor units as in an event.</summary>
    public string Format(long minor) =>
        ToMajor(minor).ToString("F" + Digits.ToString(CultureInfo.InvariantCulture), CultureInfo.InvariantCulture);
}
