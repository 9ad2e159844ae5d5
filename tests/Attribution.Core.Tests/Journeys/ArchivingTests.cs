using Attribution.Contracts.Catalog;
using Attribution.Core.Events;
using Attribution.Core.Models.Fitting;
using Attribution.Core.Rollups;
using Attribution.Core.Tests.Fixtures;
using Attribution.TestKit.Storage;
using static Attribution.Core.Tests.Fixtures.Scenario;

namespace Attribution.Core.Tests.Journeys;

/// <summary>What is too old goes to a base or to a journey of its own: no sum changes, then or by what comes later.</summary>
public sealed class ArchivingTests
{
    private static readonly TimeSpan Horizon = TimeSpan.FromDays(400);
    private static readonly TimeSpan Lookback = TimeSpan.FromDays(30);
    private static readonly TimeSpan OneMillisecond = TimeSpan.FromMilliseconds(1);
    private const int Later = 420 * OneDay;
    private const int MuchLater = 500 * OneDay;

    private static InMemoryEngine EngineWithHorizon(int touches = 500, string bookModel = "last_touch")
    {
        var shelf = Market(bookModel: bookModel).WithBounds(touches);
        shelf.Bounds = shelf.Bounds with { Horizon = Horizon };
        return shelf;
    }

    private static void ShouldAgree(InMemoryEngine sealedOne, InMemoryEngine other)
    {
        var difference = sealedOne.CountJourneys();
        difference.Add(other.CountJourneys(), -1);
        difference.DropZeros().Cells.Keys.ShouldBeEmpty();
        difference.Add(sealedOne.EmittedDeltas);
        difference.Add(other.EmittedDeltas, -1);
        difference.DropZeros().Cells.Keys.ShouldBeEmpty();
        ConversionsOf(sealedOne).ShouldBe(ConversionsOf(other));
        LedgerOf(sealedOne).ShouldBe(LedgerOf(other));
    }

    private static string[] ConversionsOf(InMemoryEngine shelf) =>
        [.. shelf.Journeys.SelectMany(journey => journey.Conversions).OrderBy(conversion => conversion.Key, StringComparer.Ordinal).Select(conversion => RecordText.Serialize(conversion))];

    private static string[] LedgerOf(InMemoryEngine shelf) =>
    [
        .. shelf.Ledger.GroupBy(entry => (entry.Conversion, entry.Placement, entry.OrderDay, entry.EntryDay))
            .Select(line => $"{line.Key} {line.Sum(entry => entry.Amount)} {line.Sum(entry => entry.Micros)} {line.Sum(entry => entry.Commission)}")
            .Where(line => !line.EndsWith(" 0 0 0", StringComparison.Ordinal)).Order(StringComparer.Ordinal),
    ];

    /// <summary>Tells the same story to a shelf that seals and to one that does not.</summary>
    private static InMemoryEngine RunScenario(Action<InMemoryEngine> story, int touches = 500, string bookModel = "last_touch")
    {
        var (shelf, other) = (EngineWithHorizon(touches, bookModel), Market(bookModel: bookModel).WithBounds(touches));
        story(shelf);
        story(other);
        ShouldAgree(shelf, other);
        return shelf;
    }

    private static void Receive(InMemoryEngine shelf, double minute, params JourneyEvent[] events) => shelf.ProcessAt(At(minute), events);

    [Theory]
    [InlineData(0, false)]
    [InlineData(1, true)]
    public void Order_older_than_the_horizon_moves_to_its_own_archived_journey(int more, bool goes)
    {
        var shelf = RunScenario(shelf => shelf.Process(Click("ben", -31 * OneDay), Click("mia", -Hour), Order("1", 0)).ProcessAt(At(0) + Horizon + more * OneMillisecond, Click("ben", Later - 20 * OneDay)));
        shelf.Journeys.Count().ShouldBe(goes ? 2 : 1);
        shelf.JourneyOf("1").Touches.Count(touch => touch.IsEvidenceOnly).ShouldBe(goes ? 1 : 0);
    }

