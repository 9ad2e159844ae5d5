using Attribution.Contracts.Catalog;
using Attribution.Core.Crediting;
using Attribution.Core.Events;
using Attribution.Core.Identity;
using Attribution.Core.Ledger;
using Attribution.Core.Payouts;
using Attribution.Core.Tests.Fixtures;
using static Attribution.Core.Tests.Fixtures.Scenario;

namespace Attribution.Core.Tests.Crediting;

/// <summary>
/// Tests the renewals of a subscription: of an order of mia of 100.00 USD on 2026-03-02, for which her agreement pays 10 %.
/// </summary>
public sealed class RenewalTests
{
    private static InMemoryEngine Shop(string? renewals, bool newCustomersOnly = false) => Market().Put(
        new AgreementItem("a", "spring", "mia", new("percent_of_net", Rate: 10), Renewals: renewals, NewCustomersOnly: newCustomersOnly));

    private static InMemoryEngine Placed(string? renewals) => Shop(renewals).Process(Click("mia", -10), First(), Link("sub", "1"));

    private static ReportedConversion First() => Order("1", 0, customer: "ann");

    private static ReportedPayment Link(string id, string order) =>
        new() { Id = new("test", $"link {id} {order}"), Brand = "default", At = At(0), OrderId = order, PaymentId = id };

    private static ReportedPayment Payment(int number, int day, bool isRenewal = true) => Link($"in{number}", "sub") with
    {
        Id = new("test", $"payment {number}"), At = At(day * OneDay), Currency = "USD", Gross = 3_000, IsRenewal = isRenewal,
    };

    private static ReportedConversion Renewal(int number, int day, string? subscription = "sub") => Order($"r{number}", day * OneDay, 3_000, visitor: null, customer: "ann") with
    {
        SubscriptionId = subscription, IsRenewal = true,
    };

    private static long Commission(InMemoryEngine engine, string order)
    {
        var booked = engine.Ledger.Where(line => line.Conversion == "o:" + order).Sum(line => line.Commission);
        engine.Journeys.SelectMany(journey => journey.Conversions).Where(conversion => conversion.Key == "o:" + order)
            .SelectMany(conversion => conversion.Accruals).Sum(accrual => accrual.Commission).ShouldBe(booked, order);
        return booked;
    }

    private static void ShouldBalance(InMemoryEngine engine)
    {
        var difference = engine.CountJourneys();
        difference.Add(engine.EmittedDeltas, -1);
        difference.DropZeros().Cells.Keys.ShouldBeEmpty();
    }

    [Theory]
    [InlineData(null, "")]
    [InlineData("none", "")]
    [InlineData("all", "1 2 3 4")]
    [InlineData("1", "1")]
    [InlineData("3", "1 2 3")]
    [InlineData("P1M", "")]
    [InlineData("P2M", "1")]
    [InlineData("P62D", "1 2")]
    [InlineData("P9W", "1 2")]
    [InlineData("P1Y", "1 2 3 4")]
    public void Agreement_pays_the_renewals_that_it_names(string? renewals, string paid)
    {
        int[] days = [31, 61, 92, 122]; // 2026-04-02, 05-02, 06-02, 07-02
        var (payments, orders) = (Placed(renewals), Placed(renewals));
        for (var i = 3; i >= 0; i--)
        {
            payments.Process(Payment(i + 1, days[i]));
            orders.Process(Renewal(i + 1, days[i]));
        }

        string.Join(' ', Enumerable.Range(1, 4).Where(number => Commission(payments, $"in{number}") == 300)).ShouldBe(paid);
        string.Join(' ', Enumerable.Range(1, 4).Where(number => Commission(orders, $"r{number}") == 300)).ShouldBe(paid);
        (Commission(payments, "1"), Commission(orders, "1")).ShouldBe((1_000, 1_000));
        ShouldBalance(payments);
        ShouldBalance(orders);
    }

    [Fact]
    public void Renewal_is_credited_and_explained_as_the_first_order()
    {
        var engine = Placed("all").Process(Click("ben", 30 * OneDay), Payment(1, 31));

        engine.GrossByPlacement("in1").ShouldBe(new Dictionary<Core.Values.Placement, long> { [Mia] = 3_000 });
        var decision = engine.DecisionOf("in1");
        decision.Renewal.ShouldBe(new("o:1", 1, true));
        decision.Description.ShouldStartWith("Renewal 1 of the order 1, credited as that order. By the policy");
        decision.Candidates.Select(candidate => (candidate.Placement, candidate.Outcome)).ShouldBe([(Mia, Outcome.Credited), (Ben, Outcome.AfterConversion)]);
        engine.Conversion("in1").Day.ShouldBe(Day.AddDays(31));
        engine.JourneyOf("1").FindOrderAlias("in1").ShouldBe("o:in1");
    }

