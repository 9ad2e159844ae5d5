using Attribution.Core.Crediting;
using Attribution.Core.Events;
using Attribution.Core.Rollups;
using Attribution.Core.Tests.Fixtures;
using static Attribution.Core.Tests.Fixtures.Scenario;

namespace Attribution.Core.Tests.Crediting;

/// <summary>
/// Tests refunds and cancellations that are taken back, and the states of whole orders, of an order of 100.00 USD on the
/// first day. Every test delivers its events in every order of arrival; the time of first receipt belongs to the event.
/// </summary>
public sealed class TakenBackRefundTests
{
    private static readonly ReportedConversion Placed = Order("1", 10);

    [Fact]
    public void Voided_refund_counts_as_not_made() => ShouldEndWith(
        refunds: 0, "voided",
        Placed, Refund("1", OneDay, 4_000), Void("1", 2 * OneDay, 3 * OneDay));

    [Fact]
    public void Voided_cancellation_leaves_the_order_counted() => ShouldEndWith(
        refunds: 1_000, "applied, voided",
        Placed, Refund("1", OneDay, 1_000, id: "part"), Refund("1", OneDay + 1, null, RefundKind.Cancel, "cancel"),
        Void("1", 2 * OneDay, 2 * OneDay, "cancel", RefundKind.Cancel));

    [Fact]
    public void Later_report_makes_a_voided_refund_again() => ShouldEndWith(
        refunds: 3_000, "applied",
        Placed, Refund("1", OneDay, 4_000), Void("1", 2 * OneDay, 2 * OneDay), Refund("1", 3 * OneDay, 3_000));

    [Fact]
    public void Void_at_the_time_of_its_refund_outranks_it() => ShouldEndWith(
        refunds: 0, "voided",
        Placed, Refund("1", OneDay, 4_000), Void("1", OneDay, 2 * OneDay) with { Id = new("test", "a") });

    [Fact]
    public void Void_of_an_earlier_state_does_not_reach_a_newer_report() => ShouldEndWith(
        refunds: 4_000, "applied",
        Placed, Refund("1", OneDay, 4_000) with { StateAt = At(2 * OneDay), ReceivedAt = At(2 * OneDay) }, Void("1", OneDay + 5, 4 * OneDay));

    [Fact]
    public void Refund_missing_in_the_list_of_its_order_is_taken_back() => ShouldEndWith(
        refunds: 1_000, "voided, applied",
        Placed, Refund("1", OneDay, 4_000, id: "a"), Refund("1", OneDay, 1_000, id: "b"), State(2 * OneDay, refundIds: ["b"]));

    [Fact]
    public void Cancellation_missing_in_the_list_of_its_order_is_taken_back() => ShouldEndWith(
        refunds: 0, "voided",
        Placed, Refund("1", OneDay, null, RefundKind.Cancel, "cancel"), State(OneDay, refundIds: ["cancel"]), State(2 * OneDay, refundIds: []));

    [Fact]
    public void Listed_refund_is_made_again() => ShouldEndWith(
        refunds: 4_000, "applied",
        Placed, Refund("1", OneDay, 4_000), State(2 * OneDay, refundIds: []), State(3 * OneDay, refundIds: ["r", "never reported"]));

    [Fact]
    public void List_overrides_an_earlier_void() => ShouldEndWith(
        refunds: 4_000, "applied",
        Placed, Refund("1", OneDay, 4_000), Void("1", 2 * OneDay, 2 * OneDay), State(3 * OneDay, refundIds: ["r"]));

    [Fact]
    public void List_does_not_reach_a_newer_refund() => ShouldEndWith(
        refunds: 4_000, "applied",
        Placed, State(OneDay, refundIds: []), Refund("1", OneDay + 1, 4_000));

    [Fact]
    public void List_does_not_reach_refunds_of_another_source() => ShouldEndWith(
        refunds: 4_000, "applied, voided",
        Placed, Refund("1", OneDay, 4_000, RefundKind.Chargeback, "dispute") with { Id = new("stripe", "d-1") },
        Refund("1", OneDay, 1_000), State(2 * OneDay, refundIds: []));

    [Fact]
    public void State_without_a_list_takes_nothing_back() => ShouldEndWith(
        refunds: 4_000, "applied",
        Placed, Refund("1", OneDay, 4_000), State(2 * OneDay, refundIds: null));

