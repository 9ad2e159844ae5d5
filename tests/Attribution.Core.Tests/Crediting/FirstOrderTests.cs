using Attribution.Contracts.Catalog;
using Attribution.Core.Crediting;
using Attribution.Core.Events;
using Attribution.Core.Identity;
using Attribution.Core.Journeys;
using Attribution.Core.Ledger;
using Attribution.Core.Models;
using Attribution.Core.Payouts;
using Attribution.Core.Rollups;
using Attribution.Core.Tests.Fixtures;
using static Attribution.Core.Tests.Fixtures.Scenario;

namespace Attribution.Core.Tests.Crediting;

/// <summary>
/// Tests new customers: by the shop's word, otherwise by the orders of the same customer key, in any order of arrival, and
/// what agreements for new customers pay.
/// </summary>
public sealed class FirstOrderTests
{
    private static readonly TimeSpan Horizon = TimeSpan.FromDays(400);
    private const int Later = 450 * OneDay;

    private static InMemoryEngine Shop(string? unknownCustomers = null, DateOnly? historySince = null) => Market().Put(
        new BrandItem("default", "Glow", HistoryCompleteSince: historySince),
        new CampaignItem("spring", "Spring"),
        new AgreementItem("new", "spring", "mia", new("percent_of_net", Rate: 10), NewCustomersOnly: true, UnknownCustomers: unknownCustomers));

    private static ReportedConversion Buy(string id, double minute, string? customer = "ann", bool? isNew = null, string? visitor = null) =>
        Order(id, minute, codes: ["MIA10"], visitor: visitor, customer: customer) with { IsNewCustomer = isNew };

    private static void ShouldBe(InMemoryEngine engine, string order, CustomerStatus status, long commission)
    {
        var conversion = engine.Conversion(order);
        conversion.Customer.ShouldBe(status, order);
        conversion.Accruals.Sum(accrual => accrual.Commission).ShouldBe(commission, order);
        engine.Ledger.Where(line => line.Conversion == "o:" + order).Sum(line => line.Commission).ShouldBe(commission, order);
        engine.DecisionOf(order).Customer.Status.ShouldBe(status, order);
    }

    private static void ShouldBalance(InMemoryEngine engine)
    {
        var difference = engine.CountJourneys();
        difference.Add(engine.EmittedDeltas, -1);
        difference.DropZeros().Cells.Keys.ShouldBeEmpty();
    }

    private static long Count(InMemoryEngine engine, CreditMeasure measure) =>
        engine.CountJourneys().Cells.Where(cell => cell.Key.IsTotal).Sum(cell => cell.Value[Model.LastTouch, measure]);

    [Fact]
    public void First_order_of_a_customer_key_is_new_and_the_next_is_not()
    {
        var engine = Shop().Process(Buy("1", 0)).Process(Buy("2", OneDay)).Process(Buy("3", 2 * OneDay, customer: "bea"));

        ShouldBe(engine, "1", CustomerStatus.New, 1_000);
        ShouldBe(engine, "2", CustomerStatus.Returning, 0);
        ShouldBe(engine, "3", CustomerStatus.New, 1_000);
        engine.DecisionOf("2").Customer.EarlierOrderAt.ShouldBe(At(0));
        engine.DecisionOf("2").Withheld.ShouldBe([new(Mia, "new", WithheldReason.ReturningCustomer)]);
        (Count(engine, CreditMeasure.NewCustomers), Count(engine, CreditMeasure.UnknownCustomers)).ShouldBe((2, 0));
    }

    [Fact]
    public void The_word_of_the_shop_comes_before_its_history()
    {
        var engine = Shop().Process(Buy("1", 0, isNew: false)).Process(Buy("2", OneDay, isNew: true)).Process(Buy("3", 0, customer: null, isNew: true));

        ShouldBe(engine, "1", CustomerStatus.Returning, 0);
        ShouldBe(engine, "2", CustomerStatus.New, 1_000);
        ShouldBe(engine, "3", CustomerStatus.New, 1_000);
        engine.DecisionOf("2").Customer.IsReported.ShouldBeTrue();
    }

    [Fact]
    public void Earlier_order_that_arrives_late_takes_newness_over_with_a_reason()
    {
        var engine = Shop().Process(Buy("2", OneDay)).Process(Buy("1", 0));

        ShouldBe(engine, "1", CustomerStatus.New, 1_000);
        ShouldBe(engine, "2", CustomerStatus.Returning, 0);
        engine.Ledger.Where(line => line.Conversion == "o:2").Select(line => (line.Commission, line.Amount, line.Reason, line.CausedBy)).ShouldBe(
            [(1_000, 10_000, LedgerReason.Conversion, "test/order 2 1440"), (-1_000, 0, LedgerReason.FirstOrder, "test/order 1 0")]);
        ShouldBalance(engine);
    }

