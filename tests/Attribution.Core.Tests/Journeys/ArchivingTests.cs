using Attribution.Contracts.Catalog;
using Attribution.Core.Events;
using Attribution.Core.Models.Fitting;
using Attribution.Core.Rollups;
using Attribution.Core.Tests.Fixtures;
using Attribution.TestKit.Storage;
using static Attribution.Core.Tests.Fixtures.Scenario;

namespace Attribution.Core.Tests.Journeys;

/// <summary>
/// Tests archiving: old touches become counts, old conversions move to a journey of their own, and no sum changes then
/// or later.
/// </summary>
public sealed class ArchivingTests
{
    private static readonly TimeSpan Horizon = TimeSpan.FromDays(400);
    private static readonly TimeSpan Lookback = TimeSpan.FromDays(30);
    private static readonly TimeSpan OneMillisecond = TimeSpan.FromMilliseconds(1);
    private const int Later = 420 * OneDay;
    private const int MuchLater = 500 * OneDay;

    private static InMemoryEngine EngineWithHorizon(int touches = 500, string bookModel = "last_touch")
    {
        var engine = Market(bookModel: bookModel).WithBounds(touches);
        engine.Bounds = engine.Bounds with { Horizon = Horizon };
        return engine;
    }

    private static void ShouldAgree(InMemoryEngine archiving, InMemoryEngine other)
    {
        var difference = archiving.CountJourneys();
        difference.Add(other.CountJourneys(), -1);
        difference.DropZeros().Cells.Keys.ShouldBeEmpty();
        difference.Add(archiving.EmittedDeltas);
        difference.Add(other.EmittedDeltas, -1);
        difference.DropZeros().Cells.Keys.ShouldBeEmpty();
        ConversionsOf(archiving).ShouldBe(ConversionsOf(other));
        LedgerOf(archiving).ShouldBe(LedgerOf(other));
    }

    private static string[] ConversionsOf(InMemoryEngine engine) =>
        [.. engine.Journeys.SelectMany(journey => journey.Conversions).OrderBy(conversion => conversion.Key, StringComparer.Ordinal).Select(conversion => RecordText.Serialize(conversion))];

    private static string[] LedgerOf(InMemoryEngine engine) =>
    [
        .. engine.Ledger.GroupBy(entry => (entry.Conversion, entry.Placement, entry.OrderDay, entry.EntryDay))
            .Select(line => $"{line.Key} {line.Sum(entry => entry.Amount)} {line.Sum(entry => entry.Micros)} {line.Sum(entry => entry.Commission)}")
            .Where(line => !line.EndsWith(" 0 0 0", StringComparison.Ordinal)).Order(StringComparer.Ordinal),
    ];

    /// <summary>Processes the same events with an engine that archives and one that does not.</summary>
    private static InMemoryEngine RunScenario(Action<InMemoryEngine> story, int touches = 500, string bookModel = "last_touch")
    {
        var (engine, other) = (EngineWithHorizon(touches, bookModel), Market(bookModel: bookModel).WithBounds(touches));
        story(engine);
        story(other);
        ShouldAgree(engine, other);
        return engine;
    }

    private static void Receive(InMemoryEngine engine, double minute, params JourneyEvent[] events) => engine.ProcessAt(At(minute), events);

    [Theory]
    [InlineData(0, false)]
    [InlineData(1, true)]
    public void Order_older_than_the_horizon_moves_to_its_own_archived_journey(int more, bool goes)
    {
        var engine = RunScenario(engine => engine.Process(Click("ben", -31 * OneDay), Click("mia", -Hour), Order("1", 0)).ProcessAt(At(0) + Horizon + more * OneMillisecond, Click("ben", Later - 20 * OneDay)));
        engine.Journeys.Count().ShouldBe(goes ? 2 : 1);
        engine.JourneyOf("1").Touches.Count(touch => touch.IsEvidenceOnly).ShouldBe(goes ? 1 : 0);
    }

    [Theory]
    [InlineData(0, false)]
    [InlineData(1, true)]
    public void Touch_older_than_horizon_and_longest_lookback_is_evicted(int more, bool leaves)
    {
        var engine = RunScenario(engine => engine.Process(Click("mia", -OneDay), Click("mia", 0), Click("ben", OneDay)).ProcessAt(At(0) + Horizon + Lookback + more * OneMillisecond, Click("ben", Later)));
        var journey = engine.Journeys.Single();
        journey.Touches.Count(touch => !touch.IsEvidenceOnly).ShouldBe(leaves ? 2 : 3);
        journey.Touches.ShouldAllBe(touch => !touch.IsEvidenceOnly);
        journey.EvictedTouches.ShouldBeEmpty();
    }

