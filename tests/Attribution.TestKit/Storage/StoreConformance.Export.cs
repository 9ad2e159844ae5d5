using Attribution.Core.Ledger;
using Attribution.Core.Planning;
using Attribution.Core.Rollups;
using Attribution.Storage.Ledger;
using Shouldly;
using Xunit;

namespace Attribution.TestKit.Storage;

public abstract partial class StoreConformance
{
    [Fact]
    public async Task Exported_ledger_entries_come_once_in_commit_order()
    {
        await using var store = await OpenNewAsync();
        var reasons = Enum.GetValues<LedgerReason>();
        foreach (var reason in reasons)
            await CommitSuccessfullyAsync(
                store,
                Ledger(Entry($"o:{reason}", (int)reason) with { Reason = reason }, Entry("o:theirs", 1, "other")));

        var lines = new List<NumberedLedgerEntry>();
        string? place = null;
        for (var more = true; more;)
        {
            var page = await store.Ledger.ReadLedgerPageAsync(Brand, place, 3, Cancellation);
            page.Entries.Count.ShouldBeLessThanOrEqualTo(3);
            lines.AddRange(page.Entries);
            (place, more) = (page.Cursor, page.HasMore);
        }

        lines.Select(line => line.Entry).ShouldBe(reasons.Select(reason => Entry($"o:{reason}", (int)reason) with { Reason = reason }));
        lines.Select(line => line.Number).ShouldBe(lines.Select(line => line.Number).Distinct().Order());
        (await store.Ledger.ReadLedgerPageAsync(Brand, place, 3, Cancellation)).Entries.ShouldBeEmpty();
        await CommitSuccessfullyAsync(store, Ledger(Entry("o:late", 7)));
        (await store.Ledger.ReadLedgerPageAsync(Brand, place, 3, Cancellation)).Entries.Single().Entry.Conversion.ShouldBe("o:late");
    }

    [Theory]
    [InlineData("x")]
    [InlineData("")]
    [InlineData("-1")]
    [InlineData("1@")]
    [InlineData("5")]
    [InlineData("9223372036854775808")]
    public async Task An_unknown_export_cursor_is_refused(string place)
    {
        await using var store = await OpenNewAsync();
        await Should.ThrowAsync<ArgumentException>(async () => await store.Ledger.ReadLedgerPageAsync(Brand, place, 3, Cancellation));
        await Should.ThrowAsync<ArgumentException>(async () => await store.Rollups.ReadChangesAsync(Brand, place, 3, Cancellation));
    }

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
                await store.Rollups.FoldAsync(100, Now, Cancellation);
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
        await store.Rollups.FoldAsync(100, Now, Cancellation);
        (await store.Rollups.ReadChangesAsync(Brand, place, 10, Cancellation)).Changes.Select(change => change.Key).ShouldBe([Key(2)]);
    }

    /// <summary>
    /// While several writers append entries, a reader that follows the cursor sees each entry exactly once.
    /// </summary>
    [Fact]
    public async Task An_entry_committed_during_an_export_is_not_missed()
    {
        await using var first = await OpenAsync("race-export");
        await using var second = await OpenAsync("race-export");
        var writing = Task.WhenAll(new[] { first, second }.Select((store, writer) => Task.Run(
            async () =>
            {
                for (var i = 0; i < 3 * Rounds; i++)
                    await CommitSuccessfullyAsync(store, Ledger(Entry($"o:{writer}-{i}", i), Entry($"o:{writer}-{i}", -i)));
            },
            Cancellation)));

        var read = new List<string>();
        string? place = null;
        for (var (done, more) = (false, true); !done || more;)
        {
            done = writing.IsCompleted;
            var page = await second.Ledger.ReadLedgerPageAsync(Brand, place, 7, Cancellation);
            read.AddRange(page.Entries.Select(line => $"{line.Entry.Conversion} {line.Entry.Amount}"));
            (place, more) = (page.Cursor, page.HasMore);
        }

        await writing;
        read.ShouldBe(
            Enumerable.Range(0, 2).SelectMany(writer => Enumerable.Range(0, 3 * Rounds).SelectMany(i => new[] { $"o:{writer}-{i} {i}", $"o:{writer}-{i} {-i}" })),
            ignoreOrder: true);
    }

    private static JourneyCommit Ledger(params LedgerEntry[] lines) =>
        new() { CatalogVersion = long.MaxValue, At = Now, Ledger = lines };
}