    [Fact]
    public void Without_a_customer_key_it_is_unknown_and_counted_apart()
    {
        var (holds, pays) = (Shop().Process(Buy("1", 0, customer: null)), Shop("pay").Process(Buy("1", 0, customer: null)));

        ShouldBe(holds, "1", CustomerStatus.Unknown, 0);
        ShouldBe(pays, "1", CustomerStatus.Unknown, 1_000);
        holds.DecisionOf("1").Withheld.ShouldBe([new(Mia, "new", WithheldReason.UnknownCustomer)]);
        pays.DecisionOf("1").Withheld.ShouldBeEmpty();
        (Count(holds, CreditMeasure.NewCustomers), Count(holds, CreditMeasure.UnknownCustomers)).ShouldBe((0, 1));

        holds.Process(Order("1", 5, customer: "ann", codes: ["MIA10"], visitor: null, say: "again"));
        ShouldBe(holds, "1", CustomerStatus.New, 1_000);
        (Count(holds, CreditMeasure.NewCustomers), Count(holds, CreditMeasure.UnknownCustomers)).ShouldBe((1, 0));
        ShouldBalance(holds);
    }

    [Theory]
    [InlineData(RefundKind.Cancel, CustomerStatus.New, 1_000)]
    [InlineData(RefundKind.Refund, CustomerStatus.Returning, 0)]
    [InlineData(RefundKind.Chargeback, CustomerStatus.Returning, 0)]
    public void Canceled_order_is_no_earlier_order_and_a_refunded_one_is(RefundKind kind, CustomerStatus second, long commission)
    {
        var engine = Shop().Process(Buy("1", 0)).Process(Buy("2", OneDay)).Process(Refund("1", 2 * OneDay, kind == RefundKind.Cancel ? null : 10_000, kind));

        ShouldBe(engine, "1", CustomerStatus.New, 0);
        ShouldBe(engine, "2", second, commission);
        if (kind == RefundKind.Cancel)
            engine.Ledger[^1].ShouldSatisfyAllConditions(
                line => line.Conversion.ShouldBe("o:2"), line => line.Reason.ShouldBe(LedgerReason.FirstOrder), line => line.CausedBy.ShouldStartWith("test/refund 1"));

        engine.Process(Refund("1", 3 * OneDay, null, kind) with { IsVoid = true });
        ShouldBe(engine, "1", CustomerStatus.New, 1_000);
        ShouldBe(engine, "2", CustomerStatus.Returning, 0);
        ShouldBalance(engine);
    }

    [Fact]
    public void Merged_people_keep_their_own_customer_keys()
    {
        var engine = Shop().Process(Buy("1", 0, "ann", visitor: "v")).Process(Buy("2", OneDay, "bea", visitor: "w"))
            .Process(Order("3", 2 * OneDay, codes: ["MIA10"], visitor: "w", customer: "ann"));

        engine.Journeys.Count().ShouldBe(1);
        ShouldBe(engine, "2", CustomerStatus.New, 1_000);
        ShouldBe(engine, "3", CustomerStatus.Returning, 0);
    }

    [Fact]
    public void Order_under_two_keys_is_an_earlier_order_of_both()
    {
        var engine = Shop().Process(Buy("2", OneDay, "ann")).Process(Buy("3", OneDay, "bea"))
            .Process(Buy("1", 0, "ann")).Process(Order("1", 5, codes: ["MIA10"], visitor: null, customer: "bea", say: "moved"));

        ShouldBe(engine, "1", CustomerStatus.New, 1_000);
        ShouldBe(engine, "2", CustomerStatus.Returning, 0);
        ShouldBe(engine, "3", CustomerStatus.Returning, 0);
        ShouldBalance(engine);
    }

    [Fact]
    public void The_same_key_with_two_brands_is_two_customers()
    {
        var engine = Shop().Put(new BrandItem("other", "Other")).Process(Buy("1", 0) with { Brand = "other" }).Process(Buy("2", OneDay));

        ShouldBe(engine, "2", CustomerStatus.New, 1_000);
    }

