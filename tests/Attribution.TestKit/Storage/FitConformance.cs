using Attribution.Core.Events;
using Attribution.Core.Journeys;
using Attribution.Core.Models;
using Attribution.Core.Models.Fitting;
using Attribution.Core.Planning;
using Attribution.Core.Values;
using Attribution.Storage;
using Attribution.Storage.Catalog;
using Shouldly;
using Xunit;

namespace Attribution.TestKit.Storage;

/// <summary>Fits: their place in the catalog, and the journeys that wait for them.</summary>
public abstract class FitConformance(ConformanceStores stores) : StoreConformance(stores)
{
    [Fact]
    public async Task A_fit_is_part_of_the_catalog_and_makes_no_journey_stale()
    {
        await using var store = await OpenNewAsync();
        await WriteCatalogAsync(store, Creator("mia"));
        var (first, second, other) = (NewFit(1, day: 2), NewFit(2, day: 3), NewFit(1, day: 4, brand: "other"));

        (await AddFitsAsync(store, 1, first, other)).ShouldBeTrue();
        (await AddFitsAsync(store, 2, second)).ShouldBeTrue();

        var contents = await store.Catalog.LoadCatalogAsync(Cancellation);
        (contents.Version, contents.JourneysVersion).ShouldBe((3, 1));
        contents.Fits.Select(
            stored => (stored.Fit.Brand, stored.Fit.Number, stored.CatalogVersion)).ShouldBe([(Brand, 1, 2L), (Brand, 2, 3L), ("other", 1, 2L)]);
        // Each write is later than the one before.
        var (written, later) = (Now + TimeSpan.FromMilliseconds(1), Now + TimeSpan.FromMilliseconds(2));
        RecordText.Serialize(contents.Fits.Select(stored => stored.Fit)).ShouldBe(RecordText.Serialize(
            new[] { first with { FittedAt = written }, second with { FittedAt = later }, other with { FittedAt = written } }));
    }

    [Fact]
    public async Task A_fit_with_an_outdated_version_is_not_written()
    {
        await using var store = await OpenNewAsync();
        await WriteCatalogAsync(store, Creator("mia"));

        (await AddFitsAsync(store, 0, NewFit(1, day: 2))).ShouldBeFalse();

        (await store.Catalog.LoadCatalogAsync(Cancellation)).Fits.ShouldBeEmpty();
    }

    [Fact]
    public async Task A_later_fit_cannot_start_on_a_closed_day()
    {
        await using var store = await OpenNewAsync();
        await store.Rollups.CloseDaysAsync(Brand, Key(5).Day, Now, Cancellation);
        await store.Rollups.CloseDaysAsync("other", Key(20).Day, Now, Cancellation);
        (await AddFitsAsync(store, 0, NewFit(1, day: 2))).ShouldBeTrue("a brand's first fit affects days without a fit");

        (await AddFitsAsync(store, 1, NewFit(2, day: 5))).ShouldBeFalse();
        (await store.Catalog.ReadCatalogVersionAsync(Cancellation)).ShouldBe(1);
        (await AddFitsAsync(store, 1, NewFit(2, day: 6))).ShouldBeTrue();
    }

    [Fact]
    public async Task Journeys_are_stale_for_a_fit_until_evaluated_with_it()
    {
        await using var store = await OpenNewAsync();
        Journey Converted(string mark, long version, string brand, params int[] days) => NewJourney(mark, version, brand) with
        {
            Conversions = [.. days.Select(day => new Conversion { Key = $"o:{mark}{day}", Kind = ConversionKind.Order, At = Now, Day = Key(day).Day, BookModel = Model.LastTouch, Terms = "" })],
        };
        await InsertJourneysAsync(
            store,
            (Converted("a", 4, Brand, 1), "v:a"), (Converted("b", 4, Brand, 9, 2), "v:b"), (Converted("c", 4, Brand, 3), "v:c"), (Converted("d", 5, Brand, 3), "v:d"),
            (Converted("e", 4, "other", 3), "v:e"), (Converted("f", 4, Brand), "v:f"));

        async Task<string[]> Unfitted(int day, int limit = 10) =>
            [.. (await store.Journeys.FindStaleForFitAsync(Brand, Key(day).Day, 5, limit, Cancellation)).Select(stored => Marks(stored.Journey)).Order(StringComparer.Ordinal)];
        (await Unfitted(3)).ShouldBe(["b", "c"]);
        (await Unfitted(1)).ShouldBe(["a", "b", "c"]);
        (await Unfitted(1, limit: 2)).Length.ShouldBe(2);
        (await Unfitted(10)).ShouldBeEmpty();

        // All relevant changes are visible: the version, the last day, and a merge into another journey.
        var (b, c) = ((await FindJourneyAsync(store, "v:b")).Journey, (await FindJourneyAsync(store, "v:c")).Journey);
        await CommitSuccessfullyAsync(store, Replace(b with { CatalogVersion = 5 }, 1));
        (await Unfitted(3)).ShouldBe(["c"]);
        await CommitSuccessfullyAsync(store, Replace(c with { Conversions = [c.Conversions[0] with { Day = Key(2).Day }] }, 1));
        (await Unfitted(3)).ShouldBeEmpty();
        (await Unfitted(2)).ShouldBe(["c"]);
        await CommitSuccessfullyAsync(
            store,
            new JourneyCommit { CatalogVersion = long.MaxValue, At = Now, Journeys = [new(b with { CatalogVersion = 5 }, 2)], Tombstones = [new(c.Id, 2, b.Id)] });
        (await Unfitted(2)).ShouldBeEmpty();
    }

    private static ValueTask<bool> AddFitsAsync(IStore store, long version, params Fit[] fits) =>
        store.Catalog.WriteChangeAsync(new CatalogChange { ExpectedVersion = version, Fits = fits, At = Now }, Cancellation);

    private static Fit NewFit(int number, int day, string brand = Brand) => new()
    {
        Brand = brand,
        Number = number,
        FittedAt = Now,
        From = Key(day).Day,
        Order = 2,
        WindowFrom = new DateOnly(2025, 12, 2),
        WindowTo = new DateOnly(2026, 3, 2),
        Conversions = 120,
        NonConverting = 3_000_000_000,
        Values = [new(new Placement("spring", "mia"), 70, 60, 123_456_789_012, 55_500_000), new(new Placement("spring", "tom"), 80, 60, 0, 64_500_000)],
    };
}
