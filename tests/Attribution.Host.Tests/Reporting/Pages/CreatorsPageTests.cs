using System.Text.RegularExpressions;
using Attribution.Core.Models;
using Attribution.Core.Rollups;
using Attribution.Host.Tests.Fixtures;

namespace Attribution.Host.Tests.Reporting.Pages;

/// <summary>The list of creators: filters, sort order and trends.</summary>
public sealed class CreatorsPageTests : IAsyncLifetime
{
    private static readonly DateOnly Today = new(2026, 3, 10);

    private ReportingHost host = null!;

    public async ValueTask InitializeAsync()
    {
        host = await ReportingHost.StartAsync();
        await host.PutCatalogAsync(
            ("/v1/campaigns/spring", """{"name":"Spring"}"""), ("/v1/campaigns/autumn", """{"name":"Autumn"}"""),
            ("/v1/creators/ann", """{"name":"ann","niche":"Tea","handles":[{"platform":"instagram","handle":"a","followers":20000}]}"""),
            ("/v1/creators/bob", """{"name":"Bob","niche":"chess","handles":[{"platform":"instagram","handle":"b","followers":2000},{"platform":"x","handle":"b","followers":60000}]}"""),
            ("/v1/creators/cid", """{"name":"Cid","niche":"tea <b>","handles":[{"platform":"x","handle":"c","followers":10}]}"""),
            ("/v1/creators/dot", """{"name":"Dot"}"""));
    }

    public ValueTask DisposeAsync() => host.DisposeAsync();

    [Fact]
    public async Task Creators_are_filtered_by_tier_and_niche_and_sorted_by_any_column()
    {
        var sums = new MeasureSums();
        foreach (var (id, gross) in new[] { ("ann", 300), ("bob", 100), ("cid", 200), ("dot", 50) }) Add(sums, "spring", id, Today, gross);
        await host.PutRollupsAsync(sums);

        foreach (var (query, expected) in new[]
        {
            ("", "ann Cid Bob Dot"), ("?sort=-net", "Dot Bob Cid ann"), ("?sort=name", "ann Bob Cid Dot"), ("?sort=-name", "Dot Cid Bob ann"),
            ("?sort=tier", "ann Bob Cid Dot"), ("?sort=-tier", "Bob ann Cid Dot"), ("?sort=niche", "Bob ann Cid Dot"), ("?sort=-niche", "Cid ann Bob Dot"), ("?sort=confidence", "ann Cid Bob Dot"),
            ("?tier=micro", "ann"), ("?tier=mid", "Bob"), ("?tier=-", "Cid Dot"), ("?niche=TEA", "ann"), ("?niche=TEA&tier=mid", ""), ("?q=tea", "ann Cid"),
        })
        {
            var page = await host.Http.GetStringAsync("/creators" + query, ReportingHost.Token);
            string.Join(' ', Regex.Matches(page, "<a href=\"/creators/[a-z]{3}\\?[^>]*>([^<]*)</a>|<a href=\"/creators/[a-z]{3}\">([^<]*)</a>").Select(match => match.Groups[1].Value + match.Groups[2].Value)).ShouldBe(expected, query);
        }

        (await host.Http.GetStringAsync("/creators?niche=none", ReportingHost.Token)).ShouldContain("No creators match the filters");
        var sorted = await host.Http.GetStringAsync("/creators?sort=roi&tier=micro", ReportingHost.Token);
        sorted.ShouldContain("aria-sort=\"descending\"><a href=\"/creators?tier=micro&amp;sort=-roi\">ROI");
        (await host.Http.GetStringAsync("/creators?sort=-name", ReportingHost.Token)).ShouldContain("aria-sort=\"descending\"><a href=\"/creators?sort=name\">Creator");
    }

    [Theory]
    [InlineData(30, "day", 1)]
    [InlineData(98, "day", 1)]
    [InlineData(99, "fortnight", 14)]
    [InlineData(365, "fortnight", 14)]
    public async Task Sparkline_of_a_creator_equals_the_daily_api_values(int length, string step, int days)
    {
        var (sums, random, from) = (new MeasureSums(), new Random(length), Today.AddDays(1 - length));
        for (var day = from.AddDays(-20); day <= Today; day = day.AddDays(1))
            foreach (var campaign in new[] { "spring", "autumn" })
            {
                Add(sums, campaign, "ann", day, random.Next(1, 1_000));
                Add(sums, campaign, "bob", day, -random.Next(1, 1_000));
            }

        await host.PutRollupsAsync(sums);
        var page = await host.Http.GetStringAsync($"/creators?from={from:O}&to={Today:O}&sort=name", ReportingHost.Token);

        // Two rows, each with one point per day or per fortnight that contains one of the days.
        var points = Regex.Matches(page, "<polyline points=\"([^\"]*)\"").Select(match => match.Groups[1].Value.Split(' ')).ToList();
        points.Count.ShouldBe(2);
        points.ShouldAllBe(line => line.Length == (Today.DayNumber / days) - (from.DayNumber / days) + 1);

        var rows = (await host.GetAsync($"/v1/rollups/daily?from={from:O}&to={Today:O}&creator=ann&groupBy=day")).Body!["rows"]!.AsArray();
        var steps = rows.GroupBy(row => DateOnly.Parse((string)row!["day"]!, CultureInfo.InvariantCulture).DayNumber / days)
            .Select(group => (First: DateOnly.Parse((string)group.First()!["day"]!, CultureInfo.InvariantCulture), Net: group.Sum(row => decimal.Parse((string)row!["net"]!, CultureInfo.InvariantCulture)))).ToList();
        var best = steps.MaxBy(group => group.Net);
        var position = days == 1 ? "on" : "in the fortnight from";
        page.ShouldContain(string.Create(CultureInfo.GetCultureInfo("en-GB"), $"aria-label=\"Net by {step}: maximum {best.Net:N2} {position} {best.First:d}\""));

        // The highest value is at the top of its line; negative values are below the zero line.
        points[0][steps.IndexOf(best)].ShouldEndWith(",2");
        points[1].ShouldContain(point => point.EndsWith(",22", StringComparison.Ordinal));
        points[1].ShouldAllBe(point => decimal.Parse(point.Split(',')[1], CultureInfo.InvariantCulture) > 2);
    }

    private static void Add(MeasureSums sums, string campaign, string creator, DateOnly day, int gross) =>
        sums.Add(new("default", day, campaign, creator), Model.LastTouch, CreditMeasure.Gross, gross);
}
