using Attribution.Contracts;
using Attribution.Core.Catalog;
using Attribution.Core.Journeys;
using Attribution.Core.Planning;
using Attribution.Core.Rollups;
using Attribution.Storage.Journeys;
using Shouldly;
using Xunit;

namespace Attribution.TestKit.Storage;

/// <summary>Journeys, their aliases and archived packs.</summary>
public abstract class JourneyStoreConformance(ConformanceStores stores) : StoreConformance(stores)
{
    [Fact]
    public async Task A_journey_is_found_by_each_alias_with_its_version()
    {
        await using var store = await OpenNewAsync();
        var journey = NewJourney("abc");
        await CommitSuccessfullyAsync(store, new JourneyCommit
        {
            CatalogVersion = 0,
            At = Now,
            Journeys = [new(journey, 0)],
            Aliases = [new(Alias("v:1"), journey.Id), new(Alias("o:ünï"), journey.Id)],
        });

        var load = await store.Journeys.LoadJourneysAsync([], [Alias("v:1"), Alias("o:ünï"), Alias("v:2"), Alias("v:1")], Cancellation);

        load.KnownPacks.ShouldBeEmpty();
        load.Aliases.Count.ShouldBe(2);
        load.Aliases[Alias("v:1")].ShouldBe(journey.Id);
        load.Aliases[Alias("o:ünï")].ShouldBe(journey.Id);
        load.Journeys.Keys.ShouldBe([journey.Id]);
        load.Journeys[journey.Id].Version.ShouldBe(1);
        RecordText.Serialize(load.Journeys[journey.Id].Journey).ShouldBe(RecordText.Serialize(journey));
        (await FindJourneyAsync(store, "v:1")).Version.ShouldBe(1);
        (await store.Journeys.FindByAliasAsync(Alias("v:2"), Cancellation)).ShouldBeNull();
    }

    [Fact]
    public async Task The_same_alias_in_two_brands_resolves_to_two_journeys()
    {
        await using var store = await OpenNewAsync();
        await InsertJourneysAsync(store, (NewJourney("a"), "v:1"), (NewJourney("b", brand: "other"), "v:1"));

        Marks((await FindJourneyAsync(store, "v:1")).Journey).ShouldBe("a");
        Marks((await FindJourneyAsync(store, "v:1", "other")).Journey).ShouldBe("b");
    }

    [Fact]
    public async Task A_journey_write_increments_the_version_and_an_outdated_one_conflicts()
    {
        await using var store = await OpenNewAsync();
        var journey = NewJourney("a");
        await InsertJourneysAsync(store, (journey, "v:1"));
        await CommitSuccessfullyAsync(store, Replace(Marked(journey, 'b'), 1));
        await CommitSuccessfullyAsync(store, Replace(Marked(journey, 'c'), 2));

        foreach (var stale in (long[])[1, 2, 4])
            (await CommitAsync(store, Replace(Marked(journey, 'd'), stale, Sums((Key(), 1))))).ShouldBe(CommitOutcome.Conflict);

        var found = await FindJourneyAsync(store, "v:1");
        found.Version.ShouldBe(3);
        Marks(found.Journey).ShouldBe("ac");
        (await store.Rollups.ReadBacklogAsync(Cancellation)).Count.ShouldBe(0);
    }

    [Fact]
    public async Task Inserting_a_taken_id_or_replacing_a_missing_journey_conflicts()
    {
        await using var store = await OpenNewAsync();
        var journey = NewJourney("a");
        await InsertJourneysAsync(store, (journey, "v:1"));

        (await CommitAsync(store, Replace(Marked(journey, 'b'), 0))).ShouldBe(CommitOutcome.Conflict);
        (await CommitAsync(store, Replace(NewJourney(), 1))).ShouldBe(CommitOutcome.Conflict);

        Marks((await FindJourneyAsync(store, "v:1")).Journey).ShouldBe("a");
    }

