using Attribution.Core.Events;
using Attribution.Core.Identity;
using Attribution.Core.Rollups;
using Attribution.Core.Tests.Fixtures;
using static Attribution.Core.Tests.Fixtures.Scenario;

namespace Attribution.Core.Tests.Crediting;

/// <summary>
/// Tests the other ids of an order, later payments and refunds of the total, of an order of 100.00 USD with 20.00 of tax
/// and shipping. Every test delivers its events in every order of arrival.
/// </summary>
public sealed class OrderPaymentTests
{
    private static readonly ReportedConversion Placed = Order("1", 10) with { TaxAndShipping = 2_000 };
    private static readonly ReportedConversion Trial = Order("1", 10, gross: 0) with { TaxAndShipping = 0 };

    [Fact]
    public void Refund_finds_its_order_by_the_payment() => ShouldEndWith(
        10_000, 4_000, "applied",
        Placed, Link("pi", "1"), Refund("pi", OneDay, 4_000));

    [Fact]
    public void Refund_finds_its_order_through_several_links() => ShouldEndWith(
        10_000, 4_000, "applied",
        Placed, Link("ch", "in"), Link("in", "1"), Refund("ch", OneDay, 4_000));

    [Fact]
    public void Refunds_under_several_ids_of_an_order_count_once_each() => ShouldEndWith(
        10_000, 5_000, "applied, applied",
        Placed, Link("pi", "1"), Refund("pi", OneDay, 4_000, id: "a"), Refund("1", OneDay, 1_000, id: "b"));

    [Fact]
    public void Refund_reported_under_two_ids_counts_once() => ShouldEndWith(
        10_000, 4_000, "restated, applied",
        Placed, Link("pi", "1"), Refund("1", OneDay, 3_000), Refund("pi", OneDay + 1, 4_000));

    [Fact]
    public void Own_id_of_an_order_is_not_followed() => ShouldEndWith(
        10_000, 4_000, "applied",
        Placed, Link("1", "in"), Link("in", "1"), Refund("in", OneDay, 4_000));

    [Fact]
    public void Links_in_a_circle_find_no_order()
    {
        var engine = Market().Process(Placed, Link("a", "b"), Link("b", "a"), Refund("a", OneDay, 4_000));
        engine.Conversion("1").Refunds.ShouldBe(0);
        Waiting(engine).ShouldBe(1);
    }

    [Fact]
    public void Refund_waits_until_its_payment_is_linked()
    {
        var engine = Market().Process(Placed).Process(Refund("pi", OneDay, 4_000));
        Waiting(engine).ShouldBe(1);
        engine.Process(Link("pi", "1"));
        (Waiting(engine), engine.Conversion("1").Refunds).ShouldBe((0, 4_000));
        engine.JourneyOf("1").FindOrderAlias("pi").ShouldBe("o:1");
    }

    [Fact]
    public void Refund_of_the_total_gives_back_the_goods_share() => ShouldEndWith(
        10_000, 5_000, "applied",
        Placed, Refund("1", OneDay, 6_000) with { IsOfTotal = true });

    [Fact]
    public void Refunds_of_the_whole_total_give_back_all_goods() => ShouldEndWith(
        10_000, 10_000, "applied, applied, applied",
        Placed, Total("a", 1, 3_333), Total("b", 2, 3_333), Total("c", 3, 5_334));

    [Fact]
    public void Refund_above_the_total_is_capped() => ShouldEndWith(
        10_000, 10_000, "applied, capped",
        Placed, Total("a", 1, 6_000), Total("b", 2, 6_001));

    [Fact]
    public void Refund_of_an_order_without_tax_and_shipping_is_one_of_goods() => ShouldEndWith(
        10_000, 6_000, "applied",
        Order("1", 10), Total("a", 1, 6_000));

    [Fact]
    public void Free_order_is_worth_its_first_payment() => ShouldEndWith(
        3_000, 0, "",
        Trial, Link("sub", "1"), Payment("in1", "sub", 30 * OneDay, 3_000), Payment("in2", "sub", 60 * OneDay, 9_000));

