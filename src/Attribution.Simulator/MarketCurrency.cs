using System.Globalization;

namespace Attribution.Simulator;

/// <summary>Money of the market's currency: minor units inside, text with the currency's own decimals outside.</summary>
internal sealed class MarketCurrency(string currency)
{
    /// <summary>ISO 4217 code.</summary>
    public string Currency { get; } = currency;

    /// <summary>Decimals of the currency.</summary>
    public int Digits { get; } = currency switch
    {
        "JPY" => 0,
        "EUR" or "USD" => 2,
        "KWD" => 3,
        _ => throw new ArgumentException($"The simulator trades in EUR, USD, JPY and KWD, not in {currency}.", nameof(currency)),
    };

    /// <summary>Minor units of about so many euros.</summary>
    public long MinorFromEuros(decimal euros) => (long)(euros * (Currency switch { "JPY" => 150m, "KWD" => 300m, _ => 100m }));

    /// <summary>Major units of an amount in minor units.</summary>
    public decimal ToMajor(long minor) => minor / (Digits switch { 0 => 1m, 2 => 100m, _ => 1000m });

    /// <summary>Minor units of an amount in major units.</summary>
    public long ToMinor(decimal major) => (long)(major * (Digits switch { 0 => 1m, 2 => 100m, _ => 1000m }));

    /// <summary>As it is written in an event.</summary>
    public string Format(long minor) => ToMajor(minor).ToString("F" + Digits.ToString(CultureInfo.InvariantCulture), CultureInfo.InvariantCulture);
}
