using Attribution.Contracts;
using Attribution.Contracts.Catalog;
using Attribution.Core.Ledger;
using Attribution.Core.Planning;
using Attribution.Core.Rollups;
using Attribution.Host.Tests.Fixtures;
using Attribution.Storage.Catalog;
using Attribution.Storage.Journeys;
using Attribution.Storage.Rebuilds;
using Attribution.TestKit;

namespace Attribution.Host.Tests.Attribution;

/// <summary>Journeys are rebuilt from stored events: correct data stays, wrong data is corrected and reported, and no state is partial.</summary>
public sealed class RebuildTests : IDisposable
{
    private readonly TempFolder folder = new();

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    private string File => folder.File("attribution.db");

    public void Dispose() => folder.Dispose();

    [Fact]
    public async Task Rebuild_leaves_a_correct_ledger_unchanged_bit_for_bit()
    {
        await using var shop = await RebuildFixture.OpenWithOrdersAsync(File);
        await shop.PutAsync(new CreatorItem("mia", "Mia G.", CustomerKeys: ["c-2"]));
        while (await shop.Attributor.ReevaluateAsync(1, Token) > 0) { }
        var before = await shop.DescribeStateAsync();
        (await shop.DescribeLedgerAsync("1001")).ShouldBe("mia 03-03 10000 1000000; mia 03-06 -4000 0");

        (await shop.RebuildAsync()).ShouldBe((0, 0, 0));

        (await shop.DescribeStateAsync()).ShouldBe(before);
        Directory.GetFiles(folder.Path, "*", SearchOption.AllDirectories).ShouldAllBe(file => Path.GetDirectoryName(file) == folder.Path, "the scratch is deleted");
        await shop.ProcessAsync(RebuildFixture.Click("k-1", "mia", "v-1"));
        (await shop.DescribeStateAsync()).ShouldBe(before, "an event of before is recognised after");
    }

    [Fact]
    public async Task Rebuild_of_archived_history_yields_the_same_sums()
    {
        await using var shop = await RebuildFixture.OpenWithOrdersAsync(File, TimeSpan.FromDays(60));
        var journeys = 0;
        await shop.Store.Reconciliation.ReadForReconciliationAsync(_ => journeys++, Token);
        shop.ReceivedAt = shop.ReceivedAt.AddDays(120);
        await shop.ProcessAsync("""{"type":"click","id":"late","occurredAt":"2026-07-05T09:00:00Z","link":"mia","visitorId":"v-1"}""");
        await shop.ProcessAsync("""{"type":"refund","id":"r-2","occurredAt":"2026-07-06T09:00:00Z","orderId":"1001","refundId":"r-2","kind":"refund","currency":"USD","amount":"10.00"}""");
        var before = Sums(await shop.DescribeStateAsync());
        var after = 0;
        await shop.Store.Reconciliation.ReadForReconciliationAsync(_ => after++, Token);
        after.ShouldBe(journeys + 1, "the old order stands apart from the person who came again");
        (await shop.DescribeLedgerAsync("1001")).ShouldBe("mia 03-03 10000 1000000; mia 03-06 -4000 0; mia 07-06 -1000 0");

        (await shop.RebuildAsync()).ShouldBe((0, 0, 0));

        // A rebuild commits many packs at once, so that it checks ages at other times.
        Sums(await shop.DescribeStateAsync()).ShouldBe(before);
        await shop.ProcessAsync("""{"type":"refund","id":"r-3","occurredAt":"2026-07-07T09:00:00Z","orderId":"1001","refundId":"r-3","kind":"cancel"}""");
        (await shop.DescribeLedgerAsync("1001")).ShouldBe("mia 03-03 10000 0; mia 03-06 -4000 0; mia 07-06 -1000 0; mia 07-07 -5000 0");

        static string Sums(string books) => books[books.IndexOf(nameof(RollupKey), StringComparison.Ordinal)..];
    }

