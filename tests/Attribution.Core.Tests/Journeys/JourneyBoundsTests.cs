using Attribution.Contracts.Catalog;
using Attribution.Core.Events;
using Attribution.Core.Journeys;
using Attribution.Core.Models;
using Attribution.Core.Quality;
using Attribution.Core.Rollups;
using Attribution.Core.Tests.Fixtures;
using Attribution.TestKit.Storage;
using static Attribution.Core.Tests.Fixtures.Scenario;

namespace Attribution.Core.Tests.Journeys;

/// <summary>
/// Tests journeys beyond their bounds: which touches they keep, and that no count is lost or doubled.
/// </summary>
public sealed class JourneyBoundsTests
{
    private static MeasureCell CellOfMia(InMemoryEngine engine, int day = 0) => engine.CountJourneys().Cells[RollupKey.ForPlacement("default", Day.AddDays(day), Mia)];

    [Fact]
    public void Default_bounds_are_500_touches_200_set_aside_and_2000_conversions() => JourneyBounds.Default.ShouldBe(new JourneyBounds(500, 200, 2_000));

    [Theory]
    [InlineData(3, 0)]
    [InlineData(4, 1)]
    public void Newest_touches_are_kept_and_older_ones_are_evicted(int touches, int leave)
    {
        var engine = Market().WithBounds(touches: 3, aside: 3);
        for (var i = 0; i < touches; i++) engine.Process(Click("mia", i * Hour));
        var journey = engine.Journeys.Single();
        journey.Touches.Select(touch => touch.At).ShouldBe(Enumerable.Range(leave, touches - leave).Select(i => At(i * Hour)));
        journey.EvictedTouches.Length.ShouldBe(leave);
        CellOfMia(engine)[Measure.Clicks].ShouldBe(touches);
        CellOfMia(engine)[Measure.UniqueVisitors].ShouldBe(1);
    }

    [Theory]
    [InlineData(2, 0)]
    [InlineData(3, 1)]
    public void Labeled_and_unmatched_touches_have_a_separate_bound(int aside, int leave)
    {
        var engine = Market().WithBounds(touches: 2, aside: 2).Process(Click("mia", 0), Click("mia", 40));
        for (var i = 0; i < aside; i++) engine.Process(i % 2 == 0 ? Click("mia", OneDay + i, label: TouchLabel.Bot) : Click("nobody", OneDay + i));
        engine.Journeys.Single().Touches.Count(touch => touch.At < At(OneDay)).ShouldBe(2);
        engine.Journeys.Single().EvictedTouches.Length.ShouldBe(leave);
        CellOfMia(engine, 1)[Measure.InvalidBot].ShouldBe((aside + 1) / 2);
        CellOfMia(engine, 1)[Measure.UniqueVisitors].ShouldBe(0);
    }

    [Fact]
    public void Visit_naming_a_click_counts_as_valid_before_the_click_arrives()
    {
        foreach (var clickFirst in new[] { true, false })
        {
            var engine = Market().WithBounds(touches: 3, aside: 0);
            if (clickFirst) engine.Process(Click("mia", 0, clickId: "k"));
            engine.Process(Visit(1, "k"));
            if (!clickFirst) engine.Process(Click("mia", 0, clickId: "k"));
            engine.Journeys.Single().Touches.Length.ShouldBe(2);
        }
    }

    [Fact]
    public void Evicted_touch_is_recognized_when_it_is_sent_again()
    {
        var engine = Market().WithBounds(touches: 1, aside: 1).Process(Click("mia", 0), Click("mia", OneDay));
        var journey = engine.Journeys.Single();
        engine.Process(Click("mia", 0));
        engine.Journeys.Single().ShouldBeSameAs(journey);
        CellOfMia(engine)[Measure.Clicks].ShouldBe(1);
    }

    [Fact]
    public void Evicted_touch_is_no_candidate_and_the_order_goes_to_a_kept_one()
    {
        var engine = Market(bookModel: "first_touch").WithBounds(touches: 2, aside: 2).Process(Click("mia", 0), Click("ben", 60), Order("1", 200));
        engine.GrossByPlacement("1", Model.FirstTouch).ShouldBe(new() { [Mia] = 10_000 });
        engine.Process(Click("ben", 120));
        engine.GrossByPlacement("1", Model.FirstTouch).ShouldBe(new() { [Ben] = 10_000 });
    }

    [Fact]
    public void Evicted_click_still_owns_its_landing()
    {
        foreach (var events in new JourneyEvent[][] { [Click("mia", 0, clickId: "k"), Visit(1, "k"), Click("ben", 60)], [Click("mia", 0, clickId: "k"), Click("ben", 60), Click("ben", 120), Visit(1, "k")] })
        {
            var engine = Market().WithBounds(touches: 2, aside: 2);
            foreach (var journeyEvent in events) engine.Process(journeyEvent);
            CellOfMia(engine)[Measure.Visits].ShouldBe(1);
        }
    }

