using Attribution.Core.Rollups;
using Attribution.Storage;
using Shouldly;
using Xunit;

namespace Attribution.TestKit.Storage;

/// <summary>Counts of unmatched names.</summary>
public abstract class UnmatchedNameConformance(ConformanceStores stores) : StoreConformance(stores)
{
    [Fact]
    public async Task Folding_counts_unmatched_names_and_removes_zero_counts()
    {
        await using var store = await OpenNewAsync();
        await store.Reconciliation.AppendCorrectionAsync(
            UnmatchedSums((UnmatchedKind.Code, "GLOW11", 3, 1), (UnmatchedKind.Code, "GLOW11", 7, 2), (UnmatchedKind.Link, "mai", 5, 3), (UnmatchedKind.Utm, "source=x", 5, 1)), null, Now, Cancellation);
        (await ListUnmatchedAsync(store)).ShouldBeEmpty();
        await store.Rollups.FoldAsync(100, () => Now, Cancellation);

        (await ListUnmatchedAsync(store)).ShouldBe(["Code GLOW11 3 3-7", "Link mai 3 5-5", "Utm source=x 1 5-5"]);
        (await ListUnmatchedAsync(store, UnmatchedKind.Link)).ShouldBe(["Link mai 3 5-5"]);
        (await ListUnmatchedAsync(store, brand: "other")).ShouldBeEmpty();
        (await ReadRollupsAsync(store)).ShouldBeEmpty("reports by placement do not contain them");
        (await ReadManifestsAsync(store)).ShouldBeEmpty();

        await store.Reconciliation.AppendCorrectionAsync(
            UnmatchedSums((UnmatchedKind.Code, "GLOW11", 7, -2), (UnmatchedKind.Link, "mai", 5, -3)),
            null,
            Now,
            Cancellation);
        await store.Rollups.FoldAsync(100, () => Now, Cancellation);
        (await ListUnmatchedAsync(store)).ShouldBe(["Code GLOW11 1 3-3", "Utm source=x 1 5-5"]);
    }

    [Fact]
    public async Task Reconciliation_includes_folded_and_waiting_unmatched_names()
    {
        await using var store = await OpenNewAsync();
        await store.Reconciliation.AppendCorrectionAsync(
            UnmatchedSums((UnmatchedKind.Code, "GLOW11", 3, 1), (UnmatchedKind.Utm, "source=x", 3, 4)),
            null,
            Now,
            Cancellation);
        await store.Rollups.FoldAsync(100, () => Now, Cancellation);
        await store.Reconciliation.AppendCorrectionAsync(
            UnmatchedSums((UnmatchedKind.Code, "GLOW11", 3, 1), (UnmatchedKind.Link, "mai", 4, 2)),
            null,
            Now,
            Cancellation);

        ShouldBeSame(
            (await store.Reconciliation.ReadForReconciliationAsync(_ => { }, Cancellation)).Sums,
            UnmatchedSums((UnmatchedKind.Code, "GLOW11", 3, 2), (UnmatchedKind.Utm, "source=x", 3, 4), (UnmatchedKind.Link, "mai", 4, 2)));
    }

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(5)]
    public async Task Unmatched_name_pages_contain_each_once_most_frequent_first(int limit)
    {
        await using var store = await OpenNewAsync();
        await store.Reconciliation.AppendCorrectionAsync(
            UnmatchedSums((UnmatchedKind.Utm, "a b=c", 2, 2), (UnmatchedKind.Code, "B", 2, 2), (UnmatchedKind.Code, "A", 2, 2), (UnmatchedKind.Link, "z", 1, 9), (UnmatchedKind.Link, "y", 1, 1)), null, Now, Cancellation);
        await store.Rollups.FoldAsync(100, () => Now, Cancellation);

        var seen = new List<string>();
        string? cursor = null;
        do
        {
            (var page, cursor) = await store.Rollups.ListUnmatchedAsync(Brand, null, cursor, limit, Cancellation);
            page.Count.ShouldBeLessThanOrEqualTo(limit);
            seen.AddRange(page.Select(name => name.Name));
        }
        while (cursor is not null);

        seen.ShouldBe(["z", "A", "B", "a b=c", "y"]);
        foreach (var made in (string[])["", "7", "x 1 a", "7 x a"])
            await Should.ThrowAsync<ArgumentException>(
                async () => await store.Rollups.ListUnmatchedAsync(Brand, null, made, 1, Cancellation));
    }

    private static MeasureSums UnmatchedSums(params (UnmatchedKind Kind, string Name, int Day, long Count)[] names)
    {
        var sums = new MeasureSums();
        foreach (var (kind, name, day, count) in names)
            sums.Add(RollupKey.Unmatched(Brand, new DateOnly(2026, 3, day), kind, name), UnmatchedNames.MeasureOf(kind), count);
        return sums;
    }

    private static async ValueTask<IEnumerable<string>> ListUnmatchedAsync(
        IStore store, UnmatchedKind? kind = null, string brand = Brand) =>
        (await store.Rollups.ListUnmatchedAsync(brand, kind, null, 100, Cancellation)).Names.Select(
            name => $"{name.Kind} {name.Name} {name.Count} {name.First.Day}-{name.Last.Day}");
}