    [Fact]
    public void Of_two_states_of_one_time_the_one_first_received_later_counts()
    {
        // The ids are in the opposite order, which decided before.
        var first = State(OneDay, refundIds: ["r"], gross: 7_000, receivedAt: 2 * OneDay) with { Id = new("test", "z") };
        var second = State(OneDay, refundIds: [], gross: 8_000, receivedAt: 2 * OneDay + 1) with { Id = new("test", "a") };
        var redelivered = first with { ReceivedAt = At(3 * OneDay) };
        foreach (var events in Permutations<JourneyEvent>([Placed, Refund("1", OneDay, 500), first, second, redelivered]))
        {
            var engine = Market().Process(Click("mia", 0));
            foreach (var journeyEvent in events) engine.Process(journeyEvent);
            (engine.Conversion("1").Gross, engine.Conversion("1").Refunds).ShouldBe((8_000, 0));
            engine.JourneyOf("1").ReportedConversions.Single(report => report.Id.Id == "z").ReceivedAt.ShouldBe(first.ReceivedAt);
        }
    }

    [Fact]
    public void Older_state_that_is_received_later_changes_nothing() => ShouldEndWith(
        refunds: 0, "voided",
        Placed, Refund("1", OneDay, 4_000), State(3 * OneDay, refundIds: [], receivedAt: 3 * OneDay), State(2 * OneDay, refundIds: ["r"], receivedAt: 4 * OneDay));

    [Fact]
    public void Voided_refund_without_its_order_does_not_wait()
    {
        var engine = Market().Process(Refund("1", OneDay, 100));
        Waiting(engine).ShouldBe(1);

        engine.Process(Void("1", 2 * OneDay, 2 * OneDay));

        Waiting(engine).ShouldBe(0);

        static long Waiting(InMemoryEngine engine) =>
            engine.EmittedDeltas.Cells.GetValueOrDefault(RollupKey.Total("default", Day.AddDays(1)))?[Measure.RefundsWaiting] ?? 0;
    }

    /// <summary>Checks refunds, ledger and sums after every order of arrival of the events.</summary>
    private static void ShouldEndWith(long refunds, string outcomes, params JourneyEvent[] events)
    {
        var first = (string?)null;
        foreach (var arrival in Permutations(events))
        {
            var engine = Market().Process(Click("mia", 0));
            foreach (var journeyEvent in arrival) engine.Process(journeyEvent, journeyEvent);

            var conversion = engine.Conversion("1");
            (conversion.Refunds, conversion.IsCanceled).ShouldBe((refunds, false));
            var results = engine.DecisionOf("1").Refunds;
            string.Join(", ", results.Where(refund => refund.Outcome != RefundOutcome.Restated).Select(refund => $"{refund.Outcome}".ToLowerInvariant()))
                .ShouldBe(outcomes);
            results.ShouldAllBe(refund => refund.Outcome == RefundOutcome.Applied || refund.Amount == 0);
            results.ShouldAllBe(refund => refund.Description.Length > 0);
            engine.Ledger.Sum(entry => entry.Amount).ShouldBe(10_000 - refunds);
            engine.EmittedDeltas.DropZeros().Cells.Keys.ShouldBe(engine.CountJourneys().Cells.Keys, ignoreOrder: true);
            var all = System.Text.Json.JsonSerializer.Serialize(conversion);
            all.ShouldBe(first ??= all);
        }
    }

    private static ReportedConversion State(double stateAt, string[]? refundIds, long gross = 10_000, double? receivedAt = null) =>
        Placed with { Id = new("test", $"state {stateAt}"), Gross = gross, StateAt = At(stateAt), ReceivedAt = At(receivedAt ?? stateAt), RefundIds = refundIds };

    private static ReportedRefund Void(string order, double minute, double receivedAt, string id = "r", RefundKind kind = RefundKind.Refund) =>
        Refund(order, minute, null, kind, id) with { Id = new("test", $"void {order} {id} {minute}"), Currency = null, IsVoid = true, ReceivedAt = At(receivedAt) };

    private static IEnumerable<T[]> Permutations<T>(T[] items)
    {
        if (items.Length <= 1) return [items];
        return
            from i in Enumerable.Range(0, items.Length)
            from rest in Permutations<T>([.. items[..i], .. items[(i + 1)..]])
            select (T[])[items[i], .. rest];
    }
}
