using Attribution.Contracts;
using Attribution.Contracts.Catalog;
using Attribution.TestKit;
using Attribution.TestKit.Twin;

namespace Attribution.Host.Tests.Laws;

/// <summary>
/// The greatest orders with the greatest number of codes: under participation, their sums exceed 64 bits.
/// </summary>
public sealed class WideSumTests
{
    private const int Orders = 900;
    private const int Creators = 20;

    private static readonly DateTimeOffset At = new(2026, 3, 2, 10, 0, 0, TimeSpan.Zero);

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Orders_of_any_accepted_amount_are_counted_and_can_be_canceled()
    {
        using var folder = new TempFolder();
        await using var run = await EngineRun.OpenAsync(
            await EngineRun.EmptyAsync(folder.File("empty.db"), Cancellation), folder.File("run.db"), Cancellation);
        List<ICatalogItem> catalog =
        [
            new BrandItem("default", "Default"), new BrandItem("beta", "Beta"),
            new CampaignItem("big", "Big"), new CampaignItem("small", "Small", BrandId: "beta"),
            .. Enumerable.Range(0, Creators).Select(i => new CreatorItem($"c{i}", $"Creator {i}")),
            .. Enumerable.Range(0, Creators).Select(i => new CodeItem($"code{i}", $"CODE{i}", "big", $"c{i}")),
            new CodeItem("small", "SMALL", "small", "c0"),
        ];
        await run.PutAsync(catalog, Cancellation);
        List<object> events =
        [
            .. Enumerable.Range(0, Orders).Select(i => new ConversionEvent(
                $"e{i}", At, "order", OrderId: $"{i}", Currency: "USD", Gross: 10_000_000_000_000m,
                Codes: [.. Enumerable.Range(0, Creators).Select(code => $"CODE{code}")])),
        ];
        await ProcessAsync(events, "default");
        object small = new ConversionEvent(
            "small", At, "order", OrderId: "small", Currency: "USD", Gross: 7m, Codes: ["SMALL"]);
        await ProcessAsync([small], "beta");

        var state = await run.ReadAsync(["default", "beta"], Cancellation);
        var twin = NaiveTwin.Compute(
            [.. events.Select(said => TwinEvent.FromContract(said, "shop", "default")), TwinEvent.FromContract(small, "shop", "beta")],
            catalog);
        state.Rollups.ShouldBe(twin.Cells, ignoreOrder: true);
        state.Measured.ShouldBe(state.Rollups, ignoreOrder: true);
        (await run.ReconcileAsync(Cancellation)).ShouldBe("""{"mismatches":0,"repaired":[],"agreements":[],"sums":0}""");

        await ProcessAsync(
            [
                .. Enumerable.Range(0, Orders).Select(i => new RefundEvent($"r{i}", At.AddHours(1), $"{i}", "r", "cancel")),
            ],
            "default");
        state = await run.ReadAsync(["default", "beta"], Cancellation);
        var net = state.Rollups.Where(cell => cell.Key.Brand == "default" && cell.Key.Measure is "gross" or "discount" or "refunds")
            .GroupBy(cell => (cell.Key.Campaign, cell.Key.Creator, cell.Key.Model))
            .Select(cells => cells.Aggregate(System.Numerics.BigInteger.Zero, (sum, cell) => cell.Key.Measure == "gross" ? sum + cell.Value : sum - cell.Value));
        net.Count(amount => amount != 0).ShouldBe(0);
        (await run.ReconcileAsync(Cancellation)).ShouldBe("""{"mismatches":0,"repaired":[],"agreements":[],"sums":0}""");

        async Task ProcessAsync(List<object> said, string brand)
        {
            foreach (var part in said.Chunk(300))
                await run.ProcessAsync(
                    [
                        new EventPack
                        {
                            PackId = Guid.NewGuid(), Schema = EventPack.CurrentSchema, Source = "shop", BrandId = brand, ReceivedAt = At.AddDays(1),
                            Events = [.. part.Select(LawCase.Utf8)],
                        },
                    ],
                    Cancellation);
        }
    }
}