    [Theory]
    [InlineData(0, false)]
    [InlineData(1, true)]
    public void Touch_older_than_horizon_and_longest_lookback_is_evicted(int more, bool leaves)
    {
        var shelf = RunScenario(shelf => shelf.Process(Click("mia", -OneDay), Click("mia", 0), Click("ben", OneDay)).ProcessAt(At(0) + Horizon + Lookback + more * OneMillisecond, Click("ben", Later)));
        var journey = shelf.Journeys.Single();
        journey.Touches.Count(touch => !touch.IsEvidenceOnly).ShouldBe(leaves ? 2 : 3);
        journey.Touches.ShouldAllBe(touch => !touch.IsEvidenceOnly);
        journey.EvictedTouches.ShouldBeEmpty();
    }

    [Theory]
    [InlineData(0, true)]
    [InlineData(1, false)]
    public void Touch_evicted_by_count_is_remembered_while_it_may_be_resent(int more, bool known)
    {
        var shelf = EngineWithHorizon(touches: 1).Process(Click("mia", -OneDay), Click("mia", 0), Click("ben", OneDay)).ProcessAt(At(0) + Horizon + more * OneMillisecond, Click("ben", 2 * OneDay));
        shelf.Journeys.Single().EvictedTouches.Select(gone => gone.At).ShouldBe(known ? [At(0), At(OneDay)] : [At(OneDay)]);
    }

    [Fact]
    public void Catalog_change_archives_nothing()
    {
        var shelf = EngineWithHorizon().Process(Click("mia", 0), Order("1", Hour), Click("ben", Later)).Put(new CreatorItem("eve", "Eve")).Reevaluate();
        shelf.Journeys.Count().ShouldBe(1);
    }

    [Theory]
    [InlineData("last_touch")]
    [InlineData("linear")]
    [InlineData("first_touch")]
    public void Late_refund_of_an_archived_order_yields_the_same_cents(string bookModel)
    {
        var shelf = RunScenario(
            shelf =>
            {
                shelf.Process(Click("mia", 0), Click("ben", 2 * Hour), Click("mia", 4 * Hour), Order("1", 5 * Hour, 9_999), Order("2", 6 * Hour, 501));
                Receive(shelf, MuchLater, Click("mia", MuchLater));
                Receive(shelf, MuchLater + OneDay, Refund("1", MuchLater + OneDay, 3_334), Order("3", MuchLater + OneDay));
                Receive(shelf, MuchLater + (2 * OneDay), Refund("1", MuchLater + (2 * OneDay), null, id: "rest"));
            },
            bookModel: bookModel);
        shelf.Conversion("1").Refunds.ShouldBe(9_999);
        shelf.JourneyOf("1").ShouldNotBe(shelf.JourneyOf("3"));
        shelf.JourneyOf("1").ShouldNotBe(shelf.JourneyOf("2"), "of two sealed together the one that stirs stays, the other goes on");
    }

    [Fact]
    public void Order_that_changes_keeps_its_evidence_at_any_age()
    {
        var shelf = RunScenario(shelf =>
        {
            shelf.Process(Click("mia", 0), Order("1", Hour, 9_999));
            Receive(shelf, 390 * OneDay, Refund("1", 390 * OneDay, 100));
            Receive(shelf, MuchLater, Click("ben", MuchLater));
            Receive(shelf, MuchLater + Hour, Refund("1", MuchLater, 100, id: "r2"));
        });
        shelf.GrossByPlacement("1").ShouldBe(new() { [Mia] = 9_999 });
        shelf.Journeys.Count().ShouldBe(1);
    }

    /// <summary>
    /// The click that a sealed order rests on stays with its person, who may still be credited by it, until it leaves by number; its id stays
    /// known for its landings. A correction then brings the order back.
    /// </summary>
    [Fact]
    public void Restored_order_keeps_its_evicted_evidence_and_counts_once()
    {
        var shelf = EngineWithHorizon(touches: 2).Process(Click("mia", 0, clickId: "k"), Order("1", Hour, 9_999));
        Receive(shelf, 402 * OneDay, Click("ben", 402 * OneDay));
        shelf.JourneyOf("1").Touches.ShouldHaveSingleItem().IsEvidenceOnly.ShouldBeTrue();
        Receive(shelf, 403 * OneDay, Click("ben", 403 * OneDay));
        shelf.Journeys.Single(journey => journey.Conversions.IsEmpty).EvictedTouches.ShouldHaveSingleItem().ClickId.ShouldBe("k");

        Receive(shelf, 404 * OneDay, Order("1", 404 * OneDay, 9_999, say: "corrected"));

        shelf.Journeys.ShouldHaveSingleItem().EvictedTouches.ShouldHaveSingleItem();
        shelf.GrossByPlacement("1").ShouldBe(new() { [Mia] = 9_999 });
        shelf.CountJourneys().Cells[RollupKey.ForPlacement("default", Day, Mia)][Measure.Clicks].ShouldBe(1);
        shelf.EmittedDeltas.DropZeros().Cells.Keys.ShouldBe(shelf.CountJourneys().Cells.Keys, ignoreOrder: true);
    }