    [Theory]
    [InlineData(0, true)]
    [InlineData(1, false)]
    public void Touch_evicted_by_count_is_remembered_while_it_may_be_resent(int more, bool known)
    {
        var engine = EngineWithHorizon(touches: 1).Process(Click("mia", -OneDay), Click("mia", 0), Click("ben", OneDay)).ProcessAt(At(0) + Horizon + more * OneMillisecond, Click("ben", 2 * OneDay));
        engine.Journeys.Single().EvictedTouches.Select(evicted => evicted.At).ShouldBe(known ? [At(0), At(OneDay)] : [At(OneDay)]);
    }

    [Fact]
    public void Catalog_change_archives_nothing()
    {
        var engine = EngineWithHorizon().Process(Click("mia", 0), Order("1", Hour), Click("ben", Later)).Put(new CreatorItem("eve", "Eve")).Reevaluate();
        engine.Journeys.Count().ShouldBe(1);
    }

    [Theory]
    [InlineData("last_touch")]
    [InlineData("linear")]
    [InlineData("first_touch")]
    public void Late_refund_of_an_archived_order_yields_the_same_cents(string bookModel)
    {
        var engine = RunScenario(
            engine =>
            {
                engine.Process(Click("mia", 0), Click("ben", 2 * Hour), Click("mia", 4 * Hour), Order("1", 5 * Hour, 9_999), Order("2", 6 * Hour, 501));
                Receive(engine, MuchLater, Click("mia", MuchLater));
                Receive(engine, MuchLater + OneDay, Refund("1", MuchLater + OneDay, 3_334), Order("3", MuchLater + OneDay));
                Receive(engine, MuchLater + (2 * OneDay), Refund("1", MuchLater + (2 * OneDay), null, id: "rest"));
            },
            bookModel: bookModel);
        engine.Conversion("1").Refunds.ShouldBe(9_999);
        engine.JourneyOf("1").ShouldNotBe(engine.JourneyOf("3"));
        engine.JourneyOf("1").ShouldNotBe(engine.JourneyOf("2"), "of two conversions archived together, the changed one moves to a new journey");
    }

    [Fact]
    public void Order_that_changes_keeps_its_evidence_at_any_age()
    {
        var engine = RunScenario(engine =>
        {
            engine.Process(Click("mia", 0), Order("1", Hour, 9_999));
            Receive(engine, 390 * OneDay, Refund("1", 390 * OneDay, 100));
            Receive(engine, MuchLater, Click("ben", MuchLater));
            Receive(engine, MuchLater + Hour, Refund("1", MuchLater, 100, id: "r2"));
        });
        engine.GrossByPlacement("1").ShouldBe(new() { [Mia] = 9_999 });
        engine.Journeys.Count().ShouldBe(1);
    }

    /// <summary>
    /// The click that an archived order depends on stays in its person's journey, where it can still earn credit, until
    /// it is evicted by the bounds; its id stays known for its landings. A correction then brings the order back.
    /// </summary>
    [Fact]
    public void Restored_order_keeps_its_evicted_evidence_and_counts_once()
    {
        var engine = EngineWithHorizon(touches: 2).Process(Click("mia", 0, clickId: "k"), Order("1", Hour, 9_999));
        Receive(engine, 402 * OneDay, Click("ben", 402 * OneDay));
        engine.JourneyOf("1").Touches.ShouldHaveSingleItem().IsEvidenceOnly.ShouldBeTrue();
        Receive(engine, 403 * OneDay, Click("ben", 403 * OneDay));
        engine.Journeys.Single(journey => journey.Conversions.IsEmpty).EvictedTouches.ShouldHaveSingleItem().ClickId.ShouldBe("k");

        Receive(engine, 404 * OneDay, Order("1", 404 * OneDay, 9_999, say: "corrected"));

        engine.Journeys.ShouldHaveSingleItem().EvictedTouches.ShouldHaveSingleItem();
        engine.GrossByPlacement("1").ShouldBe(new() { [Mia] = 9_999 });
        engine.CountJourneys().Cells[RollupKey.ForPlacement("default", Day, Mia)][Measure.Clicks].ShouldBe(1);
        engine.EmittedDeltas.DropZeros().Cells.Keys.ShouldBe(engine.CountJourneys().Cells.Keys, ignoreOrder: true);
    }