    [Fact]
    public void Merged_journeys_count_a_visitor_once_despite_evictions()
    {
        var engine = Market().WithBounds(touches: 1, aside: 1)
            .Process(Click("mia", 0, "phone")).Process(Click("mia", 60, "phone")).Process(Click("mia", 120, "laptop")).Process(Click("mia", 180, "laptop"));
        CellOfMia(engine)[Measure.UniqueVisitors].ShouldBe(2);

        engine.Process(Order("1", 200, visitor: "phone", customer: "c"), Order("2", 210, visitor: "laptop", customer: "c"));

        engine.Journeys.Count().ShouldBe(1);
        (CellOfMia(engine)[Measure.Clicks], CellOfMia(engine)[Measure.UniqueVisitors]).ShouldBe((4, 1));
        engine.EmittedDeltas.Cells[RollupKey.ForPlacement("default", Day, Mia)][Measure.UniqueVisitors].ShouldBe(1);
    }

    [Fact]
    public void Catalog_change_does_not_affect_evicted_touches()
    {
        var engine = Market().WithBounds(touches: 1, aside: 1).Process(Click("mia", 0)).Process(Click("mia", 60));
        engine.Put(new LinkItem("mia-l", "mia", "https://shop.example/", "spring", "ben")).Reevaluate();
        CellOfMia(engine)[Measure.Clicks].ShouldBe(1);
        engine.CountJourneys().Cells[RollupKey.ForPlacement("default", Day, Ben)][Measure.Clicks].ShouldBe(1);
    }

    [Fact]
    public void Corrections_of_an_order_do_not_fill_a_journey()
    {
        var engine = Market().WithBounds(conversions: 4);
        for (var i = 0; i < 6; i++) engine.Process(Order("1", i, customer: "c", say: $"corrected {i}"));
        engine.Process(Order("2", 10, customer: "c"));
        engine.Journeys.Count().ShouldBe(1);
    }

    [Fact]
    public void Journey_full_of_conversions_links_no_further_ones()
    {
        var engine = Market().WithBounds(conversions: 3).Process(Click("mia", 0, "v"));
        for (var i = 1; i <= 4; i++) engine.Process(Order($"{i}", i, customer: "guest"));
        engine.Journeys.Count().ShouldBe(2);
        engine.Conversion("3").Credits.ShouldNotBeEmpty();
        engine.Conversion("4").Credits.ShouldBeEmpty();

        engine.Process(Order("2", 3, gross: 500, customer: "guest", say: "corrected"), Refund("2", 60, 100), Refund("4", 60, 100));
        engine.Journeys.Count().ShouldBe(2);
        (engine.Conversion("2").Gross, engine.Conversion("2").Refunds, engine.Conversion("4").Refunds).ShouldBe((500, 100, 100));

        engine.Process(Order("4", 5, visitor: "v", customer: "guest", say: "corrected"));
        engine.Journeys.Count().ShouldBe(2);
    }

    [Theory]
    [InlineData(4, 1)]
    [InlineData(3, 2)]
    public void Journeys_merge_only_if_the_conversions_of_both_fit(int conversions, int journeys)
    {
        var engine = Market().WithBounds(conversions: conversions)
            .Process(Order("1", 1, visitor: "a"), Order("2", 2, visitor: "a"), Order("3", 3, visitor: "b"), Order("4", 4, visitor: "b"));
        engine.Process(Visit(5, "k", visitor: "a")).Process(Visit(6, "k", visitor: "b"));
        engine.Journeys.Count().ShouldBe(journeys);
    }

    /// <summary>
    /// Sums do not depend on the order either, except for a landing evicted before its click arrives: it stays counted
    /// as matched then.
    /// </summary>
    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    [InlineData(4)]
    [InlineData(5)]
    [InlineData(6)]
    [InlineData(7)]
    [InlineData(8)]
    public void Kept_touches_and_credit_do_not_depend_on_arrival_order(int seed)
    {
        var random = new Random(seed);
        JourneyEvent[] events =
        [
            .. Enumerable.Range(0, 60).Select(i => random.Next(5) switch
            {
                0 => (JourneyEvent)Click("nobody", random.Next(3_000) + (i / 100.0)),
                1 => Click("mia", random.Next(3_000) + (i / 100.0), label: TouchLabel.Bot, clickId: $"k{random.Next(5)}"),
                2 => Visit(random.Next(3_000) + (i / 100.0), $"k{random.Next(5)}", random.Next(2) == 0 ? new Utm(Campaign: "SPRING", Content: "MIA") : null),
                _ => Click(random.Next(2) == 0 ? "mia" : "ben", random.Next(3_000) + (i / 100.0), clickId: random.Next(2) == 0 ? $"k{random.Next(5)}" : null),
            }),
            .. Enumerable.Range(0, 6).Select(i => Order($"{i}", random.Next(3_000), 9_999 + i)),
        ];

        string? first = null;
        for (var round = 0; round < 4; round++)
        {
            var engine = Market().WithBounds(touches: 12, aside: 6);
            foreach (var commit in events.Chunk(round + 1)) engine.Process(commit);
            var journey = engine.Journeys.Single();
            var kept = RecordText.Serialize(new { journey.Touches, journey.Conversions });
            kept.ShouldBe(first ??= kept);
            journey.Touches.Length.ShouldBeInRange(12, 18);
            var counted = engine.CountJourneys();
            counted.Add(engine.EmittedDeltas, -1);
            counted.IsZero.ShouldBeTrue();
            random.Shuffle(events);
        }
    }
}
