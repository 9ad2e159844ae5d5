using Attribution.Contracts.Catalog;
using Attribution.Core.Events;
using Attribution.Core.Journeys;
using Attribution.Core.Quality;
using Attribution.Core.Tests.Fixtures;
using Attribution.TestKit.Storage;
using static Attribution.Core.Tests.Fixtures.Scenario;

namespace Attribution.Core.Tests.Journeys;

public sealed class JourneyHeadTests
{
    private const int Cases = 2_000;

    // Distances at which a window of repetition or a lookback begins or ends.
    private static readonly double[] Steps = [0, 0, 1, 29, 30, 31, Hour, OneDay, 7 * OneDay, 30 * OneDay];

    [Fact]
    public void Touch_that_cannot_change_a_credit_by_the_head_changes_none()
    {
        var (unchanged, undecided) = (0, 0);
        for (var seed = 1; seed <= Cases; seed++)
        {
            var dice = new Random(seed);
            var engine = Market(bookModel: dice.Next(2) == 0 ? "linear" : "last_touch")
                .WithBounds(touches: dice.Next(2) == 0 ? 3 : 500, aside: dice.Next(2) == 0 ? 3 : 200);
            double minute = 0;
            for (var i = 0; i < 14; i++)
            {
                if (dice.Next(12) == 0) engine.Put(new CreatorItem("ben", "Ben", Status: dice.Next(2) == 0 ? "active" : "inactive"));
                // Most events are in order of time, as they usually arrive.
                minute = Math.Max(0, minute + (dice.Next(4) == 0 ? -1 : 1) * Steps[dice.Next(Steps.Length)]);
                var added = Next(dice, i, minute);
                // A refund whose order is missing is a journey of its own.
                var before = engine.Journeys.ToList() is [var only] ? only : null;
                var mayChange = before is null || JourneyHead.FromJourney(before).MayChangeCredit(added, engine.Catalog.Version, engine.Bounds);

                engine.Process(added);

                if (before is null || before.Conversions.IsEmpty || added is not (Core.Events.Click or Core.Events.Visit)) continue;
                if (mayChange) undecided++;
                else
                {
                    unchanged++;
                    Credits(engine.Journeys.Single()).ShouldBe(Credits(before), $"seed {seed}, event {i}: {added}");
                }
            }
        }

        (unchanged > Cases / 2, undecided > Cases / 2).ShouldBe((true, true), $"{unchanged} without a change, {undecided} not decided");
    }

    [Fact]
    public void Touch_of_a_visitor_without_orders_changes_no_credit()
    {
        var engine = Market().Process(Click("mia", 0), Visit(5, "k"));
        HeadOf(engine).MayChangeCredit(Click("ben", -60, clickId: "k"), catalogVersion: 99, engine.Bounds).ShouldBeFalse();
    }

    [Fact]
    public void Touch_after_the_last_order_changes_no_credit()
    {
        var engine = Market().Process(Click("mia", 0), Order("1", 60));
        MayChange(engine, Click("ben", 61)).ShouldBeFalse();
        MayChange(engine, Visit(61, "k")).ShouldBeFalse();
        MayChange(engine, Click("ben", 60)).ShouldBeTrue();
        MayChange(engine, Order("2", 61)).ShouldBeTrue();
        MayChange(engine, Refund("1", 61, 100)).ShouldBeTrue();
        HeadOf(engine).MayChangeCredit(Click("ben", 61), engine.Catalog.Version + 1, engine.Bounds).ShouldBeTrue();
    }

    [Fact]
    public void Late_click_of_an_earlier_visit_may_change_a_credit()
    {
        var engine = Market().Process(Visit(0, "k", new Utm(Campaign: "SPRING", Content: "MIA-1")), Order("1", 60));
        HeadOf(engine).AwaitsClick.ShouldBeTrue();
        MayChange(engine, Click("ben", 61, clickId: "k")).ShouldBeTrue();
        MayChange(engine, Click("ben", 61)).ShouldBeFalse();
    }

    [Fact]
    public void Click_that_takes_over_the_visits_of_a_later_click_may_change_a_credit()
    {
        var engine = Market().Process(Visit(10, "k", new Utm(Campaign: "SPRING", Content: "MIA-1")), Order("1", 15), Click("ben", 20, clickId: "k"));
        var unknown = Click("nobody", 18, clickId: "k");
        HeadOf(engine).AwaitsClick.ShouldBeFalse();
        MayChange(engine, unknown).ShouldBeTrue();
        engine.Conversion("1").Credits.ShouldBeEmpty();

        engine.Process(unknown);

        engine.Conversion("1").Credits.ShouldNotBeEmpty();
    }

    [Fact]
    public void Touch_beyond_the_bounds_may_change_a_credit()
    {
        var engine = Market().WithBounds(touches: 2, aside: 2).Process(Click("mia", 0), Order("1", 60), Click("mia", 120));
        MayChange(engine, Click("ben", 180)).ShouldBeTrue();
    }

    private static JourneyHead HeadOf(InMemoryEngine engine) => JourneyHead.FromJourney(engine.Journeys.Single());

    private static bool MayChange(InMemoryEngine engine, JourneyEvent added) => HeadOf(engine).MayChangeCredit(added, engine.Catalog.Version, engine.Bounds);

    private static string Credits(Journey journey) => string.Join(Environment.NewLine, journey.Conversions.Select(RecordText.Serialize));

    private static JourneyEvent Next(Random dice, int number, double minute)
    {
        // Of the visitor of all orders, so that all events are in one journey.
        var (slug, clickId) = (new[] { "mia", "ben", "nobody" }[dice.Next(3)], dice.Next(3) == 0 ? null : $"k{dice.Next(1, 4)}");
        var label = dice.Next(8) == 0 ? TouchLabel.Bot : TouchLabel.None;
        var utm = dice.Next(2) == 0 ? null : new Utm(Campaign: "SPRING", Content: "MIA-1");
        JourneyEvent made = dice.Next(10) switch
        {
            < 4 => Click(slug, minute, clickId: clickId, label: label),
            < 7 => Visit(minute, clickId, utm, label: label),
            < 9 => Order($"{dice.Next(1, 4)}", minute, codes: dice.Next(3) == 0 ? ["BEN10"] : null, customer: "c"),
            _ => Refund($"{dice.Next(1, 4)}", minute, 100),
        };
        return made with { Id = new("test", $"{number}") };
    }
}