    [Fact]
    public void Order_moved_to_another_journey_keeps_its_evidence_after_a_merge()
    {
        var engine = EngineWithHorizon(touches: 2).Process(Click("ben", 390 * OneDay, "w")).Process(Click("mia", 0, clickId: "k"), Order("1", Hour, 9_999));
        Receive(engine, 402 * OneDay, Click("ben", 402 * OneDay));
        Receive(engine, 403 * OneDay, Click("ben", 403 * OneDay));
        Receive(engine, 404 * OneDay, Order("1", 404 * OneDay, 9_999, visitor: "w", say: "corrected"));
        engine.GrossByPlacement("1").ShouldBe(new() { [Mia] = 9_999 });

        Receive(engine, 405 * OneDay, Order("2", 405 * OneDay, customer: "c"));
        Receive(engine, 405 * OneDay, Order("3", 405 * OneDay, visitor: "w", customer: "c"));

        engine.Journeys.Count().ShouldBe(1);
        engine.GrossByPlacement("1").ShouldBe(new() { [Mia] = 9_999 });
        engine.CountJourneys().Cells[RollupKey.ForPlacement("default", Day, Mia)][Measure.Clicks].ShouldBe(1);
    }

    [Fact]
    public void Landing_still_belongs_to_a_click_older_than_any_lookback()
    {
        var engine = RunScenario(engine =>
        {
            engine.Process(Click("mia", 0, clickId: "k"), Visit(31 * OneDay, "k", new(Campaign: "SPRING", Content: "MIA")), Order("1", 33 * OneDay));
            Receive(engine, MuchLater, Click("ben", MuchLater));
            Receive(engine, MuchLater + OneDay, Refund("1", MuchLater + OneDay, 100));
        });
        engine.Conversion("1").Credits.ShouldBeEmpty();
    }

    [Fact]
    public void Click_evicted_by_count_owns_its_landings_while_it_may_earn()
    {
        var engine = EngineWithHorizon(touches: 1).Process(Click("mia", 0, clickId: "k"), Click("ben", OneDay));
        Receive(engine, 402 * OneDay, Click("ben", 402 * OneDay));
        Receive(engine, 403 * OneDay, Visit(403 * OneDay, "k"));
        engine.CountJourneys().Cells[RollupKey.ForPlacement("default", Day.AddDays(403), Mia)][Measure.Visits].ShouldBe(1);
    }

    [Fact]
    public void Evidence_is_not_an_unconverted_path()
    {
        foreach (var engine in new[] { EngineWithHorizon(), Market() })
        {
            engine.Process(Click("mia", 0), Order("1", Hour));
            Receive(engine, 402 * OneDay, Click("ben", 402 * OneDay));
            Receive(engine, 403 * OneDay, Refund("1", 403 * OneDay, null, RefundKind.Cancel));
            var counts = new PathCounts(1);
            foreach (var journey in engine.Journeys) JourneyPaths.AddJourney(counts, journey, Day.AddDays(-1), Day.AddDays(500), engine.Catalog);
            (counts.Conversions, counts.NonConverting).ShouldBe((0, 1));
        }
    }

    [Fact]
    public void Evidence_is_not_counted_and_its_visitor_is_counted_once()
    {
        var engine = RunScenario(engine =>
        {
            engine.Process(Click("mia", 0), Click("mia", 2 * Hour), Order("1", 3 * Hour));
            Receive(engine, Later, Click("ben", Later));
            Receive(engine, MuchLater, Click("ben", MuchLater));
        });
        var day = engine.CountJourneys().Cells[RollupKey.ForPlacement("default", Day, Mia)];
        (day[Measure.Clicks], day[Measure.UniqueVisitors]).ShouldBe((2, 1));
    }

    [Theory]
    [InlineData(Later)]
    [InlineData(MuchLater)]
    public void Correction_naming_the_visitor_restores_an_archived_order_temporarily(int when)
    {
        var engine = RunScenario(engine =>
        {
            engine.Process(Click("mia", 0), Click("mia", 2 * Hour), Order("1", 3 * Hour));
            Receive(engine, when, Click("ben", when));
            Receive(engine, when + Hour, Order("1", when + Hour, gross: 5_000, say: "corrected"));
            engine.Journeys.Count().ShouldBe(1);
            engine.Conversion("1").Gross.ShouldBe(5_000);
            Receive(engine, when + MuchLater, Click("ben", when + MuchLater));
            Receive(engine, when + MuchLater + Hour, Refund("1", when + MuchLater + Hour, 77));
        });
        engine.Journeys.Count().ShouldBe(2);
        engine.Journeys.Single(journey => journey.Conversions.IsEmpty).Touches.ShouldAllBe(touch => !touch.IsEvidenceOnly);
    }

    [Fact]
    public void Journey_with_only_old_orders_is_not_split()
    {
        var engine = RunScenario(engine => engine.Process(Order("1", 0)).ProcessAt(At(Later), Order("1", 1, say: "again")));
        engine.Journeys.Count().ShouldBe(1);
    }