    [Fact]
    public void Renewal_as_order_without_terms_is_an_order_like_any_other()
    {
        var engine = Placed(null).Process(Click("ben", 30 * OneDay), Renewal(1, 31) with { VisitorId = "v" });

        engine.GrossByPlacement("r1").ShouldBe(new Dictionary<Core.Values.Placement, long> { [Ben] = 3_000 });
        engine.DecisionOf("r1").Renewal.ShouldBe(new("o:1", 1, false));
    }

    [Fact]
    public void Agreement_without_terms_pays_no_renewal_of_another_creator()
    {
        var engine = Market(bookModel: "linear").Put(
            new AgreementItem("a", "spring", "mia", new("percent_of_net", Rate: 10), Renewals: "all"),
            new AgreementItem("b", "spring", "ben", new("percent_of_net", Rate: 10)));
        engine.Process(Click("mia", -100), Click("ben", -10), First(), Link("sub", "1"), Payment(1, 31));

        Commission(engine, "in1").ShouldBe(150);
        engine.DecisionOf("in1").Withheld.ShouldBe([new(Ben, "b", WithheldReason.Renewal)]);
        engine.GrossByPlacement("in1", Core.Models.Model.Linear).ShouldBe(new Dictionary<Core.Values.Placement, long> { [Mia] = 1_500, [Ben] = 1_500 }, ignoreOrder: true);
    }

    [Fact]
    public void Canceled_renewals_do_not_count_toward_the_number()
    {
        var engine = Placed("1").Process(Payment(1, 31), Payment(2, 61));
        Commission(engine, "in2").ShouldBe(0);

        engine.Process(Refund("in1", 32 * OneDay, null, RefundKind.Cancel));
        (Commission(engine, "in1"), Commission(engine, "in2")).ShouldBe((0, 300));
        var line = engine.Ledger.Last(line => line.Conversion == "o:in2");
        (line.Reason, line.CausedBy).ShouldBe((LedgerReason.Conversion, $"test/refund in1 r {32 * OneDay}"));
        ShouldBalance(engine);
    }

    [Fact]
    public void Refund_of_a_renewal_takes_its_own_commission_back()
    {
        var engine = Placed("2").Process(Payment(1, 31), Payment(2, 61), Link("pi", "in1"), Refund("pi", 40 * OneDay, 1_000));

        (Commission(engine, "in1"), Commission(engine, "1")).ShouldBe((200, 1_000));
        engine.DecisionOf("in1").Refunds.ShouldHaveSingleItem().Outcome.ShouldBe(RefundOutcome.Applied);
        engine.DecisionOf("1").Refunds.ShouldBeEmpty();
        engine.Ledger.Single(line => line.Commission == -100).Reason.ShouldBe(LedgerReason.Refund);
        ShouldBalance(engine);
    }

    [Fact]
    public void Upgrade_pays_with_the_renewal_before_it_and_adds_no_number()
    {
        var engine = Placed("1").Process(Payment(1, 31), Payment(8, 10, isRenewal: false), Payment(9, 40, isRenewal: false), Payment(2, 61));

        Enumerable.Range(1, 9).Where(number => Commission(engine, $"in{number}") == 300).ShouldBe([1, 8, 9]);
    }

    [Fact]
    public void First_payment_of_a_free_order_is_no_renewal()
    {
        var engine = Shop("1").Process(Click("mia", -10), First() with { Gross = 0 }, Link("sub", "1"), Payment(1, 14), Payment(2, 44), Payment(3, 75));

        (Commission(engine, "1"), Commission(engine, "in2"), Commission(engine, "in3")).ShouldBe((300, 300, 0));
    }

    [Fact]
    public void Renewals_pay_for_new_customers_with_the_first_order()
    {
        var (news, returns) = (Shop("all", newCustomersOnly: true), Shop("all", newCustomersOnly: true).Process(Order("0", -OneDay, customer: "ann", visitor: null)));
        foreach (var engine in (InMemoryEngine[])[news, returns]) engine.Process(Click("mia", -10), First(), Link("sub", "1"), Payment(1, 31), Renewal(2, 61));

        (Commission(news, "in1"), Commission(news, "r2")).ShouldBe((300, 300));
        (Commission(returns, "in1"), Commission(returns, "r2")).ShouldBe((0, 0));
        news.Conversion("in1").IsNewCustomer.ShouldBeFalse();
    }