    [Fact]
    public async Task A_conflict_in_the_last_journey_writes_nothing()
    {
        await using var store = await OpenNewAsync();
        await WriteCatalogAsync(store, Creator("mia"));
        var journey = NewJourney("a");
        await InsertJourneysAsync(store, (journey, "v:1"));
        var pack = NewPack();
        var newcomer = NewJourney("n");

        (await CommitAsync(store, new JourneyCommit
        {
            CatalogVersion = 1,
            At = Now,
            Packs = [pack],
            Journeys = [new(newcomer, 0), new(Marked(journey, 'b'), 7)],
            Aliases = [new(Alias("v:2"), newcomer.Id)],
            Ledger = [Entry("o:1", 5)],
            Rejections = [Rejection()],
            Deltas = Sums((Key(), 1)),
            Matched = [new CatalogRef(CatalogKind.Creators, "mia")],
        })).ShouldBe(CommitOutcome.Conflict);

        (await store.Journeys.FindCommittedPacksAsync([pack.PackId], Cancellation)).ShouldBeEmpty();
        (await store.Journeys.FindByAliasAsync(Alias("v:2"), Cancellation)).ShouldBeNull();
        (await store.Ledger.ReadLedgerAsync(Brand, "o:1", Cancellation)).ShouldBeEmpty();
        (await store.Rejections.ListRejectionsAsync(new(), null, 10, Cancellation)).Rejections.ShouldBeEmpty();
        (await store.Rollups.ReadBacklogAsync(Cancellation)).ShouldBe((0, null));
        (await store.Catalog.LoadCatalogAsync(Cancellation)).Matched.ShouldBeEmpty();
    }

    [Fact]
    public async Task Committing_a_redelivered_pack_conflicts()
    {
        await using var store = await OpenNewAsync();
        var pack = NewPack();
        var other = NewPack();
        await CommitSuccessfullyAsync(store, new JourneyCommit { CatalogVersion = 0, At = Now, Packs = [pack], Deltas = Sums((Key(), 1)) });

        (await CommitAsync(store, new JourneyCommit { CatalogVersion = 0, At = Now, Packs = [other, pack], Deltas = Sums((Key(), 1)) })).ShouldBe(CommitOutcome.Conflict);

        (await store.Journeys.LoadJourneysAsync([pack.PackId, other.PackId], [], Cancellation)).KnownPacks.ShouldBe([pack.PackId]);
        (await store.Journeys.FindCommittedPacksAsync([other.PackId, pack.PackId], Cancellation)).ShouldBe([pack.PackId]);
        (await store.Rollups.ReadBacklogAsync(Cancellation)).Count.ShouldBe(1);
    }

    [Fact]
    public async Task Packs_are_read_unchanged_in_commit_order()
    {
        await using var store = await OpenNewAsync();
        var packs = Enumerable.Range(0, 150).Select(i => NewPack(
            $$"""{"n":{{i}}}""",
            i % 2 == 0 ? null : [new RefusedEvent { Reason = RejectionReason.Malformed, Pointer = "", Detail = "why", Payload = [0, 1, 255] }])).Reverse().ToList();
        foreach (var some in packs.Chunk(40))
            await CommitSuccessfullyAsync(store, new JourneyCommit { CatalogVersion = 0, At = Now, Packs = some });

        var back = new List<EventPack>();
        await foreach (var pack in store.Journeys.ReadPacksAsync(Cancellation)) back.Add(pack);

        RecordText.Serialize(back).ShouldBe(RecordText.Serialize(packs));
    }

    [Fact]
    public async Task An_alias_taken_by_another_commit_conflicts()
    {
        await using var store = await OpenNewAsync();
        await InsertJourneysAsync(store, (NewJourney("a"), "v:1"));
        var late = NewJourney("b");

        (await CommitAsync(store, new JourneyCommit
        {
            CatalogVersion = 0,
            At = Now,
            Journeys = [new(late, 0)],
            Aliases = [new(Alias("v:2"), late.Id), new(Alias("v:1"), late.Id)],
        })).ShouldBe(CommitOutcome.Conflict);

        Marks((await FindJourneyAsync(store, "v:1")).Journey).ShouldBe("a");
        (await store.Journeys.FindByAliasAsync(Alias("v:2"), Cancellation)).ShouldBeNull();
    }

    [Fact]
    public async Task A_later_commit_can_add_aliases_to_a_stored_journey()
    {
        await using var store = await OpenNewAsync();
        var journey = NewJourney("a");
        await InsertJourneysAsync(store, (journey, "v:1"));
        await CommitSuccessfullyAsync(store, Replace(Marked(journey, 'b'), 1) with { Aliases = [new(Alias("k:1"), journey.Id)] });

        Marks((await FindJourneyAsync(store, "k:1")).Journey).ShouldBe("ab");
    }

