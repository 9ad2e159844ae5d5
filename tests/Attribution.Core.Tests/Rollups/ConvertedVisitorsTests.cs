using Attribution.Contracts.Catalog;
using Attribution.Core.Events;
using Attribution.Core.Quality;
using Attribution.Core.Rollups;
using Attribution.Core.Tests.Fixtures;
using static Attribution.Core.Tests.Fixtures.Scenario;

namespace Attribution.Core.Tests.Rollups;

/// <summary>The visitors of a day and placement who ordered within the lookback after their click or visit.</summary>
public sealed class ConvertedVisitorsTests
{
    private static long Converted(InMemoryEngine engine, int day = 0, string creator = "mia") =>
        engine.CountJourneys().Cells.TryGetValue(RollupKey.ForPlacement("default", Day.AddDays(day), new("spring", creator)), out var cell)
            ? cell[Measure.ConvertedVisitors] : 0;

    private static InMemoryEngine MarketWithHorizon()
    {
        var engine = Market();
        engine.Bounds = engine.Bounds with { Horizon = TimeSpan.FromDays(400) };
        return engine;
    }

    /// <summary>Checks that the deltas sum to the measures, and that no cell has more converted visitors than visitors.</summary>
    private static void ShouldBeConsistent(InMemoryEngine engine)
    {
        var counted = engine.CountJourneys();
        foreach (var (key, cell) in counted.Cells)
            cell[Measure.ConvertedVisitors].ShouldBeInRange(0, cell[Measure.UniqueVisitors], key.ToString());
        counted.Add(engine.EmittedDeltas, -1);
        counted.IsZero.ShouldBeTrue();
    }

    [Fact]
    public void Order_converts_the_visitor_of_each_earlier_day_and_placement_once()
    {
        var engine = Market().Process(
            Click("mia", 0), Click("mia", 5), Click("ben", Hour), Click("mia", 2 * OneDay), Order("1", 3 * OneDay), Order("2", 3 * OneDay + 1),
            Click("mia", 4 * OneDay));
        (Converted(engine), Converted(engine, creator: "ben"), Converted(engine, 2), Converted(engine, 3), Converted(engine, 4)).ShouldBe((1, 1, 1, 0, 0));
        ShouldBeConsistent(engine);
    }

    [Theory]
    [InlineData(0, 1)]
    [InlineData(30 * OneDay, 1)]
    [InlineData(30 * OneDay + 1, 0)]
    [InlineData(-1, 0)]
    public void Order_must_be_within_the_lookback_after_the_click(double minute, int converted)
    {
        var engine = Market().Process(Click("mia", 0), Order("1", minute));
        Converted(engine).ShouldBe(converted);
        ShouldBeConsistent(engine);
    }

    [Theory]
    [InlineData(7 * OneDay, false, 1)]
    [InlineData(8 * OneDay, false, 0)]
    [InlineData(8 * OneDay, true, 1)]
    public void Visit_has_its_own_lookback_unless_it_belongs_to_a_click(double minute, bool ofClick, int converted)
    {
        var engine = Market().Process(
            Click("mia", -OneDay, clickId: "k", visitor: "v"), Visit(0, ofClick ? "k" : null, new(Campaign: "SPRING", Content: "MIA")), Order("1", minute));
        Converted(engine).ShouldBe(converted);
        ShouldBeConsistent(engine);
    }

    [Fact]
    public void Lookback_is_the_campaigns_own_or_that_of_the_orders_time()
    {
        var engine = Market().Process(Click("mia", 0), Order("1", 20 * OneDay));
        engine.Put(new BrandItem("default", "Glow", Lookback: new("P30D"), Versions: [new(Moment(10 * OneDay), Lookback: new("P10D"))])).Reevaluate();
        Converted(engine).ShouldBe(0);
        engine.Put(new CampaignItem("spring", "Spring", Lookback: new("P25D"))).Reevaluate();
        Converted(engine).ShouldBe(1);
        ShouldBeConsistent(engine);
    }

    [Fact]
    public void Cancellation_takes_the_visitor_back_until_it_is_voided()
    {
        var engine = Market().Process(Click("mia", 0), Order("1", Hour), Refund("1", OneDay, null, RefundKind.Cancel));
        Converted(engine).ShouldBe(0);
        engine.Process(Refund("1", 2 * OneDay, null, RefundKind.Cancel) with { IsVoid = true });
        Converted(engine).ShouldBe(1);
        ShouldBeConsistent(engine);
    }

    [Fact]
    public void Second_order_keeps_the_visitor_converted_when_the_first_is_canceled()
    {
        var engine = Market().Process(Click("mia", 0), Order("1", Hour), Order("2", OneDay), Refund("1", OneDay, null, RefundKind.Cancel));
        Converted(engine).ShouldBe(1);
        ShouldBeConsistent(engine);
    }

