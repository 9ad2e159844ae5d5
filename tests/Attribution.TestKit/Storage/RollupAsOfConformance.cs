using System.Collections.Concurrent;
using Attribution.Contracts.Catalog;
using Attribution.Core.Catalog;
using Attribution.Core.Rollups;
using Attribution.Core.Values;
using Attribution.Storage;
using Attribution.Storage.Catalog;
using Attribution.Storage.Rollups;
using Shouldly;
using Xunit;

namespace Attribution.TestKit.Storage;

/// <summary>Rollups as of an earlier instant.</summary>
public abstract class RollupAsOfConformance(ConformanceStores stores) : StoreConformance(stores)
{
    [Fact]
    public async Task Rollups_as_of_an_instant_equal_those_read_then()
    {
        await using var store = await OpenNewAsync();
        (await ReadRollupsAsync(store, asOf: Now)).ShouldBeEmpty();
        var stood = new List<(Timestamp At, IReadOnlyList<(RollupKey, long)> Rows)>();
        (RollupKey Key, long Clicks)[][] folds =
        [
            [(Key(1), 1), (Key(2), 5)],
            // A rollup that becomes zero and is removed, another key of the same day, another brand.
            [(Key(2), -5), (Key(2, "autumn"), 3), (Key(1, brand: "other"), 100)],
            [(Key(1), 4), (Key(2), 7), (Key(9, "*", ""), 1)],
        ];
        for (var i = 0; i < folds.Length; i++)
        {
            var at = Now + TimeSpan.FromHours(i + 1);
            await CommitDeltaAsync(store, folds[i]);
            await store.Rollups.FoldAsync(100, () => at, Cancellation);
            stood.Add((at, await ReadRollupsAsync(store)));
        }

        (await ReadRollupsAsync(store, asOf: Now)).ShouldBeEmpty();
        foreach (var (at, rows) in stood)
        {
            (await ReadRollupsAsync(store, asOf: at)).ShouldBe(rows);
            (await ReadRollupsAsync(store, asOf: at + TimeSpan.FromMinutes(59))).ShouldBe(rows);
        }
        (await ReadRollupsAsync(store, asOf: Now + TimeSpan.FromHours(1) - TimeSpan.FromMilliseconds(1))).ShouldBeEmpty();
        (await ReadRollupsAsync(store, "other", Now + TimeSpan.FromHours(1))).ShouldBeEmpty();
        (await ReadRollupsAsync(store, "other", Now + TimeSpan.FromHours(2))).ShouldBe([(Key(1, brand: "other"), 100L)]);
    }

    [Theory]
    [InlineData(1, 1)]
    [InlineData(2, 3)]
    [InlineData(3, 3)]
    [InlineData(1, 4)]
    public async Task Rollups_as_of_an_instant_contain_only_the_requested_days(int first, int last)
    {
        await using var store = await OpenNewAsync();
        for (var day = 1; day <= 4; day++) await CommitDeltaAsync(store, (Key(day), day), (Key(5 - day), 10));
        await store.Rollups.FoldAsync(100, () => Now, Cancellation);
        await CommitDeltaAsync(store, (Key(1), 1000), (Key(4), 1000));
        await CommitDeltaAsync(store, (Key(2), 1000), (Key(3), -13));
        await store.Rollups.FoldAsync(1, () => Now + TimeSpan.FromHours(1), Cancellation);
        await store.Rollups.FoldAsync(1, () => Now + TimeSpan.FromHours(1), Cancellation);

        var reading = await store.Rollups.ReadRollupsAsync(Brand, Key(first).Day, Key(last).Day, Now, Cancellation);
        var rows = new List<(RollupKey, long)>();
        await foreach (var (key, cell) in reading.Cells) rows.Add((key, cell[Measure.Clicks]));

        rows.ShouldBe(Enumerable.Range(first, last - first + 1).Select(day => (Key(day), 10L + day)));
    }

