using Attribution.Contracts.Catalog;
using Attribution.Core.Catalog;
using Attribution.Core.Ledger;
using Attribution.Core.Tests.Fixtures;

namespace Attribution.Core.Tests.Ledger;

/// <summary>
/// Since 2026-11-01, Winnipeg is at UTC-06:00 in tzdb 2026d and at UTC-05:00 in 2026f. The order is of 05:30 UTC on November
/// 10, and therefore moves from November 9 to November 10.
/// </summary>
public sealed class TimeZoneMoveTests
{
    private static readonly double OrderMinute = MinuteOf(new(2026, 11, 10, 5, 30, 0, TimeSpan.Zero));

    [Fact]
    public void Order_moves_once_with_its_reason()
    {
        var engine = CutWithOldZones(Scenario.Order("1", OrderMinute));

        engine.ApplyTimeZones(TimeZoneSet.Unrecorded, TimeZoneSet.Bundled).Reevaluate();

        Describe(engine).ShouldBe(["1109 -10000 TimeZones", "1110 10000 TimeZones"]);
        var difference = engine.CountJourneys();
        difference.Add(engine.EmittedDeltas, -1);
        difference.DropZeros().Cells.ShouldBeEmpty();
        engine.Reevaluate();
        engine.Ledger.Count.ShouldBe(2);
    }

    [Fact]
    public void Refund_moves_alone_if_its_order_does_not()
    {
        var engine = CutWithOldZones(Scenario.Order("1", OrderMinute - (5 * Scenario.Hour)), Scenario.Refund("1", OrderMinute, 4_000));

        engine.ApplyTimeZones(TimeZoneSet.Unrecorded, TimeZoneSet.Bundled).Reevaluate();

        engine.Ledger.Select(line => $"{line.OrderDay:MMdd} {line.EntryDay:MMdd} {line.Amount} {line.Reason}").ShouldBe(
            ["1109 1109 4000 TimeZones", "1109 1110 -4000 TimeZones"], ignoreOrder: true);
    }

    [Fact]
    public void Late_touch_that_earns_nothing_moves_the_order_as_well()
    {
        var engine = CutWithOldZones(Scenario.Order("1", OrderMinute));

        engine.ApplyTimeZones(TimeZoneSet.Unrecorded, TimeZoneSet.Bundled).Process(Scenario.Click("ben", OrderMinute + 60));

        Describe(engine).ShouldBe(["1109 -10000 TimeZones", "1110 10000 TimeZones"]);
    }

    [Fact]
    public void Later_changes_have_their_own_reason()
    {
        var engine = CutWithOldZones(Scenario.Order("1", OrderMinute));
        engine.ApplyTimeZones(TimeZoneSet.Unrecorded, TimeZoneSet.Bundled).Reevaluate();
        engine.Ledger.Clear();

        engine.Put(new BrandItem("default", "Glow", TimeZone: "Etc/UTC")).Reevaluate();
        engine.Ledger.ShouldBeEmpty("05:30 UTC is on the same day");
        engine.Put(new BrandItem("default", "Glow", TimeZone: "America/Los_Angeles")).Reevaluate();
        engine.Ledger.ShouldAllBe(line => line.Reason == LedgerReason.Catalog);
        engine.Ledger.Count.ShouldBe(2);
    }

    [Fact]
    public void Only_journeys_with_a_moved_day_are_reached()
    {
        var engine = CutWithOldZones(Scenario.Order("1", OrderMinute - (2 * Scenario.Hour)));
        engine.ApplyTimeZones(TimeZoneSet.Unrecorded, TimeZoneSet.Bundled);
        var journey = engine.Journeys.Single();
        TimeZoneMove.OfJourney(journey, engine.Catalog)!.Reaches(journey).ShouldBeFalse();

        engine.Process(Scenario.Order("1", OrderMinute, say: "again"));
        TimeZoneMove.OfJourney(engine.Journeys.Single(), engine.Catalog).ShouldBeNull("it has the current time zones");
    }

    /// <summary>A journey with a click two hours before the order, in a store that was cut with tzdb 2026d.</summary>
    private static InMemoryEngine CutWithOldZones(params Core.Events.JourneyEvent[] events)
    {
        var engine = Scenario.Market();
        engine.TimeZones = new([new(TimeZoneSet.Unrecorded, 0, new(long.MinValue))]);
        engine.Put(
            new BrandItem("default", "Glow", TimeZone: "America/Winnipeg"), new CampaignItem("spring", "Spring"));
        engine.Process([Scenario.Click("mia", OrderMinute - (7 * Scenario.Hour)), .. events]);
        engine.Ledger.Clear();
        return engine;
    }

    private static List<string> Describe(InMemoryEngine engine) =>
        [.. engine.Ledger.OrderBy(line => line.EntryDay).Select(line => $"{line.EntryDay:MMdd} {line.Amount} {line.Reason}")];

    private static double MinuteOf(DateTimeOffset at) => (at - Scenario.Moment(0)).TotalMinutes;
}
