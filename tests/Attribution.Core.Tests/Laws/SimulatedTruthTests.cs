using Attribution.Core.Journeys;
using Attribution.Core.Models;
using Attribution.Core.Rollups;
using Attribution.Core.Tests.Fixtures;
using Attribution.Simulator;

namespace Attribution.Core.Tests.Laws;

/// <summary>
/// Compares the engine's rollups with the simulator's ground truth, cell by cell, and checks laws that are valid for
/// all events.
/// </summary>
public sealed class SimulatedTruthTests
{
    private static readonly DateOnly First = new(2026, 3, 1);

    public static TheoryData<int> Seeds => [.. Enumerable.Range(0, 20)];

    [Theory]
    [MemberData(nameof(Seeds))]
    public void Rollups_equal_the_truth_for_shuffled_and_duplicated_events(int seed)
    {
        var market = Market.Create(seed, First, new MarketOptions { People = 200 });
        foreach (var (events, commitSize) in new[] { (market.Events, 500), (market.Shuffled(seed), 7), (market.Duplicated(seed), 90) })
        {
            var engine = WithCatalog(market).Process(events, commitSize);
            ShouldBeTrue(market, engine);
            ShouldObeyTheLaws(engine);
        }
    }

    [Theory]
    [InlineData(5, 0.12)]
    [InlineData(6, 9)]
    [InlineData(8, 9)]
    public void Rollups_of_a_shop_equal_the_truth(int seed, double agentOrders)
    {
        var market = Market.Create(seed, First, new MarketOptions { Kind = MarketKind.Shop, People = 3_000, AgentOrders = agentOrders });
        var engine = WithCatalog(market).Process(market.Events, 500);
        ShouldBeTrue(market, engine);
        ShouldObeyTheLaws(engine);
    }

    [Fact]
    public void Events_before_the_catalog_yield_the_same_after_reevaluation()
    {
        var market = Market.Create(77, First, new MarketOptions { People = 200 });
        var engine = new InMemoryEngine();
        engine.Put(market.Catalog[0].Kind, market.Catalog[0].Json).Process(market.Events);
        engine.Put(market.Catalog.Skip(1).Select(item => InMemoryEngine.Item(item.Kind, item.Json)));

        engine.Reevaluate();

        ShouldBeTrue(market, engine);
        ShouldObeyTheLaws(engine);
    }

    private static InMemoryEngine WithCatalog(Market market) =>
        new InMemoryEngine().Put(market.Catalog.Select(item => InMemoryEngine.Item(item.Kind, item.Json)));

    private static void ShouldBeTrue(Market market, InMemoryEngine engine)
    {
        foreach (var model in new[] { Model.LastTouch, Model.FirstTouch, Model.Linear })
            GroundTruth.CalculateRollups(market, ModelNames.NameOf(model)).DifferencesTo(Flatten(engine.EmittedDeltas, market.BrandId, model))
                .Take(20).ShouldBeEmpty($"seed {market.Seed}, {model}");
    }

    /// <summary>
    /// Checks that shares sum to their conversion, deltas to the measures of the journeys, and the ledger to the
    /// credits, and that explanations agree with the credits.
    /// </summary>
    internal static void ShouldObeyTheLaws(InMemoryEngine engine)
    {
        ShouldExplainTheCredits(engine);
        var counted = engine.CountJourneys();
        counted.Add(engine.EmittedDeltas, -1);
        counted.IsZero.ShouldBeTrue("the deltas do not sum to the measures of the journeys");

        foreach (var journey in engine.Journeys)
        foreach (var conversion in journey.Conversions.Where(conversion => !conversion.Credits.IsEmpty))
        foreach (var model in (conversion.FitNumber > 0 ? ModelNames.Served : ModelNames.Heuristic).Where(model => model != Model.Participation))
        {
            var credits = conversion.Credits.Where(credit => credit.Models.Contains(model)).ToList();
            credits.Sum(credit => credit.Gross).ShouldBe(conversion.Gross);
            credits.Sum(credit => credit.Discount).ShouldBe(conversion.Discount);
            credits.Sum(credit => credit.Refunds).ShouldBe(conversion.Refunds);
            credits.Sum(credit => credit.Micros).ShouldBe(conversion.IsCanceled ? 0 : 1_000_000);
            credits.ShouldAllBe(credit => credit.Gross - credit.Discount - credit.Refunds >= 0);
        }

        var ledger = engine.Ledger.GroupBy(entry => (entry.Conversion, entry.Placement))
            .ToDictionary(group => group.Key, group => (
                Amount: group.Sum(entry => entry.Amount), Micros: group.Sum(entry => entry.Micros),
                Commission: group.Sum(entry => entry.Commission)));
        foreach (var conversion in engine.Journeys.SelectMany(journey => journey.Conversions))
        foreach (var credit in conversion.Credits.Where(credit => credit.Models.Contains(conversion.BookModel)))
        {
            ledger.Remove((conversion.Key, credit.Placement), out var booked);
            booked.ShouldBe((
                credit.Gross - credit.Discount - credit.Refunds, credit.Micros,
                conversion.Accruals.Where(accrual => accrual.Placement == credit.Placement).Sum(accrual => accrual.Commission)));
        }

        ledger.Values.ShouldAllBe(rest => rest.Amount == 0 && rest.Micros == 0 && rest.Commission == 0);
    }

