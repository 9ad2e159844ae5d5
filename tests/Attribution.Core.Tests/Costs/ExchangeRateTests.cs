using Attribution.Contracts.Catalog;
using Attribution.Core.Rollups;
using Attribution.Core.Tests.Fixtures;

namespace Attribution.Core.Tests.Costs;

/// <summary>
/// A truth table of the rates that amounts are converted with. The brand reports in USD; the day is 2026-03-10.
/// </summary>
public sealed class ExchangeRateTests
{
    private static readonly DateOnly Day = new(2026, 3, 10);

    [Theory]
    [InlineData("EUR", 7, "", null)]
    [InlineData("USD", 0, "", "1")]
    [InlineData("EUR", 7, "10 EUR USD 1.08", "1.08")]
    [InlineData("EUR", 7, "10 USD EUR 0.5", "2")]
    [InlineData("EUR", 7, "10 EUR USD 1.08; 10 USD EUR 0.5", "1.08")]
    [InlineData("EUR", 7, "11 EUR USD 1.08", null)]
    [InlineData("EUR", 7, "3 EUR USD 1.08", "1.08")]
    [InlineData("EUR", 7, "2 EUR USD 1.08", null)]
    [InlineData("EUR", 0, "9 EUR USD 1.08", null)]
    [InlineData("EUR", 1, "9 EUR USD 1.08", "1.08")]
    [InlineData("EUR", 7, "8 EUR USD 1.08; 9 EUR USD 1.09; 11 EUR USD 1.1", "1.09")]
    [InlineData("EUR", 7, "8 EUR USD 1.08; 9 USD EUR 0.5", "2")]
    [InlineData("GBP", 7, "10 EUR USD 1.2; 10 EUR GBP 0.8", "1.5")]
    [InlineData("GBP", 7, "10 GBP EUR 1.25; 10 USD EUR 0.5", "2.5")]
    [InlineData("GBP", 7, "10 EUR USD 1.2; 9 EUR GBP 0.8", null)]
    [InlineData("GBP", 7, "9 EUR USD 1.2; 9 EUR GBP 0.8; 10 EUR USD 2", "1.5")]
    [InlineData("GBP", 7, "10 EUR USD 1.2; 10 EUR GBP 0.8; 9 GBP USD 7", "1.5")]
    [InlineData("GBP", 7, "10 EUR USD 1.2; 10 EUR GBP 0.8; 10 GBP USD 7", "7")]
    [InlineData("GBP", 7, "10 GBP CHF 2; 10 CHF USD 3; 10 EUR USD 1.2; 10 EUR GBP 0.8", "6")]
    [InlineData("GBP", 7, "10 GBP CHF 2; 10 CHF EUR 3; 10 EUR USD 1.2", null)]
    public void Amount_is_converted_by_the_expected_rate(string currency, int maxAgeDays, string rates, string? expected)
    {
        var engine = new InMemoryEngine().Put(new BrandItem("default", "Default", "USD", RateMaxAgeDays: maxAgeDays));
        engine.Put(rates.Split("; ", StringSplitOptions.RemoveEmptyEntries).Select(text => text.Split(' ')).Select((rate, i) =>
            new FxRateItem($"r{i}", new DateOnly(2026, 3, int.Parse(rate[0], CultureInfo.InvariantCulture)), rate[1], rate[2], decimal.Parse(rate[3], CultureInfo.InvariantCulture))));

        engine.Catalog.FindRate(currency, engine.Catalog.FindBrand("default")!, Day).ShouldBe(expected is null ? null : decimal.Parse(expected, CultureInfo.InvariantCulture));
    }

    [Fact]
    public void Rates_are_valid_for_a_week_by_default() => new InMemoryEngine().Catalog.FindBrand("default")!.RateMaxAgeDays.ShouldBe(7);

    [Fact]
    public void Cost_without_a_rate_waits_and_is_listed_under_its_currency()
    {
        var engine = new InMemoryEngine().Put(new CampaignItem("spring", "Spring"), new CostItem("fee", "spring", "fee", "EUR", 90m, Recognition: "spread", From: Day, To: Day.AddDays(8)))
            .Put(new FxRateItem("r", Day, "EUR", "USD", 2m));
        engine.EmittedDeltas.DropZeros().Cells.ToDictionary(cell => cell.Key, cell => (cell.Value[Measure.CostFee], cell.Value[Measure.RateGaps])).ShouldBe(
            Enumerable.Range(0, 8).Select(age => KeyValuePair.Create(new RollupKey("default", Day.AddDays(age), "spring", ""), (2_000L, 0L)))
                .Append(new(new("default", Day.AddDays(8), "spring", ""), (0, 1)))
                .Append(new(RollupKey.Unmatched("default", Day.AddDays(8), UnmatchedKind.Rate, "EUR"), (0, 1))), ignoreOrder: true);
    }
}