    [Fact]
    public async Task Aliases_of_merged_journeys_resolve_to_the_survivor()
    {
        await using var store = await OpenNewAsync();
        Journey[] journeys = [NewJourney("a"), NewJourney("b"), NewJourney("c"), NewJourney("d")];
        await InsertJourneysAsync(store, (journeys[0], "v:0"), (journeys[1], "v:1"), (journeys[2], "v:2"), (journeys[3], "v:3"));

        // Merges 3 into 2, then 2 into 1, then 1 into 0.
        for (var i = 2; i >= 0; i--)
            await CommitSuccessfullyAsync(store, new JourneyCommit
            {
                CatalogVersion = 0,
                At = Now,
                Journeys = [new(Marked(journeys[i], 'x'), 1)],
                Tombstones = [new Tombstone(journeys[i + 1].Id, i == 2 ? 1 : 2, journeys[i].Id)],
            });

        var load = await store.Journeys.LoadJourneysAsync([], [Alias("v:0"), Alias("v:1"), Alias("v:2"), Alias("v:3")], Cancellation);
        load.Aliases.Values.ShouldAllBe(id => id == journeys[0].Id);
        load.Aliases.Count.ShouldBe(4);
        load.Journeys.Keys.ShouldBe([journeys[0].Id]);
        Marks((await FindJourneyAsync(store, "v:3")).Journey).ShouldBe("ax");
        (await store.Journeys.FindStaleAsync(long.MaxValue, 10, Cancellation)).Count.ShouldBe(1);
        var audited = new List<Guid>();
        await store.Reconciliation.ReadForReconciliationAsync(journey => audited.Add(journey.Id), Cancellation);
        audited.ShouldBe([journeys[0].Id]);
    }

    [Fact]
    public async Task A_tombstone_cannot_be_written_or_merged_into()
    {
        await using var store = await OpenNewAsync();
        var (survivor, gone, third) = (NewJourney("a"), NewJourney("b"), NewJourney("c"));
        await InsertJourneysAsync(store, (survivor, "v:a"), (gone, "v:b"), (third, "v:c"));
        await CommitSuccessfullyAsync(
            store, Replace(Marked(survivor, 'x'), 1) with { Tombstones = [new Tombstone(gone.Id, 1, survivor.Id)] });

        foreach (var version in (long[])[1, 2])
        {
            (await CommitAsync(store, Replace(Marked(gone, 'y'), version))).ShouldBe(CommitOutcome.Conflict);
            (await CommitAsync(store, new JourneyCommit { CatalogVersion = 0, At = Now, Tombstones = [new Tombstone(gone.Id, version, third.Id)] })).ShouldBe(CommitOutcome.Conflict);
        }
        (await CommitAsync(store, new JourneyCommit { CatalogVersion = 0, At = Now, Tombstones = [new Tombstone(third.Id, 1, gone.Id)] })).ShouldBe(CommitOutcome.Conflict);
        (await CommitAsync(store, new JourneyCommit { CatalogVersion = 0, At = Now, Tombstones = [new Tombstone(third.Id, 2, survivor.Id)] })).ShouldBe(CommitOutcome.Conflict);

        Marks((await FindJourneyAsync(store, "v:b")).Journey).ShouldBe("ax");
        Marks((await FindJourneyAsync(store, "v:c")).Journey).ShouldBe("c");
    }

    [Fact]
    public async Task A_stored_journey_can_be_merged_into_a_new_one()
    {
        await using var store = await OpenNewAsync();
        var stored = NewJourney("a");
        await InsertJourneysAsync(store, (stored, "v:a"));
        var newcomer = NewJourney("n");

        await CommitSuccessfullyAsync(store, Replace(newcomer, 0) with { Tombstones = [new Tombstone(stored.Id, 1, newcomer.Id)] });

        Marks((await FindJourneyAsync(store, "v:a")).Journey).ShouldBe("n");
    }