    /// <summary>
    /// The explanation of a conversion reproduces its booking, and the candidates of a placement sum to its credit.
    /// </summary>
    private static void ShouldExplainTheCredits(InMemoryEngine engine)
    {
        foreach (var journey in engine.Journeys)
        foreach (var conversion in journey.Conversions)
        {
            var evaluated = journey.EvaluateConversion(conversion.Key, engine.Catalog)!;
            evaluated.Conversion.HasSameBookingAs(conversion).ShouldBeTrue(conversion.Key);
            var credits = conversion.Credits.Where(credit => credit.Models.Contains(conversion.BookModel)).ToList();
            foreach (var placement in evaluated.Decision.Candidates.Where(candidate => candidate.Micros > 0).GroupBy(candidate => candidate.Placement))
            {
                var credit = credits.Single(credit => credit.Placement == placement.Key);
                credits.Remove(credit);
                if (!conversion.IsCanceled) placement.Sum(candidate => candidate.Micros).ShouldBe(credit.Micros, conversion.Key);
            }

            credits.ShouldAllBe(credit => credit.Micros == 0);
        }
    }

    private static GroundTruthTable Flatten(MeasureSums sums, string brand, Model model)
    {
        var table = new GroundTruthTable();
        foreach (var (key, cell) in sums.Cells.Where(cell => cell.Key.Brand == brand && !cell.Key.IsUnmatched))
        {
            void Add(string measure, long value) => table.Add(key.Day, key.Campaign, key.Creator, measure, value);
            Add("clicks", cell[Measure.Clicks]);
            Add("uniqueVisitors", cell[Measure.UniqueVisitors]);
            Add("convertedVisitors", cell[Measure.ConvertedVisitors]);
            Add("visits", cell[Measure.Visits]);
            Add("invalidTouches", cell[Measure.InvalidBot] + cell[Measure.InvalidPrefetch] + cell[Measure.InvalidHead]);
            Add("assistantTouches", cell[Measure.AssistantTouches]);
            Add("referrals", cell[Measure.Referrals]);
            Add("redemptions", cell[Measure.Redemptions]);
            Add("orders", cell[model, CreditMeasure.Orders]);
            Add("conversions", cell[model, CreditMeasure.ConversionMicros]);
            Add("leads", cell[model, CreditMeasure.LeadMicros]);
            Add("newCustomers", cell[model, CreditMeasure.NewCustomers]);
            Add("unknownCustomers", cell[model, CreditMeasure.UnknownCustomers]);
            Add("gross", cell[model, CreditMeasure.Gross]);
            Add("discount", cell[model, CreditMeasure.Discount]);
            Add("refunds", cell[model, CreditMeasure.Refunds]);
            Add("refunds.cash", cell[model, CreditMeasure.RefundsCash]);
            Add("cost.fee", cell[Measure.CostFee]);
            Add("cost.production", cell[Measure.CostProduction]);
            Add("cost.management", cell[Measure.CostManagement]);
            Add("cost.gift", cell[Measure.CostGift]);
            Add("cost.shipping", cell[Measure.CostShipping]);
            Add("cost.other", cell[Measure.CostOther]);
            Add("cost.commission", cell[Measure.Commission]);
            Add("cost.commission.cash", cell[Measure.Commission] + cell[Measure.CommissionRefunded] - cell[Measure.CommissionReversed]);
            Add("impressions", cell[Measure.Impressions]);
            Add("reach", cell[Measure.Reach]);
            Add("likes", cell[Measure.Likes]);
            Add("comments", cell[Measure.Comments]);
            Add("shares", cell[Measure.Shares]);
            Add("saves", cell[Measure.Saves]);
            Add("views", cell[Measure.Views]);
        }

        return table;
    }
}
