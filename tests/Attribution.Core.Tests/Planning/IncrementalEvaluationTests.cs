using Attribution.Contracts.Catalog;
using Attribution.Core.Events;
using Attribution.Core.Journeys;
using Attribution.Core.Quality;
using Attribution.Core.Rollups;
using Attribution.Core.Tests.Fixtures;
using Attribution.TestKit.Storage;
using FsCheck;
using FsCheck.Fluent;
using static Attribution.Core.Tests.Fixtures.Scenario;

namespace Attribution.Core.Tests.Planning;

/// <summary>Tests that evaluating only the changed parts gives the same result as evaluating everything.</summary>
public sealed class IncrementalEvaluationTests
{
    [Fact]
    public void Reused_results_equal_a_full_evaluation() => Prop.ForAll(Stories().ToArbitrary(), story =>
    {
        var engine = Market("split", "position_based", 0.3m).Put(
            new AgreementItem("a", "spring", "mia", new CommissionItem("percent_of_net", Rate: 10)),
            new CampaignItem("spring", "Spring", StartsOn: Day.AddDays(-1), EndsOn: Day.AddDays(2), Lookback: new("PT10H", "PT3H"))).WithBounds(touches: story.Bound, aside: 5);
        foreach (var commit in story.Events.Chunk(story.CommitSize))
        {
            engine.Process(commit);
            foreach (var journey in engine.Journeys)
                RecordText.Serialize(journey).ShouldBe(RecordText.Serialize((journey with { CatalogVersion = Journey.NeverEvaluated, Conversions = [] }).Evaluate(engine.Catalog)));
            var counted = engine.CountJourneys();
            counted.Add(engine.EmittedDeltas, -1);
            if (!counted.IsZero) return false;
        }

        return true;
    }).Check(Config.QuickThrowOnFailure.WithMaxTest(300));

    [Theory]
    [InlineData(0, 1)]
    [InlineData(-0.001, 0)]
    [InlineData(30 * OneDay, 1)]
    [InlineData((30 * OneDay) + 0.001, 0)]
    public void Late_touch_affects_every_order_within_its_inclusive_window(double touch, int credited) =>
        Market().Process(Order("1", 30 * OneDay)).Process(Click("mia", touch)).Conversion("1").Credits.Length.ShouldBe(credited);

    [Fact]
    public void Touch_that_moves_to_another_day_leaves_no_count_on_the_old_day()
    {
        var engine = Market().Process(Click("mia", 20 * Hour), Click("ben", 21 * Hour), Click("mia", 50 * Hour), Order("1", 51 * Hour));
        engine.Put(new BrandItem("default", "Glow", TimeZone: "Asia/Tokyo")).Reevaluate();
        var counted = engine.CountJourneys();
        counted.Cells[RollupKey.ForPlacement("default", Day.AddDays(1), Mia)][Measure.Clicks].ShouldBe(1);
        counted.Add(engine.EmittedDeltas, -1);
        counted.IsZero.ShouldBeTrue();
    }

    private sealed record EventSequence(JourneyEvent[] Events, int CommitSize, int Bound)
    {
        public override string ToString() => string.Join("\n", Events.Select(journeyEvent => journeyEvent.ToString()).Prepend($"commits of {CommitSize}, bound {Bound}"));
    }

    private static Gen<EventSequence> Stories() =>
        from events in Event().ArrayOf(40)
        from commitSize in Gen.Choose(1, 5)
        from bound in Gen.Elements(8, 500)
        select new EventSequence(events, commitSize, bound);

    private static Gen<JourneyEvent> Event() =>
        from minute in Gen.Choose(0, 2_000)
        from who in Gen.Frequency((4, Gen.Constant("v")), (1, Gen.Constant("w")))
        from click in Gen.Elements<string?>(null, null, "k1", "k2")
        from creator in Gen.Elements("mia", "ben", "nobody")
        from order in Gen.Elements("1", "2", "3", "4")
        from kind in Gen.Choose(0, 9)
        select kind switch
        {
            0 or 1 or 2 => (JourneyEvent)Click(creator, minute, who, click),
            3 => Click(creator, minute, who, click, TouchLabel.Bot),
            4 => Visit(minute, click, new Utm(Campaign: "SPRING", Content: "MIA"), who),
            5 or 6 or 7 => Order(order, minute, 10_000 + minute, minute % 3 == 0 ? ["MIA10"] : minute % 3 == 1 ? ["BEN10", "MIA10"] : null, who, minute % 2 == 0 ? "c" : null, discount: minute),
            8 => Refund(order, minute, minute, id: $"r{minute % 3}"),
            _ => Refund(order, minute, null, RefundKind.Cancel, id: "c"),
        };
}
