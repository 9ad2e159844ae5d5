using Attribution.Core.Ledger;
using Attribution.Core.Models;
using Attribution.Core.Planning;
using Attribution.Core.Rollups;
using Attribution.Host.Tests.Fixtures;

namespace Attribution.Host.Tests.Reporting.Api;

/// <summary>Confidence interval of the ROI, in the API and on the page.</summary>
public sealed class RoiIntervalTests
{
    [Fact]
    public async Task Interval_of_a_return_comes_from_its_orders_and_the_page_agrees()
    {
        await using var host = await ReportingHost.StartAsync();
        await host.PutCatalogAsync(DocumentedExample.Catalog);
        await SellAsync(host, 40);

        var (status, body) = await host.GetAsync("/v1/roi?from=2026-03-01&to=2026-03-10&creator=mia");
        status.ShouldBe(200);
        // 40 orders of 20.00 with a commission of 2.00 each, and a fee of 300.00: (800 − 380) ÷ 380.
        $"{body!["net"]} {body["cost"]} {body["roiPercent"]} {body["orders"]} {body["tooFewToTell"]}".ShouldBe("800.00 380.00 110.5 40 false");
        var (low, high) = (Number("low"), Number("high"));
        // 28 to 53 orders, from scipy.stats.poisson.ppf([.025, .975], 40): (28 × 20 − 356) ÷ 356 and (53 × 20 − 406) ÷ 406.
        low.ShouldBeInRange(50m, 64m);
        high.ShouldBeInRange(154m, 168m);

        var rows = (await host.GetAsync("/v1/rollups/daily?from=2026-03-01&to=2026-03-10&creator=mia&groupBy=")).Body!["rows"]![0]!;
        rows["roiPercent"]!.GetValue<string>().ShouldBe("110.5");
        foreach (var path in new[] { "/creators/mia?from=2026-03-01&to=2026-03-10", "/campaigns/spring?from=2026-03-01&to=2026-03-10" })
            System.Net.WebUtility.HtmlDecode(await host.Http.GetStringAsync(path, ReportingHost.Token)).ShouldContain($"{low}\u00a0% to {high}\u00a0%");

        decimal Number(string end) => decimal.Parse(body!["roiInterval"]![end]!.GetValue<string>(), System.Globalization.CultureInfo.InvariantCulture);
    }

    [Fact]
    public async Task Few_orders_are_reported_as_too_few_to_tell()
    {
        await using var host = await ReportingHost.StartAsync();
        await host.PutCatalogAsync(DocumentedExample.Catalog);
        await SellAsync(host, 9);
        (await host.GetAsync("/v1/roi?from=2026-03-01&to=2026-03-10&campaign=spring")).Body!["tooFewToTell"]!.GetValue<bool>().ShouldBeTrue();
        (await host.Http.GetStringAsync("/creators/mia?from=2026-03-01&to=2026-03-10", ReportingHost.Token)).ShouldContain("Too few orders to tell");
        var none = (await host.GetAsync("/v1/roi?from=2026-03-05&to=2026-03-10")).Body!;
        none["roiPercent"].ShouldBeNull();
        none["roiInterval"].ShouldBeNull();
        none["orders"]!.GetValue<int>().ShouldBe(0);
    }

    private static async Task SellAsync(ReportingHost host, int orders)
    {
        var sums = new MeasureSums();
        var key = new RollupKey("default", DocumentedExample.OrderDay, "spring", "mia");
        sums.Add(key, Model.LastTouch, CreditMeasure.Orders, orders);
        sums.Add(key, Model.LastTouch, CreditMeasure.ConversionMicros, orders * 1_000_000L);
        sums.Add(key, Model.LastTouch, CreditMeasure.Gross, orders * 2_000L);
        sums.Add(key, Measure.Commission, orders * 200L);
        await host.PutRollupsAsync(sums);
        await host.Store.Journeys.CommitAsync(
            new JourneyCommit
            {
                CatalogVersion = long.MaxValue, At = ReportingHost.Now,
                Ledger = [.. Enumerable.Range(0, orders).Select(i => new LedgerEntry
                {
                    Brand = "default", Conversion = $"o:{i}", Placement = new("spring", "mia"), OrderDay = DocumentedExample.OrderDay, EntryDay = DocumentedExample.OrderDay, Amount = 2_000,
                    Micros = 1_000_000, Commission = 200, Reason = LedgerReason.Conversion, CausedBy = "test/1", RecordedAt = ReportingHost.Now,
                })],
            },
            ReportingHost.Token);
    }
}
