using Attribution.Contracts.Catalog;
using Attribution.Core.Catalog;
using Attribution.Core.Planning;
using Attribution.Core.Rollups;
using Attribution.Storage;
using Attribution.Storage.Catalog;
using Shouldly;
using Xunit;

namespace Attribution.TestKit.Storage;

/// <summary>The catalog: versions, history, and what a write makes stale.</summary>
public abstract class CatalogStoreConformance(ConformanceStores stores) : StoreConformance(stores)
{
    [Fact]
    public async Task A_new_store_has_version_0_and_the_brand_default()
    {
        await using var store = await OpenNewAsync();

        (await store.Catalog.ReadCatalogVersionAsync(Cancellation)).ShouldBe(0);
        var contents = await store.Catalog.LoadCatalogAsync(Cancellation);
        contents.Version.ShouldBe(0);
        contents.Matched.ShouldBeEmpty();
        contents.Items.Single().ShouldBe(new(
            new CatalogRef(CatalogKind.Brands, "default"),
            new BrandItem("default", "Default", "USD", "Etc/UTC", "last_touch", new PolicyItem("code_first"), new LookbackItem("P30D", "P7D"))));
    }

    [Fact]
    public async Task A_write_is_atomic_and_increments_the_version()
    {
        await using var store = await OpenNewAsync();
        await WriteCatalogAsync(store, Creator("mia"), Creator("tom"), Creator("eve"));

        (await store.Catalog.WriteChangeAsync(
            new CatalogChange { ExpectedVersion = 1, At = Now, Puts = [Creator("mia", "Mia G.")], Deletes = [new(CatalogKind.Creators, "tom"), new(CatalogKind.Codes, "eve")] },
            Cancellation)).ShouldBeTrue();

        var contents = await store.Catalog.LoadCatalogAsync(Cancellation);
        contents.Version.ShouldBe(2);
        (await store.Catalog.ReadCatalogVersionAsync(Cancellation)).ShouldBe(2);
        contents.Items.Keys.Select(item => item.Id).Order(StringComparer.Ordinal).ShouldBe(["default", "eve", "mia"]);
        ((CreatorItem)contents.Items[new(CatalogKind.Creators, "mia")]).Name.ShouldBe("Mia G.");
    }

    [Fact]
    public async Task History_records_author_and_time_of_successful_writes_only()
    {
        await using var store = await OpenNewAsync();
        var mia = new CatalogRef(CatalogKind.Creators, "mia");
        await WriteCatalogAsync(store, Creator("mia"), Creator("tom"));
        (await store.Catalog.WriteChangeAsync(new CatalogChange { ExpectedVersion = 1, At = Now, Puts = [Creator("mia", "Mia G.")], By = new("shop", "k1") }, Cancellation)).ShouldBeTrue();
        (await store.Catalog.WriteChangeAsync(new CatalogChange { ExpectedVersion = 1, At = Now, Puts = [Creator("mia", "Mia X.")] }, Cancellation)).ShouldBeFalse();
        (await store.Catalog.WriteChangeAsync(new CatalogChange { ExpectedVersion = 2, At = Now, Deletes = [mia], By = new("local", null) }, Cancellation)).ShouldBeTrue();

        var all = await store.Catalog.ReadHistoryAsync(mia, null, 10, Cancellation);
        all.Select(entry => (entry.Version, entry.At, entry.By, ((CreatorItem?)entry.Item)?.Name)).ShouldBe(
            [
                (3, Now + TimeSpan.FromMilliseconds(2), new("local", null), null), (2, Now + TimeSpan.FromMilliseconds(1), new("shop", "k1"), "Mia G."),
                (1, Now, null, ((CreatorItem)Creator("mia").Value).Name),
            ]);
        (await store.Catalog.ReadHistoryAsync(mia, null, 2, Cancellation)).ShouldBe(all.Take(2));
        (await store.Catalog.ReadHistoryAsync(mia, all[1].Number, 10, Cancellation)).Select(
            entry => entry.Number).ShouldBe([all[2].Number]);
        (await store.Catalog.ReadHistoryAsync(new(CatalogKind.Codes, "mia"), null, 10, Cancellation)).ShouldBeEmpty();
    }

