using Attribution.Contracts.Catalog;
using Attribution.Core.Events;
using Attribution.Core.Ledger;
using Attribution.Core.Models;
using Attribution.Core.Rollups;
using Attribution.Core.Tests.Fixtures;

namespace Attribution.Core.Tests.Ledger;

public sealed class PlacementShareMoveTests
{
    [Fact]
    public void Differences_of_rounding_are_booked_once_with_their_reason()
    {
        var engine = UpgradedStore();

        engine.Reevaluate();
        engine.Ledger.Select(line => (line.Placement, line.Amount, line.Micros, line.Reason, line.CausedBy)).ShouldBe(
            [(Scenario.Ben, 9, 0, LedgerReason.Rounding, ""), (Scenario.Mia, -9, 0, LedgerReason.Rounding, "")],
            ignoreOrder: true);

        engine.Reevaluate();
        engine.Ledger.Count.ShouldBe(2);
    }

    [Fact]
    public void Late_touch_without_credit_moves_the_order_as_rounding()
    {
        var engine = UpgradedStore();

        // After the order, so that it earns nothing.
        engine.Process(Scenario.Click("mia", 9_000));
        engine.Ledger.ShouldAllBe(line => line.Reason == LedgerReason.Rounding);
        engine.Ledger.Count.ShouldBe(2);
    }

    [Fact]
    public void Change_beyond_rounding_keeps_its_reason()
    {
        var engine = UpgradedStore();
        engine.Put(new CreatorItem("ben", "Ben", Status: "inactive", InactiveSince: DateTimeOffset.UnixEpoch)).Reevaluate();
        engine.Ledger.Count.ShouldBe(2);
        engine.Ledger.ShouldAllBe(line => line.Reason == LedgerReason.Catalog);
    }

    [Fact]
    public void Catalog_changes_after_the_move_are_not_rounding()
    {
        var engine = UpgradedStore();
        engine.Reevaluate();
        engine.Ledger.Clear();
        engine.Put(new CreatorItem("ben", "Ben", Status: "inactive", InactiveSince: DateTimeOffset.UnixEpoch)).Reevaluate();
        engine.Ledger.ShouldAllBe(line => line.Reason == LedgerReason.Catalog);
    }

    /// <summary>
    /// The measure of orders whose money waits for a rate is new with the move: an earlier build did not store it, so the
    /// upgrade adds it once for orders that it changes in no other way.
    /// </summary>
    [Fact]
    public void Orders_that_wait_for_a_rate_gain_their_measure_once()
    {
        var engine = Scenario.Market().Process(Scenario.Order("1", 0, currency: "GBP"));
        var cell = engine.EmittedDeltas[RollupKey.Total("default", Scenario.Day)];
        cell[Model.Linear, CreditMeasure.WithoutRateMicros].ShouldBe(1_000_000);

        engine.UpgradeToPlacementShares(conversion => conversion).Reevaluate().Reevaluate();
        cell[Model.Linear, CreditMeasure.WithoutRateMicros].ShouldBe(2_000_000);
        cell[Model.Linear, CreditMeasure.ConversionMicros].ShouldBe(1_000_000);
    }

    /// <summary>
    /// An order of 19 yen after 20 touches of each of two creators, which an earlier build split into 19 and 0.
    /// </summary>
    private static InMemoryEngine UpgradedStore()
    {
        var clicks = Enumerable.Range(0, 40).Select(i => Scenario.Click(i < 20 ? "mia" : "ben", 60 * i)).ToArray<JourneyEvent>();
        var engine = Scenario.Market(bookModel: "linear").Process([.. clicks, Scenario.Order("1", 2_400, gross: 19)]);
        engine.UpgradeToPlacementShares(conversion => conversion with
        {
            Credits =
            [
                .. conversion.Credits.Select(credit => !credit.Models.Contains(conversion.BookModel) ? credit
                    : credit with { Gross = credit.Placement == Scenario.Mia ? 19 : 0 }),
            ],
        });
        engine.Ledger.Clear();
        return engine;
    }
}
