using Attribution.Core.Ledger;
using Attribution.Core.Quality;
using Attribution.Host.Tests.Fixtures;
using Attribution.TestKit;

namespace Attribution.Host.Tests.Attribution;

/// <summary>A rebuild applies changed bot rules to history, with ledger entries.</summary>
public sealed class BotRelabelingTests : IDisposable
{
    private const string Tool = """{"type":"click","id":"k-1","occurredAt":"2026-03-02T09:00:00Z","link":"mia","visitorId":"v-1","userAgent":"Mozilla/5.0 (Windows NT 10.0) Prober/1.0"}""";

    private readonly TempFolder folder = new();

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    public void Dispose() => folder.Dispose();

    [Fact]
    public async Task Click_relabeled_as_bot_loses_its_credit_and_gets_it_back()
    {
        var path = folder.File("attribution.db");
        await using (var shop = await RebuildFixture.OpenWithOrdersAsync(path))
        {
            await shop.ProcessAsync(Tool.Replace("k-1", "k-4", StringComparison.Ordinal).Replace("v-1", "v-4", StringComparison.Ordinal), RebuildFixture.Order("1004", "20.00", "v-4"));
            (await shop.DescribeLedgerAsync("1004")).ShouldBe("mia 03-03 2000 1000000");
            (await shop.RebuildAsync()).ShouldBe((0, 0, 0), "the rules are the same");
        }

        var stricter = BotRules.Parse("""{"version":"2","groups":[{"origin":"o","licence":"l","bots":["prober"]}]}"""u8);
        await using (var shop = await RebuildFixture.OpenAsync(path, bots: stricter))
        {
            var (conversions, lines, _) = await shop.RebuildAsync();
            (conversions, lines).ShouldBe((1, 1));
            (await shop.DescribeLedgerAsync("1004")).ShouldBe("", "what it had earned is taken back");
            (await shop.Store.Ledger.ReadLedgerAsync("default", "o:1004", Token))[^1].Reason.ShouldBe(LedgerReason.Rebuild);
        }

        await using (var shop = await RebuildFixture.OpenAsync(path))
        {
            await shop.RebuildAsync();
            (await shop.DescribeLedgerAsync("1004")).ShouldBe("mia 03-03 2000 1000000");
        }
    }
}
