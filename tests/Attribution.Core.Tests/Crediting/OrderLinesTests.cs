using Attribution.Contracts.Catalog;
using Attribution.Core.Events;
using Attribution.Core.Models;
using Attribution.Core.Payouts;
using Attribution.Core.Tests.Fixtures;
using static Attribution.Core.Tests.Fixtures.Scenario;

namespace Attribution.Core.Tests.Crediting;

/// <summary>
/// Tests what lines of an order are worth and earn: an order of mia of 100.00 USD on 2026-03-02, of which 60.00 are the shirt
/// p1, 30.00 the shoes p2 and 10.00 a voucher.
/// </summary>
public sealed class OrderLinesTests
{
    private static readonly ReportedLine[] Three =
    [
        new("1", "p1", "Shirts", 2_000, 6_000, 0), new("2", "p2", "Shoes", 1_000, 3_000, 0), new("3", "gift", null, 1_000, 1_000, 0),
    ];

    private static InMemoryEngine Shop(AgreementItem agreement, string bookModel = "last_touch") => Market(bookModel: bookModel).Put(agreement);

    private static AgreementItem Terms(decimal rate = 10, string[]? excluded = null, string[]? categories = null, params ProductRateItem[] rates) =>
        new("a", "spring", "mia", new("percent_of_net", Rate: rate), ExcludedProducts: excluded, ExcludedCategories: categories, ProductRates: rates);

    private static InMemoryEngine Sold(AgreementItem agreement, params ReportedLine[] lines) =>
        Shop(agreement).Process(Click("mia", -10), Order("1", 0) with { Lines = lines });

    private static long Commission(InMemoryEngine engine)
    {
        var booked = engine.Ledger.Sum(line => line.Commission);
        engine.Conversion("1").Accruals.Sum(accrual => accrual.Commission).ShouldBe(booked);
        engine.DecisionOf("1").Lines.Sum(line => line.Commissions.Sum(paid => paid.Commission)).ShouldBe(engine.DecisionOf("1").Lines.Count == 0 ? 0 : booked);
        return booked;
    }

    private static string Net(InMemoryEngine engine) =>
        string.Join(' ', engine.DecisionOf("1").Lines.Select(line => line.Gross - line.Discount - line.Refunds));

    [Fact]
    public void Product_is_paid_by_its_own_rate_before_its_category()
    {
        Commission(Sold(Terms(10, null, null, new ProductRateItem(20, "P1 "), new ProductRateItem(5, Category: "SHIRTS")), Three)).ShouldBe(1_200 + 400);
        Commission(Sold(Terms(10, null, null, new ProductRateItem(5, Category: "SHIRTS")), Three)).ShouldBe(300 + 400);
        Commission(Sold(Terms(10, null, ["shirts"], new ProductRateItem(20, "p1")), Three)).ShouldBe(1_200 + 400);
        Commission(Sold(Terms(10, ["p1"], null, new ProductRateItem(5, Category: "shirts")), Three)).ShouldBe(400);
        Commission(Sold(Terms(10, null, ["shirts", "shoes"]), Three)).ShouldBe(100);
    }

    [Fact]
    public void Order_without_lines_is_paid_as_before()
    {
        Commission(Sold(Terms(10, ["p1"], ["shoes"]))).ShouldBe(1_000);
        Commission(Shop(Terms(10, ["p1"])).Process(Click("mia", -10), Order("1", 0))).ShouldBe(1_000);
    }

    [Fact]
    public void Order_of_excluded_products_only_pays_nothing()
    {
        var engine = Sold(
            new("a", "spring", "mia", new("hybrid", Rate: 10, Amount: 5), ExcludedProducts: ["p1", "p2", "gift"]),
            [.. Three, new("4", "sample", null, 1_000, 0, 0)]);

        Commission(engine).ShouldBe(0);
        engine.DecisionOf("1").Withheld.Single().Reason.ShouldBe(WithheldReason.ExcludedProduct);
    }

    [Fact]
    public void Fixed_amount_is_paid_for_an_order_with_a_line_that_pays()
    {
        var engine = Sold(new("a", "spring", "mia", new("hybrid", Rate: 10, Amount: 5), ExcludedProducts: ["p1", "p2"]), Three);

        Commission(engine).ShouldBe(500 + 100);
        engine.DecisionOf("1").Lines.Select(line => line.Commissions.Single()).Select(paid => (paid.Rate, paid.Net, paid.Commission))
            .ShouldBe([(null, 6_000, 0), (null, 3_000, 0), (10, 1_000, 600)]);
    }

    [Fact]
    public void Refund_lowers_the_lines_that_it_names_first()
    {
        var terms = Terms(10, null, null, new ProductRateItem(50, "p1"), new ProductRateItem(0, "p2"));
        var refund = Refund("1", OneDay, 4_000);

        string[] nets =
        [
            .. new ReportedRefundLine[]?[]
            {
                null, [new("2", null, 3_000)], [new(null, "P2", 1_000), new("3", "p1", 1_000)], [new("unknown", "p1", 4_000)], [new("1", "p2", 9_000)],
            }.Select(lines => Net(Sold(terms, Three).Process(refund with { Lines = lines }))),
        ];

        nets.ShouldBe(["3600 1800 600", "5143 0 857", "4500 1500 0", "2000 3000 1000", "2000 3000 1000"]);
        Commission(Sold(terms, Three).Process(refund with { Lines = [new("2", null, 3_000), new("3", null, 1_000)] })).ShouldBe(3_000);
        Commission(Sold(terms, Three).Process(refund with { Lines = [new("1", null, 4_000)] })).ShouldBe(1_000 + 100);
    }