    [Fact]
    public async Task Rebuild_repairs_journeys_aliases_rollups_and_ledger_and_reports_it()
    {
        await using var shop = await RebuildFixture.OpenWithOrdersAsync(File);
        var right = await shop.DescribeStateAsync();

        // One journey loses its content, another's aliases lead to a third, a rollup is wrong, and the ledger contains an order that never existed.
        var lost = (await shop.Store.Journeys.FindByAliasAsync(new("default", "o:1001"), Token))!;
        var (robbed, other) = ((await shop.Store.Journeys.FindByAliasAsync(new("default", "o:1002"), Token))!, (await shop.Store.Journeys.FindByAliasAsync(new("default", "o:1003"), Token))!);
        var off = new MeasureSums();
        off.Add(new RollupKey("default", new DateOnly(2026, 3, 2), "spring", "mia"), Measure.Clicks, 3);
        var ghost = new LedgerEntry
        {
            Brand = "default", Conversion = "o:ghost", Placement = new("spring", "mia"), OrderDay = new(2026, 3, 2), EntryDay = new(2026, 3, 2), Amount = 77, Micros = 1,
            Commission = 0, Reason = LedgerReason.Conversion, CausedBy = "", RecordedAt = default,
        };
        (await shop.Store.Journeys.CommitAsync(
            new JourneyCommit
            {
                CatalogVersion = long.MaxValue, At = default, Deltas = off, Tombstones = [new(robbed.Journey.Id, robbed.Version, other.Journey.Id)],
                Ledger = [ghost, ghost with { Conversion = "o:1002", Amount = 5 }],
                Journeys = [lost with { Journey = new() { Id = lost.Journey.Id, Brand = "default", CatalogVersion = lost.Journey.CatalogVersion } }],
            },
            Token)).ShouldBe(CommitOutcome.Committed);
        (await shop.DescribeStateAsync()).ShouldNotBe(right);

        (await shop.RebuildAsync(RebuildFixture.Run)).ShouldBe((2, 2, 1));

        (await shop.DescribeStateAsync()).ShouldBe(right);
        var line = (await shop.Store.Ledger.ReadLedgerAsync("default", "o:ghost", Token))[^1];
        (line.Amount, line.Micros, line.Reason, line.CausedBy).ShouldBe((-77, -1, LedgerReason.Rebuild, $"rebuild/{RebuildFixture.Run}"));
        (await shop.RebuildAsync()).ShouldBe((0, 0, 0));
        (await shop.RebuildAsync(RebuildFixture.Run)).ShouldBe((0, 0, 0), "another rebuild came after it");
    }

    [Fact]
    public async Task Run_that_ended_just_after_the_swap_still_reports_its_changes()
    {
        await using var shop = await RebuildFixture.OpenWithOrdersAsync(File);
        var off = new MeasureSums();
        off.Add(new RollupKey("default", new DateOnly(2026, 3, 2), "spring", "mia"), Measure.Clicks, 3);
        await shop.Store.Reconciliation.AppendCorrectionAsync(off, null, default, Token);

        (await shop.RebuildAsync(RebuildFixture.Run)).ShouldBe((0, 0, 1));
        (await shop.RebuildAsync(RebuildFixture.Run)).ShouldBe((0, 0, 1));
    }

    [Fact]
    public async Task Commits_planned_on_old_journeys_are_rejected_after_the_swap()
    {
        await using var shop = await RebuildFixture.OpenWithOrdersAsync(File);
        AliasKey known = new("default", "v:v-1"), fresh = new("default", "v:v-7");
        var load = await shop.Store.Journeys.LoadJourneysAsync([], [known, fresh], Token);
        var (_, version, generation) = await shop.Store.Reconciliation.ReadForReconciliationAsync(_ => { }, Token);
        var before = await shop.DescribeStateAsync();

        await shop.RebuildAsync();

        // The only part that no version protects: an alias of a journey that does not exist any more.
        (await shop.Store.Journeys.CommitAsync(
            new JourneyCommit { CatalogVersion = version, Generation = load.Generation, At = default, Aliases = [new(fresh, load.Aliases[known])] }, Token)).ShouldBe(CommitOutcome.Conflict);
        var off = new MeasureSums();
        off.Add(new RollupKey("default", new DateOnly(2026, 3, 2), "spring", "mia"), Measure.Clicks, 3);
        (await shop.Store.Reconciliation.AppendCorrectionAsync(off, generation, default, Token)).ShouldBeFalse("it was found in the old journeys");
        (await shop.DescribeStateAsync()).ShouldBe(before);
        (await shop.Store.Reconciliation.AppendCorrectionAsync(off, generation + 1, default, Token)).ShouldBeTrue();
    }

