using Attribution.Core.Planning;
using Attribution.Core.Rollups;
using Attribution.Storage.Catalog;
using Attribution.Storage.Journeys;
using Shouldly;
using Xunit;

namespace Attribution.TestKit.Storage;

/// <summary>Writes and reads of several stores over one database at the same time.</summary>
public abstract class ConcurrencyConformance(ConformanceStores stores) : StoreConformance(stores)
{
    [Fact]
    public async Task Concurrent_commits_of_one_journey_have_one_winner()
    {
        await using var left = await OpenAsync("race-journey");
        await using var right = await OpenAsync("race-journey");
        await InsertJourneysAsync(left, (NewJourney("a"), "v:1"));

        for (var round = 1; round <= Rounds; round++)
        {
            var outcomes = await RunConcurrentlyAsync([left, right, left, right], async store =>
            {
                var stored = await FindJourneyAsync(store, "v:1");
                return stored.Version == round ? await CommitAsync(
                    store,
                    Replace(Marked(stored.Journey, 'x'), stored.Version, Sums((Key(), 1)))) : CommitOutcome.Conflict;
            });
            outcomes.Count(outcome => outcome == CommitOutcome.Committed).ShouldBe(1);
            outcomes.ShouldAllBe(outcome => outcome != CommitOutcome.CatalogChanged);
        }

        var last = await FindJourneyAsync(right, "v:1");
        last.Version.ShouldBe(Rounds + 1);
        last.Journey.Touches.Length.ShouldBe(Rounds + 1);
        ShouldBeSame((await left.Reconciliation.ReadForReconciliationAsync(_ => { }, Cancellation)).Sums, Sums((Key(), Rounds)));
    }

    [Fact]
    public async Task Concurrent_inserts_of_one_alias_have_one_winner()
    {
        await using var left = await OpenAsync("race-alias");
        await using var right = await OpenAsync("race-alias");

        for (var round = 0; round < Rounds; round++)
        {
            var outcomes = await RunConcurrentlyAsync([left, right], async store =>
            {
                var journey = NewJourney();
                return await CommitAsync(store, Replace(journey, 0) with { Aliases = [new(Alias($"v:{round}"), journey.Id)] });
            });
            outcomes.Order().ShouldBe([CommitOutcome.Committed, CommitOutcome.Conflict]);
        }

        var live = 0;
        await left.Reconciliation.ReadForReconciliationAsync(_ => live++, Cancellation);
        live.ShouldBe(Rounds);
    }

    [Fact]
    public async Task Concurrent_commits_of_one_pack_have_one_winner()
    {
        await using var left = await OpenAsync("race-pack");
        await using var right = await OpenAsync("race-pack");

        for (var round = 0; round < Rounds; round++)
        {
            var pack = NewPack();
            var outcomes = await RunConcurrentlyAsync([left, right], async store =>
                await CommitAsync(store, new JourneyCommit { CatalogVersion = 0, At = Now, Packs = [pack], Deltas = Sums((Key(), 1)) }));
            outcomes.Order().ShouldBe([CommitOutcome.Committed, CommitOutcome.Conflict]);
        }

        ShouldBeSame((await left.Reconciliation.ReadForReconciliationAsync(_ => { }, Cancellation)).Sums, Sums((Key(), Rounds)));
    }

    [Fact]
    public async Task Concurrent_catalog_writes_of_one_version_have_one_winner()
    {
        await using var left = await OpenAsync("race-catalog");
        await using var right = await OpenAsync("race-catalog");

        for (var round = 0; round < Rounds; round++)
        {
            var written = await RunConcurrentlyAsync([left, right], async store =>
                await store.Catalog.WriteChangeAsync(new CatalogChange { ExpectedVersion = round, At = Now, Puts = [Creator($"c{round}")] }, Cancellation));
            written.Order().ShouldBe([false, true]);
        }
        (await left.Catalog.ReadCatalogVersionAsync(Cancellation)).ShouldBe(Rounds);
    }