    [Fact]
    public async Task A_slug_belongs_to_the_brand_that_had_it_first()
    {
        var name = Guid.NewGuid().ToString("N");
        await using (var store = await OpenAsync(name))
        {
            await WriteCatalogAsync(store, Put(new CampaignItem("a", "A", "glow")), Put(new CampaignItem("b", "B", "bloom")), Put(new CampaignItem("c", "C")));
            await WriteCatalogAsync(store, Put(Link("b-1", "poster", "b")), Put(Link("a-2", "flyer", "a")));
            (await OwnersAsync(store)).ShouldBeEmpty("no slug is shared");
            await WriteCatalogAsync(store, Put(Link("a-1", "poster", "a")), Put(Link("b-2", "flyer", "b")), Put(Link("c-1", "Poster", "c")));
            (await OwnersAsync(store)).ShouldBe([("flyer", "glow"), ("poster", "bloom")]);

            await WriteCatalogAsync(store, Put(Link("b-1", "poster", "b") with { Destination = "https://b.example/moved" }), Put(Link("b-3", "poster", "b")));
            await DeleteAsync(store, "b-1");
            (await OwnersAsync(store)).ShouldBe([("flyer", "glow"), ("poster", "bloom")], "the brand has the slug without a gap");
        }

        await using var reopened = await OpenAsync(name);
        (await OwnersAsync(reopened)).ShouldBe([("flyer", "glow"), ("poster", "bloom")], "after a restart");
        await WriteCatalogAsync(reopened, Put(Link("b-3", "banner", "b")));
        await WriteCatalogAsync(reopened, Put(Link("b-3", "poster", "b")));
        (await OwnersAsync(reopened)).ShouldBe([("flyer", "glow"), ("poster", "glow")], "a brand that gave the slug up comes last");

        static LinkItem Link(string id, string slug, string campaign) => new(id, slug, "https://shop.example/", campaign, "mia");

        static KeyValuePair<CatalogRef, ICatalogItem> Put(ICatalogItem item) => new(CatalogKinds.RefOf(item), item);

        static async Task<IEnumerable<(string, string)>> OwnersAsync(IStore store) =>
            (await store.Catalog.LoadCatalogAsync(Cancellation)).SlugOwners.OrderBy(owner => owner.Key, StringComparer.OrdinalIgnoreCase)
                .Select(owner => (owner.Key.ToLowerInvariant(), owner.Value)).ToList();

        static async Task DeleteAsync(IStore store, string link) =>
            (await store.Catalog.WriteChangeAsync(
                new CatalogChange
                {
                    ExpectedVersion = await store.Catalog.ReadCatalogVersionAsync(Cancellation), At = Now, Deletes = [new(CatalogKind.Links, link)],
                },
                Cancellation)).ShouldBeTrue();
    }

    [Fact]
    public async Task An_earlier_version_is_reconstructed_from_the_history()
    {
        await using var store = await OpenNewAsync();
        await WriteCatalogAsync(store, Creator("mia"), Creator("tom"));
        (await store.Catalog.WriteChangeAsync(
            new CatalogChange { ExpectedVersion = 1, At = Now, Puts = [Creator("mia", "Mia G."), Creator("eve")], Deletes = [new(CatalogKind.Creators, "tom")] },
            Cancellation)).ShouldBeTrue();
        var latest = await store.Catalog.LoadCatalogAsync(Cancellation);

        var first = await store.Catalog.LoadCatalogAtAsync(1, Cancellation);
        (first.Version, first.JourneysVersion).ShouldBe((1, 1));
        first.Items.ShouldBe([.. (await store.Catalog.LoadCatalogAtAsync(0, Cancellation)).Items, Creator("mia"), Creator("tom")], ignoreOrder: true);
        (await store.Catalog.LoadCatalogAtAsync(2, Cancellation)).Items.ShouldBe(latest.Items, ignoreOrder: true);
        (await store.Catalog.LoadCatalogAtAsync(0, Cancellation)).Items.Keys.ShouldBe([new CatalogRef(CatalogKind.Brands, "default")]);
    }

