using Attribution.Core.Rollups;
using static Attribution.Tests.Engine.Stories;

namespace Attribution.Tests.Engine;

/// <summary>The limits on linking are counted where they keep two apart, the same in any order of arrival.</summary>
public class KeptApartTests
{
    private static readonly int[][] Orders = [[0, 1, 2, 3, 4], [4, 3, 2, 1, 0], [2, 4, 1, 3, 0], [3, 0, 4, 2, 1]];

    [Fact]
    public void Customers_beyond_three_per_visitor_are_counted_once_in_any_order()
    {
        foreach (var order in Orders)
        {
            var shelf = Market().Take(Click("mia", 0));
            // Each twice: a pair counts once, however often it is named.
            foreach (var i in order) shelf.Take(Order($"{i}", i + 1, customer: $"c{i}")).Take(Order($"{i}-again", i + 10, customer: $"c{i}"));
            Counts(shelf).ShouldBe((2, 0, 0, 0), string.Join(',', order));
            shelf.Take(Order("0", 1, customer: "c0"), Order("4", 5, customer: "c4")).Reevaluate();
            Counts(shelf).ShouldBe((2, 0, 0, 0), "sent again, and evaluated anew");
        }
    }

    [Fact]
    public void Visitors_beyond_two_per_click_are_counted_once_in_any_order()
    {
        foreach (var order in Orders)
        {
            var shelf = Market().Take(Click("mia", 0, "redirector", "k"));
            foreach (var i in order) shelf.Take(Visit(2 + i, "k", visitor: $"friend{i}")).Take(Order($"{i}", 60 + i, visitor: $"friend{i}", clickId: "k"));
            Counts(shelf).ShouldBe((0, 4, 0, 0), string.Join(',', order));
        }
    }

    [Fact]
    public void Visitors_beyond_fifty_per_customer_are_counted()
    {
        var shelf = Market();
        for (var i = 0; i < 53; i++) shelf.Take(Order($"{i}", i, visitor: $"v{i}", customer: "c"));
        Counts(shelf).ShouldBe((0, 0, 3, 0));

        // Nor is the pair linked when it comes once more.
        shelf.Take(Click("mia", 100, "v52")).Take(Order("again", 101, visitor: "v52", customer: "c")).Conversion("again").Credits.ShouldBeEmpty();
        Counts(shelf).ShouldBe((0, 0, 3, 0));
    }

    [Fact]
    public void Conversions_and_merges_beyond_the_journey_limit_are_counted()
    {
        var shelf = Market().Within(conversions: 3);
        for (var i = 0; i < 5; i++) shelf.Take(Order($"{i}", i, visitor: null, customer: "guest"));
        Counts(shelf).ShouldBe((0, 0, 0, 2));

        shelf = Market().Within(conversions: 3);
        for (var i = 0; i < 2; i++) shelf.Take(Order($"a{i}", i, visitor: "a", customer: null)).Take(Order($"b{i}", i, visitor: "b", customer: null));
        Counts(shelf).ShouldBe((0, 0, 0, 0));
        shelf.Take(Click("mia", 9, "a", "k")).Take(Visit(10, "k", visitor: "b"));
        Counts(shelf).ShouldBe((0, 0, 0, 1));
    }

    [Fact]
    public void Person_within_the_limits_is_not_counted()
    {
        var shelf = Market().Take(Click("mia", 0));
        for (var i = 1; i <= 3; i++) shelf.Take(Order($"{i}", i, customer: $"c{i}"));
        Counts(shelf).ShouldBe((0, 0, 0, 0));
        shelf.Take(Order("4", 4, customer: "c4"));
        shelf.Counted().Cells.Single(cell => cell.Value[Measure.CustomersPerVisitorExceeded] != 0).Key
            .ShouldBe(RollupKey.Total("default", shelf.Conversion("4").Day));
    }

    private static (long Customers, long Clicks, long Visitors, long Conversions) Counts(Shelf shelf)
    {
        var counted = shelf.Counted();
        var emitted = new MeasureSums();
        emitted.Add(shelf.Emitted);
        emitted.Add(counted, -1);
        emitted.DropZeros().Cells.ShouldBeEmpty("what was emitted is what is counted");
        long Sum(Measure measure) => counted.Cells.Sum(cell => cell.Value[measure]);
        return (Sum(Measure.CustomersPerVisitorExceeded), Sum(Measure.VisitorsPerClickExceeded), Sum(Measure.VisitorsPerCustomerExceeded), Sum(Measure.ConversionsPerJourneyExceeded));
    }
}
