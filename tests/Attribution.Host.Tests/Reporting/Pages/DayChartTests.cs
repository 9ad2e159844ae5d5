using System.Text.RegularExpressions;
using Attribution.Core.Models;
using Attribution.Core.Rollups;
using Attribution.Host.Tests.Fixtures;

namespace Attribution.Host.Tests.Reporting.Pages;

/// <summary>The chart of days, which has every day of the period.</summary>
public sealed class DayChartTests : IAsyncLifetime
{
    private ReportingHost host = null!;

    public async ValueTask InitializeAsync()
    {
        host = await ReportingHost.StartAsync();
        await host.PutCatalogAsync(("/v1/campaigns/spring", """{"name":"Spring"}"""));
        var sums = new MeasureSums();
        foreach (var (day, gross, fee) in new[] { (1, 10_000, 20_000), (8, 4_000, 5_000) })
        {
            var key = new RollupKey("default", new(2026, 3, day), "spring", "mia");
            sums.Add(key, Model.LastTouch, CreditMeasure.Gross, gross);
            sums.Add(key, Measure.CostFee, fee);
        }

        await host.PutRollupsAsync(sums);
        await host.Store.Rollups.CloseDaysAsync("default", new(2026, 3, 5), ReportingHost.Now, ReportingHost.Token);
    }

    public ValueTask DisposeAsync() => host.DisposeAsync();

    [Fact]
    public async Task Days_without_rows_are_zeros_and_costs_are_bars_of_their_days()
    {
        var page = await PageAsync();
        var points = Regex.Match(page, "<polyline class=\"net\" points=\"([^\"]*)\"").Groups[1].Value.Split(' ');
        points.Length.ShouldBe(10);
        points.Count(point => point.EndsWith(",100", StringComparison.Ordinal)).ShouldBe(8);
        Regex.Count(Regex.Match(page, "<path class=\"cost\" d=\"([^\"]*)\"").Groups[1].Value, "M").ShouldBe(2);
        Regex.Count(page, "<th scope=\"row\">[0-9]{2}/03/2026</th>").ShouldBe(10);
        page.ShouldContain("Net and cost by day, in USD");
    }

    [Fact]
    public async Task Open_days_are_hatched_whether_or_not_they_have_rows()
    {
        var page = await PageAsync();
        page.ShouldContain("<rect class=\"open\" x=\"50%\" width=\"50%\"");
        Regex.Count(page, "provisional</span>").ShouldBe(5);
        await host.Store.Rollups.CloseDaysAsync("default", new(2026, 3, 10), ReportingHost.Now, ReportingHost.Token);
        (await PageAsync()).ShouldNotContain("class=\"open\"");
    }

    private Task<string> PageAsync() => host.Http.GetStringAsync("/?from=2026-03-01&to=2026-03-10", ReportingHost.Token);
}
