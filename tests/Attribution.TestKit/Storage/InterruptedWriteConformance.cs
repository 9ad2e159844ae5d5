using System.Text;
using Attribution.Core.Catalog;
using Attribution.Core.Journeys;
using Attribution.Core.Planning;
using Attribution.Core.Rollups;
using Attribution.Storage;
using Attribution.Storage.Catalog;
using Attribution.Storage.Journeys;
using Shouldly;
using Xunit;

namespace Attribution.TestKit.Storage;

/// <summary>Writes that fail before any of their statements.</summary>
public abstract class InterruptedWriteConformance(ConformanceStores stores) : StoreConformance(stores)
{
    private static readonly Guid[] FaultyIds = [.. Enumerable.Range(1, 9).Select(n => new Guid(0x0198b000, 0, 0x7000, [0x80, 0, 0, 0, 0, 0, 0, (byte)n]))];

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task A_commit_interrupted_at_any_statement_is_atomic(bool reopen)
    {
        string? whole = null;
        await StopAtEveryStatementAsync(
            reopen,
            leastStatements: 20,
            prepare: async store =>
            {
                await WriteCatalogAsync(store, Creator("mia"));
                await InsertJourneysAsync(store, (FaultyA, "v:a"), (FaultyB, "v:b"), (FaultyC, "v:c"));
                await CommitSuccessfullyAsync(
                    store,
                    new JourneyCommit { CatalogVersion = 1, At = Now, Aliases = [new(Alias("o:c"), FaultyIds[2])] });
                await CommitDeltaAsync(store, (Key(1), 1));
            },
            write: async store => { await CommitAsync(store, FaultyCommit()); },
            check: async (store, before) =>
            {
                var now = await DumpAsync(store);
                if (now == before) await CommitSuccessfullyAsync(store, FaultyCommit());
                else (await CommitAsync(store, FaultyCommit())).ShouldBe(
                    CommitOutcome.Conflict,
                    "a retry after an unknown outcome must find out that the commit was written");
                now = await DumpAsync(store);
                now.ShouldNotBe(before);
                now.ShouldBe(whole ??= now);
            });
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task A_fold_interrupted_at_any_statement_is_atomic(bool reopen) => await StopAtEveryStatementAsync(
        reopen,
        leastStatements: 20,
        prepare: async store =>
        {
            await CommitDeltaAsync(store, (Key(1), 1), (Key(2), 10), (Key(1, brand: "other"), 1000));
            await store.Rollups.FoldAsync(100, () => Now, Cancellation);
            for (var i = 0; i < 3; i++)
                await CommitDeltaAsync(store, (Key(1), 2), (Key(2), -10), (Key(3), 5), (Key(1, brand: "other"), 7));
        },
        write: async store => { await store.Rollups.FoldAsync(100, () => Now, Cancellation); },
        check: async (store, _) =>
        {
            var sums = Sums((Key(1), 7), (Key(2), -20), (Key(3), 15), (Key(1, brand: "other"), 1021));
            ShouldBeSame((await store.Reconciliation.ReadForReconciliationAsync(_ => { }, Cancellation)).Sums, sums);
            await ManifestsShouldSumToRollups(store, Brand, "other");

            await store.Rollups.FoldAsync(100, () => Now, Cancellation);

            (await store.Rollups.ReadBacklogAsync(Cancellation)).Count.ShouldBe(0);
            (await ReadRollupsAsync(store)).ShouldBe([(Key(1), 7L), (Key(2), -20L), (Key(3), 15L)]);
            (await ReadRollupsAsync(store, "other")).ShouldBe([(Key(1, brand: "other"), 1021L)]);
            await ManifestsShouldSumToRollups(store, Brand, "other");
            (await ReadManifestsAsync(store)).Count.ShouldBe(2);
        });

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task A_catalog_write_interrupted_at_any_statement_is_atomic(bool reopen)
    {
        var change = new CatalogChange
        {
            ExpectedVersion = 1,
            At = Now,
            Puts = [Creator("tom"), Creator("mia", "Mia G.")],
            Deletes = [new CatalogRef(CatalogKind.Creators, "eve")],
            Deltas = Sums((Key(1), 1), (Key(brand: "other"), 1)),
        };
        string? whole = null;
        await StopAtEveryStatementAsync(
            reopen,
            leastStatements: 7,
            prepare: store => WriteCatalogAsync(store, Creator("mia"), Creator("eve")),
            write: async store => { await store.Catalog.WriteChangeAsync(change, Cancellation); },
            check: async (store, before) =>
            {
                var now = await DumpAsync(store);
                (await store.Catalog.WriteChangeAsync(change, Cancellation)).ShouldBe(now == before);
                now = await DumpAsync(store);
                now.ShouldNotBe(before);
                now.ShouldBe(whole ??= now);
            });
    }

    private Journey FaultyA => NewJourney("a") with { Id = FaultyIds[0] };

    private Journey FaultyB => NewJourney("b") with { Id = FaultyIds[1] };

    private Journey FaultyC => NewJourney("c") with { Id = FaultyIds[2] };

    private JourneyCommit FaultyCommit() => new()
    {
        CatalogVersion = 1,
        At = Now,
        Packs = [NewPack("1") with { PackId = FaultyIds[3] }, NewPack("2") with { PackId = FaultyIds[4] }],
        Journeys = [new(Marked(FaultyA, 'x'), 1), new(NewJourney("n") with { Id = FaultyIds[5] }, 0), new(Marked(FaultyC, 'y') with { CatalogVersion = 1 }, 1)],
        Aliases = [new(Alias("v:n"), FaultyIds[5]), new(Alias("k:a"), FaultyIds[0])],
        MovedAliases = [new(Alias("o:c"), FaultyIds[5])],
        Tombstones = [new Tombstone(FaultyIds[1], 1, FaultyIds[0])],
        Ledger = [Entry("o:1", 5), Entry("o:1", -5)],
        Rejections = [Rejection() with { Id = FaultyIds[6] }, Rejection() with { Id = FaultyIds[7] }],
        Deltas = Sums((Key(1), 2), (Key(brand: "other"), 3)),
        Matched = [new CatalogRef(CatalogKind.Creators, "mia")],
    };

    private async ValueTask StopAtEveryStatementAsync(
        bool reopen, int leastStatements, Func<IStore, ValueTask> prepare, Func<IStore, ValueTask> write, Func<IStore, string, ValueTask> check)
    {
        for (var stop = 0; ; stop++)
        {
            var name = Guid.NewGuid().ToString("N");
            string before;
            await using (var store = await OpenAsync(name))
            {
                await prepare(store);
                before = await DumpAsync(store);
            }

            var armed = false;
            var seen = 0;
            var stopped = false;
            await using (var faulty = await OpenAsync(name, _ =>
            {
                if (!armed || seen++ != stop) return;
                stopped = true;
                throw new InjectedFaultException();
            }))
            {
                armed = true;
                try
                {
                    await write(faulty);
                    stopped.ShouldBeFalse("a fault must come out");
                }
                catch (InjectedFaultException)
                {
                }
                armed = false;
                if (!reopen) await check(faulty, before);
            }
            if (reopen)
            {
                await using var again = await OpenAsync(name);
                await check(again, before);
            }
            if (stopped) continue;
            stop.ShouldBeGreaterThanOrEqualTo(MinStatements(leastStatements), "the store must call the hook before each of its statements");
            return;
        }
    }

    /// <summary>Returns everything that the ports show of a store.</summary>
    private static async ValueTask<string> DumpAsync(IStore store)
    {
        var text = new StringBuilder();
        var journeys = new List<Journey>();
        var (sums, version, _) = await store.Reconciliation.ReadForReconciliationAsync(journeys.Add, Cancellation);
        text.AppendLine(RecordText.Serialize(journeys.OrderBy(journey => journey.Id)));
        text.AppendLine(
            RecordText.Serialize(sums.Cells.Select(pair => $"{pair.Key} {string.Join(' ', Enumerable.Range(0, MeasureCell.Length).Select(i => pair.Value[i]))}").Order(StringComparer.Ordinal)));
        var catalog = await store.Catalog.LoadCatalogAsync(Cancellation);
        text.AppendLine(RecordText.Serialize(catalog.Items.Select(item => $"{item.Key} {item.Value}").Order(StringComparer.Ordinal)));
        text.AppendLine(RecordText.Serialize(catalog.Matched)).AppendLine(RecordText.Serialize((object[])[version, catalog.Version]));
        var load = await store.Journeys.LoadJourneysAsync(
            FaultyIds,
            [Alias("v:a"), Alias("v:b"), Alias("v:c"), Alias("v:n"), Alias("k:a"), Alias("o:c")],
            Cancellation);
        text.AppendLine(RecordText.Serialize(load.KnownPacks.Order())).AppendLine(
            RecordText.Serialize(load.Aliases.Select(pair => $"{pair}").Order(StringComparer.Ordinal)));
        text.AppendLine(
            RecordText.Serialize(load.Journeys.Select(pair => $"{pair.Key} {pair.Value.Version}").Order(StringComparer.Ordinal)));
        text.AppendLine(RecordText.Serialize(await store.Ledger.ReadLedgerAsync(Brand, "o:1", Cancellation)));
        text.AppendLine(RecordText.Serialize((await store.Rejections.ListRejectionsAsync(new(), null, 100, Cancellation)).Rejections));
        text.AppendLine(RecordText.Serialize((await store.Rollups.ReadBacklogAsync(Cancellation)).Count));
        return text.ToString();
    }

    private sealed class InjectedFaultException : Exception;
}
