using Attribution.Core.Ledger;
using Attribution.Core.Planning;
using Attribution.Core.Values;
using Attribution.Storage;
using Attribution.Storage.Ledger;
using Shouldly;
using Xunit;

namespace Attribution.TestKit.Storage;

/// <summary>Ledger entries of a conversion, and restatements.</summary>
public abstract class LedgerStoreConformance(ConformanceStores stores) : StoreConformance(stores)
{
    [Fact]
    public async Task Ledger_entries_of_a_conversion_come_in_recording_order()
    {
        await using var store = await OpenNewAsync();
        await CommitSuccessfullyAsync(
            store,
            new JourneyCommit { CatalogVersion = 0, At = Now, Ledger = [Entry("o:1", 30), Entry("o:2", 7), Entry("o:1", -10), Entry("o:1", 1, "other")] });
        await CommitSuccessfullyAsync(store, new JourneyCommit { CatalogVersion = 0, At = Now, Ledger = [Entry("o:1", 20)] });

        var lines = await store.Ledger.ReadLedgerAsync(Brand, "o:1", Cancellation);

        lines.Select(line => line.Amount).ShouldBe([30, -10, 20]);
        lines[0].ShouldBe(Entry("o:1", 30));
        (await store.Ledger.ReadLedgerAsync("other", "o:1", Cancellation)).Single().Amount.ShouldBe(1);
        (await store.Ledger.ReadLedgerAsync(Brand, "o:3", Cancellation)).ShouldBeEmpty();
    }

    [Fact]
    public async Task An_entry_restates_the_days_closed_at_its_commit()
    {
        await using var store = await OpenNewAsync();
        await CommitLedgerAsync(store, Line("o:before", 2, 2));
        await store.Rollups.CloseDaysAsync(Brand, new DateOnly(2026, 3, 2), Now + TimeSpan.FromHours(1), Cancellation);
        await store.Rollups.CloseDaysAsync("other", new DateOnly(2026, 3, 9), Now + TimeSpan.FromHours(1), Cancellation);
        await CommitLedgerAsync(
            store,
            Line("o:both", 2, 2),
            Line("o:refund", 2, 5),
            Line("o:open", 3, 3),
            Line("o:theirs", 2, 2, brand: "other"));
        await store.Rollups.CloseDaysAsync(Brand, new DateOnly(2026, 3, 5), Now + TimeSpan.FromHours(2), Cancellation);
        await CommitLedgerAsync(store, Line("o:later", 4, 5));

        (await ListRestatementsAsync(store, AllRestatements)).ShouldBe(
            [("o:both", Now + TimeSpan.FromHours(1)), ("o:later", Now + TimeSpan.FromHours(2))]);
        (await ListRestatementsAsync(store, AllRestatements with { Day = RestatedDay.OrderDay })).ShouldBe(
            [("o:both", Now + TimeSpan.FromHours(1)), ("o:refund", Now + TimeSpan.FromHours(1)), ("o:later", Now + TimeSpan.FromHours(2))]);
        (await ListRestatementsAsync(store, AllRestatements with { Brand = "other" })).ShouldBe(
            [("o:theirs", Now + TimeSpan.FromHours(1))]);
    }

    [Fact]
    public async Task Restatements_are_filtered_by_recording_time_campaign_and_creator()
    {
        await using var store = await OpenNewAsync();
        await store.Rollups.CloseDaysAsync(Brand, new DateOnly(2026, 3, 30), Now, Cancellation);
        await CommitLedgerAsync(
            store, Line("o:1", 2, 2) with { RecordedAt = new Timestamp(10) }, Line("o:2", 2, 2) with { RecordedAt = new Timestamp(20), Placement = new("spring", "tom") },
            Line("o:3", 2, 2) with { RecordedAt = new Timestamp(30), Placement = new("autumn", "mia") });

        (await ListRestatementsAsync(store, AllRestatements with { From = new Timestamp(10), To = new Timestamp(30) })).Select(line => line.Conversion).ShouldBe(["o:1", "o:2"]);
        (await ListRestatementsAsync(store, AllRestatements with { From = new Timestamp(11), To = new Timestamp(31) })).Select(line => line.Conversion).ShouldBe(["o:2", "o:3"]);
        (await ListRestatementsAsync(store, AllRestatements with { Campaign = "spring" })).Select(
            line => line.Conversion).ShouldBe(["o:1", "o:2"]);
        (await ListRestatementsAsync(store, AllRestatements with { Creator = "mia" })).Select(
            line => line.Conversion).ShouldBe(["o:1", "o:3"]);
        (await ListRestatementsAsync(store, AllRestatements with { Campaign = "spring", Creator = "mia" })).Select(
            line => line.Conversion).ShouldBe(["o:1"]);
    }

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    [InlineData(7)]
    public async Task Restatement_pages_contain_each_entry_once(int limit)
    {
        await using var store = await OpenNewAsync();
        await store.Rollups.CloseDaysAsync(Brand, new DateOnly(2026, 3, 30), Now, Cancellation);
        foreach (var recorded in (int[])[5, 7, 7, 7, 6, 9])
            await CommitLedgerAsync(store, Line($"o:{recorded}", 2, 2) with { RecordedAt = new Timestamp(recorded) });

        var seen = new List<long>();
        string? cursor = null;
        do
        {
            (var page, cursor) = await store.Ledger.ListRestatementsAsync(AllRestatements, cursor, limit, Cancellation);
            page.Count.ShouldBeLessThanOrEqualTo(limit);
            seen.AddRange(page.Select(restatement => restatement.Entry.RecordedAt.UnixMilliseconds));
        }
        while (cursor is not null);

        seen.ShouldBe([5, 6, 7, 7, 7, 9]);
        foreach (var made in (string[])["", "7", "x.1", "7.x", "7.-1"])
            await Should.ThrowAsync<ArgumentException>(
                async () => await store.Ledger.ListRestatementsAsync(AllRestatements, made, 1, Cancellation));
    }