    [Fact]
    public void Click_outside_the_window_still_owns_a_landing_within_it()
    {
        var engine = RunScenario(engine =>
        {
            engine.Put(new BrandItem("default", "Glow", Lookback: new("P30D", "P30D")));
            engine.Process(Click("ben", -Hour, clickId: "k"), Visit(0, "k", new(Campaign: "spring", Content: "mia")), Order("1", 30 * OneDay));
            Receive(engine, 520 * OneDay, Click("ben", 520 * OneDay));
            engine.Put(new CreatorItem("eve", "Eve")).Reevaluate();
            Receive(engine, 521 * OneDay, Refund("1", 521 * OneDay, 5));
        });
        engine.Conversion("1").Credits.ShouldBeEmpty();
    }

    [Fact]
    public void Repeat_of_a_touch_outside_the_window_remains_a_repeat()
    {
        var engine = RunScenario(engine =>
        {
            engine.Process(Click("mia", -10), Click("mia", 10), Order("1", 30 * OneDay));
            Receive(engine, 520 * OneDay, Click("ben", 520 * OneDay));
            engine.Put(new CreatorItem("eve", "Eve")).Reevaluate();
            Receive(engine, 521 * OneDay, Refund("1", 521 * OneDay, 5));
        });
        engine.Conversion("1").Credits.ShouldBeEmpty();
    }

    /// <summary>
    /// Creates years of events of two people, many exactly at a boundary, received up to a horizon late and committed
    /// out of order by up to the days that are kept beyond it.
    /// </summary>
    [Theory]
    [MemberData(nameof(Seeds))]
    public void Archiving_changes_no_sum_for_histories_of_any_length(int seed)
    {
        const int Step = 10 * OneDay;
        const int Accepted = 60 * OneDay;
        const int Held = 10 * OneDay;
        var random = new Random(seed);
        var packs = new List<(double Received, double Committed, JourneyEvent[] Events)>();
        void Say(double at, params JourneyEvent[] events)
        {
            var latest = at + Accepted;
            var received = Math.Min(latest, random.Next(3) == 0 ? latest - random.Next(2) : at + (random.Next(7) * Step));
            packs.Add((received, received + (random.NextDouble() * Held), events));
            if (random.Next(6) == 0) packs.Add((latest, latest + (random.NextDouble() * Held), events));
        }

        foreach (var person in new[] { "a", "b" })
        {
            packs.Add((0, -1, [Order($"{person}-first", 0, visitor: $"{person}1", customer: person), Order($"{person}-second", 0, visitor: $"{person}2", customer: person)]));
            double Sometime() => (random.Next(110) * Step) + (random.Next(4) switch { 0 => 0, 1 => 20, 2 => -20, _ => random.Next(Step) });
            string Visitor() => person + (1 + random.Next(2));
            for (var i = 0; i < 60; i++)
            {
                var (at, visitor) = (Math.Max(0, Sometime()), Visitor());
                switch (random.Next(6))
                {
                    case 0: Say(at, Click(random.Next(2) == 0 ? "mia" : "ben", at, visitor, $"{person}{i}")); Say(at + 1, Visit(at + 1, $"{person}{i}", new(Campaign: "spring", Content: "mia"), visitor)); break;
                    case 1: Say(at, Visit(at, utm: new(Campaign: "spring", Content: "mia"), visitor: visitor)); break;
                    case 2:
                        Say(at, Order($"{person}{i}", at, 1_000 + i, random.Next(3) == 0 ? ["MIA10"] : null, visitor, random.Next(2) == 0 ? person : null));
                        for (var later = at; random.Next(3) > 0; later += random.Next(20) * Step) Say(later, Refund($"{person}{i}", later, random.Next(300), id: $"{later}"));
                        if (random.Next(2) == 0)
                        {
                            var corrected = at + (random.Next(40) * Step) + 1;
                            Say(corrected, Order($"{person}{i}", corrected, 900 + i, null, random.Next(2) == 0 ? visitor : null, say: "corrected"));
                        }

                        break;
                    default: Say(at, Click(random.Next(3) > 0 ? "mia" : "ben", at, visitor)); break;
                }
            }
        }

        InMemoryEngine Run(TimeSpan? horizon)
        {
            var engine = Market(bookModel: "linear").Put(new CampaignItem("spring", "Spring"));
            engine.Bounds = engine.Bounds with { Horizon = horizon };
            foreach (var (received, _, events) in packs.OrderBy(pack => pack.Committed)) engine.ProcessAt(At(received), events);
            return engine.Put(new CreatorItem("eve", "Eve")).Reevaluate();
        }

        var engine = Run(TimeSpan.FromMinutes(Accepted + Held));
        ShouldAgree(engine, Run(null));
        engine.Journeys.Count().ShouldBeGreaterThan(10);
        engine.Journeys.Max(journey => journey.Touches.Count(touch => !touch.IsEvidenceOnly)).ShouldBeLessThan(40);
    }

    public static TheoryData<int> Seeds => [.. Enumerable.Range(1, 60)];
}