    [Fact]
    public void Refund_of_everything_leaves_the_visitor_converted()
    {
        var engine = Market().Process(Click("mia", 0), Order("1", Hour), Refund("1", OneDay, 10_000));
        Converted(engine).ShouldBe(1);
    }

    [Fact]
    public void Orders_by_code_without_a_visit_convert_no_visitor()
    {
        var engine = Market().Process(
            Click("ben", 0, visitor: "other"), Order("1", Hour, codes: ["MIA10"], visitor: null), Order("2", Hour, codes: ["BEN10"], visitor: null),
            Order("3", Hour, codes: ["BEN10"], visitor: null));
        engine.CountJourneys().Cells.Values.Sum(cell => cell[Measure.ConvertedVisitors]).ShouldBe(0);
        ShouldBeConsistent(engine);
    }

    [Fact]
    public void Labeled_touches_and_leads_make_no_converted_visitor()
    {
        var engine = Market().Process(
            Click("mia", 0, label: TouchLabel.Bot), Order("1", Hour), Click("ben", 0, visitor: "w"),
            Order("l", Hour, visitor: "w") with { Kind = ConversionKind.Lead });
        engine.CountJourneys().Cells.Values.Sum(cell => cell[Measure.ConvertedVisitors]).ShouldBe(0);
    }

    [Fact]
    public void Order_of_another_device_converts_once_the_journeys_are_one()
    {
        var engine = Market().Process(Click("mia", 0), Order("1", Hour, visitor: null, customer: "c"));
        Converted(engine).ShouldBe(0);
        engine.Process(Order("2", -OneDay, customer: "c"));
        Converted(engine).ShouldBe(1);
        ShouldBeConsistent(engine);
    }

    [Fact]
    public void Touch_evicted_by_count_no_longer_converts()
    {
        var engine = Market().WithBounds(touches: 1).Process(Click("mia", 0), Order("1", Hour), Click("ben", 2 * Hour));
        var cell = engine.CountJourneys().Cells[RollupKey.ForPlacement("default", Day, Mia)];
        (cell[Measure.UniqueVisitors], cell[Measure.ConvertedVisitors]).ShouldBe((1, 0));
        ShouldBeConsistent(engine);
    }

    [Fact]
    public void Archived_order_that_is_canceled_takes_its_visitor_back()
    {
        var engine = MarketWithHorizon().Process(Click("mia", 0), Order("1", Hour)).ProcessAt(At(410 * OneDay), Click("ben", 410 * OneDay));
        (engine.Journeys.Count(), Converted(engine)).ShouldBe((2, 1));
        ShouldBeConsistent(engine);
        engine.Put(new CreatorItem("eve", "Eve")).Reevaluate();
        Converted(engine).ShouldBe(1);
        engine.ProcessAt(At(411 * OneDay), Refund("1", 411 * OneDay, null, RefundKind.Cancel));
        (engine.Journeys.Count(), Converted(engine)).ShouldBe((2, 0));
        ShouldBeConsistent(engine);
    }

    [Theory]
    [InlineData("1")]
    [InlineData("2")]
    public void Visitor_shared_with_an_archived_order_stays_while_one_order_stands(string canceled)
    {
        var engine = MarketWithHorizon().Process(Click("mia", 0), Order("1", Hour), Order("2", 20 * OneDay))
            .ProcessAt(At(410 * OneDay), Click("ben", 410 * OneDay));
        (engine.Journeys.Count(), Converted(engine)).ShouldBe((2, 1));
        engine.ProcessAt(At(411 * OneDay), Refund(canceled, 411 * OneDay, null, RefundKind.Cancel));
        (engine.Journeys.Count(), Converted(engine)).ShouldBe((2, 1));
        ShouldBeConsistent(engine);
    }

    [Fact]
    public void Archived_part_that_returns_counts_its_visitor_once()
    {
        var engine = MarketWithHorizon().Process(Click("mia", 0), Order("1", Hour));
        engine.ProcessAt(At(410 * OneDay), Click("ben", 410 * OneDay));
        engine.ProcessAt(At(411 * OneDay), Order("1", 411 * OneDay, gross: 5_000, say: "corrected"));
        engine.Journeys.Count().ShouldBe(1);
        Converted(engine).ShouldBe(1);
        engine.ProcessAt(At(412 * OneDay), Refund("1", 412 * OneDay, null, RefundKind.Cancel));
        Converted(engine).ShouldBe(0);
        ShouldBeConsistent(engine);
    }
}
