using System.Text.RegularExpressions;
using Attribution.Core.Ledger;
using Attribution.Core.Planning;
using Attribution.Host.Tests.Fixtures;

namespace Attribution.Host.Tests.Reporting.Pages;

/// <summary>The list of orders: filters, totals and pages.</summary>
public sealed class OrdersPageTests : IAsyncLifetime
{
    private const string Days = "from=2026-03-01&to=2026-03-10";

    private ReportingHost host = null!;

    public async ValueTask InitializeAsync()
    {
        host = await ReportingHost.StartAsync();
        await host.PutCatalogAsync(
            ("/v1/campaigns/spring", """{"name":"Spring"}"""), ("/v1/creators/mia", """{"name":"Mia"}"""), ("/v1/creators/ben", """{"name":"Ben"}"""));
        await host.Store.Journeys.CommitAsync(
            new JourneyCommit
            {
                CatalogVersion = long.MaxValue, At = ReportingHost.Now,
                Ledger =
                [
                    .. Enumerable.Range(0, 60).Select(i => Line($"o:mia-{i:00}", "mia", 100 + i, LedgerReason.Conversion)),
                    Line("n:lead-1", "mia", 0, LedgerReason.Conversion),
                    Line("o:ben-1", "ben", 900, LedgerReason.Conversion), Line("o:ben-1", "ben", -400, LedgerReason.Catalog),
                ],
            },
            ReportingHost.Token);
    }

    public ValueTask DisposeAsync() => host.DisposeAsync();

    [Fact]
    public async Task Orders_are_paged_and_totals_are_those_of_the_api()
    {
        var totals = (await host.GetAsync($"/v1/conversions?{Days}")).Body!["totals"]!;
        (totals["count"]!.GetValue<int>(), totals["net"]!.GetValue<string>()).ShouldBe((62, "82.70"));
        var page = await PageAsync($"/orders?{Days}");
        page.ShouldContain("All 62 of the selection");
        page.ShouldContain("<td>82.70</td>");
        Orders(page).Count.ShouldBe(50);
        var next = System.Net.WebUtility.HtmlDecode(Regex.Match(page, "rel=\"next\" href=\"([^\"]*)\"").Groups[1].Value);
        Orders(await PageAsync(next)).Concat(Orders(page)).Distinct().Count().ShouldBe(62);
    }

    [Fact]
    public async Task Filters_select_by_creator_and_by_later_changes()
    {
        Orders(await PageAsync($"/orders?{Days}&creator=ben")).ShouldBe(["ben-1"]);
        var changed = await PageAsync($"/orders?{Days}&only=changed");
        Orders(changed).ShouldBe(["ben-1"]);
        changed.ShouldContain("All 1 of the selection");
        (await PageAsync($"/orders?{Days}&only=orders")).ShouldContain("All 61 of the selection");
        (await PageAsync($"/orders?{Days}&only=refunded")).ShouldContain("match the filters");
        foreach (var query in new[] { "only=lost", "creator=nobody", "campaign=none", "cursor=bm9uZQ" })
        {
            using var answer = await host.Http.GetAsync($"/orders?{Days}&{query}", ReportingHost.Token);
            ((int)answer.StatusCode).ShouldBe(400, query);
        }
    }

    private Task<string> PageAsync(string path) => host.Http.GetStringAsync(path, ReportingHost.Token);

    private static List<string> Orders(string page) =>
        [.. Regex.Matches(page, "<a href=\"/orders/([a-z0-9-]+)[?\"]").Select(match => match.Groups[1].Value)];

    private static LedgerEntry Line(string conversion, string creator, long amount, LedgerReason reason) => new()
    {
        Brand = "default", Conversion = conversion, Placement = new("spring", creator), OrderDay = new(2026, 3, 4), EntryDay = new(2026, 3, 4),
        Amount = amount, Micros = 1_000_000, Commission = 0, Reason = reason, CausedBy = "shop/1", RecordedAt = ReportingHost.Now,
    };
}