    [Fact]
    public async Task Restatements_are_summed_by_reason_and_placement()
    {
        await using var store = await OpenNewAsync();
        await CommitLedgerAsync(store, Line("o:0", 2, 2));
        await store.Rollups.CloseDaysAsync(Brand, new DateOnly(2026, 3, 30), Now, Cancellation);
        await CommitLedgerAsync(
            store, Line(
                "o:1",
                2,
                2,
                amount: 100), Line("o:2", 2, 2, amount: -30), Line("o:1", 2, 2, amount: 1) with { Reason = LedgerReason.Refund },
            Line("o:3", 2, 2, amount: 5) with { Placement = new("autumn", "mia") });

        (await store.Ledger.SumRestatementsAsync(AllRestatements, Cancellation)).ShouldBe(
        [
            new(LedgerReason.Refund, new("spring", "mia"), 1, 1, -1_000_000, 450),
            new(LedgerReason.Chargeback, new("autumn", "mia"), 1, 5, -1_000_000, 450),
            new(LedgerReason.Chargeback, new("spring", "mia"), 2, 70, -2_000_000, 900),
        ]);
        (await store.Ledger.SumRestatementsAsync(AllRestatements with { Creator = "tom" }, Cancellation)).ShouldBeEmpty();
    }

    [Fact]
    public async Task Conversion_sums_are_filtered_by_day_campaign_and_creator()
    {
        await using var store = await OpenNewAsync();
        await CommitLedgerAsync(
            store, Line("o:2", 2, 2, 100), Line("o:2", 2, 5, -40), Line("n:1", 2, 2, 7), Line("o:1", 3, 3, 5) with { Placement = new("autumn", "mia") },
            Line("o:1", 3, 3, 6) with { Placement = new("spring", "tom") }, Line("o:early", 1, 2, 9), Line("o:late", 4, 4, 9), Line("o:2", 2, 2, 1_000, "other"),
            Line("o:gone", 2, 2, 50) with { Micros = 10, Commission = 5 }, Line("o:gone", 2, 2, -50) with { Micros = -10, Commission = -5 }, Line("x:no-conversion", 2, 2, 3),
            Line("o:moved", 2, 2, 80), Line("o:moved", 2, 2, -80) with { Micros = 1_000_000, Commission = -450 }, Line("o:moved", 3, 3, 80));

        (await Sums(null, null)).ShouldBe(
            [new("n:1", On(2), 7, -1_000_000, 450), new("o:1", On(3), 11, -2_000_000, 900), new("o:2", On(2), 60, -2_000_000, 900), new("o:moved", On(3), 80, -1_000_000, 450)]);
        (await Sums("spring", null)).Select(sum => $"{sum.Conversion} {sum.Net}").ShouldBe(["n:1 7", "o:1 6", "o:2 60", "o:moved 80"]);
        (await Sums(null, "mia")).Select(sum => $"{sum.Conversion} {sum.Net}").ShouldBe(["n:1 7", "o:1 5", "o:2 60", "o:moved 80"]);
        (await Sums("autumn", "tom")).ShouldBeEmpty();

        static DateOnly On(int day) => new(2026, 3, day);

        ValueTask<IReadOnlyList<ConversionSum>> Sums(string? campaign, string? creator) =>
            store.Ledger.SumByConversionAsync(Brand, new DateOnly(2026, 3, 2), new DateOnly(2026, 3, 3), campaign, creator, Cancellation);
    }

    [Fact]
    public async Task A_closed_day_contains_all_earlier_commits()
    {
        await using var store = await OpenNewAsync();
        await CommitDeltaAsync(store, (Key(2), 5), (Key(2, brand: "other"), 1));
        await CommitDeltaAsync(store, (Key(2), 2));

        await store.Rollups.CloseDaysAsync(Brand, Key(2).Day, Now, Cancellation);
        await CommitDeltaAsync(store, (Key(2), 100));
        await store.Rollups.FoldAsync(100, () => Now + TimeSpan.FromSeconds(1), Cancellation);

        (await ReadRollupsAsync(store, asOf: Now)).ShouldBe([(Key(2), 7L)]);
        (await ReadRollupsAsync(store, "other", Now)).ShouldBeEmpty();
        await ManifestsShouldSumToRollups(store, Brand, "other");
    }

    private static LedgerEntry Line(
        string conversion, int orderDay, int entryDay, long amount = 1, string brand = Brand) =>
        Entry(conversion, amount, brand) with { OrderDay = new DateOnly(2026, 3, orderDay), EntryDay = new DateOnly(2026, 3, entryDay) };

    private static ValueTask CommitLedgerAsync(IStore store, params LedgerEntry[] lines) =>
        CommitSuccessfullyAsync(store, new JourneyCommit { CatalogVersion = long.MaxValue, At = Now, Ledger = lines });
}