    [Fact]
    public async Task Concurrent_folds_never_fold_a_delta_twice()
    {
        await using var left = await OpenAsync("race-fold");
        await using var right = await OpenAsync("race-fold");
        const int Each = 60;
        var committing = 2;

        var folded = await RunConcurrentlyAsync([left, right, left, right], async (store, index) =>
        {
            if (index < 2)
            {
                for (var i = 0; i < Each; i++)
                    await CommitDeltaAsync(store, (Key(1 + i % 5), 1), (Key(1, brand: "other"), 1));
                Interlocked.Decrement(ref committing);
                return 0;
            }
            var count = 0;
            while (true)
            {
                var last = Volatile.Read(ref committing) == 0;
                var some = await store.Rollups.FoldAsync(7, () => Now, Cancellation);
                count += some;
                count.ShouldBeLessThanOrEqualTo(2 * Each * 2);
                if (last && some == 0) return count;
            }
        });

        folded.Sum().ShouldBe(2 * Each * 2);
        (await ReadRollupsAsync(left)).Sum(row => row.Clicks).ShouldBe(2 * Each);
        (await ReadRollupsAsync(right, "other")).ShouldBe([(Key(1, brand: "other"), 2L * Each)]);
        await ManifestsShouldSumToRollups(left, Brand, "other");
    }

    [Fact]
    public async Task A_commit_during_closing_is_in_the_closed_day_or_restates_it()
    {
        await using var left = await OpenAsync("race-close");
        await using var right = await OpenAsync("race-close");

        for (var round = 0; round < Rounds; round++)
        {
            var (brand, day) = ($"b{round}", Key(2).Day);
            await RunConcurrentlyAsync([left, right, left, right], async (store, index) =>
            {
                if (index == 0) await store.Rollups.CloseDaysAsync(brand, day, Now, Cancellation);
                else
                    await CommitSuccessfullyAsync(store, new JourneyCommit
                    {
                        CatalogVersion = long.MaxValue, At = Now, Ledger = [Entry($"o:{index}", 1, brand) with { EntryDay = day }], Deltas = Sums((Key(2, brand: brand), 1)),
                    });
                return 0;
            });

            await left.Rollups.FoldAsync(100, () => Now + TimeSpan.FromHours(1), Cancellation);
            var closed = (await ReadRollupsAsync(right, brand, Now)).Sum(row => row.Clicks);
            (closed + (await ListRestatementsAsync(right, AllRestatements with { Brand = brand })).Count).ShouldBe(3);
        }
    }

    [Fact]
    public async Task A_load_and_a_reconciliation_read_a_consistent_snapshot()
    {
        await using var writer = await OpenAsync("race-moment");
        await using var reader = await OpenAsync("race-moment");
        var (a, b) = (NewJourney("a"), NewJourney("b"));
        await InsertJourneysAsync(writer, (a, "v:a"), (b, "v:b"));
        var done = false;

        await RunConcurrentlyAsync([writer, reader, reader], async (store, index) =>
        {
            if (index == 0)
            {
                // Both journeys change together with the same number of clicks, some of them waiting, some folded.
                for (var version = 1; version <= Rounds; version++)
                {
                    await CommitSuccessfullyAsync(
                        store,
                        Replace(a = Marked(a, 'x'), version, Sums((Key(), 1))) with { Journeys = [new(a, version), new(b = Marked(b, 'x'), version)] });
                    if (version % 3 == 0) await store.Rollups.FoldAsync(2, () => Now, Cancellation);
                }
                Volatile.Write(ref done, true);
                return 0;
            }
            for (var last = false; !last;)
            {
                last = Volatile.Read(ref done);
                if (index == 1)
                {
                    var load = await store.Journeys.LoadJourneysAsync([], [Alias("v:a"), Alias("v:b")], Cancellation);
                    load.Journeys.Values.Select(stored => stored.Version).Distinct().Count().ShouldBe(1);
                }
                else
                {
                    var lengths = new List<long>();
                    var (sums, _, _) = await store.Reconciliation.ReadForReconciliationAsync(
                        journey => lengths.Add(journey.Touches.Length - 1), Cancellation);
                    lengths.ShouldBe([sums[Key()][Measure.Clicks], sums[Key()][Measure.Clicks]]);
                }
            }
            return 0;
        });
    }
}
