using Attribution.Core.Planning;
using Attribution.Storage.Formats;
using Attribution.Storage.Journeys;
using Attribution.Storage.Rebuilds;
using Shouldly;
using Xunit;

namespace Attribution.TestKit.Storage;

/// <summary>Rebuilds from the archive.</summary>
public abstract class RebuildStoreConformance(ConformanceStores stores) : StoreConformance(stores)
{
    [Fact]
    public async Task A_rebuild_resumes_under_its_own_mark_only()
    {
        await using var store = await OpenNewAsync();
        var packs = new[] { NewPack(), NewPack(), NewPack() };
        await CommitSuccessfullyAsync(store, new JourneyCommit { CatalogVersion = 0, At = Now, Packs = packs });
        await using (var first = await store.Rebuilds.OpenRebuildAsync("a", Cancellation))
        {
            (await first.ReadNextPacksAsync(Cancellation)).Select(pack => pack.PackId).ShouldBe(packs.Select(pack => pack.PackId));
            (await first.Journeys.CommitAsync(new JourneyCommit { CatalogVersion = 0, At = Now, Packs = [packs[0]] }, Cancellation)).ShouldBe(CommitOutcome.Committed);
        }

        await using (var again = await store.Rebuilds.OpenRebuildAsync("a", Cancellation))
        {
            (await again.CountPacksAsync(Cancellation)).ShouldBe((1, 3));
            (await again.ReadNextPacksAsync(Cancellation)).Select(pack => pack.PackId).ShouldBe(packs[1..].Select(pack => pack.PackId));
        }

        await using (var other = await store.Rebuilds.OpenRebuildAsync("b", Cancellation))
            (await other.CountPacksAsync(Cancellation)).ShouldBe((0, 3));
        await store.Rebuilds.DiscardRebuildAsync(Cancellation);
        await using var anew = await store.Rebuilds.OpenRebuildAsync("b", Cancellation);
        (await anew.CountPacksAsync(Cancellation)).ShouldBe((0, 3));
    }

    [Fact]
    public async Task A_rebuild_is_invisible_until_its_swap()
    {
        await using var store = await OpenNewAsync();
        await store.Formats.RegisterProcessAsync(new("p", "build", FormatVersions.Newest, Now + TimeSpan.FromMinutes(5)), Now, Cancellation);
        var (pack, old, made) = (NewPack(), NewJourney("old"), NewJourney("new"));
        await CommitSuccessfullyAsync(
            store,
            new JourneyCommit { CatalogVersion = 0, At = Now, Packs = [pack], Journeys = [new(old, 0)], Aliases = [new(Alias("v:1"), old.Id), new(Alias("v:gone"), old.Id)] });
        await store.Reconciliation.AppendCorrectionAsync(Sums((Key(), 7)), null, Now, Cancellation);
        var generation = (await store.Reconciliation.ReadForReconciliationAsync(_ => { }, Cancellation)).Generation;

        var run = NextId();
        await using (var rebuild = await store.Rebuilds.OpenRebuildAsync("a", Cancellation))
        {
            await rebuild.CopyCatalogAsync(Cancellation);
            (await rebuild.Journeys.CommitAsync(
                new JourneyCommit { CatalogVersion = 0, At = Now, Packs = [pack], Journeys = [new(made, 0)], Aliases = [new(Alias("v:1"), made.Id)] }, Cancellation)).ShouldBe(CommitOutcome.Committed);
            Marks((await FindJourneyAsync(store, "v:1")).Journey).ShouldBe("old");

            (await rebuild.SwapAsync(Swap(run, catalog: 5), Cancellation)).ShouldBeNull("the journeys were evaluated with another catalog");
            Marks((await FindJourneyAsync(store, "v:1")).Journey).ShouldBe("old");
            // From now on the measures match journeys and costs: 7 clicks without a journey are removed, and the
            // unmatched name is added.
            (await rebuild.SwapAsync(Swap(run), Cancellation)).ShouldBe(new RebuildOutcome(0, 0, 2));
        }

        Marks((await FindJourneyAsync(store, "v:1")).Journey).ShouldBe("new");
        (await store.Journeys.FindByAliasAsync(Alias("v:gone"), Cancellation)).ShouldBeNull();
        (await store.Journeys.FindStaleAsync(long.MaxValue, 10, Cancellation)).Count.ShouldBe(1);
        (await store.Journeys.FindCommittedPacksAsync([pack.PackId], Cancellation)).ShouldHaveSingleItem();
        (await store.Rebuilds.FindRebuildAsync(run, Cancellation)).ShouldBe(new RebuildOutcome(0, 0, 2));
        (await store.Rebuilds.FindRebuildAsync(NextId(), Cancellation)).ShouldBeNull();
        (await CommitAsync(store, Replace(old, 1))).ShouldBe(CommitOutcome.Conflict);
        (await CommitAsync(store, new JourneyCommit { CatalogVersion = 0, Generation = generation, At = Now, Aliases = [new(Alias("v:2"), made.Id)] })).ShouldBe(CommitOutcome.Conflict);
        (await store.Reconciliation.AppendCorrectionAsync(Sums((Key(), 1)), generation, Now, Cancellation)).ShouldBeFalse();
    }

    [Fact]
    public async Task A_swap_replays_packs_committed_since_and_includes_their_journeys()
    {
        await using var store = await OpenNewAsync();
        var (first, last, made) = (NewPack(), NewPack(), NewJourney("made"));
        await CommitSuccessfullyAsync(store, new JourneyCommit { CatalogVersion = 0, At = Now, Packs = [first, last] });
        await using var rebuild = await store.Rebuilds.OpenRebuildAsync("a", Cancellation);
        await rebuild.CopyCatalogAsync(Cancellation);
        (await rebuild.Journeys.CommitAsync(new JourneyCommit { CatalogVersion = 0, At = Now, Packs = [first] }, Cancellation)).ShouldBe(CommitOutcome.Committed);

        var replayed = new List<Guid>();
        await rebuild.SwapAsync(
            Swap(NextId()) with
            {
                Replay = async packs =>
                {
                    replayed.AddRange(packs.Select(pack => pack.PackId));
                    (await rebuild.Journeys.CommitAsync(
                        new JourneyCommit { CatalogVersion = 0, At = Now, Packs = packs, Journeys = [new(made, 0)], Aliases = [new(Alias("v:1"), made.Id)] }, Cancellation)).ShouldBe(CommitOutcome.Committed);
                },
            },
            Cancellation);

        replayed.ShouldBe([last.PackId]);
        Marks((await FindJourneyAsync(store, "v:1")).Journey).ShouldBe("made");
    }
}
