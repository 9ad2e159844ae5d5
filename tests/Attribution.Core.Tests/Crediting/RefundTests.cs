using Attribution.Core.Crediting;
using Attribution.Core.Events;
using Attribution.Core.Rollups;
using Attribution.Core.Tests.Fixtures;
using static Attribution.Core.Tests.Fixtures.Scenario;

namespace Attribution.Core.Tests.Crediting;

/// <summary>Tests the outcome of refunds of an order of 100.00 USD on the first day.</summary>
public sealed class RefundTests
{
    private static readonly RollupKey BrandTotal = RollupKey.Total("default", Day);

    /// <summary>
    /// Refunds as <c>id kind amount currency @day</c> (<c>-</c> if not reported), each with its outcome and the
    /// refunded amount; then the number of capped refunds and of those in another currency.
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
        ReportedRefund[] reported = [.. rows.Select(row => ParseRefund(row[0].Split(' ')))];
        foreach (var events in new[] { reported, [.. reported.Reverse()] })
        {
            var engine = Market().Process(Click("mia", 0));
            foreach (var refund in events[..(events.Length / 2)]) engine.Process(refund);
            engine.Process(Order("1", 10));
            foreach (var refund in events[(events.Length / 2)..]) engine.Process(refund);

            var applied = engine.DecisionOf("1").Refunds;
            applied.Select(refund => refund.Refund.Id).ShouldBeInOrder();
            foreach (var (refund, row) in reported.Zip(rows))
            {
                var result = applied.Single(known => known.Refund == refund);
                $"{SerializedName(result.Outcome)} {result.Amount}".ShouldBe(row[1]);
                result.Description.ShouldNotBeNullOrWhiteSpace();
                result.Currency.ShouldBe("USD");
            }

            applied.Sum(refund => refund.Amount).ShouldBe(engine.Conversion("1").Refunds);
            Counted(engine, BrandTotal, Measure.RefundsCapped).ShouldBe(capped);
            Counted(engine, BrandTotal, Measure.RefundsInOtherCurrency).ShouldBe(foreign);
            Counted(engine, RollupKey.Total("default", Day.AddDays(1)), Measure.RefundsWaiting).ShouldBe(0);
            engine.EmittedDeltas.DropZeros().Cells.Keys.ShouldBe(engine.CountJourneys().Cells.Keys, ignoreOrder: true);
        }
    }

    [Fact]
    public void Refund_without_its_order_is_counted_as_waiting_once_until_it_arrives()
    {
        var (first, second) = (RollupKey.Total("default", Day.AddDays(1)), RollupKey.Total("default", Day.AddDays(2)));
        var engine = Market().Process(Refund("1", OneDay, 100, id: "a"), Refund("1", OneDay, 100, id: "b"));
        Counted(engine, first, Measure.RefundsWaiting).ShouldBe(2);
        engine.Process(Refund("1", 2 * OneDay, 100, id: "b"));
        (Counted(engine, first, Measure.RefundsWaiting), Counted(engine, second, Measure.RefundsWaiting)).ShouldBe((1, 1));
        engine.Process(Order("2", 10));
        Counted(engine, first, Measure.RefundsWaiting).ShouldBe(1);

        engine.Process(Order("1", 10));

        engine.EmittedDeltas.DropZeros().Cells.Values.ShouldAllBe(cell => cell[Measure.RefundsWaiting] == 0);
        engine.Conversion("1").Refunds.ShouldBe(200);
    }

    [Fact]
    public void Corrected_order_reverts_the_count()
    {
        var engine = Market().Process(Order("1", 10, gross: 5_000), Refund("1", OneDay, 6_000, id: "a"), Refund("1", OneDay, 50, id: "b", currency: "EUR"));
        (Counted(engine, BrandTotal, Measure.RefundsCapped), Counted(engine, BrandTotal, Measure.RefundsInOtherCurrency)).ShouldBe((1, 1));
        engine.Process(Order("1", 20, gross: 6_000, say: "corrected"), Refund("1", OneDay + 1, 50, id: "b"));
        (Counted(engine, BrandTotal, Measure.RefundsCapped), Counted(engine, BrandTotal, Measure.RefundsInOtherCurrency)).ShouldBe((1, 0));
        engine.Process(Order("1", 30, gross: 6_050, say: "corrected"));
        (Counted(engine, BrandTotal, Measure.RefundsCapped), Counted(engine, BrandTotal, Measure.RefundsInOtherCurrency)).ShouldBe((0, 0));
    }

    /// <summary>Returns the emitted count, which must equal a recount.</summary>
    private static long Counted(InMemoryEngine engine, RollupKey key, Measure measure)
    {
        var counted = engine.CountJourneys().Cells.GetValueOrDefault(key)?[measure] ?? 0;
        (engine.EmittedDeltas.Cells.GetValueOrDefault(key)?[measure] ?? 0).ShouldBe(counted);
        return counted;
    }

    private static ReportedRefund ParseRefund(string[] words) => Refund(
        "1", int.Parse(words[4][1..], CultureInfo.InvariantCulture) * OneDay, words[2] == "-" ? null : long.Parse(words[2], CultureInfo.InvariantCulture),
        Enum.Parse<RefundKind>(words[1], ignoreCase: true), words[0], words[3]) with { Currency = words[3] == "-" ? null : words[3] };

    private static string SerializedName(RefundOutcome outcome) => System.Text.Json.JsonSerializer.Serialize(outcome).Trim('"');
}