    [Fact]
    public void Renewal_of_an_unknown_subscription_pays_only_for_all()
    {
        foreach (var (renewals, paid) in new[] { (null, 300L), ("all", 300L), ("3", 0L), ("P1Y", 0L), ("none", 0L) })
        {
            var engine = Shop(renewals).Process(Click("mia", 30 * OneDay, "w"), Renewal(1, 31, subscription: null) with { VisitorId = "w" });
            Commission(engine, "r1").ShouldBe(paid, renewals);
        }
    }

    [Fact]
    public void Late_first_order_credits_renewals_that_waited_for_it()
    {
        var engine = Shop("1").Process(Renewal(1, 31), Renewal(2, 61)).Process(Click("mia", -10));
        Commission(engine, "r1").ShouldBe(0);

        engine.Process(First() with { SubscriptionId = "sub" });
        (Commission(engine, "r1"), Commission(engine, "r2")).ShouldBe((300, 0));
        engine.Ledger.Last(line => line.Conversion == "o:r1").CausedBy.ShouldBe("test/order 1 0");
        ShouldBalance(engine);
    }

    [Fact]
    public void Late_touch_moves_the_renewals_with_their_first_order()
    {
        var engine = Market().Put(
            new AgreementItem("a", "spring", "mia", new("percent_of_net", Rate: 10), Renewals: "all"),
            new AgreementItem("b", "spring", "ben", new("percent_of_net", Rate: 20), Renewals: "all"));
        engine.Process(Click("mia", -10), First(), Link("sub", "1"), Payment(1, 31), Renewal(2, 61)).Process(Click("ben", -5));

        engine.GrossByPlacement("in1").ShouldContainKeyAndValue(Ben, 3_000);
        (Commission(engine, "in1"), Commission(engine, "r2")).ShouldBe((600, 600));
        ShouldBalance(engine);
    }

    [Fact]
    public void Terms_apply_to_renewals_that_are_known_already()
    {
        var engine = Placed(null).Process(Payment(1, 31));
        engine.Put(new AgreementItem("a", "spring", "mia", new("percent_of_net", Rate: 10), Renewals: "all")).Reevaluate();
        Commission(engine, "in1").ShouldBe(300);

        engine.Put(new AgreementItem("a", "spring", "mia", new("percent_of_net", Rate: 10))).Reevaluate();
        Commission(engine, "in1").ShouldBe(0);
        engine.Journeys.Single().Conversions.Select(conversion => conversion.Key).ShouldBe(["o:1"]);
        ShouldBalance(engine);
    }

    [Fact]
    public void Agreement_of_the_first_order_pays_after_it_has_ended()
    {
        var engine = Market().Put(new AgreementItem(
            "a", "spring", "mia", new("percent_of_net", Rate: 10), ValidTo: Day.AddDays(1), Renewals: "all"));
        engine.Process(Click("mia", -10), First(), Link("sub", "1"), Payment(1, 31));

        Commission(engine, "in1").ShouldBe(300);
    }

    [Fact]
    public void Archived_subscription_pays_its_next_renewal()
    {
        foreach (var renewal in (JourneyEvent[])[Payment(2, 500), Renewal(2, 500)])
        {
            var engine = Shop("all");
            engine.Bounds = engine.Bounds with { Horizon = TimeSpan.FromDays(400) };
            engine.Process(Click("mia", -10)).Process(First() with { SubscriptionId = "sub" }, Link("sub", "1"), Payment(1, 31));
            engine.ProcessAt(At(499 * OneDay), Order("2", 499 * OneDay, customer: "ann"));
            engine.Journeys.Count(journey => journey.ReportedConversions.Length > 0).ShouldBe(2);
            engine.ProcessAt(At(500 * OneDay), renewal);

            Commission(engine, renewal is ReportedPayment ? "in2" : "r2").ShouldBe(300);
            Commission(engine, "in1").ShouldBe(300);
            ShouldBalance(engine);
        }
    }

    [Theory]
    [InlineData("0")]
    [InlineData("1001")]
    [InlineData("-1")]
    [InlineData("P0M")]
    [InlineData("P101Y")]
    [InlineData("P1Y6M")]
    [InlineData("PT1H")]
    [InlineData("P1M ")]
    [InlineData("All")]
    [InlineData("")]
    public void Other_texts_are_no_terms(string text) => RenewalTerms.TryParse(text, out _).ShouldBeFalse();
}