    [Fact]
    public void Refund_of_the_first_payment_is_a_refund_of_the_order() => ShouldEndWith(
        3_000, 1_500, "applied",
        Trial, Link("sub", "1"), Payment("in1", "sub", 30 * OneDay, 3_000, besides: 600), Link("pi", "in1"),
        Refund("pi", 31 * OneDay, 1_800) with { IsOfTotal = true });

    [Fact]
    public void Later_payment_and_its_refund_do_not_count() => ShouldEndWith(
        10_000, 0, "paymentnotcounted",
        Placed, Link("sub", "1"), Payment("in2", "sub", 30 * OneDay, 9_000), Refund("in2", 31 * OneDay, 9_000));

    [Fact]
    public void Payment_of_nothing_is_no_first_payment() => ShouldEndWith(
        3_000, 0, "",
        Trial, Link("sub", "1"), Payment("in1", "sub", 30 * OneDay, 0), Payment("in2", "sub", 60 * OneDay, 3_000));

    [Fact]
    public void First_payment_is_credited_by_the_evidence_of_its_order()
    {
        var engine = Market().Process(Order("1", 10, gross: 0, codes: ["MIA10"], visitor: null), Link("sub", "1"))
            .Process(Payment("in1", "sub", 30 * OneDay, 3_000));
        engine.GrossByPlacement("1").ShouldBe(new Dictionary<Core.Values.Placement, long> { [Mia] = 3_000 });
        engine.Conversion("1").Day.ShouldBe(Day);
    }

    [Fact]
    public void Archived_order_is_found_by_its_payment()
    {
        var engine = Market().Process(Click("mia", 0), Placed, Link("pi", "1"));
        engine.ProcessAt(At(500 * OneDay), Order("2", 500 * OneDay));
        engine.ProcessAt(At(500 * OneDay), Refund("pi", 499 * OneDay, 4_000));
        engine.Conversion("1").Refunds.ShouldBe(4_000);
        engine.JourneyOf("1").ReportedPayments.Length.ShouldBe(1);
    }

    private static long Waiting(InMemoryEngine engine) => engine.EmittedDeltas.Cells
        .Where(cell => cell.Key == RollupKey.Total("default", Day.AddDays(1))).Sum(cell => cell.Value[Measure.RefundsWaiting]);

    /// <summary>Checks amounts, ledger and sums after every order of arrival of the events.</summary>
    private static void ShouldEndWith(long net, long refunds, string outcomes, params JourneyEvent[] events)
    {
        var first = (string?)null;
        foreach (var arrival in Permutations(events))
        {
            var engine = Market().Process(Click("mia", 0));
            foreach (var journeyEvent in arrival) engine.Process(journeyEvent, journeyEvent);

            var conversion = engine.Conversion("1");
            (conversion.Gross - conversion.Discount, conversion.Refunds).ShouldBe((net, refunds));
            var results = engine.DecisionOf("1").Refunds;
            string.Join(", ", results.Select(refund => $"{refund.Outcome}".ToLowerInvariant())).ShouldBe(outcomes);
            results.ShouldAllBe(refund => refund.Description.Length > 0);
            engine.Ledger.Sum(entry => entry.Amount).ShouldBe(net - refunds);
            engine.EmittedDeltas.DropZeros().Cells.Keys.ShouldBe(engine.CountJourneys().Cells.Keys, ignoreOrder: true);
            var all = System.Text.Json.JsonSerializer.Serialize(conversion);
            all.ShouldBe(first ??= all);
        }
    }

    private static ReportedRefund Total(string id, int day, long amount) => Refund("1", day * OneDay, amount, id: id) with { IsOfTotal = true };

    private static ReportedPayment Link(string id, string order) =>
        new() { Id = new("test", $"link {id} {order}"), Brand = "default", At = At(OneDay), OrderId = order, PaymentId = id };

    private static ReportedPayment Payment(string id, string order, double minute, long gross, long besides = 0) => Link(id, order) with
    {
        Id = new("test", $"payment {id}"), At = At(minute), Currency = "USD", Gross = gross, TaxAndShipping = besides,
    };

    private static IEnumerable<T[]> Permutations<T>(T[] items)
    {
        if (items.Length <= 1) return [items];
        return
            from i in Enumerable.Range(0, items.Length)
            from rest in Permutations<T>([.. items[..i], .. items[(i + 1)..]])
            select (T[])[items[i], .. rest];
    }
}
