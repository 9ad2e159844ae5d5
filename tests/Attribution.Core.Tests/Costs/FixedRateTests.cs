using Attribution.Contracts.Catalog;
using Attribution.Core.Journeys;
using Attribution.Core.Ledger;
using Attribution.Core.Rollups;
using Attribution.Core.Tests.Fixtures;
using Attribution.Core.Values;

namespace Attribution.Core.Tests.Costs;

/// <summary>The rates of the currencies that the euro replaced, which law fixes for good.</summary>
public sealed class FixedRateTests
{
    private static readonly DateOnly Day = new(2026, 3, 2);

    [Fact]
    public void Every_rate_has_the_six_significant_figures_of_its_law()
    {
        FixedRates.All.Select(rate => FormattableString.Invariant($"{rate.Currency} {rate.PerEuro} {rate.Since.Year}")).ShouldBe(
        [
            "ATS 13.7603 1999", "BEF 40.3399 1999", "BGN 1.95583 2026", "CYP 0.585274 2008", "DEM 1.95583 1999", "EEK 15.6466 2011", "ESP 166.386 1999",
            "FIM 5.94573 1999", "FRF 6.55957 1999", "GRD 340.750 2001", "HRK 7.53450 2023", "IEP 0.787564 1999", "ITL 1936.27 1999", "LTL 3.45280 2015",
            "LUF 40.3399 1999", "LVL 0.702804 2014", "MTL 0.429300 2008", "NLG 2.20371 1999", "PTE 200.482 1999", "SIT 239.640 2007", "SKK 30.1260 2009",
        ]);
        foreach (var rate in FixedRates.All)
        {
            Currency.TryParse(rate.Currency, out _).ShouldBeTrue(rate.Currency);
            rate.Source.ShouldStartWith("Council Regulation (E");
        }
    }

    [Theory]
    // From the day on which the euro replaced the currency, whatever the catalog contains.
    [InlineData("EUR", "BGN", "2026-01-01", "", "195.58300", "100.00")]
    [InlineData("EUR", "BGN", "2031-07-01", "", "195.58300", "100.00")]
    [InlineData("EUR", "BGN", "2026-01-01", "2026-01-01 EUR BGN 2", "195.58300", "100.00")]
    [InlineData("EUR", "BGN", "2026-01-03", "2025-12-31 EUR BGN 2", "195.58300", "100.00")]
    // Before, rates of the catalog have precedence.
    [InlineData("EUR", "BGN", "2025-12-31", "2025-12-31 EUR BGN 2", "200.00", "100.00")]
    [InlineData("EUR", "BGN", "2025-12-31", "2025-12-25 EUR BGN 2", "200.00", "100.00")]
    [InlineData("EUR", "BGN", "2025-12-31", "2025-12-20 EUR BGN 2", "195.58300", "100.00")]
    [InlineData("EUR", "BGN", "1998-01-01", "", "195.58300", "100.00")]
    // Both directions, and through the euro to a currency with a rate.
    [InlineData("BGN", "EUR", "2026-02-01", "", "100.00", "195.58")]
    [InlineData("HRK", "BGN", "2026-02-01", "", "195.58300", "753.45")]
    [InlineData("USD", "BGN", "2026-02-01", "2026-02-01 EUR USD 1.1", "195.58300", "110.00")]
    [InlineData("USD", "BGN", "2026-02-07", "2026-02-01 EUR USD 1.1", "195.58300", "110.00")]
    [InlineData("USD", "BGN", "2026-02-01", "", "195.58300", null)]
    [InlineData("BGN", "USD", "2026-02-01", "2026-02-01 EUR USD 1.1", "110.00", "195.58")]
    [InlineData("USD", "HRK", "2022-06-01", "2022-06-01 EUR USD 1.1; 2022-06-01 EUR HRK 7.5", "75.00", "11.00")]
    // Rates between other currencies never go through a fixed one.
    [InlineData("USD", "EUR", "2026-02-01", "2026-02-01 BGN USD 1", "1.00", null)]
    public void Amount_is_converted_by_law(string brandCurrency, string currency, string day, string rates, string amount, string? expected)
    {
        var engine = new InMemoryEngine().Put(new BrandItem("default", "Default", brandCurrency));
        engine.Put(rates.Split("; ", StringSplitOptions.RemoveEmptyEntries).Select(text => text.Split(' ')).Select((rate, i) =>
            new FxRateItem($"r{i}", DateOnly.Parse(rate[0], CultureInfo.InvariantCulture), rate[1], rate[2], decimal.Parse(rate[3], CultureInfo.InvariantCulture))));

        var found = engine.Catalog.FindRate(currency, engine.Catalog.FindBrand("default")!, DateOnly.Parse(day, CultureInfo.InvariantCulture));

        var brand = Currency.Parse(brandCurrency);
        (found is { } known ? brand.Format(brand.ToNearestMinor(known * decimal.Parse(amount, CultureInfo.InvariantCulture))) : null).ShouldBe(expected);
    }

