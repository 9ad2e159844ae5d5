using System.Text.Json;
using Attribution.Simulator;
using Attribution.TestKit;
using Attribution.TestKit.Hosts;

namespace Attribution.IntegrationTests;

/// <summary>The fitted models in a host process, from posted events to shares that add up to the total.</summary>
public sealed class FittedModelTests
{
    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Rollups_of_both_fitted_models_sum_to_the_total()
    {
        using var folder = new TempFolder();
        await using var host = await HostProcess.ServeAsync(folder.Path, Token, "--Rollup:FitAt=* * * * * ?");
        var first = DateOnly.FromDateTime(DateTime.UtcNow).AddDays(-30);
        var market = Market.Create(31, first, new MarketOptions { People = 800, Days = 28 });
        await host.ImportAsync(market.Catalog, Token);
        await host.PostEventsAsync(market.Events, Token);
        await host.WaitUntilSettledAsync(Token);
        await Eventually.IsTrueAsync(
            async () => (await FitAsync(host)).TryGetProperty("number", out _), TimeSpan.FromMinutes(1), () => host.Output, Token);
        await host.WaitUntilSettledAsync(Token);

        foreach (var model in (string[])["markov", "shapley"])
        {
            var days = string.Create(
                CultureInfo.InvariantCulture, $"from={market.FirstDay:yyyy-MM-dd}&to={market.LastDay:yyyy-MM-dd}");
            using var answer = await host.GetAsync(
                $"/v1/rollups/daily?{days}&groupBy=campaign,creator&model={model}", Token);
            answer.RootElement.TryGetProperty("notShown", out _).ShouldBeFalse();
            var totals = answer.RootElement.GetProperty("totals");
            var rows = answer.RootElement.GetProperty("rows").EnumerateArray()
                .Concat(answer.RootElement.GetProperty("unattributed").EnumerateArray()).ToList();
            foreach (var measure in (string[])["gross", "discount", "refunds", "net", "conversions", "leads"])
                rows.Sum(row => Number(row.GetProperty(measure)))
                    .ShouldBe(Number(totals.GetProperty(measure)), $"{model} {measure}");
            rows.Count(row => Number(row.GetProperty("gross")) > 0).ShouldBeGreaterThan(5);
        }

        using var fits = await host.GetAsync("/v1/fits?limit=1", Token);
        var fit = fits.RootElement.GetProperty("fits")[0];
        fit.GetProperty("values").EnumerateArray().Sum(value => Number(value.GetProperty("shapley")))
            .ShouldBe(Number(fit.GetProperty("conversions")), 0.001m);
    }

    [Fact]
    public async Task Missed_night_is_caught_up_at_start_and_too_few_paths_are_reported()
    {
        using var folder = new TempFolder();
        await using var host = await HostProcess.ServeAsync(folder.Path, Token);
        await Eventually.IsTrueAsync(
            async () => (await FitAsync(host)).GetProperty("triedAt").ValueKind == JsonValueKind.String,
            TimeSpan.FromMinutes(1), () => host.Output, Token);
        (await FitAsync(host)).GetProperty("reason").GetString().ShouldBe("Too few converting paths: 0 with 0 placements; a fit requires 100 with 2 placements");
    }

    private static async Task<JsonElement> FitAsync(HostProcess host)
    {
        using var models = await host.GetAsync("/v1/models", Token);
        return models.RootElement.GetProperty("models").EnumerateArray()
            .Single(model => model.GetProperty("name").GetString() == "markov").GetProperty("fit").Clone();
    }

    private static decimal Number(JsonElement value) =>
        value.ValueKind == JsonValueKind.String
            ? decimal.Parse(value.GetString()!, CultureInfo.InvariantCulture)
            : value.GetDecimal();
}
