using Attribution.Core.Rollups;
using Attribution.Core.Tests.Fixtures;
using static Attribution.Core.Tests.Fixtures.Scenario;

namespace Attribution.Core.Tests.Identity;

/// <summary>Tests the counts of exceeded limits on linking, which do not depend on the order of arrival.</summary>
public class LinkLimitTests
{
    private static readonly int[][] Orders = [[0, 1, 2, 3, 4], [4, 3, 2, 1, 0], [2, 4, 1, 3, 0], [3, 0, 4, 2, 1]];

    [Fact]
    public void Customers_beyond_three_per_visitor_are_counted_once_in_any_order()
    {
        foreach (var order in Orders)
        {
            var engine = Market().Process(Click("mia", 0));
            // Each twice: a pair counts once, regardless of how often it is named.
            foreach (var i in order) engine.Process(Order($"{i}", i + 1, customer: $"c{i}")).Process(Order($"{i}-again", i + 10, customer: $"c{i}"));
            LimitCounts(engine).ShouldBe((2, 0, 0, 0), string.Join(',', order));
            engine.Process(Order("0", 1, customer: "c0"), Order("4", 5, customer: "c4")).Reevaluate();
            LimitCounts(engine).ShouldBe((2, 0, 0, 0), "repeated events and a reevaluation change nothing");
        }
    }

    [Fact]
    public void Visitors_beyond_two_per_click_are_counted_once_in_any_order()
    {
        foreach (var order in Orders)
        {
            var engine = Market().Process(Click("mia", 0, "redirector", "k"));
            foreach (var i in order) engine.Process(Visit(2 + i, "k", visitor: $"friend{i}")).Process(Order($"{i}", 60 + i, visitor: $"friend{i}", clickId: "k"));
            LimitCounts(engine).ShouldBe((0, 4, 0, 0), string.Join(',', order));
        }
    }

    [Fact]
    public void Visitors_beyond_fifty_per_customer_are_counted()
    {
        var engine = Market();
        for (var i = 0; i < 53; i++) engine.Process(Order($"{i}", i, visitor: $"v{i}", customer: "c"));
        LimitCounts(engine).ShouldBe((0, 0, 3, 0));

        // The pair is not linked either if it is named again.
        engine.Process(Click("mia", 100, "v52")).Process(Order("again", 101, visitor: "v52", customer: "c")).Conversion("again").Credits.ShouldBeEmpty();
        LimitCounts(engine).ShouldBe((0, 0, 3, 0));
    }

    [Fact]
    public void Conversions_and_merges_beyond_the_journey_limit_are_counted()
    {
        var engine = Market().WithBounds(conversions: 3);
        for (var i = 0; i < 5; i++) engine.Process(Order($"{i}", i, visitor: null, customer: "guest"));
        LimitCounts(engine).ShouldBe((0, 0, 0, 2));

        engine = Market().WithBounds(conversions: 3);
        for (var i = 0; i < 2; i++) engine.Process(Order($"a{i}", i, visitor: "a", customer: null)).Process(Order($"b{i}", i, visitor: "b", customer: null));
        LimitCounts(engine).ShouldBe((0, 0, 0, 0));
        engine.Process(Click("mia", 9, "a", "k")).Process(Visit(10, "k", visitor: "b"));
        LimitCounts(engine).ShouldBe((0, 0, 0, 1));
    }

    [Fact]
    public void Person_within_the_limits_is_not_counted()
    {
        var engine = Market().Process(Click("mia", 0));
        for (var i = 1; i <= 3; i++) engine.Process(Order($"{i}", i, customer: $"c{i}"));
        LimitCounts(engine).ShouldBe((0, 0, 0, 0));
        engine.Process(Order("4", 4, customer: "c4"));
        engine.CountJourneys().Cells.Single(cell => cell.Value[Measure.CustomersPerVisitorExceeded] != 0).Key
            .ShouldBe(RollupKey.Total("default", engine.Conversion("4").Day));
    }

    private static (long Customers, long Clicks, long Visitors, long Conversions) LimitCounts(InMemoryEngine engine)
    {
        var counted = engine.CountJourneys();
        var emitted = new MeasureSums();
        emitted.Add(engine.EmittedDeltas);
        emitted.Add(counted, -1);
        emitted.DropZeros().Cells.ShouldBeEmpty("the emitted deltas equal a recount");
        long Sum(Measure measure) => counted.Cells.Sum(cell => cell.Value[measure]);
        return (Sum(Measure.CustomersPerVisitorExceeded), Sum(Measure.VisitorsPerClickExceeded), Sum(Measure.VisitorsPerCustomerExceeded), Sum(Measure.ConversionsPerJourneyExceeded));
    }
}
