using Attribution.Contracts.Catalog;
using Attribution.Core.Catalog;
using Attribution.Core.Values;
using Attribution.Storage.DataSets;
using Attribution.Storage.Formats;
using Attribution.TestKit;

namespace Attribution.Host.Tests.Attribution;

/// <summary>Stores whose processes knew the currencies of 2024-06-25 move to those of 2026-01-01.</summary>
public sealed class CurrencyUpdateTests : IDisposable
{
    private readonly TempFolder folder = new();

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    public void Dispose() => folder.Dispose();

    [Fact]
    public async Task Fixed_rates_apply_once_every_process_knows_them()
    {
        var path = folder.File("store.db");
        await using (var older = await DataSetProcess.OpenAsync(path, TimeZoneSet.Bundled, currencies: Currency.UnrecordedListNumber))
        {
            await older.PutBrandsAsync("EUR");
            await older.PutAsync(new CostItem("fee", "of-berlin", "fee", "BGN", 195.58m, "mia", On: new(2026, 11, 9)));
            await older.RegisterAsync();
            await older.OrderAsync("berlin", "1", DataSetProcess.FirstOrder, "BGN");
            await older.OrderAsync("berlin", "2", DataSetProcess.FirstOrder, "EUR");
            (await older.DescribeLedgerAsync("berlin", "1")).ShouldBe(["11-09 0 conversion"]);
            await older.Store.Formats.RemoveProcessAsync(older.Id, Cancellation);
        }

        await using var process = await DataSetProcess.OpenAsync(path, TimeZoneSet.Bundled);
        (await process.Store.Catalog.LoadCatalogAsync(Cancellation)).FixedRatesVersion.ShouldBeNull();
        await process.RegisterAsync();
        await process.MoveAsync();

        (await process.DescribeLedgerAsync("berlin", "1")).ShouldBe(["11-09 0 conversion", "11-09 511 currencies"]);
        (await process.DescribeLedgerAsync("berlin", "2")).ShouldBe(["11-09 1000 conversion"]);
        (await process.ReconcileAsync()).ShouldBe(0, "the cost has moved as well");
        var set = (await process.Store.DataSets.ListDataSetsAsync(DataSetKinds.Currencies, Cancellation))[^1];
        (set.Version, set.Outcome!.Journeys, set.Outcome.Orders).ShouldBe(("2026-01-01", 1, 1));
        (await Should.ThrowAsync<Storage.StoreUnusableException>(
            async () => await DataSetProcess.OpenAsync(path, TimeZoneSet.Bundled, currencies: Currency.UnrecordedListNumber)))
            .Message.ShouldBe(
                "This store uses the list of currencies of 2026-01-01; this process has that of 2024-06-25. Start the newer version of Attribution that "
                + "the other processes run.");
    }

    [Fact]
    public async Task Order_in_a_currency_that_an_older_process_does_not_know_waits()
    {
        var path = folder.File("store.db");
        await using var process = await DataSetProcess.OpenAsync(path, TimeZoneSet.Bundled);
        await process.PutBrandsAsync("EUR");
        await process.Store.Formats.RegisterProcessAsync(
            new("old", "1.0.0", FormatVersions.Newest.With(DataSetKinds.Currencies, Currency.UnrecordedListNumber), process.Now + TimeSpan.FromMinutes(5)),
            process.Now, Cancellation);

        await process.OrderAsync("berlin", "1", DataSetProcess.FirstOrder, "BGN");
        var refusal = await Should.ThrowAsync<FormatNotAgreedException>(() => process.OrderAsync("berlin", "2", DataSetProcess.FirstOrder, "HRK"));
        refusal.Message.ShouldStartWith("The currencies of 2026-01-01 are required, but a live process does not have them: old (1.0.0, lease until ");

        await process.Store.Formats.RemoveProcessAsync("old", Cancellation);
        await process.OrderAsync("berlin", "2", DataSetProcess.FirstOrder, "HRK");
        (await process.DescribeLedgerAsync("berlin", "2")).ShouldBe(["11-09 133 conversion"]);
    }
}
