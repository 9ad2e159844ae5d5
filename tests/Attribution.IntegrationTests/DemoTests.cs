using Attribution.Simulator;
using Attribution.TestKit;
using Attribution.TestKit.Hosts;

namespace Attribution.IntegrationTests;

public sealed class DemoTests
{
    /// <summary>Visitors of the market's last days order in the traffic after it.</summary>
    private static readonly string[] LaterMeasures = ["convertedVisitors"];

    private static readonly TimeSpan Timeout = TimeSpan.FromMinutes(3);

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Demo_shows_leaders_serves_the_truth_stops_and_restarts_without_data()
    {
        using var folder = new TempFolder();
        Market market;
        await using (var demo = await HostProcess.StartAsync("demo", folder.Path, Token))
        {
            await demo.WaitForOutputAsync("Stop with Ctrl-C", Timeout, Token);
            string[] texts =
            [
                "Sending events", "Leading creators", "ROI %", "orders in total", "curl '", "/v1/rollups/daily", "/openapi/v1.json",
            ];
            foreach (var text in texts)
                demo.Output.ShouldContain(text, Case.Sensitive);

            var note = JsonNode.Parse(await File.ReadAllTextAsync(folder.File("demo.json"), Token))!;
            market = Market.Create(
                (int)note["seed"]!, DateOnly.Parse((string)note["firstDay"]!, CultureInfo.InvariantCulture),
                new MarketOptions { Kind = MarketKind.Shop, People = 30_000, TimeZone = "Europe/Berlin", Currency = "EUR" });
            (await RollupComparison.DifferencesAsync(demo, market, "last_touch", Token, daysAfter: 0, LaterMeasures)).ShouldBeEmpty();
            foreach (var path in (string[])["/", "/docs/index.html", "/openapi/v1.json", "/v1/models"])
                (await demo.Http.GetAsync(new Uri(path, UriKind.Relative), Token)).StatusCode.ShouldBe(HttpStatusCode.OK, path);
            var days = string.Create(
                CultureInfo.InvariantCulture, $"from={market.FirstDay:yyyy-MM-dd}&to={market.LastDay:yyyy-MM-dd}");
            using (var fitted = await demo.GetAsync($"/v1/rollups/daily?{days}&groupBy=creator&model=shapley", Token))
                fitted.RootElement.GetProperty("rows").GetArrayLength()
                    .ShouldBeGreaterThan(5, "models must be fitted when the market is loaded, not in the next night");
            await WaitForLiveTrafficAsync(demo, market);
            (await demo.StopAsync(Token)).ShouldBe(0, demo.Output);
        }

        await using var again = await HostProcess.StartAsync("demo", folder.Path, Token);
        await again.WaitForOutputAsync("Stop with Ctrl-C", Timeout, Token);
        again.Output.ShouldContain("already");
        again.Output.ShouldContain("Leading creators");
        again.Output.ShouldNotContain("Sending events");
        (await RollupComparison.DifferencesAsync(again, market, "last_touch", Token, daysAfter: 0, LaterMeasures)).ShouldBeEmpty();
        (await again.StopAsync(Token)).ShouldBe(0, again.Output);
    }

    [Fact]
    public async Task Demo_leaves_a_folder_with_other_data_unchanged()
    {
        using var folder = new TempFolder();
        await using (var host = await HostProcess.ServeAsync(folder.Path, Token)) await host.StopAsync(Token);

        var (exitCode, errors) = await HostProcess.RunAsync(
            "demo", Token, "--urls", "http://127.0.0.1:0", "--data", folder.Path);

        exitCode.ShouldBe(1);
        errors.ShouldBe($"The data folder {folder.Path} contains data that do not belong to the demo. Choose another with --data.");
    }

    private static Task WaitForLiveTrafficAsync(HostProcess demo, Market market) => Eventually.IsTrueAsync(
        async () =>
        {
            var path = string.Create(
                CultureInfo.InvariantCulture,
                $"/v1/rollups/daily?from={market.LastDay.AddDays(1):yyyy-MM-dd}&to={market.LastDay.AddDays(4):yyyy-MM-dd}&groupBy=day");
            using var answer = await demo.GetAsync(path, Token);
            return answer.RootElement.GetProperty("rows").EnumerateArray().Any(row => row.GetProperty("clicks").GetInt64() > 0);
        },
        Timeout, () => demo.Output, Token);
}