    [Fact]
    public void Cancellation_leaves_nothing_of_any_line()
    {
        var engine = Sold(Terms(10, null, null, new ProductRateItem(50, "p1")), Three)
            .Process(Refund("1", OneDay, 333), Refund("1", 2 * OneDay, null, RefundKind.Cancel, "cancel"));

        Net(engine).ShouldBe("0 0 0");
        Commission(engine).ShouldBe(0);
    }

    [Fact]
    public void Order_wide_discount_is_shared_by_all_lines()
    {
        var engine = Shop(Terms(10, ["p2"])).Process(
            Click("mia", -10),
            Order("1", 0, discount: 2_000) with { Lines = [Three[0] with { Discount = 1_000 }, Three[1], Three[2]] });

        // 80.00 in the ratio of 50 to 30 to 10.
        Net(engine).ShouldBe("4444 2667 889");
        engine.DecisionOf("1").Lines.Select(line => line.Gross).ShouldBe([6_000, 3_000, 1_000]);
        Commission(engine).ShouldBe(533);
    }

    [Fact]
    public void Lines_of_the_latest_state_count_while_they_add_up()
    {
        var terms = Terms(10, ["p1"]);
        ReportedConversion Later(long gross, ReportedLine[]? lines) => Order("1", 5, gross, say: "later") with { Lines = lines };

        Commission(Sold(terms, Three).Process(Later(10_000, null))).ShouldBe(400);
        Commission(Sold(terms, Three).Process(Later(12_000, null))).ShouldBe(1_200);
        Commission(Sold(terms, Three).Process(Later(10_000, []))).ShouldBe(1_000);
        Commission(Sold(terms, Three).Process(Later(12_000, [Three[0], Three[0]]))).ShouldBe(0);
        Commission(Shop(terms).Process(Click("mia", -10), Later(10_000, null), Order("1", 0) with { Lines = Three })).ShouldBe(400);
    }

    [Fact]
    public void Excluded_net_does_not_count_towards_tiers()
    {
        var engine = Sold(
            new("a", "spring", "mia", new("percent_of_net", Rate: 10), Tiers: [new(50, Rate: 20)], ExcludedProducts: ["p1"]), Three);

        var accrual = PeriodAccrual.FromJourney(engine.JourneyOf("1")).Single();

        (accrual.Net, accrual.Commission).ShouldBe((4_000, 400));
    }

    [Fact]
    public void Lines_sum_to_the_order_and_to_its_commissions()
    {
        for (var seed = 0; seed < 200; seed++)
        {
            var dice = new Random(seed);
            var lines = Enumerable.Range(0, dice.Next(1, 6)).Select(i =>
            {
                var goods = dice.NextInt64(20_000);
                return new ReportedLine($"{i}", $"p{dice.Next(3)}", dice.Next(2) == 0 ? "c" : null, 1_000, goods, dice.NextInt64(goods + 1));
            }).ToList();
            var (gross, discount) = (lines.Sum(line => line.Goods) + dice.Next(lines.Count), lines.Sum(line => line.Discount));
            var engine = Market(bookModel: "linear").Put(
                new FxRateItem("fx", new(2026, 3, 1), "EUR", "USD", 1.0837m), Terms(10, ["p0"], ["c"], new ProductRateItem(33.333333m, "p1")),
                new AgreementItem("b", "spring", "ben", new("hybrid", Rate: 7.5m, Amount: 1), ProductRates: [new(1, "p2")]));
            engine.Process(
                Click("mia", -20), Click("ben", -10),
                Order("1", 0, gross, discount: Math.Min(gross, discount + dice.Next(50)), currency: "EUR") with { Lines = lines });
            for (var i = dice.Next(3); i > 0; i--)
                engine.Process(Refund("1", i * OneDay, 1 + dice.NextInt64(5_000), id: $"r{i}", currency: "EUR") with { Lines = dice.Next(2) == 0 ? null : [new($"{dice.Next(5)}", null, 1_000)] });

            var (conversion, decided) = (engine.Conversion("1"), engine.DecisionOf("1").Lines);
            (decided.Sum(line => line.Gross), decided.Sum(line => line.Discount), decided.Sum(line => line.Refunds))
                .ShouldBe((conversion.Gross, conversion.Discount, conversion.Refunds), $"seed {seed}");
            decided.ShouldAllBe(line => line.Gross >= 0 && line.Discount >= 0 && line.Refunds <= line.Gross - line.Discount, $"seed {seed}");
            foreach (var accrual in conversion.Accruals)
            {
                var paid = decided.Select(line => line.Commissions.Single(one => one.Placement == accrual.Placement)).ToList();
                paid.Sum(line => line.Commission).ShouldBe(accrual.Commission, $"seed {seed}");
                var credit = conversion.Credits.Single(credit => credit.Placement == accrual.Placement && credit.Models.Contains(conversion.BookModel));
                paid.Sum(line => line.Net).ShouldBe(credit.Gross - credit.Discount - credit.Refunds, $"seed {seed}");
            }
        }
    }
}