    [Fact]
    public void Order_moved_to_another_journey_keeps_its_evidence_after_a_merge()
    {
        var shelf = EngineWithHorizon(touches: 2).Process(Click("ben", 390 * OneDay, "w")).Process(Click("mia", 0, clickId: "k"), Order("1", Hour, 9_999));
        Receive(shelf, 402 * OneDay, Click("ben", 402 * OneDay));
        Receive(shelf, 403 * OneDay, Click("ben", 403 * OneDay));
        Receive(shelf, 404 * OneDay, Order("1", 404 * OneDay, 9_999, visitor: "w", say: "corrected"));
        shelf.GrossByPlacement("1").ShouldBe(new() { [Mia] = 9_999 });

        Receive(shelf, 405 * OneDay, Order("2", 405 * OneDay, customer: "c"));
        Receive(shelf, 405 * OneDay, Order("3", 405 * OneDay, visitor: "w", customer: "c"));

        shelf.Journeys.Count().ShouldBe(1);
        shelf.GrossByPlacement("1").ShouldBe(new() { [Mia] = 9_999 });
        shelf.CountJourneys().Cells[RollupKey.ForPlacement("default", Day, Mia)][Measure.Clicks].ShouldBe(1);
    }

    [Fact]
    public void Landing_still_belongs_to_a_click_older_than_any_lookback()
    {
        var shelf = RunScenario(shelf =>
        {
            shelf.Process(Click("mia", 0, clickId: "k"), Visit(31 * OneDay, "k", new(Campaign: "SPRING", Content: "MIA")), Order("1", 33 * OneDay));
            Receive(shelf, MuchLater, Click("ben", MuchLater));
            Receive(shelf, MuchLater + OneDay, Refund("1", MuchLater + OneDay, 100));
        });
        shelf.Conversion("1").Credits.ShouldBeEmpty();
    }

    [Fact]
    public void Click_evicted_by_count_owns_its_landings_while_it_may_earn()
    {
        var shelf = EngineWithHorizon(touches: 1).Process(Click("mia", 0, clickId: "k"), Click("ben", OneDay));
        Receive(shelf, 402 * OneDay, Click("ben", 402 * OneDay));
        Receive(shelf, 403 * OneDay, Visit(403 * OneDay, "k"));
        shelf.CountJourneys().Cells[RollupKey.ForPlacement("default", Day.AddDays(403), Mia)][Measure.Visits].ShouldBe(1);
    }

    [Fact]
    public void Evidence_is_not_an_unconverted_path()
    {
        foreach (var shelf in new[] { EngineWithHorizon(), Market() })
        {
            shelf.Process(Click("mia", 0), Order("1", Hour));
            Receive(shelf, 402 * OneDay, Click("ben", 402 * OneDay));
            Receive(shelf, 403 * OneDay, Refund("1", 403 * OneDay, null, RefundKind.Cancel));
            var counts = new PathCounts(1);
            foreach (var journey in shelf.Journeys) JourneyPaths.AddJourney(counts, journey, Day.AddDays(-1), Day.AddDays(500), shelf.Catalog);
            (counts.Conversions, counts.NonConverting).ShouldBe((0, 1));
        }
    }

