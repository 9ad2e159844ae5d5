using System.Collections.Immutable;
using Attribution.Core.Events;
using Attribution.Core.Journeys;
using Attribution.Core.Models;
using Attribution.Core.Models.Fitting;
using Attribution.Core.Rollups;
using Attribution.Core.Tests.Fixtures;
using Attribution.Core.Tests.Laws;
using Attribution.Core.Values;
using Attribution.Simulator;

namespace Attribution.Core.Tests.Models.Fitting;

/// <summary>What a fit makes of conversions: which fit, what shares, and what a newer one leaves alone.</summary>
public sealed class FittedCreditTests
{
    private static readonly DateOnly First = new(2026, 3, 1);

    [Theory]
    [InlineData("a", "a:1")]
    [InlineData("a b", "a:1 b:3")]
    [InlineData("a a b", "a:1 b:3")] // One step of the chain, however many touches.
    [InlineData("a b a", "a:2 b:3")] // Back again is a step of its own.
    [InlineData("a x b", "a:1 b:3 x:0")]
    [InlineData("x x y", "x:2 y:1")] // Nobody has an effect: linear.
    public void Touch_is_weighted_by_the_removal_effect_of_its_placement(string path, string expected) => Weights(Model.Markov, path).ShouldBe(expected);

    [Theory]
    [InlineData("a", "a:1")]
    [InlineData("a b a b", "a:1 b:1")]
    [InlineData("x a a b", "a:1 b:1 x:1")]
    public void Shapley_shares_evenly_among_distinct_placements(string path, string expected) => Weights(Model.Shapley, path).ShouldBe(expected);

    [Fact]
    public void Fit_credits_from_its_first_day_and_earlier_days_have_no_shares()
    {
        var shelf = MarketOf(seed: 5);
        shelf.Put(FitOf(shelf, 1, First.AddDays(6)));
        shelf.Reevaluate();

        var conversions = ConversionsOf(shelf).ToList();
        conversions.ShouldContain(conversion => conversion.FitNumber == 0);
        conversions.ShouldContain(conversion => conversion.FitNumber == 1);
        foreach (var conversion in conversions)
        {
            conversion.FitNumber.ShouldBe(conversion.Day < First.AddDays(6) ? 0 : 1);
            conversion.Credits.Any(credit => (credit.Models & ModelSet.Fitted) != 0).ShouldBe(conversion.FitNumber == 1);
        }
        SimulatedTruthTests.ShouldObeyTheLaws(shelf);
    }

    [Fact]
    public void Rollups_of_fitted_models_sum_to_the_total()
    {
        var shelf = MarketOf(seed: 6);
        shelf.Put(FitOf(shelf, 1, DateOnly.MinValue));
        shelf.Reevaluate();

        foreach (var model in ModelNames.Served.Where(model => model.IsFitted()))
            foreach (var measure in new[] { CreditMeasure.Gross, CreditMeasure.Discount, CreditMeasure.Refunds, CreditMeasure.ConversionMicros, CreditMeasure.RefundsCash })
            {
                var byDay = shelf.EmittedDeltas.Cells.GroupBy(cell => cell.Key.Day);
                foreach (var day in byDay)
                    day.Where(cell => !cell.Key.IsTotal).Sum(cell => cell.Value[model, measure])
                        .ShouldBe(day.Where(cell => cell.Key.IsTotal).Sum(cell => cell.Value[model, measure]), $"{model}, {measure}, {day.Key}");
            }
        Total(shelf, Model.Markov).ShouldBe(Total(shelf, Model.LastTouch));
        Total(shelf, Model.Markov).ShouldBeGreaterThan(0);
    }

    [Fact]
    public void New_fit_leaves_earlier_days_unchanged_to_the_cent()
    {
        var shelf = MarketOf(seed: 7);
        shelf.Put(FitOf(shelf, 1, DateOnly.MinValue));
        shelf.Reevaluate();
        var (before, open) = (Cells(shelf), First.AddDays(9));

        // The other way round: who had most has least.
        var fit = FitOf(shelf, 1, open);
        shelf.Put(fit with { Number = 2, Values = [.. fit.Values.Select(value => value with { Effect = Fit.EffectScale - value.Effect })] });
        shelf.Reevaluate();

        // A refund's cash stands on the refund's day, and moves with the credit of its order.
        var after = Cells(shelf);
        after.Where(cell => cell.Key.Day < open).ShouldBe(before.Where(cell => cell.Key.Day < open));
        after.Where(cell => cell.Key.Day >= open).ShouldNotBe(before.Where(cell => cell.Key.Day >= open));
        SimulatedTruthTests.ShouldObeyTheLaws(shelf);
    }

    [Fact]
    public void Late_order_of_a_closed_day_is_credited_by_the_fit_of_that_day()
    {
        var shelf = MarketOf(seed: 8);
        var fit = FitOf(shelf, 1, First);
        shelf.Put(fit).Put(fit with { Number = 2, From = First.AddDays(20) }).Put(fit with { Number = 3, From = First.AddDays(20) });
        var brand = shelf.Catalog.FitsOf("default").Count > 0 ? "default" : fit.Brand;
        shelf.Catalog.FitOn(brand, First.AddDays(-1)).ShouldBeNull();
        shelf.Catalog.FitOn(brand, First)!.Number.ShouldBe(1);
        shelf.Catalog.FitOn(brand, First.AddDays(19))!.Number.ShouldBe(1);
        shelf.Catalog.FitOn(brand, First.AddDays(20))!.Number.ShouldBe(3);
        shelf.Catalog.FitOn("other", First).ShouldBeNull();
    }

