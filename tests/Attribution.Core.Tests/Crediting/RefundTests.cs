using Attribution.Core.Crediting;
using Attribution.Core.Events;
using Attribution.Core.Rollups;
using Attribution.Core.Tests.Fixtures;
using static Attribution.Core.Tests.Fixtures.Scenario;

namespace Attribution.Core.Tests.Crediting;

/// <summary>An order of 100.00 USD on its first day, and what became of each of its refunds.</summary>
public sealed class RefundTests
{
    private static readonly RollupKey BrandTotal = RollupKey.Total("default", Day);

    /// <summary>
    /// Refunds as <c>id kind amount currency @day</c> (no amount: none stated), each with its outcome and what it gave back; then the
    /// counts of capped and of foreign ones.
    /// </summary>
    [Theory]
    [InlineData("a refund 4000 USD @1 -> applied 4000", 0, 0)]
    [InlineData("a refund 10000 USD @1 -> applied 10000", 0, 0)]
    [InlineData("a refund 10001 USD @1 -> capped 10000", 1, 0)]
    [InlineData("a refund 6000 USD @1 -> applied 6000; b chargeback 6000 USD @2 -> capped 4000; c refund 1 USD @3 -> capped 0", 2, 0)]
    [InlineData("b refund 6000 USD @2 -> capped 4000; a refund 6000 USD @1 -> applied 6000", 1, 0)]
    [InlineData("a refund 4000 EUR @1 -> other_currency 0; b refund 10000 USD @2 -> applied 10000", 0, 1)]
    [InlineData("a refund 4000 EUR @1 -> restated 0; a refund 4000 USD @2 -> applied 4000", 0, 0)]
    [InlineData("a refund 4000 USD @1 -> restated 0; a refund 20000 USD @2 -> capped 10000", 1, 0)]
    [InlineData("a cancel - - @1 -> applied 10000", 0, 0)]
    [InlineData("a cancel 100 EUR @1 -> applied 10000", 0, 0)]
    [InlineData("a refund 3000 USD @1 -> applied 3000; b cancel - - @2 -> applied 7000; c refund 3000 USD @3 -> after_cancel 0; d cancel - - @4 -> applied 0", 0, 0)]
    [InlineData("a cancel - - @1 -> applied 10000; b refund 10000 EUR @2 -> other_currency 0", 0, 1)]
    public void Every_refund_has_the_expected_outcome(string refunds, int capped, int foreign)
    {
        var rows = refunds.Split("; ").Select(row => row.Split(" -> ")).ToList();
        ReportedRefund[] stated = [.. rows.Select(row => ParseRefund(row[0].Split(' ')))];
        foreach (var events in new[] { stated, [.. stated.Reverse()] })
        {
            var shelf = Market().Process(Click("mia", 0));
            foreach (var refund in events[..(events.Length / 2)]) shelf.Process(refund);
            shelf.Process(Order("1", 10));
            foreach (var refund in events[(events.Length / 2)..]) shelf.Process(refund);

            var told = shelf.DecisionOf("1").Refunds;
            told.Select(refund => refund.Refund.Id).ShouldBeInOrder();
            foreach (var (refund, row) in stated.Zip(rows))
            {
                var one = told.Single(one => one.Refund == refund);
                $"{SerializedName(one.Outcome)} {one.Amount}".ShouldBe(row[1]);
                one.Description.ShouldNotBeNullOrWhiteSpace();
                one.Currency.ShouldBe("USD");
            }

            told.Sum(refund => refund.Amount).ShouldBe(shelf.Conversion("1").Refunds);
            Counted(shelf, BrandTotal, Measure.RefundsCapped).ShouldBe(capped);
            Counted(shelf, BrandTotal, Measure.RefundsInOtherCurrency).ShouldBe(foreign);
            Counted(shelf, RollupKey.Total("default", Day.AddDays(1)), Measure.RefundsWaiting).ShouldBe(0);
            shelf.EmittedDeltas.DropZeros().Cells.Keys.ShouldBe(shelf.CountJourneys().Cells.Keys, ignoreOrder: true);
        }
    }

    [Fact]
    public void Refund_without_its_order_is_counted_as_waiting_once_until_it_arrives()
    {
        var (first, second) = (RollupKey.Total("default", Day.AddDays(1)), RollupKey.Total("default", Day.AddDays(2)));
        var shelf = Market().Process(Refund("1", OneDay, 100, id: "a"), Refund("1", OneDay, 100, id: "b"));
        Counted(shelf, first, Measure.RefundsWaiting).ShouldBe(2);
        shelf.Process(Refund("1", 2 * OneDay, 100, id: "b"));
        (Counted(shelf, first, Measure.RefundsWaiting), Counted(shelf, second, Measure.RefundsWaiting)).ShouldBe((1, 1));
        shelf.Process(Order("2", 10));
        Counted(shelf, first, Measure.RefundsWaiting).ShouldBe(1);

        shelf.Process(Order("1", 10));

        shelf.EmittedDeltas.DropZeros().Cells.Values.ShouldAllBe(cell => cell[Measure.RefundsWaiting] == 0);
        shelf.Conversion("1").Refunds.ShouldBe(200);
    }

    [Fact]
    public void Corrected_order_reverts_the_count()
    {
        var shelf = Market().Process(Order("1", 10, gross: 5_000), Refund("1", OneDay, 6_000, id: "a"), Refund("1", OneDay, 50, id: "b", currency: "EUR"));
        (Counted(shelf, BrandTotal, Measure.RefundsCapped), Counted(shelf, BrandTotal, Measure.RefundsInOtherCurrency)).ShouldBe((1, 1));
        shelf.Process(Order("1", 20, gross: 6_000, say: "corrected"), Refund("1", OneDay + 1, 50, id: "b"));
        (Counted(shelf, BrandTotal, Measure.RefundsCapped), Counted(shelf, BrandTotal, Measure.RefundsInOtherCurrency)).ShouldBe((1, 0));
        shelf.Process(Order("1", 30, gross: 6_050, say: "corrected"));
        (Counted(shelf, BrandTotal, Measure.RefundsCapped), Counted(shelf, BrandTotal, Measure.RefundsInOtherCurrency)).ShouldBe((0, 0));
    }

    /// <summary>What was emitted, which must be what is counted anew.</summary>
    private static long Counted(InMemoryEngine shelf, RollupKey key, Measure measure)
    {
        var counted = shelf.CountJourneys().Cells.GetValueOrDefault(key)?[measure] ?? 0;
        (shelf.EmittedDeltas.Cells.GetValueOrDefault(key)?[measure] ?? 0).ShouldBe(counted);
        return counted;
    }

    private static ReportedRefund ParseRefund(string[] words) => Refund(
        "1", int.Parse(words[4][1..], CultureInfo.InvariantCulture) * OneDay, words[2] == "-" ? null : long.Parse(words[2], CultureInfo.InvariantCulture),
        Enum.Parse<RefundKind>(words[1], ignoreCase: true), words[0], words[3]) with { Currency = words[3] == "-" ? null : words[3] };

    private static string SerializedName(RefundOutcome outcome) => System.Text.Json.JsonSerializer.Serialize(outcome).Trim('"');
}