    [Fact]
    public async Task Rollups_as_of_an_instant_subtract_every_measure_of_every_model()
    {
        await using var store = await OpenNewAsync();
        var (first, second) = (new MeasureSums(), new MeasureSums());
        for (var i = 0; i < MeasureCell.Length; i++)
        {
            first[Key()][i] = i + 1;
            second[Key()][i] = -1000 - i;
        }
        await store.Reconciliation.AppendCorrectionAsync(first, null, Now, Cancellation);
        await store.Rollups.FoldAsync(100, () => Now, Cancellation);
        await store.Reconciliation.AppendCorrectionAsync(second, null, Now, Cancellation);
        await store.Rollups.FoldAsync(100, () => Now + TimeSpan.FromSeconds(1), Cancellation);

        var read = new MeasureSums();
        await foreach (var (key, cell) in (await store.Rollups.ReadRollupsAsync(Brand, Key().Day, Key().Day, Now, Cancellation)).Cells) read[key].Add(cell);

        ShouldBeSame(read, first);
    }

    [Fact]
    public async Task Days_are_closed_from_the_instant_of_closing()
    {
        await using var store = await OpenNewAsync();
        var day = new DateOnly(2026, 3, 2);
        await store.Rollups.CloseDaysAsync(Brand, day, Now, Cancellation);
        await store.Rollups.CloseDaysAsync(Brand, day, Now + TimeSpan.FromHours(1), Cancellation);
        await store.Rollups.CloseDaysAsync(Brand, day.AddDays(2), Now + TimeSpan.FromHours(3), Cancellation);
        // A clock that runs back does not close days in the past.
        await store.Rollups.CloseDaysAsync(Brand, day.AddDays(3), Now + TimeSpan.FromHours(2), Cancellation);
        await store.Rollups.CloseDaysAsync("other", day.AddDays(9), Now, Cancellation);

        (await ClosedAsOf(Now - TimeSpan.FromMilliseconds(1))).ShouldBeNull();
        (await ClosedAsOf(Now)).ShouldBe(day);
        (await ClosedAsOf(Now + TimeSpan.FromHours(2.9))).ShouldBe(day);
        (await ClosedAsOf(Now + TimeSpan.FromHours(3))).ShouldBe(day.AddDays(2));
        (await ClosedAsOf(Now + TimeSpan.FromHours(3) + TimeSpan.FromMilliseconds(1))).ShouldBe(day.AddDays(3));
        (await ClosedAsOf(null)).ShouldBe(day.AddDays(3));

        async Task<DateOnly?> ClosedAsOf(Timestamp? instant) =>
            (await store.Rollups.ReadRollupsAsync(Brand, day, day, instant, Cancellation)).ClosedThrough;
    }

    [Fact]
    public async Task Only_a_current_reading_reports_waiting_deltas()
    {
        await using var store = await OpenNewAsync();
        (await Reading(null)).WaitingSince.ShouldBeNull();
        await store.Reconciliation.AppendCorrectionAsync(Sums((Key(brand: "other"), 1)), null, Now, Cancellation);
        await store.Reconciliation.AppendCorrectionAsync(Sums((Key(), 1)), null, Now + TimeSpan.FromSeconds(1), Cancellation);
        (await Reading(null)).WaitingSince.ShouldBe(Now);
        (await Reading(Now)).WaitingSince.ShouldBeNull();

        ValueTask<RollupReading> Reading(Timestamp? asOf) =>
            store.Rollups.ReadRollupsAsync(Brand, Key().Day, Key().Day, asOf, Cancellation);
    }

