using System.Collections.Frozen;
using System.Globalization;

namespace Attribution.Core.Values;

/// <summary>
/// A currency of ISO 4217 that has minor units. Codes without minor units (gold, <c>XXX</c>, test codes) are not
/// supported because amounts cannot be expressed in them. Amounts are stored as whole minor units within
/// ±<see cref="MaxMinor"/>. The default value is not a currency; do not use it.
/// </summary>
public readonly record struct Currency
{
    /// <summary>
    /// The largest accepted amount in minor units (inclusive): 10^15. The sum of nine thousand such amounts fits into
    /// 64 bits.
    /// </summary>
    public const long MaxMinor = 1_000_000_000_000_000;

    /// <summary>
    /// The version of the list of currencies and of the fixed rates (<see cref="FixedRates"/>): the day from which on it
    /// holds, as yyyymmdd. It rises with each change of either.
    /// </summary>
    public const int ListNumber = 20260101;

    /// <summary>The version of the list before versions were recorded. It had no fixed rates.</summary>
    public const int UnrecordedListNumber = 20240625;

    private static readonly FrozenDictionary<string, Currency> All = BuildTable();

    private static ReadOnlySpan<long> PowersOfTen => [1, 10, 100, 1_000, 10_000];

    private Currency(string code, int digits) => (Code, Digits) = (code, digits);

    /// <summary>Gets the code: three capital letters.</summary>
    public string Code { get; }

    /// <summary>Gets the number of decimals of the major unit: 0 (JPY) to 4 (CLF).</summary>
    public int Digits { get; }

    /// <summary>Gets all known currencies in ordinal order of their codes.</summary>
    public static IReadOnlyList<Currency> Known { get; } =
        [.. All.Values.OrderBy(currency => currency.Code, StringComparer.Ordinal)];

    /// <summary>Finds a currency by its code in capital letters; returns false for any other text.</summary>
    public static bool TryParse(string code, out Currency currency) => All.TryGetValue(code, out currency);

    /// <summary>Returns true if a currency is in the list of <see cref="ListNumber"/>, but not in the previous one.</summary>
    public static bool IsNew(string? code) => code is not null and not "BGN" && FixedRates.Find(code) is not null;

    /// <summary>Finds a currency by its code in capital letters.</summary>
    /// <exception cref="ArgumentException">The code is not an ISO 4217 currency with minor units.</exception>
    public static Currency Parse(string code) =>
        TryParse(code, out var currency)
            ? currency
            : throw new ArgumentException($"'{code}' is not an ISO 4217 currency with minor units.", nameof(code));

    /// <summary>
    /// Converts an amount into minor units exactly. Returns false and 0 if the amount was written with more decimals
    /// than the currency has (the scale counts: USD 1.000 is rejected although it is a whole number) or exceeds
    /// ±<see cref="MaxMinor"/>.
    /// </summary>
    public bool TryToMinor(decimal major, out long minor)
    {
        minor = 0;
        if (HasMoreDecimals(major)) return false;
        // Compare before multiplying, because the product of a large decimal could overflow.
        if (Math.Abs(major) > ToMajor(MaxMinor)) return false;
        minor = (long)(major * PowersOfTen[Digits]);
        return true;
    }

    /// <summary>Returns true if an amount was written with more decimals than the currency has.</summary>
    public bool HasMoreDecimals(decimal major) => major.Scale > Digits;

    /// <summary>
    /// Returns the nearest amount in minor units, rounding half to even. For converted or calculated amounts only, not
    /// for reported amounts.
    /// </summary>
    /// <exception cref="OverflowException">The amount does not fit into 64 bits.</exception>
    public long ToNearestMinor(decimal major) =>
        (long)decimal.Round(major * PowersOfTen[Digits], MidpointRounding.ToEven);

    /// <summary>
    /// Returns true if an amount of another currency, converted at a rate, lies within ±<see cref="MaxMinor"/>. A rate
    /// for which it does not is unusable.
    /// </summary>
    /// <param name="major">The amount in major units of the other currency.</param>
    /// <param name="rate">The units of this currency per unit of the other.</param>
    public bool CanConvert(decimal major, decimal rate) => major == 0 || rate <= ToMajor(MaxMinor) / Math.Abs(major);

    /// <summary>
    /// Converts a sum of amounts into minor units. Returns false and 0 if it was written with more decimals than the
    /// currency has.
    /// </summary>
    public bool TryToMinorSum(decimal major, out Int128 minor)
    {
        minor = 0;
        if (HasMoreDecimals(major)) return false;
        var whole = decimal.Truncate(major);
        minor = (Int128)whole * PowersOfTen[Digits] + (Int128)((major - whole) * PowersOfTen[Digits]);
        return true;
    }

    /// <summary>Returns the amount in major units, with the currency's number of decimals.</summary>
    public decimal ToMajor(long minor) => new(
        unchecked((int)(ulong)Magnitude(minor)), unchecked((int)(Magnitude(minor) >> 32)), 0, minor < 0, (byte)Digits);

    /// <summary>Returns a sum of amounts in major units, with the currency's number of decimals.</summary>
    /// <exception cref="OverflowException">The sum has more than 28 digits.</exception>
    public decimal ToMajor(Int128 minor) => minor >= -long.MaxValue && minor <= long.MaxValue
        ? ToMajor((long)minor)
        : (decimal)minor * new decimal(1, 0, 0, false, (byte)Digits);

    /// <summary>
    /// Formats an amount in major units, always with the currency's number of decimals: <c>45.00</c>,
    /// <c>-3.10</c>, JPY <c>120</c>.
    /// </summary>
    public string Format(Int128 minor) => ToMajor(minor).ToString(CultureInfo.InvariantCulture);

    /// <summary>Returns the code.</summary>
    public override string ToString() => Code;

    private static ulong Magnitude(long value) => value < 0 ? unchecked((ulong)-value) : (ulong)value;

    // ISO 4217 list one of 2024-06-25, plus XCG, which replaced ANG in 2025, plus the currencies that the euro replaced.
    // Old codes remain because historical amounts use them; the decimals of a currency never change. See ListNumber.
    private static FrozenDictionary<string, Currency> BuildTable()
    {
        var table = new Dictionary<string, Currency>(StringComparer.Ordinal);
        Add(0, "BIF CLP DJF GNF ISK JPY KMF KRW PYG RWF UGX UYI VND VUV XAF XOF XPF");
        Add(2, """
            AED AFN ALL AMD ANG AOA ARS AUD AWG AZN BAM BBD BDT BGN BMD BND BOB BOV BRL BSD BTN BWP BYN BZD CAD CDF CHE CHF CHW CNY
            COP COU CRC CUC CUP CVE CZK DKK DOP DZD EGP ERN ETB EUR FJD FKP GBP GEL GHS GIP GMD GTQ GYD HKD HNL HTG HUF IDR ILS INR
            IRR JMD KES KGS KHR KPW KYD KZT LAK LBP LKR LRD LSL MAD MDL MGA MKD MMK MNT MOP MRU MUR MVR MWK MXN MXV MYR MZN NAD NGN
            NIO NOK NPR NZD PAB PEN PGK PHP PKR PLN QAR RON RSD RUB SAR SBD SCR SDG SEK SGD SHP SLE SOS SRD SSP STN SVC SYP SZL THB
            TJS TMT TOP TRY TTD TWD TZS UAH USD USN UYU UZS VED VES WST XCD XCG YER ZAR ZMW ZWG
            """);
        Add(0, "BEF ESP GRD ITL LUF PTE");
        Add(2, "ATS CYP DEM EEK FIM FRF HRK IEP LTL LVL MTL NLG SIT SKK");
        Add(3, "BHD IQD JOD KWD LYD OMR TND");
        Add(4, "CLF UYW");
        return table.ToFrozenDictionary(StringComparer.Ordinal);

        void Add(int digits, string codes)
        {
            foreach (var code in codes.Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries))
                table.Add(code, new Currency(code, digits));
        }
    }
}