    [Fact]
    public void Explanation_of_an_order_names_the_rate_and_its_law()
    {
        var engine = Market("EUR");
        engine.Process(Scenario.Click("mia", -10), Scenario.Order("1", 0, gross: 19_558, currency: "BGN"));
        var journey = engine.Journeys.Single();

        var evaluated = journey.EvaluateConversion("o:1", engine.Catalog)!;

        evaluated.Conversion.Gross.ShouldBe(10_000);
        var rate = evaluated.Decision.FixedRate!;
        (rate.From, rate.To, rate.Source).ShouldBe(("BGN", "EUR", "Council Regulation (EU) 2025/1409"));
        evaluated.Decision.Description.ShouldEndWith(
            " Converted from BGN to EUR at the fixed rate of 1.95583 BGN per EUR (Council Regulation (EU) 2025/1409).");
    }

    [Fact]
    public void Orders_in_other_currencies_have_no_such_explanation()
    {
        var engine = Market("EUR").Put(new FxRateItem("r", Day, "EUR", "USD", 1.1m));
        engine.Process(Scenario.Click("mia", -10), Scenario.Order("1", 0, currency: "USD"));
        engine.Journeys.Single().EvaluateConversion("o:1", engine.Catalog)!.Decision.FixedRate.ShouldBeNull();
    }

    [Fact]
    public void Order_that_waited_for_a_rate_moves_with_its_own_reason()
    {
        var engine = Market("EUR");
        engine.FixedRatesVersion = null;
        engine.Put(new CreatorItem("zoe", "Zoe"));
        engine.Process(
            Scenario.Click("mia", -10), Scenario.Order("1", 0, gross: 19_558, currency: "BGN"), Scenario.Order("2", 5, gross: 500, currency: "EUR"));
        engine.Journeys.Single().Conversions[0].MissingRateCurrency.ShouldBe("BGN");
        FixedRateMove.Reaches(engine.Journeys.Single(), engine.Catalog).ShouldBeFalse("they do not apply yet");
        engine.Ledger.Clear();

        engine.ApplyFixedRates();
        FixedRateMove.Reaches(engine.Journeys.Single(), engine.Catalog).ShouldBeTrue();
        engine.Reevaluate();

        engine.Ledger.Select(line => (line.Conversion, line.Amount, line.Reason)).ShouldBe([("o:1", 10_000, LedgerReason.Currencies)]);
        FixedRateMove.Reaches(engine.Journeys.Single(), engine.Catalog).ShouldBeFalse("it has moved");
        engine.Put(new CreatorItem("ben", "Ben", Status: "inactive", InactiveSince: DateTimeOffset.UnixEpoch)).Reevaluate();
        engine.Ledger.Count.ShouldBe(1);
    }

    [Fact]
    public void Costs_are_converted_by_law()
    {
        var engine = new InMemoryEngine().Put(
            new BrandItem("default", "Default", "EUR"), new CampaignItem("spring", "Spring"),
            new CostItem("fee", "spring", "fee", "BGN", 195.58m, On: Day));
        engine.EmittedDeltas.DropZeros().Cells[new RollupKey("default", Day, "spring", "")][Measure.CostFee].ShouldBe(10_000);
    }

    private static InMemoryEngine Market(string currency) => Scenario.Market().Put(new BrandItem("default", "Glow", currency));
}
