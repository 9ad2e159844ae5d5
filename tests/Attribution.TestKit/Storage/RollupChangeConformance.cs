using Attribution.Core.Rollups;
using Shouldly;
using Xunit;

namespace Attribution.TestKit.Storage;

/// <summary>Changes of rollups, exported in order.</summary>
public abstract class RollupChangeConformance(ConformanceStores stores) : StoreConformance(stores)
{
    /// <summary>
    /// A copy maintained from the exported changes, interrupted and resumed at random during folds, must equal the
    /// rollups.
    /// </summary>
    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    public async Task A_copy_that_applies_all_changes_equals_the_rollups(int seed)
    {
        await using var store = await OpenNewAsync();
        var random = new Random(seed);
        var copy = new Dictionary<RollupKey, MeasureCell>();
        string? place = null;
        for (var round = 0; round < 60; round++)
        {
            if (round == 0 || random.Next(3) > 0)
            {
                await store.Reconciliation.AppendCorrectionAsync(RandomSums(random), null, Now, Cancellation);
                await store.Reconciliation.AppendCorrectionAsync(Sums((Key(brand: "other"), 1)), null, Now, Cancellation);
                await store.Rollups.FoldAsync(100, () => Now, Cancellation);
            }

            var page = await store.Rollups.ReadChangesAsync(Brand, place, 1 + random.Next(30), Cancellation);
            page.Changes.Select(change => change.Key).ShouldBeUnique();
            foreach (var (key, cell) in page.Changes)
            {
                if (cell is null) copy.Remove(key);
                else copy[key] = cell;
            }

            // Changes whose cursor was not saved are repeated.
            if (random.Next(4) > 0) place = page.Cursor;
        }

        for (var more = true; more;)
        {
            var page = await store.Rollups.ReadChangesAsync(Brand, place, 10, Cancellation);
            foreach (var (key, cell) in page.Changes)
            {
                if (cell is null) copy.Remove(key);
                else copy[key] = cell;
            }

            (place, more) = (page.Cursor, page.HasMore);
        }

        var rollups = new MeasureSums();
        await foreach (var (key, cell) in (await store.Rollups.ReadRollupsAsync(Brand, DateOnly.MinValue, DateOnly.MaxValue, null, Cancellation)).Cells) rollups[key].Add(cell);
        copy.Keys.ShouldBe(rollups.Cells.Keys, ignoreOrder: true);
        foreach (var (key, cell) in copy) rollups[key].Add(cell, -1);
        rollups.IsZero.ShouldBeTrue();
        (await store.Rollups.ReadChangesAsync(Brand, place, 10, Cancellation)).Changes.ShouldBeEmpty();
        await CommitDeltaAsync(store, (Key(2), 1000));
        await store.Rollups.FoldAsync(100, () => Now, Cancellation);
        (await store.Rollups.ReadChangesAsync(Brand, place, 10, Cancellation)).Changes.Select(change => change.Key).ShouldBe([Key(2)]);
    }
}
