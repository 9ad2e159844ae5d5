using Attribution.Core.Models;
using Attribution.Core.Rollups;
using Attribution.Core.Values;
using Attribution.Storage.Rollups;
using Shouldly;
using Xunit;

namespace Attribution.TestKit.Storage;

/// <summary>Sums of rollups by group, and trends.</summary>
public abstract class RollupSumConformance(ConformanceStores stores) : StoreConformance(stores)
{
    /// <summary>
    /// Random queries of current and earlier rollups after random folds must equal the sums of the individual rollups.
    /// Keys appear and disappear, creators of a campaign cancel out, and days fall in many blocks and at their edges.
    /// </summary>
    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    public async Task Combined_sum_queries_equal_sums_of_single_rollups(int seed)
    {
        await using var store = await OpenNewAsync();
        var random = new Random(seed);
        var folds = new List<Timestamp>();
        for (var fold = 0; fold < 12; fold++)
        {
            for (var delta = 0; delta < 4; delta++)
                await store.Reconciliation.AppendCorrectionAsync(RandomSums(random), null, Now, Cancellation);
            folds.Add(Now + TimeSpan.FromMinutes(fold));
            while (await store.Rollups.FoldAsync(100, () => folds[^1], Cancellation) > 0)
            {
            }
        }

        (await store.Reconciliation.RepairSumsAsync(Cancellation)).ShouldBe(0, "the precomputed sums equal the rollups");
        for (var round = 0; round < 12; round++)
        {
            Timestamp? asOf = round % 3 == 0 ? folds[random.Next(folds.Count)] : null;
            var questions = Enumerable.Range(0, 4).Select(_ => RandomQuestion(random)).ToList();

            var answers = await store.Rollups.SumRollupsAsync(Brand, questions, asOf, Cancellation);

            answers.Count.ShouldBe(questions.Count);
            foreach (var (question, answer) in questions.Zip(answers))
            {
                var expected = new MeasureSums();
                await foreach (var (key, cell) in (await store.Rollups.ReadRollupsAsync(Brand, DateOnly.MinValue, DateOnly.MaxValue, asOf, Cancellation)).Cells)
                    if (question.Includes(key))
                        expected[question.GroupKeyFor(key)].Add(OnlyModels(cell, question.Models));
                var (answered, keys) = (new MeasureSums(), new List<RollupKey>());
                await foreach (var (key, whole) in answer.Cells)
                {
                    whole.IsZero.ShouldBeFalse();
                    // Measures that were not requested may be omitted.
                    if (OnlyModels(whole, question.Models) is not { IsZero: false } cell) continue;
                    answered[key].Add(cell);
                    keys.Add(key);
                }

                ShouldBeSame(answered, expected);
                keys.ShouldBe(
                    [.. expected.DropZeros().Cells.Keys.OrderBy(key => key.Day).ThenBy(key => key.Campaign, StringComparer.Ordinal).ThenBy(key => key.Creator, StringComparer.Ordinal)]);
            }
        }
    }

