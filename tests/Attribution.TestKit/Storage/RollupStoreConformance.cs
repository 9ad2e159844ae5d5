using Attribution.Core.Models;
using Attribution.Core.Rollups;
using Attribution.Core.Values;
using Attribution.Storage.Rollups;
using Shouldly;
using Xunit;

namespace Attribution.TestKit.Storage;

/// <summary>Folding, closing and reading of daily rollups.</summary>
public abstract class RollupStoreConformance(ConformanceStores stores) : StoreConformance(stores)
{
    [Fact]
    public async Task Folding_adds_waiting_deltas_once()
    {
        await using var store = await OpenNewAsync();
        await CommitDeltaAsync(store, (Key(1), 1), (Key(2), 2));
        await CommitDeltaAsync(store, (Key(2), 40), (Key(2, brand: "other"), 5));
        (await ReadRollupsAsync(store)).ShouldBeEmpty();

        (await store.Rollups.FoldAsync(100, () => Now, Cancellation)).ShouldBe(3);
        (await store.Rollups.FoldAsync(100, () => Now, Cancellation)).ShouldBe(0);

        (await ReadRollupsAsync(store)).ShouldBe([(Key(1), 1L), (Key(2), 42L)]);
        (await ReadRollupsAsync(store, "other")).ShouldBe([(Key(2, brand: "other"), 5L)]);
        (await store.Rollups.ReadBacklogAsync(Cancellation)).ShouldBe((0, null));
        await CommitDeltaAsync(store, (Key(2), -2));
        (await store.Rollups.FoldAsync(100, () => Now, Cancellation)).ShouldBe(1);
        (await ReadRollupsAsync(store)).ShouldBe([(Key(1), 1L), (Key(2), 40L)]);
        await ManifestsShouldSumToRollups(store, Brand, "other");
    }

    [Fact]
    public async Task Every_measure_under_every_model_is_folded()
    {
        await using var store = await OpenNewAsync();
        var sums = new MeasureSums();
        foreach (var measure in Enum.GetValues<Measure>()) sums.Add(Key(), measure, 1L << (int)measure);
        foreach (var model in Enum.GetValues<Model>())
            foreach (var measure in Enum.GetValues<CreditMeasure>())
                sums.Add(Key(), model, measure, -1 - (int)model * 1000 - (int)measure);
        await store.Reconciliation.AppendCorrectionAsync(sums, null, Now, Cancellation);
        await store.Reconciliation.AppendCorrectionAsync(sums, null, Now, Cancellation);

        await store.Rollups.FoldAsync(100, () => Now, Cancellation);

        sums.Add(sums);
        await foreach (var (key, cell) in (await store.Rollups.ReadRollupsAsync(Brand, Key().Day, Key().Day, null, Cancellation)).Cells)
            sums[key].Add(cell, -1);
        sums.IsZero.ShouldBeTrue();
    }

    [Fact]
    public async Task The_oldest_deltas_are_folded_first_up_to_the_limit()
    {
        await using var store = await OpenNewAsync();
        for (var i = 0; i < 3; i++)
        {
            await store.Reconciliation.AppendCorrectionAsync(Sums((Key(), 1 << i)), null, Now + TimeSpan.FromSeconds(i), Cancellation);
            await store.Reconciliation.AppendCorrectionAsync(
                Sums((Key(brand: "other"), 1 << i)), null, Now + TimeSpan.FromSeconds(i), Cancellation);
        }
        (await store.Rollups.ReadBacklogAsync(Cancellation)).ShouldBe((6, Now));

        (await store.Rollups.FoldAsync(3, () => Now, Cancellation)).ShouldBe(3);

        (await store.Rollups.ReadBacklogAsync(Cancellation)).ShouldBe((3, Now + TimeSpan.FromSeconds(1)));
        (await ReadRollupsAsync(store)).ShouldBe([(Key(), 3L)]);
        (await ReadRollupsAsync(store, "other")).ShouldBe([(Key(brand: "other"), 1L)]);
        (await store.Rollups.FoldAsync(100, () => Now, Cancellation)).ShouldBe(3);
        (await ReadRollupsAsync(store)).ShouldBe([(Key(), 7L)]);
    }

