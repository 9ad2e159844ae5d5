using Attribution.Core.Catalog;
using Attribution.Core.Journeys;
using Attribution.Core.Planning;
using Attribution.Storage;
using Attribution.Storage.DataSets;
using Attribution.Storage.Formats;
using Attribution.Storage.Journeys;
using Shouldly;
using Xunit;

namespace Attribution.TestKit.Storage;

/// <summary>Processes with several versions of a data set on one store.</summary>
public abstract class DataSetStoreConformance(ConformanceStores stores) : StoreConformance(stores)
{
    private const string Kind = DataSetKinds.TimeZones;

    private static readonly TimeZoneSet Old = TimeZoneSet.Unrecorded;
    private static readonly TimeZoneSet New = TimeZoneSet.Bundled;

    private static DataSetChange Change => new() { Kind = Kind, Number = New.Number, ExpectedVersion = 0, SealedBefore = Now, At = Now };

    [Fact]
    public async Task New_store_begins_with_the_time_zones_of_its_first_process()
    {
        var name = Guid.NewGuid().ToString("N");
        await using var store = await OpenWithAsync(name, Old);

        (await store.DataSets.ListDataSetsAsync(Kind, Cancellation)).ShouldBe([new(Kind, Old.Number, Old.Version, 0, new(long.MinValue), null)]);
        var contents = await store.Catalog.LoadCatalogAsync(Cancellation);
        (contents.Version, contents.TimeZones.Current.Set.Version).ShouldBe((0, "2026d"));

        // A later process adds its own, which changes nothing until all have it.
        await using var newer = await OpenWithAsync(name, New);
        (await newer.DataSets.ListDataSetsAsync(Kind, Cancellation)).Select(set => (set.Number, set.CatalogVersion))
            .ShouldBe([(Old.Number, 0L), (New.Number, null)]);
        (await newer.Catalog.LoadCatalogAsync(Cancellation)).TimeZones.Current.Set.Version.ShouldBe("2026d");
    }

    [Fact]
    public async Task Newer_time_zones_wait_until_every_live_process_has_them()
    {
        var name = Guid.NewGuid().ToString("N");
        await using var older = await OpenWithAsync(name, Old);
        await using var newer = await OpenWithAsync(name, New);
        await RegisterAsync(older, "old", Old);
        await RegisterAsync(newer, "new", New);
        (await newer.DataSets.ApplyDataSetAsync(Change, Cancellation)).ShouldBeFalse();

        await older.Formats.RemoveProcessAsync("old", Cancellation);
        await RegisterAsync(newer, "new", New);
        newer.Formats.Agreed[Kind].ShouldBe(New.Number);
        (await newer.DataSets.ApplyDataSetAsync(Change, Cancellation)).ShouldBeTrue();
        (await newer.DataSets.ApplyDataSetAsync(Change, Cancellation)).ShouldBeFalse("it is applied already");

        // A process that began before reads the content from the store.
        var contents = await older.Catalog.LoadCatalogAsync(Cancellation);
        (contents.Version, contents.JourneysVersion).ShouldBe((1, 0));
        var current = contents.TimeZones.Current;
        (current.Set.Version, current.CatalogVersion, current.SealedBefore).ShouldBe((New.Version, 1, Now));
        contents.TimeZones.At(0).Current.Set.Version.ShouldBe("2026d");
        (await older.Catalog.LoadCatalogAtAsync(0, Cancellation)).TimeZones.Current.Set.Version.ShouldBe("2026d");

        var refusal = await Should.ThrowAsync<StoreUnusableException>(async () => await OpenWithAsync(name, Old));
        refusal.Message.ShouldBe(
            $"The local days of this store are cut with tzdb {New.Version}; this process has only tzdb 2026d. Start the newer version of Attribution "
            + $"that the other processes run, or specify a file of tzdb {New.Version} or later: Reference:TimeZones=<file>.nzd.");
    }

    [Fact]
    public async Task Commit_planned_with_older_time_zones_is_refused()
    {
        var name = Guid.NewGuid().ToString("N");
        await using var store = await OpenWithAsync(name, Old);
        await RegisterAsync(store, "old", Old);
        await store.Formats.RemoveProcessAsync("old", Cancellation);
        var (kept, late) = (NewJourney("a"), NewJourney("b"));
        (await CommitAsync(store, kept)).ShouldBe(CommitOutcome.Committed);
        await ApplyNewAsync(name);

        (await CommitAsync(store, late)).ShouldBe(CommitOutcome.CatalogChanged);
        (await store.Journeys.CountStaleAsync(0, Cancellation)).ShouldBe(0);
    }

    [Fact]
    public async Task Marked_journeys_are_stale_until_they_are_written()
    {
        await using var store = await OpenWithAsync(Guid.NewGuid().ToString("N"), New);
        var (a, b, c) = (NewJourney("a"), NewJourney("b"), NewJourney("c", catalogVersion: 5));
        foreach (var journey in new[] { a, b, c }) (await CommitAsync(store, journey)).ShouldBe(CommitOutcome.Committed);

        await store.Journeys.MarkStaleAsync([a.Id, c.Id, Guid.NewGuid()], 5, Cancellation);

        var stale = (await store.Journeys.FindStaleAsync(0, 10, Cancellation)).Single();
        (Marks(stale.Journey), stale.Journey.CatalogVersion, stale.Version).ShouldBe(("a", 0, 1), "the journey itself is unchanged");
        (await store.Journeys.CommitAsync(new JourneyCommit { CatalogVersion = 0, At = Now, Journeys = [stale] }, Cancellation)).ShouldBe(CommitOutcome.Committed);
        (await store.Journeys.FindStaleAsync(0, 10, Cancellation)).ShouldBeEmpty();
    }

    [Fact]
    public async Task Outcome_of_an_applied_set_is_recorded()
    {
        var name = Guid.NewGuid().ToString("N");
        await using var store = await OpenWithAsync(name, Old);
        await ApplyNewAsync(name);
        (await store.DataSets.ListDataSetsAsync(Kind, Cancellation)).Select(set => set.IsPending).ShouldBe([false, true]);

        var outcome = new DataSetOutcome(Now, 3, 2, 1);
        await store.DataSets.CompleteDataSetAsync(Kind, New.Number, outcome, Cancellation);
        var stored = (await store.DataSets.ListDataSetsAsync(Kind, Cancellation))[^1];
        (stored.Outcome, stored.IsPending).ShouldBe((outcome, false));
    }

    /// <summary>Applies the newer set by a process of its own.</summary>
    private async Task ApplyNewAsync(string name)
    {
        await using var store = await OpenWithAsync(name, New);
        await RegisterAsync(store, "new", New);
        (await store.DataSets.ApplyDataSetAsync(Change, Cancellation)).ShouldBeTrue();
    }

    private ValueTask<IStore> OpenWithAsync(string name, TimeZoneSet set) => OpenAsync(name, formats: Versions(set), timeZones: set);

    private static FormatVersions Versions(TimeZoneSet set) => FormatVersions.Newest.With(Kind, set.Number);

    private static RegisteredProcess Process(string id, FormatVersions known) => new(id, $"build of {id}", known, Now + TimeSpan.FromMinutes(5));

    private static async Task RegisterAsync(IStore store, string id, TimeZoneSet set) =>
        await store.Formats.RegisterProcessAsync(Process(id, Versions(set)), Now, Cancellation);

    private static ValueTask<CommitOutcome> CommitAsync(IStore store, Journey journey) =>
        store.Journeys.CommitAsync(new JourneyCommit { CatalogVersion = 0, At = Now, Journeys = [new StoredJourney(journey, 0)] }, Cancellation);
}