    [Fact]
    public async Task A_write_of_costs_alone_makes_no_journey_stale()
    {
        await using var store = await OpenNewAsync();
        await WriteCatalogAsync(store, Creator("mia"));
        await WriteCatalogAsync(store, new KeyValuePair<CatalogRef, ICatalogItem>(
            new(CatalogKind.Costs, "fee"), new CostItem("fee", "spring", "fee", "USD", 1m, On: new DateOnly(2026, 3, 1))));

        var contents = await store.Catalog.LoadCatalogAsync(Cancellation);
        (contents.Version, contents.JourneysVersion).ShouldBe((2, 1));
    }

    [Fact]
    public async Task A_write_with_an_outdated_version_writes_nothing()
    {
        await using var store = await OpenNewAsync();
        await WriteCatalogAsync(store, Creator("mia"));

        foreach (var version in (long[])[0, 2])
            (await store.Catalog.WriteChangeAsync(
                new CatalogChange { ExpectedVersion = version, At = Now, Puts = [Creator("tom")], Deltas = Sums((Key(), 1)) }, Cancellation)).ShouldBeFalse();

        (await store.Catalog.LoadCatalogAsync(Cancellation)).Items.Count.ShouldBe(2);
        (await store.Catalog.ReadCatalogVersionAsync(Cancellation)).ShouldBe(1);
        (await store.Rollups.ReadBacklogAsync(Cancellation)).Count.ShouldBe(0);
    }

    [Fact]
    public async Task Cost_changes_wait_as_one_delta_per_brand()
    {
        await using var store = await OpenNewAsync();
        var deltas = new MeasureSums();
        deltas.Add(Key(), Measure.CostFee, 30_000);
        deltas.Add(Key(brand: "other"), Measure.CostGift, -5);

        (await store.Catalog.WriteChangeAsync(new CatalogChange { ExpectedVersion = 0, At = Now, Deltas = deltas }, Cancellation)).ShouldBeTrue();

        (await store.Rollups.ReadBacklogAsync(Cancellation)).ShouldBe((2, Now));
        ShouldBeSame((await store.Reconciliation.ReadForReconciliationAsync(_ => { }, Cancellation)).Sums, deltas);
    }

    [Fact]
    public async Task A_matched_item_stays_marked_and_cannot_be_deleted()
    {
        await using var store = await OpenNewAsync();
        await WriteCatalogAsync(store, Creator("mia"), Creator("tom"));
        CatalogRef mia = new(CatalogKind.Creators, "mia"), tom = new(CatalogKind.Creators, "tom");
        // The caller's snapshot predates the match.
        for (var round = 0; round < 2; round++)
            await CommitSuccessfullyAsync(
                store,
                new JourneyCommit { CatalogVersion = 1, At = Now, Matched = [mia, new(CatalogKind.Codes, "unknown")] });

        (await store.Catalog.ReadCatalogVersionAsync(Cancellation)).ShouldBe(1, "a match does not change the catalog");
        (await store.Catalog.WriteChangeAsync(new CatalogChange { ExpectedVersion = 1, At = Now, Puts = [Creator("eve")], Deletes = [tom, mia] }, Cancellation)).ShouldBeFalse();
        (await store.Catalog.ReadCatalogVersionAsync(Cancellation)).ShouldBe(1);
        (await store.Catalog.LoadCatalogAsync(Cancellation)).Items.Count.ShouldBe(3);
        await WriteCatalogAsync(store, Creator("mia", "Mia G."));

        (await store.Catalog.LoadCatalogAsync(Cancellation)).Matched.ShouldBe([mia]);
    }
}