    /// <summary>
    /// Sums need more than 64 bits on the way, and fit again afterwards. No fold stops, and the manifests, the sums of
    /// every table and the audit agree at every step.
    /// </summary>
    [Fact]
    public async Task Sums_beyond_64_bits_are_folded_and_read()
    {
        await using var store = await OpenNewAsync();
        await CommitDeltaAsync(store, (Key(brand: "a"), long.MaxValue));
        await store.Rollups.FoldAsync(100, () => Now, Cancellation);
        for (var i = 0; i < 3; i++) await CommitDeltaAsync(store, (Key(brand: "a"), long.MaxValue - 1));
        await CommitDeltaAsync(store, (Key(brand: "b"), 7));

        (await store.Rollups.FoldAsync(100, () => Now, Cancellation)).ShouldBe(4);
        (await ReadClicksAsync()).ShouldBe(((Int128)long.MaxValue * 4) - 3);
        (await ReadRollupsAsync(store, "b")).ShouldBe([(Key(brand: "b"), 7L)]);
        await ManifestsShouldSumToRollups(store, "a", "b");
        (await store.Reconciliation.RepairSumsAsync(Cancellation)).ShouldBe(0);

        for (var i = 0; i < 3; i++) await CommitDeltaAsync(store, (Key(brand: "a"), 1 - long.MaxValue));
        (await store.Rollups.FoldAsync(100, () => Now, Cancellation)).ShouldBe(3);
        (await ReadRollupsAsync(store, "a")).ShouldBe([(Key(brand: "a"), long.MaxValue)]);
        await ManifestsShouldSumToRollups(store, "a", "b");
        (await store.Reconciliation.RepairSumsAsync(Cancellation)).ShouldBe(0);

        async Task<Int128> ReadClicksAsync()
        {
            var question = new RollupSumQuery { Grain = RollupGrain.Periods, From = Key().Day, To = Key().Day };
            var sum = Int128.Zero;
            foreach (var reading in await store.Rollups.SumRollupsAsync("a", [question], null, Cancellation))
                await foreach (var (_, cell) in reading.Cells)
                    sum += cell.SumOf(Measure.Clicks);
            return sum;
        }
    }

    /// <summary>
    /// Writes a delta as large as a repair or a change of many costs. However the store splits it, all of it must
    /// arrive.
    /// </summary>
    [Fact]
    public async Task A_very_large_change_is_folded_completely()
    {
        await using var store = await OpenNewAsync();
        var change = new MeasureSums();
        for (var i = 0; i < 9_000; i++) change.Add(Key(1 + i % 3, $"c{i}"), Measure.Clicks, i + 1);

        await store.Reconciliation.AppendCorrectionAsync(change, null, Now, Cancellation);
        while (await store.Rollups.FoldAsync(100, () => Now, Cancellation) > 0)
        {
        }

        var folded = await ReadRollupsAsync(store);
        (folded.Length, folded.Sum(rollup => rollup.Clicks)).ShouldBe((9_000, 9_000L * 9_001 / 2));
        await ManifestsShouldSumToRollups(store, Brand);
    }

    [Fact]
    public async Task Zero_rollups_are_removed_and_canceling_deltas_leave_no_manifest()
    {
        await using var store = await OpenNewAsync();
        await CommitDeltaAsync(store, (Key(1), 5), (Key(2), 1));
        await store.Rollups.FoldAsync(100, () => Now, Cancellation);
        await CommitDeltaAsync(store, (Key(1), -5));
        await CommitDeltaAsync(store, (Key(3), 7));
        await CommitDeltaAsync(store, (Key(3), -7));

        (await store.Rollups.FoldAsync(100, () => Now, Cancellation)).ShouldBe(3);

        (await ReadRollupsAsync(store)).ShouldBe([(Key(2), 1L)]);
        await ManifestsShouldSumToRollups(store, Brand);
    }

