using Attribution.Core.Ledger;
using Attribution.Core.Planning;
using Attribution.Storage.Ledger;
using Shouldly;
using Xunit;

namespace Attribution.TestKit.Storage;

/// <summary>Exported ledger entries and cursors.</summary>
public abstract class LedgerExportConformance(ConformanceStores stores) : StoreConformance(stores)
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