    [Fact]
    public async Task A_creator_whose_sums_are_zero_is_still_found()
    {
        await using var store = await OpenNewAsync();
        await CommitDeltaAsync(store, (Key(2), 5), (Key(2, creator: "tom"), -5), (Key(4), -5));
        await store.Rollups.FoldAsync(100, () => Now, Cancellation);

        var answer = await store.Rollups.SumRollupsAsync(
            Brand,
            [new() { Grain = RollupGrain.Placements, From = Key(1).Day, To = Key(3).Day, Creator = "mia" }],
            null,
            Cancellation);

        (await answer[0].Cells.Select(cell => (cell.Key, cell.Value[Measure.Clicks])).ToListAsync(Cancellation)).ShouldBe([(Key(2), 5L)]);
    }

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    public async Task Trends_equal_single_rollups_by_day_and_fortnight(int seed)
    {
        await using var store = await OpenNewAsync();
        var random = new Random(seed);
        for (var delta = 0; delta < 12; delta++)
            await store.Reconciliation.AppendCorrectionAsync(RandomSums(random), null, Now, Cancellation);
        while (await store.Rollups.FoldAsync(3, () => Now, Cancellation) > 0)
        {
        }

        for (var round = 0; round < 20; round++)
        {
            var (from, byFortnight) = (Key(1).Day.AddDays(random.Next(-20, 60)), round % 2 == 0);
            var to = from.AddDays(random.Next(60));
            // One placement twice, and one without rollups.
            var placements = Enumerable.Range(0, 6).Select(_ => new Placement($"c{random.Next(4)}", $"p{random.Next(5)}")).ToList();

            var trends = await store.Rollups.ReadTrendsAsync(Brand, placements, from, to, byFortnight, NumberOf, Cancellation);

            var expected = placements.Select(
                _ => new long[byFortnight ? (to.DayNumber / 14) - (from.DayNumber / 14) + 1 : to.DayNumber - from.DayNumber + 1]).ToList();
            await foreach (var (key, cell) in (await store.Rollups.ReadRollupsAsync(Brand, from, to, null, Cancellation)).Cells)
                for (var i = 0; i < placements.Count; i++)
                    if (placements[i] == new Placement(key.Campaign, key.Creator))
                        expected[i][byFortnight ? (key.Day.DayNumber / 14) - (from.DayNumber / 14) : key.Day.DayNumber - from.DayNumber] += NumberOf(cell);
            trends.Count.ShouldBe(placements.Count);
            foreach (var (trend, right) in trends.Zip(expected)) trend.ShouldBe(right);
        }

        RollupFortnight.FirstDayOf(Key(1).Day).DayOfWeek.ShouldBe(DayOfWeek.Monday);

        static long NumberOf(MeasureCell cell) =>
            cell[Measure.Clicks] + (3 * cell[Model.LastTouch, CreditMeasure.Gross]);
    }

    [Fact]
    public async Task A_fold_during_a_reading_does_not_change_it()
    {
        await using var store = await OpenNewAsync();
        for (var day = 1; day <= 9; day++) await CommitDeltaAsync(store, (Key(day), day), (Key(day, "", ""), 1));
        await store.Rollups.FoldAsync(100, () => Now, Cancellation);
        var before = await ReadRollupsAsync(store);
        var reading = await store.Rollups.ReadRollupsAsync(Brand, DateOnly.MinValue, DateOnly.MaxValue, null, Cancellation);
        await using var cells = reading.Cells.GetAsyncEnumerator(Cancellation);
        var read = new List<(RollupKey, long)>();

        while (await cells.MoveNextAsync())
        {
            read.Add((cells.Current.Key, cells.Current.Value[Measure.Clicks]));
            if (read.Count != 3) continue;
            // Rollups that change, appear and disappear, and days that become empty.
            await CommitDeltaAsync(
                store,
                (Key(4), 100),
                (Key(4, "autumn"), 7),
                (Key(5), -5),
                (Key(6), -6),
                (Key(6, "", ""), -1),
                (Key(9), -9),
                (Key(9, "", ""), -1),
                (Key(12), 1));
            await store.Rollups.FoldAsync(100, () => Now + TimeSpan.FromSeconds(1), Cancellation);
        }

        read.ShouldBe(before);
    }

    private static MeasureCell OnlyModels(MeasureCell cell, int models)
    {
        var asked = new MeasureCell();
        for (var i = 0; i < MeasureCell.Length; i++)
            if (MeasureCell.ModelAt(i) is not { } model || (models >> (int)model & 1) != 0)
                asked[i] = cell[i];
        return asked;
    }

    private static RollupSumQuery RandomQuestion(Random random)
    {
        var (from, length) = (Key(1).Day.AddDays(random.Next(-20, 200)), random.Next(220));
        return new()
        {
            Grain = (RollupGrain)random.Next(3), From = from, To = from.AddDays(length),
            Campaign = random.Next(3) == 0 ? $"c{random.Next(4)}" : null, Creator = random.Next(3) == 0 ? $"p{random.Next(5)}" : null,
            Models = random.Next(3) == 0 ? -1 : random.Next(1 << MeasureCell.ModelCount),
            SplitDay = random.Next(2) == 0 ? from.AddDays(random.Next(-5, length + 5)) : null,
        };
    }
}
