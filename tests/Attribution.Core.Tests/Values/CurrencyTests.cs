using Attribution.Core.Values;
using Attribution.TestKit;

namespace Attribution.Core.Tests.Values;

public class CurrencyTests
{
    [Theory]
    [InlineData("USD", "45.00", 4500)]
    [InlineData("USD", "45", 4500)]
    [InlineData("USD", "-3.1", -310)]
    [InlineData("JPY", "120", 120)]
    [InlineData("KWD", "0.001", 1)]
    [InlineData("CLF", "1.2345", 12345)]
    [InlineData("USD", "10000000000000.00", 1_000_000_000_000_000)]
    [InlineData("USD", "-10000000000000.00", -1_000_000_000_000_000)]
    public void Amount_is_converted_to_whole_minor_units(string code, string major, long minor)
    {
        Currency.Parse(code).TryToMinor(decimal.Parse(major, CultureInfo.InvariantCulture), out var read).ShouldBeTrue();
        read.ShouldBe(minor);
    }

    [Theory]
    [InlineData("USD", "0.001")]
    [InlineData("USD", "1.000")]
    [InlineData("JPY", "1.0")]
    [InlineData("KWD", "1.0000")]
    [InlineData("USD", "10000000000000.01")]
    [InlineData("USD", "-10000000000000.01")]
    [InlineData("JPY", "79228162514264337593543950335")]
    public void Amount_with_too_many_decimals_or_out_of_range_is_rejected(string code, string major) =>
        Currency.Parse(code).TryToMinor(decimal.Parse(major, CultureInfo.InvariantCulture), out _).ShouldBeFalse();

    [Theory]
    [InlineData("USD", 4500, "45.00")]
    [InlineData("USD", -310, "-3.10")]
    [InlineData("USD", -1, "-0.01")]
    [InlineData("USD", 0, "0.00")]
    [InlineData("JPY", 120, "120")]
    [InlineData("BHD", 5, "0.005")]
    [InlineData("USD", long.MaxValue, "92233720368547758.07")]
    [InlineData("USD", long.MinValue, "-92233720368547758.08")]
    public void Text_has_the_currencys_number_of_decimals(string code, long minor, string text) =>
        Currency.Parse(code).Format(minor).ShouldBe(text);

    [Theory]
    [InlineData("XAU")]
    [InlineData("XXX")]
    [InlineData("usd")]
    [InlineData("US")]
    [InlineData("")]
    [InlineData("BTC")]
    public void Code_without_minor_units_is_unknown(string code)
    {
        Currency.TryParse(code, out _).ShouldBeFalse();
        Should.Throw<ArgumentException>(() => Currency.Parse(code)).Message.ShouldContain(code);
    }

    [Fact]
    public void Table_matches_ISO_4217()
    {
        var path = TestData.Path("iso4217/minor_units.csv");
        var published = File.ReadLines(path).Skip(1).Select(line => line.Split(','))
            .Where(columns => columns[2] != "N.A.")
            .ToDictionary(columns => columns[0], columns => int.Parse(columns[2], CultureInfo.InvariantCulture));
        published.Add("XCG", 2); // added after the published list
        // No longer published, but known: the currencies that the euro replaced.
        foreach (var code in (string[])["BEF", "ESP", "GRD", "ITL", "LUF", "PTE"]) published.Add(code, 0);
        foreach (var code in (string[])["ATS", "CYP", "DEM", "EEK", "FIM", "FRF", "HRK", "IEP", "LTL", "LVL", "MTL", "NLG", "SIT", "SKK"]) published.Add(code, 2);

        Currency.Known.ToDictionary(currency => currency.Code, currency => currency.Digits).ShouldBe(published, ignoreOrder: true);
    }
}
