using Attribution.TestKit;
using Attribution.TestKit.Hosts;

namespace Attribution.IntegrationTests;

public sealed class ExampleTests
{
    internal const string March = "/v1/rollups/daily?from=2026-03-01&to=2026-03-31&groupBy=campaign,creator";

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Documented_catalog_and_events_yield_the_documented_rollup()
    {
        using var folder = new TempFolder();
        await using var host = await HostProcess.ServeAsync(folder.Path, Token, DocumentedExample.Horizon);
        foreach (var (kind, item) in DocumentedExample.Catalog()) await PutAsync(host, kind, item);
        await host.PostEventsAsync(DocumentedExample.EventLines(), Token);
        await host.WaitUntilSettledAsync(Token);

        await ShouldEqualDocumentedRollupAsync(host, March, "the printed order");
        var byDay = await RowsAsync(host, "/v1/rollups/daily?from=2026-03-01&to=2026-03-31");
        byDay.Select(row => (string)row!["day"]!).ShouldBe(["2026-03-02", "2026-03-03", "2026-03-04"]);
        ((int)byDay[0]!["clicks"]!, (int)byDay[0]!["visits"]!, (string)byDay[0]!["cost"]!["fee"]!)
            .ShouldBe((1, 1, "300.00"));
        ((int)byDay[1]!["orders"]!, (string)byDay[1]!["leads"]!, (string)byDay[1]!["refunds"]!)
            .ShouldBe((1, "1.000000", "45.00"));
        ((long)byDay[2]!["engagement"]!["impressions"]!).ShouldBe(41000);
        (await host.StopAsync(Token)).ShouldBe(0, host.Output);
    }

    [Fact]
    public async Task Any_order_with_duplicates_yields_the_same_rollup()
    {
        using var folder = new TempFolder();
        await using var host = await HostProcess.ServeAsync(folder.Path, Token, DocumentedExample.Horizon);

        // Of the catalog, events require only their brand. The other items are put at any place between the events.
        var brands = Enumerable.Range(0, 25).Select(i => $"b{i:D2}").ToList();
        foreach (var (kind, item) in DocumentedExample.Catalog().Where(entry => entry.Kind is "brands"))
            foreach (var brand in brands) await PutAsync(host, kind, DocumentedExample.ForBrand(kind, item, brand));
        foreach (var brand in brands) await PostEventsAsync(host, brand, new Random(brands.IndexOf(brand)));
        await host.WaitUntilSettledAsync(Token);

        foreach (var brand in brands) await ShouldEqualDocumentedRollupAsync(host, March + "&brand=" + brand, brand, brand);
    }

    /// <summary>
    /// Puts the catalog in its order and posts every event twice in random order, randomly interleaved. For the first
    /// brand, the whole catalog comes first; for the second, all events do.
    /// </summary>
    private static async Task PostEventsAsync(HostProcess host, string brand, Random random)
    {
        var items = new Queue<Func<Task>>(DocumentedExample.Catalog().Where(entry => entry.Kind != "brands")
            .Select(entry => (Func<Task>)(() =>
                PutAsync(host, entry.Kind, DocumentedExample.ForBrand(entry.Kind, entry.Item, brand)))));
        var events = DocumentedExample.Events().Concat(DocumentedExample.Events())
            .Select(journeyEvent => DocumentedExample.ForBrand(journeyEvent, brand).ToJsonString()).ToArray();
        random.Shuffle(events);
        var posts = new Queue<Func<Task>>(events.Select(line => (Func<Task>)(() => host.PostEventsAsync([line], Token))));
        while (items.Count + posts.Count > 0)
        {
            var isItem = posts.Count == 0 || (items.Count > 0 && brand switch
            {
                "b00" => true,
                "b01" => false,
                _ => random.Next(items.Count + posts.Count) < items.Count,
            });
            await (isItem ? items : posts).Dequeue()();
        }
    }

    private static Task PutAsync(HostProcess host, string kind, JsonObject item) =>
        host.PutAsync(kind, (string)item["id"]!, item.ToJsonString(), Token);

    internal static async Task ShouldEqualDocumentedRollupAsync(
        HostProcess host, string path, string story, string? brand = null)
    {
        using var answer = await host.GetAsync(path, Token);
        var text = answer.RootElement.GetRawText();
        if (brand is not null) text = text.Replace("-" + brand, "", StringComparison.Ordinal);
        DocumentedExample.Differences(DocumentedExample.Rollup(), JsonNode.Parse(text))
            .ShouldBeEmpty($"{story}{Environment.NewLine}{text}");
    }

    private static async Task<JsonArray> RowsAsync(HostProcess host, string path)
    {
        using var answer = await host.GetAsync(path, Token);
        return JsonNode.Parse(answer.RootElement.GetRawText())!["rows"]!.AsArray();
    }
}