    [Fact]
    public void Evidence_is_not_counted_and_its_visitor_is_counted_once()
    {
        var shelf = RunScenario(shelf =>
        {
            shelf.Process(Click("mia", 0), Click("mia", 2 * Hour), Order("1", 3 * Hour));
            Receive(shelf, Later, Click("ben", Later));
            Receive(shelf, MuchLater, Click("ben", MuchLater));
        });
        var day = shelf.CountJourneys().Cells[RollupKey.ForPlacement("default", Day, Mia)];
        (day[Measure.Clicks], day[Measure.UniqueVisitors]).ShouldBe((2, 1));
    }

    [Theory]
    [InlineData(Later)]
    [InlineData(MuchLater)]
    public void Correction_naming_the_visitor_restores_an_archived_order_temporarily(int when)
    {
        var shelf = RunScenario(shelf =>
        {
            shelf.Process(Click("mia", 0), Click("mia", 2 * Hour), Order("1", 3 * Hour));
            Receive(shelf, when, Click("ben", when));
            Receive(shelf, when + Hour, Order("1", when + Hour, gross: 5_000, say: "corrected"));
            shelf.Journeys.Count().ShouldBe(1);
            shelf.Conversion("1").Gross.ShouldBe(5_000);
            Receive(shelf, when + MuchLater, Click("ben", when + MuchLater));
            Receive(shelf, when + MuchLater + Hour, Refund("1", when + MuchLater + Hour, 77));
        });
        shelf.Journeys.Count().ShouldBe(2);
        shelf.Journeys.Single(journey => journey.Conversions.IsEmpty).Touches.ShouldAllBe(touch => !touch.IsEvidenceOnly);
    }

    [Fact]
    public void Journey_with_only_old_orders_is_not_split()
    {
        var shelf = RunScenario(shelf => shelf.Process(Order("1", 0)).ProcessAt(At(Later), Order("1", 1, say: "again")));
        shelf.Journeys.Count().ShouldBe(1);
    }

    [Fact]
    public void Click_outside_the_window_still_owns_a_landing_within_it()
    {
        var shelf = RunScenario(shelf =>
        {
            shelf.Put(new BrandItem("default", "Glow", Lookback: new("P30D", "P30D")));
            shelf.Process(Click("ben", -Hour, clickId: "k"), Visit(0, "k", new(Campaign: "spring", Content: "mia")), Order("1", 30 * OneDay));
            Receive(shelf, 520 * OneDay, Click("ben", 520 * OneDay));
            shelf.Put(new CreatorItem("eve", "Eve")).Reevaluate();
            Receive(shelf, 521 * OneDay, Refund("1", 521 * OneDay, 5));
        });
        shelf.Conversion("1").Credits.ShouldBeEmpty();
    }

    [Fact]
    public void Repeat_of_a_touch_outside_the_window_remains_a_repeat()
    {
        var shelf = RunScenario(shelf =>
        {
            shelf.Process(Click("mia", -10), Click("mia", 10), Order("1", 30 * OneDay));
            Receive(shelf, 520 * OneDay, Click("ben", 520 * OneDay));
            shelf.Put(new CreatorItem("eve", "Eve")).Reevaluate();
            Receive(shelf, 521 * OneDay, Refund("1", 521 * OneDay, 5));
        });
        shelf.Conversion("1").Credits.ShouldBeEmpty();
    }

    /// <summary>Years of two people, at times that often lie on a boundary exactly, received up to a horizon late and committed in a disorder of up to the days held beyond it.</summary>
    [Theory]
    [MemberData(nameof(Seeds))]
    public void Archiving_changes_no_sum_however_long_the_history(int seed)
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
            var shelf = Market(bookModel: "linear").Put(new CampaignItem("spring", "Spring"));
            shelf.Bounds = shelf.Bounds with { Horizon = horizon };
            foreach (var (received, _, events) in packs.OrderBy(pack => pack.Committed)) shelf.ProcessAt(At(received), events);
            return shelf.Put(new CreatorItem("eve", "Eve")).Reevaluate();
        }

        var shelf = Run(TimeSpan.FromMinutes(Accepted + Held));
        ShouldAgree(shelf, Run(null));
        shelf.Journeys.Count().ShouldBeGreaterThan(10);
        shelf.Journeys.Max(journey => journey.Touches.Count(touch => !touch.IsEvidenceOnly)).ShouldBeLessThan(40);
    }

    public static TheoryData<int> Seeds => [.. Enumerable.Range(1, 60)];
}