    [Fact]
    public async Task An_inconsistent_commit_is_refused()
    {
        await using var store = await OpenNewAsync();
        var (a, b) = (NewJourney("a"), NewJourney("b"));
        await InsertJourneysAsync(store, (a, "v:a"), (b, "v:b"));
        var commit = new JourneyCommit { CatalogVersion = 0, At = Now };
        JourneyCommit[] contradictions =
        [
            commit with { Journeys = [new(Marked(a, 'x'), 1), new(Marked(a, 'y'), 1)] },
            commit with { Journeys = [new(Marked(a, 'x'), 1)], Tombstones = [new(a.Id, 1, b.Id)] },
            commit with { Tombstones = [new(a.Id, 1, a.Id)] },
            commit with { Tombstones = [new(a.Id, 1, b.Id), new(b.Id, 1, a.Id)] },
            commit with { Journeys = [new(Marked(a, 'x'), 1)], Tombstones = [new(b.Id, 1, NextId())] },
            commit with { Journeys = [new(Marked(a, 'x'), 1)], Aliases = [new(Alias("v:c"), NextId())] },
        ];

        foreach (var contradiction in contradictions)
            await Should.ThrowAsync<ArgumentException>(async () => await CommitAsync(store, contradiction));

        Marks((await FindJourneyAsync(store, "v:a")).Journey).ShouldBe("a");
        Marks((await FindJourneyAsync(store, "v:b")).Journey).ShouldBe("b");
    }

    [Fact]
    public async Task A_commit_with_an_older_catalog_writes_nothing()
    {
        await using var store = await OpenNewAsync();
        await WriteCatalogAsync(store, Creator("mia"));
        await WriteCatalogAsync(store, Creator("tom"));
        var journey = NewJourney("a", catalogVersion: 1);

        (await CommitAsync(store, new JourneyCommit { CatalogVersion = 1, At = Now, Packs = [NewPack()], Journeys = [new(journey, 0)], Deltas = Sums((Key(), 1)) }))
            .ShouldBe(CommitOutcome.CatalogChanged);
        (await store.Rollups.ReadBacklogAsync(Cancellation)).Count.ShouldBe(0);
        await CommitSuccessfullyAsync(store, new JourneyCommit { CatalogVersion = 2, At = Now, Journeys = [new(journey, 0)] });
    }

    [Fact]
    public async Task Live_journeys_of_an_older_catalog_version_are_stale()
    {
        await using var store = await OpenNewAsync();
        var journeys = new[] { 3L, 5, 4, 5, 6 }.Select((version, i) => NewJourney($"{i}", version)).ToArray();
        await InsertJourneysAsync(store, [.. journeys.Select((journey, i) => (journey, $"v:{i}"))]);

        async Task<string[]> Stale(long version, int limit = 10) =>
            [.. (await store.Journeys.FindStaleAsync(version, limit, Cancellation)).Select(stored => Marks(stored.Journey)).Order(StringComparer.Ordinal)];

        (await Stale(3)).ShouldBeEmpty();
        (await Stale(5)).ShouldBe(["0", "2"]);
        (await Stale(6)).ShouldBe(["0", "1", "2", "3"]);
        (await Stale(6, limit: 3)).Length.ShouldBe(3);

        await CommitSuccessfullyAsync(store, Replace(journeys[0] with { CatalogVersion = 6 }, 1));
        (await Stale(6)).ShouldBe(["1", "2", "3"]);
        (await store.Journeys.FindStaleAsync(5, 10, Cancellation)).Single().Version.ShouldBe(1);
    }

    [Fact]
    public async Task A_commit_writes_one_delta_per_changed_brand()
    {
        await using var store = await OpenNewAsync();
        await CommitDeltaAsync(store, (Key(1), 1), (Key(2), 2), (Key(2, brand: "other"), 3), (Key(3, brand: "quiet"), 0));
        (await store.Rollups.ReadBacklogAsync(Cancellation)).Count.ShouldBe(2);

        var zero = new MeasureSums();
        _ = zero[Key()];
        await CommitSuccessfullyAsync(store, new JourneyCommit { CatalogVersion = 0, At = Now, Deltas = zero });
        (await store.Rollups.ReadBacklogAsync(Cancellation)).Count.ShouldBe(2);
    }

    [Fact]
    public async Task Commits_survive_reopening()
    {
        var name = nameof(Commits_survive_reopening);
        var journey = NewJourney("a");
        await using (var store = await OpenAsync(name))
        {
            await WriteCatalogAsync(store, Creator("mia"));
            await InsertJourneysAsync(store, (journey, "v:1"));
            await CommitDeltaAsync(store, (Key(), 4));
            await store.Rollups.FoldAsync(10, () => Now, Cancellation);
        }

        await using var again = await OpenAsync(name);
        Marks((await FindJourneyAsync(again, "v:1")).Journey).ShouldBe("a");
        (await ReadRollupsAsync(again)).ShouldBe([(Key(), 4L)]);
        (await again.Catalog.ReadCatalogVersionAsync(Cancellation)).ShouldBe(1);
    }
}