    [Fact]
    public async Task Rollups_as_of_an_instant_do_not_change_during_folds()
    {
        await using var writer = await OpenAsync("race-asof");
        await using var reader = await OpenAsync("race-asof");
        for (var day = 1; day <= 20; day++) await CommitDeltaAsync(writer, (Key(day), 1));
        await writer.Rollups.FoldAsync(100, () => Now, Cancellation);

        var folding = Task.Run(
            async () =>
            {
                for (var round = 1; round <= 5 * Rounds; round++)
                {
                    await CommitDeltaAsync(writer, [.. Enumerable.Range(1, 20).Select(day => (Key(day), round % 2 == 0 ? -1L : 1L))]);
                    await writer.Rollups.FoldAsync(100, () => Now + TimeSpan.FromSeconds(round), Cancellation);
                }
            },
            Cancellation);
        var then = Enumerable.Range(1, 20).Select(day => (Key(day), 1L)).ToArray();
        await Task.WhenAll(Enumerable.Range(0, 3).Select(_ => Task.Run(
            async () =>
            {
                do (await ReadRollupsAsync(reader, asOf: Now)).ShouldBe(then);
                while (!folding.IsCompleted);
            },
            Cancellation)));
        await folding;
    }

    [Fact]
    public async Task A_reading_is_the_same_as_of_its_last_change()
    {
        // Two processes with different clocks fold, close days and write the catalog while others read.
        await using var ahead = await OpenAsync("told");
        await using var behind = await OpenAsync("told");
        await using var reader = await OpenAsync("told");
        var query = new RollupSumQuery { Grain = RollupGrain.Periods, From = Key(1).Day, To = Key(28).Day };
        var changing = Task.WhenAll(ChangeAsync(ahead, 1, TimeSpan.FromSeconds(5)), ChangeAsync(behind, 2, TimeSpan.Zero));
        var told = new ConcurrentQueue<(ReportMoment Moment, string Rows)>();
        await Task.WhenAll(Enumerable.Range(0, 2).Select(_ => Task.Run(
            async () =>
            {
                do
                {
                    told.Enqueue(await ReadAsync(null));
                    told.Enqueue(await SumAsync(null));
                }
                while (!changing.IsCompleted);
            },
            Cancellation)));
        await changing;

        var seen = told.Where(reading => reading.Moment.ChangedAt is not null).ToList();
        seen.Select(reading => reading.Moment).Distinct().Count().ShouldBeGreaterThan(1);
        foreach (var reading in seen.Distinct())
        {
            var asOf = reading.Moment.ChangedAt;
            (reading.Rows.StartsWith('+') ? await SumAsync(asOf) : await ReadAsync(asOf)).ShouldBe(reading);
        }

        async Task<(ReportMoment, string)> ReadAsync(Timestamp? asOf)
        {
            var reading = await reader.Rollups.ReadRollupsAsync(Brand, query.From, query.To, asOf, Cancellation);
            return (reading.Moment, await TextOfAsync(reading));
        }

        async Task<(ReportMoment, string)> SumAsync(Timestamp? asOf)
        {
            var reading = (await reader.Rollups.SumRollupsAsync(Brand, [query], asOf, Cancellation))[0];
            return (reading.Moment, "+" + await TextOfAsync(reading));
        }

        async Task<string> TextOfAsync(RollupReading reading) =>
            string.Join(' ', (await reading.Cells.ToListAsync(Cancellation)).Select(cell => $"{cell.Key.Day:O} {cell.Value[Measure.Clicks]}"));

        Task ChangeAsync(IStore store, int process, TimeSpan skew) => Task.Run(
            async () =>
            {
                for (var round = 1; round <= 2 * Rounds; round++)
                {
                    var at = Now + skew + TimeSpan.FromMilliseconds(round);
                    await CommitDeltaAsync(store, (Key(1 + round % 28), round));
                    await store.Rollups.FoldAsync(1, () => at, Cancellation);
                    if (round % 8 == 0) await store.Rollups.CloseDaysAsync(Brand, Key(1 + round / 8).Day, at, Cancellation);
                    if (round % 5 == process) await WriteAsync(store, at, $"c-{process}-{round}");
                }
            },
            Cancellation);

        static async Task WriteAsync(IStore store, Timestamp at, string creator) => await store.Catalog.WriteChangeAsync(
            new CatalogChange
            {
                ExpectedVersion = await store.Catalog.ReadCatalogVersionAsync(Cancellation), At = at,
                Puts = [new(new(CatalogKind.Creators, creator), new CreatorItem(creator, creator))],
            },
            Cancellation);
    }
}