    [Fact]
    public async Task Interrupted_rebuild_is_all_or_nothing_and_can_be_resumed()
    {
        string? right = null;
        for (var stop = 0; ; stop++)
        {
            var path = folder.File($"{stop}.db");
            await using (var shop = await RebuildFixture.OpenWithOrdersAsync(path))
            {
                right ??= await shop.DescribeStateAsync();
                var off = new MeasureSums();
                off.Add(new RollupKey("default", new DateOnly(2026, 3, 2), "spring", "mia"), Measure.Clicks, 3);
                await shop.Store.Reconciliation.AppendCorrectionAsync(off, null, default, Token);
            }

            var (armed, seen, stopped) = (false, 0, false);
            await using var faulty = await RebuildFixture.OpenAsync(path, _ =>
            {
                if (!armed || seen++ != stop) return;
                stopped = true;
                throw new OperationCanceledException("Injected: the process ends here.");
            });
            var wrong = await faulty.DescribeStateAsync();
            armed = true;
            var rebuilt = await Record.ExceptionAsync(() => faulty.RebuildAsync(RebuildFixture.Run));
            armed = false;
            if (stopped) rebuilt.ShouldNotBeNull("a fault must come out");
            (await faulty.DescribeStateAsync()).ShouldBeOneOf(wrong, right);

            (await faulty.RebuildAsync(RebuildFixture.Run)).ShouldBe((0, 0, 1));
            (await faulty.DescribeStateAsync()).ShouldBe(right);
            if (stopped) continue;
            stop.ShouldBeGreaterThan(20, "the swap calls the hook before each of its statements");
            return;
        }
    }

    [Fact]
    public async Task Changes_during_a_rebuild_are_included_exactly_once()
    {
        await using var shop = await RebuildFixture.OpenWithOrdersAsync(File);
        var meanwhile = new InterceptingRebuildStore(shop.Store.Rebuilds);
        var pack = shop.Pack(RebuildFixture.Click("k-4", "mia", "v-4"), RebuildFixture.Order("1004", "80.00", "v-4"));
        meanwhile.BeforeCount = () => shop.Attributor.AttributeAsync([pack], Token);
        meanwhile.BeforeSwap = async () =>
        {
            await shop.ProcessAsync(RebuildFixture.Click("k-5", "mia", "v-3"));
            await shop.PutAsync(new CreatorItem("ben", "Ben"));
            while (await shop.Attributor.ReevaluateAsync(100, Token) > 0) { }
        };

        (await shop.RebuildAsync(through: meanwhile)).ShouldBe((0, 0, 0));

        meanwhile.Swaps.ShouldBe(2, "the catalog was another at the first");
        await shop.Attributor.AttributeAsync([pack], Token);
        (await shop.DescribeLedgerAsync("1004")).ShouldBe("mia 03-03 8000 1000000");
        (await shop.DescribeLedgerAsync("1003")).ShouldBe("mia 03-03 3000 1000000");
        (await shop.RebuildAsync()).ShouldBe((0, 0, 0));
    }

    /// <summary>A store that runs an action between two calls.</summary>
    private sealed class InterceptingRebuildStore(IRebuildStore store) : IRebuildStore
    {
        public Func<Task>? BeforeCount { get; set; }

        public Func<Task>? BeforeSwap { get; set; }

        public int Swaps { get; private set; }

        public async ValueTask<IRebuild> OpenRebuildAsync(string mark, CancellationToken cancellation) => new Rebuild(this, await store.OpenRebuildAsync(mark, cancellation));

        public ValueTask DiscardRebuildAsync(CancellationToken cancellation) => store.DiscardRebuildAsync(cancellation);

        public ValueTask<RebuildOutcome?> FindRebuildAsync(Guid run, CancellationToken cancellation) => store.FindRebuildAsync(run, cancellation);

        private sealed class Rebuild(InterceptingRebuildStore meanwhile, IRebuild rebuild) : IRebuild
        {
            public IJourneyStore Journeys => rebuild.Journeys;

            public ICatalogStore Catalog => rebuild.Catalog;

            public ValueTask CopyCatalogAsync(CancellationToken cancellation) => rebuild.CopyCatalogAsync(cancellation);

            public ValueTask<IReadOnlyList<EventPack>> ReadNextPacksAsync(CancellationToken cancellation) => rebuild.ReadNextPacksAsync(cancellation);

            public async ValueTask<(long Done, long Total)> CountPacksAsync(CancellationToken cancellation)
            {
                if (meanwhile.BeforeCount is { } happens) await happens();
                meanwhile.BeforeCount = null;
                return await rebuild.CountPacksAsync(cancellation);
            }

            public async ValueTask<RebuildOutcome?> SwapAsync(RebuildSwap swap, CancellationToken cancellation)
            {
                if (meanwhile.Swaps++ == 0) await meanwhile.BeforeSwap!();
                return await rebuild.SwapAsync(swap, cancellation);
            }

            public ValueTask DisposeAsync() => rebuild.DisposeAsync();
        }
    }
}
