using Attribution.Core.Planning;
using Shouldly;
using Xunit;

namespace Attribution.TestKit.Storage;

/// <summary>Reconciliation of rollups with journeys.</summary>
public abstract class ReconciliationStoreConformance(ConformanceStores stores) : StoreConformance(stores)
{
    [Fact]
    public async Task Reconciliation_reads_live_journeys_rollups_and_waiting_deltas()
    {
        await using var store = await OpenNewAsync();
        await WriteCatalogAsync(store, Creator("mia"));
        var (a, b, c) = (NewJourney("a"), NewJourney("b"), NewJourney("c", brand: "other"));
        await InsertJourneysAsync(store, (a, "v:a"), (b, "v:b"), (c, "v:c"));
        await CommitSuccessfullyAsync(store, Replace(Marked(a, 'x'), 1) with { Tombstones = [new Tombstone(b.Id, 1, a.Id)] });
        await CommitDeltaAsync(store, (Key(1), 1), (Key(2, brand: "other"), 10));
        await store.Rollups.FoldAsync(100, () => Now, Cancellation);
        await CommitDeltaAsync(store, (Key(1), 2), (Key(3), 3));
        await store.Reconciliation.AppendCorrectionAsync(Sums((Key(1), 4)), null, Now, Cancellation);

        var seen = new List<string>();
        var (sums, version, _) = await store.Reconciliation.ReadForReconciliationAsync(journey => seen.Add(Marks(journey)), Cancellation);

        seen.Order(StringComparer.Ordinal).ShouldBe(["ax", "c"]);
        version.ShouldBe(1);
        ShouldBeSame(sums, Sums((Key(1), 7), (Key(3), 3), (Key(2, brand: "other"), 10)));
    }

    [Fact]
    public async Task Reconciliation_ignores_commits_made_while_it_reads()
    {
        await using var store = await OpenNewAsync();
        var journeys = Enumerable.Range(0, 5).Select(_ => NewJourney("a")).ToArray();
        await InsertJourneysAsync(store, [.. journeys.Select((journey, i) => (journey, $"v:{i}"))]);
        await CommitDeltaAsync(store, (Key(), 5));

        var seen = new List<string>();
        var (sums, _, _) = await store.Reconciliation.ReadForReconciliationAsync(
            journey =>
            {
                if (seen.Count == 0)
                    Task.Run(async () =>
                    {
                        foreach (var other in journeys)
                            await CommitSuccessfullyAsync(store, Replace(Marked(other, 'x'), 1, Sums((Key(), 1))));
                        await store.Rollups.FoldAsync(100, () => Now, Cancellation);
                    }).GetAwaiter().GetResult();
                seen.Add(Marks(journey));
            },
            Cancellation);

        seen.ShouldBe(["a", "a", "a", "a", "a"]);
        ShouldBeSame(sums, Sums((Key(), 5)));
        (await ReadRollupsAsync(store)).ShouldBe([(Key(), 10L)]);
    }
}