    [Fact]
    public async Task Rollups_are_read_for_an_inclusive_day_range_in_order()
    {
        await using var store = await OpenNewAsync();
        RollupKey[] inOrder =
        [
            Key(2, "", ""), Key(2, "*", ""), Key(2, "spring", ""), Key(2, "spring", "mia"), Key(2, "spring", "tom"), Key(2, "spring-2", "eve"),
            Key(3, "autumn", "zoe"), Key(4, "autumn", "amy"),
        ];
        await CommitDeltaAsync(
            store,
            [.. inOrder.Reverse().Select((key, i) => (key, i + 1L)), (Key(1), 1), (Key(5), 1), (Key(3, brand: "other"), 1)]);
        await store.Rollups.FoldAsync(100, () => Now, Cancellation);

        var read = new List<RollupKey>();
        await foreach (var (key, _) in (await store.Rollups.ReadRollupsAsync(Brand, Key(2).Day, Key(4).Day, null, Cancellation)).Cells) read.Add(key);

        read.ShouldBe(inOrder);
    }

    [Fact]
    public async Task Subtracting_later_manifests_restores_earlier_rollups()
    {
        await using var store = await OpenNewAsync();
        var stood = new List<(Timestamp At, long Clicks)>();
        for (var i = 1; i <= 4; i++)
        {
            await CommitDeltaAsync(store, (Key(), i), (Key(brand: "other"), 1));
            await store.Rollups.FoldAsync(100, () => Now + TimeSpan.FromHours(i), Cancellation);
            stood.Add((Now + TimeSpan.FromHours(i), (await ReadRollupsAsync(store))[0].Clicks));
        }

        foreach (var (at, clicks) in stood)
        {
            var since = await ReadManifestsAsync(store, after: at);
            since.ShouldAllBe(manifest => manifest.Brand == Brand && manifest.At > at);
            (stood[^1].Clicks - since.Sum(manifest => manifest.Sums.Cells[Key()][Measure.Clicks])).ShouldBe(clicks);
        }
        (await ReadManifestsAsync(store, after: Now + TimeSpan.FromHours(4))).ShouldBeEmpty();
        (await ReadManifestsAsync(store)).Count.ShouldBe(4);
    }

    [Fact]
    public async Task Manifests_stay_ordered_when_the_clock_goes_back()
    {
        await using var store = await OpenNewAsync();
        foreach (var hours in (int[])[5, 1, 7])
        {
            await CommitDeltaAsync(store, (Key(), 1));
            await store.Rollups.FoldAsync(100, () => Now + TimeSpan.FromHours(hours), Cancellation);
        }

        (await ReadManifestsAsync(store)).Select(manifest => (manifest.Number, manifest.At)).ShouldBe(
            [(1, Now + TimeSpan.FromHours(5)), (2, Now + TimeSpan.FromHours(5) + TimeSpan.FromMilliseconds(1)), (3, Now + TimeSpan.FromHours(7))]);
    }

    [Fact]
    public async Task Closed_days_never_reopen()
    {
        await using var store = await OpenNewAsync();
        var day = new DateOnly(2026, 3, 2);
        (await store.Rollups.ReadClosedThroughAsync(Brand, Cancellation)).ShouldBeNull();

        await store.Rollups.CloseDaysAsync(Brand, day, Now, Cancellation);
        await store.Rollups.CloseDaysAsync(Brand, day.AddDays(-1), Now, Cancellation);
        (await store.Rollups.ReadClosedThroughAsync(Brand, Cancellation)).ShouldBe(day);
        (await store.Rollups.ReadClosedThroughAsync("other", Cancellation)).ShouldBeNull();
        await store.Rollups.CloseDaysAsync(Brand, day.AddDays(3), Now, Cancellation);

        (await store.Rollups.ReadClosedThroughAsync(Brand, Cancellation)).ShouldBe(day.AddDays(3));
    }
}