    [Fact]
    public void Window_shorter_than_the_lookback_truncates_no_path()
    {
        var shelf = Scenario.Market().Process(
            Scenario.Click("mia", 0), Scenario.Click("ben", 20 * Scenario.OneDay), Scenario.Order("1", 25 * Scenario.OneDay), Scenario.Order("2", 10 * Scenario.OneDay),
            Scenario.Click("mia", 24 * Scenario.OneDay, "other"), Scenario.Click("ben", 25 * Scenario.OneDay, "other"));
        var counts = new PathCounts(1);
        foreach (var journey in shelf.Journeys) counts.AddJourney(journey, Scenario.Day.AddDays(25), Scenario.Day.AddDays(26), shelf.Catalog);
        (counts.Conversions, counts.NonConverting).ShouldBe((1, 1));
        counts.Placements.Where(counted => counted.Conversions > 0).Select(counted => counted.Placement).ShouldBe([Scenario.Mia, Scenario.Ben], ignoreOrder: true);
    }

    [Fact]
    public void Paths_do_not_depend_on_the_order_of_journeys()
    {
        var shelf = MarketOf(seed: 9);
        var brand = shelf.Journeys.First().Brand;
        ImmutableArray<FitValue> Values(IEnumerable<Journey> journeys)
        {
            var counts = new PathCounts(2);
            foreach (var journey in journeys) counts.AddJourney(journey, First, First.AddDays(60), shelf.Catalog);
            counts.Conversions.ShouldBeGreaterThan(20, brand);
            return Fit.Calculate(counts, nonConverting: true);
        }

        var values = Values(shelf.Journeys);
        Values(shelf.Journeys.Reverse()).ShouldBe(values);
        Values(MarketOf(seed: 9, shuffled: true).Journeys).ShouldBe(values);
    }

    [Fact]
    public void Path_converts_by_an_active_conversion_within_the_inclusive_days()
    {
        var shelf = Scenario.Market().Process(
            Scenario.Click("mia", 0), Scenario.Order("1", 60), Scenario.Click("ben", 120, "w"), Scenario.Order("2", 180, visitor: "w"), Scenario.Refund("2", 240, null, RefundKind.Cancel));
        (long Converting, long NonConverting) Counted(DateOnly from, DateOnly to)
        {
            var counts = new PathCounts(1);
            foreach (var journey in shelf.Journeys) counts.AddJourney(journey, from, to, shelf.Catalog);
            return (counts.Conversions, counts.NonConverting);
        }

        Counted(Scenario.Day, Scenario.Day).ShouldBe((1, 1));
        Counted(Scenario.Day.AddDays(-1), Scenario.Day.AddDays(-1)).ShouldBe((0, 0));
        Counted(Scenario.Day.AddDays(1), Scenario.Day.AddDays(1)).ShouldBe((0, 0));
    }

    private static string Weights(Model model, string path)
    {
        var fit = new Fit
        {
            Brand = "default", Number = 1, FittedAt = default, From = First, Order = 1, WindowFrom = First, WindowTo = First, Conversions = 1, NonConverting = 0,
            Values = [new(PathRow.Placement("a"), 1, 1, 1, 0), new(PathRow.Placement("b"), 1, 1, 3, 0)],
        };
        var words = path.Split(' ');
        var row = new Weights();
        FittedWeights.Fill(model, [.. words.Select(PathRow.Placement)], fit, row);
        return string.Join(' ', words.Zip(row.ToArray()).GroupBy(pair => pair.First).OrderBy(group => group.Key)
            .Select(group => $"{group.Key}:{group.Aggregate(Int128.Zero, (sum, pair) => sum + pair.Second)}"));
    }

    private static InMemoryEngine MarketOf(int seed, bool shuffled = false)
    {
        var market = Market.Create(seed, First, new MarketOptions { People = 400 });
        return new InMemoryEngine().Put(market.Catalog.Select(item => InMemoryEngine.Item(item.Kind, item.Json))).Process(shuffled ? market.Shuffled(seed) : market.Events, 200);
    }

    private static Fit FitOf(InMemoryEngine shelf, int number, DateOnly from)
    {
        var counts = new PathCounts(1);
        foreach (var journey in shelf.Journeys) counts.AddJourney(journey, DateOnly.MinValue, DateOnly.MaxValue, shelf.Catalog);
        return new()
        {
            Brand = shelf.Journeys.First().Brand, Number = number, FittedAt = new Timestamp(0), From = from, Order = 1, WindowFrom = First, WindowTo = First.AddDays(60),
            Conversions = counts.Conversions, NonConverting = counts.NonConverting, Values = Fit.Calculate(counts, nonConverting: true),
        };
    }

    private static IEnumerable<Conversion> ConversionsOf(InMemoryEngine shelf) => shelf.Journeys.SelectMany(journey => journey.Conversions).Where(conversion => !conversion.Credits.IsEmpty);

    private static long Total(InMemoryEngine shelf, Model model) => shelf.EmittedDeltas.Cells.Where(cell => cell.Key.IsTotal).Sum(cell => cell.Value[model, CreditMeasure.Gross]);

    private static List<(RollupKey Key, long Orders, long Micros, long Gross, long Refunds)> Cells(InMemoryEngine shelf) =>
    [
        .. shelf.EmittedDeltas.Cells.Select(cell => (cell.Key, cell.Value[Model.Markov, CreditMeasure.Orders], cell.Value[Model.Markov, CreditMeasure.ConversionMicros],
                cell.Value[Model.Markov, CreditMeasure.Gross], cell.Value[Model.Markov, CreditMeasure.Refunds]))
            .Where(cell => cell is not (_, 0, 0, 0, 0))
            .OrderBy(cell => cell.Key.Day).ThenBy(cell => cell.Key.Campaign, StringComparer.Ordinal).ThenBy(cell => cell.Key.Creator, StringComparer.Ordinal),
    ];
}