    [Fact]
    public void Before_the_known_history_a_first_order_is_unknown()
    {
        var engine = Shop(historySince: Day.AddDays(1)).Process(Buy("1", 0)).Process(Buy("2", Hour)).Process(Buy("3", OneDay, "bea"));

        ShouldBe(engine, "1", CustomerStatus.Unknown, 0);
        ShouldBe(engine, "2", CustomerStatus.Returning, 0);
        ShouldBe(engine, "3", CustomerStatus.New, 1_000);

        engine.Put(new BrandItem("default", "Glow")).Reevaluate();
        ShouldBe(engine, "1", CustomerStatus.New, 1_000);
        ShouldBalance(engine);
    }

    [Fact]
    public void Customer_with_too_many_orders_for_one_journey_is_unknown()
    {
        var engine = Shop().WithBounds(conversions: 2).Process(Buy("1", 0)).Process(Buy("2", 1)).Process(Buy("3", 2));

        engine.Journeys.Count().ShouldBe(2);
        ShouldBe(engine, "2", CustomerStatus.Returning, 0);
        ShouldBe(engine, "3", CustomerStatus.Unknown, 0);
    }

    [Fact]
    public void First_order_outlives_its_archiving()
    {
        var engine = Shop();
        engine.Bounds = engine.Bounds with { Horizon = Horizon };
        engine.Process(Buy("1", 0)).ProcessAt(At(Later), Buy("2", Later));
        engine.Journeys.Count().ShouldBe(2);
        ShouldBe(engine, "2", CustomerStatus.Returning, 0);

        engine.ProcessAt(At(Later + 5), Buy("3", Later + 1)).Reevaluate();
        ShouldBe(engine, "1", CustomerStatus.New, 1_000);
        ShouldBe(engine, "2", CustomerStatus.Returning, 0);
        ShouldBe(engine, "3", CustomerStatus.Returning, 0);
        engine.JourneyOf("3").FirstOrders.ShouldBe([new("ann", At(0), "o:1")]);
        engine.DecisionOf("3").Customer.EarlierOrderAt.ShouldBe(At(0));
        ShouldBalance(engine);

        engine.ProcessAt(At(Later + 10), Refund("1", Later + 6, 4_000));
        ShouldBe(engine, "1", CustomerStatus.New, 600);
    }

    [Fact]
    public void Archived_order_remembers_an_earlier_one_that_stayed()
    {
        var engine = Shop();
        engine.Bounds = engine.Bounds with { Horizon = Horizon };
        engine.Process(Buy("1", 0), Buy("2", 1)).Process(Refund("1", 100 * OneDay, 1_000)).ProcessAt(At(Later), Buy("3", Later));

        engine.JourneyOf("1").Id.ShouldBe(engine.JourneyOf("3").Id);
        engine.JourneyOf("2").Id.ShouldNotBe(engine.JourneyOf("3").Id);
        engine.Reevaluate();
        ShouldBe(engine, "2", CustomerStatus.Returning, 0);
        ShouldBe(engine, "3", CustomerStatus.Returning, 0);
        ShouldBalance(engine);
    }

    [Fact]
    public void Erased_customer_keeps_the_status_of_their_orders()
    {
        var engine = Shop();
        engine.Bounds = engine.Bounds with { Horizon = Horizon };
        engine.Process(Buy("1", 0)).ProcessAt(At(Later), Buy("2", Later));
        var erasure = PersonErasure.Create("default", IdentityRules.CustomerAlias("ann"), "ann", engine.JourneyOf("2"), () => "token");

        var erased = erasure.Erase(engine.JourneyOf("2"));

        erased.FirstOrders.ShouldBe([new("token", At(0), "o:1")]);
        erased.EvaluateConversion("o:2", engine.Catalog)!.Conversion.Customer.ShouldBe(CustomerStatus.Returning);
    }

    [Fact]
    public void Sign_up_is_of_a_new_customer_until_the_first_order()
    {
        var engine = Shop().Put(new AgreementItem("new", "spring", "mia", new("fixed_per_lead", LeadAmount: 5), NewCustomersOnly: true));
        ReportedConversion SignUp(string id, double minute) =>
            Order(id, minute, codes: ["MIA10"], visitor: null, customer: "ann") with { Kind = ConversionKind.Signup };

        engine.Process(SignUp("s-1", 0)).Process(Buy("1", 1)).Process(SignUp("s-2", 2));

        engine.Journeys.Single().Conversions.Select(conversion => (conversion.Key, conversion.Customer)).ShouldBe(
            [("n:s-1", CustomerStatus.New), ("n:s-2", CustomerStatus.Returning), ("o:1", CustomerStatus.New)]);
        engine.Ledger.Sum(line => line.Commission).ShouldBe(500);
    }
}
