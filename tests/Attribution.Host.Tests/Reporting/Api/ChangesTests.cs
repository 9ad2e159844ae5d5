using System.Text.Json.Nodes;
using Attribution.Core.Models;
using Attribution.Core.Rollups;
using Attribution.Host.Tests.Fixtures;

namespace Attribution.Host.Tests.Reporting.Api;

/// <summary>Figures of a period beside those of an earlier one.</summary>
public sealed class ChangesTests : IAsyncLifetime
{
    private const string Days = "from=2026-03-03&to=2026-03-04&previousFrom=2026-03-01&previousTo=2026-03-02";

    private ReportingHost host = null!;

    public async ValueTask InitializeAsync()
    {
        host = await ReportingHost.StartAsync();
        await host.PutCatalogAsync(("/v1/campaigns/spring", """{"name":"Spring"}"""));
        var sums = new MeasureSums();
        foreach (var (day, creator, gross, fee) in new[] { (1, "mia", 10_000, 5_000), (2, "ben", 4_000, 0), (3, "mia", 15_000, 5_000), (4, "zoe", 500, 0) })
        {
            var key = new RollupKey("default", new(2026, 3, day), "spring", creator);
            sums.Add(key, Model.LastTouch, CreditMeasure.Gross, gross);
            if (fee > 0) sums.Add(key, Measure.CostFee, fee);
        }

        await host.PutRollupsAsync(sums);
    }

    public ValueTask DisposeAsync() => host.DisposeAsync();

    [Fact]
    public async Task Differences_are_those_of_the_rollups_of_both_periods()
    {
        var answer = (await host.GetAsync($"/v1/changes?{Days}")).Body!;
        Describe(answer["total"]!["net"]!).ShouldBe("155.00 140.00 15.00 10.7");
        Describe(answer["total"]!["roiPercent"]!).ShouldBe("210.0 180.0 30.0 16.7");
        answer["rows"]!.AsArray().Select(row => $"{row!["creatorId"]}: {Describe(row["net"]!)}").ShouldBe(
            ["mia: 150.00 100.00 50.00 50.0", "ben: 0.00 40.00 -40.00 -100.0", "zoe: 5.00 0.00 5.00 "]);
        foreach (var (from, to, member) in new[] { ("2026-03-03", "2026-03-04", "current"), ("2026-03-01", "2026-03-02", "previous") })
        {
            var row = (await host.GetAsync($"/v1/rollups/daily?from={from}&to={to}&groupBy=")).Body!["rows"]![0]!;
            answer["total"]!["net"]![member]!.GetValue<string>().ShouldBe(row["net"]!.GetValue<string>());
        }

        (await host.GetAsync($"/v1/changes?{Days}&groupBy=")).Body!["rows"]!.AsArray().ShouldBeEmpty();
    }

    [Theory]
    [InlineData("from=2026-03-03&to=2026-03-04&previousFrom=2026-03-01", "previousTo")]
    [InlineData("from=2026-03-03&to=2026-03-04&previousFrom=2026-03-02&previousTo=2026-03-01", "previousTo")]
    [InlineData(Days + "&groupBy=day", "groupBy")]
    [InlineData(Days + "&model=all", "model")]
    public async Task Invalid_parameter_is_named(string query, string parameter)
    {
        var (status, body) = await host.GetAsync($"/v1/changes?{query}");
        status.ShouldBe(400);
        body!.ToJsonString().ShouldContain(parameter);
    }

    private static string Describe(JsonNode figure) =>
        $"{figure["current"]} {figure["previous"]} {figure["difference"]} {figure["percent"]}";
}
