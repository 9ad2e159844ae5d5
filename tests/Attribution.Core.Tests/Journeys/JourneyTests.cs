using Attribution.Contracts.Catalog;
using Attribution.Core.Crediting;
using Attribution.Core.Events;
using Attribution.Core.Ledger;
using Attribution.Core.Models;
using Attribution.Core.Quality;
using Attribution.Core.Rollups;
using Attribution.Core.Tests.Fixtures;
using static Attribution.Core.Tests.Fixtures.Scenario;

namespace Attribution.Core.Tests.Journeys;

public sealed class JourneyTests
{
    [Theory]
    [InlineData(30, Outcome.SameTouch)]
    [InlineData(30.0001, Outcome.Credited)]
    public void Touch_within_30_minutes_of_the_same_placement_is_a_repeat(double minutes, Outcome expected) =>
        Market().Process(Click("mia", 0), Click("mia", minutes), Order("1", 100)).OutcomesOf("1")[1].ShouldBe(expected);

    [Theory]
    [InlineData(199, 199)]
    [InlineData(198, 200)]
    public void Long_unmatched_name_is_cut_at_200_characters_without_splitting_one(int before, int expected) =>
        UnmatchedNames.Truncate(new string('x', before) + "🌷🌷").Length.ShouldBe(expected);

    [Fact]
    public void Repeats_chain_through_repeats() =>
        Market().Process(Click("mia", 0), Click("mia", 20), Click("mia", 45), Order("1", 100)).OutcomesOf("1")
            .ShouldBe([Outcome.Credited, Outcome.SameTouch, Outcome.SameTouch]);

    [Fact]
    public void Another_placement_in_between_does_not_end_a_repeat_chain() =>
        Market().Process(Click("mia", 0), Click("ben", 10), Click("mia", 20), Order("1", 100)).OutcomesOf("1")
            .ShouldBe([Outcome.Outweighed, Outcome.Credited, Outcome.SameTouch]);

    [Theory]
    [InlineData(30 * OneDay, Outcome.Credited)]
    [InlineData((30 * OneDay) + 0.001, Outcome.OutsideWindow)]
    [InlineData(0, Outcome.Credited)]
    [InlineData(-0.001, Outcome.AfterConversion)]
    public void Click_counts_for_30_days_inclusive(double before, Outcome expected) =>
        Market().Process(Click("mia", 0), Order("1", before)).OutcomesOf("1").ShouldBe([expected]);

    [Theory]
    [InlineData(7 * OneDay, Outcome.Credited)]
    [InlineData((7 * OneDay) + 0.001, Outcome.OutsideWindow)]
    public void Visit_without_a_click_counts_for_7_days(double before, Outcome expected) =>
        Market().Process(Visit(0, utm: new Utm(Campaign: "SPRING", Content: "MIA-STORY")), Order("1", before)).OutcomesOf("1").ShouldBe([expected]);

    [Theory]
    [InlineData(40, Outcome.Credited)]
    [InlineData(41, Outcome.OutsideCampaign)]
    [InlineData(-40, Outcome.Credited)]
    [InlineData(-41, Outcome.OutsideCampaign)]
    public void Touch_earns_only_on_the_days_of_its_campaign_inclusive(int day, Outcome expected)
    {
        var engine = Market().Process(Click("mia", day * OneDay), Order("1", (day * OneDay) + Hour));
        engine.OutcomesOf("1").ShouldBe([expected]);
        engine.CountJourneys().Cells[RollupKey.ForPlacement("default", Day.AddDays(day), Mia)][Measure.Clicks].ShouldBe(1);
    }

    [Fact]
    public void Visit_belongs_to_its_click_in_either_order_of_arrival()
    {
        foreach (var events in new JourneyEvent[][] { [Click("mia", 0, clickId: "k"), Visit(1, "k", visitor: "w")], [Visit(1, "k", visitor: "w"), Click("mia", 0, clickId: "k")] })
        {
            var engine = Market();
            foreach (var journeyEvent in events) engine.Process(journeyEvent);
            var cell = engine.Process(Order("1", 90, visitor: "w")).CountJourneys().Cells[RollupKey.ForPlacement("default", Day, Mia)];
            (cell[Measure.Clicks], cell[Measure.Visits], cell[Measure.UniqueVisitors]).ShouldBe((1, 1, 1));
            engine.OutcomesOf("1").ShouldBe([Outcome.Credited, Outcome.OfClick]);
        }
    }

    [Fact]
    public void Earliest_of_two_clicks_with_the_same_id_owns_the_landing()
    {
        var engine = Market().Process(Click("ben", 5, clickId: "k"), Visit(6, "k"), Click("mia", 0, clickId: "k"));
        engine.CountJourneys().Cells[RollupKey.ForPlacement("default", Day, Mia)][Measure.Visits].ShouldBe(1);
        engine.CountJourneys().Cells[RollupKey.ForPlacement("default", Day, Ben)][Measure.Visits].ShouldBe(0);
    }

    [Fact]
    public void Landing_of_a_labeled_click_is_not_counted()
    {
        var cell = Market().Process(Click("mia", 0, clickId: "k", label: TouchLabel.Bot), Visit(1, "k")).CountJourneys().Cells[RollupKey.ForPlacement("default", Day, Mia)];
        (cell[Measure.InvalidBot], cell[Measure.Visits], cell[Measure.Clicks], cell[Measure.UniqueVisitors]).ShouldBe((1, 0, 0, 0));
    }

    [Fact]
    public void Code_is_valid_from_its_first_instant_until_before_its_last()
    {
        var engine = Market().Put(
            new CodeItem("mia-c", "MIA10", "spring", "mia", Moment(0), Moment(100)), new CodeItem("mia-c2", "mia10 ", "spring", "ben", Moment(100), null));
        engine.Process(Order("0", -0.001, codes: ["MIA10"]), Order("1", 0, codes: ["MIA10"]), Order("2", 99.999, codes: ["MIA10"]), Order("3", 100, codes: ["MIA10"]));
        engine.OutcomesOf("0").ShouldBe([Outcome.CodeExpired]);
        engine.GrossByPlacement("1").ShouldBe(new() { [Mia] = 10_000 });
        engine.GrossByPlacement("2").ShouldBe(new() { [Mia] = 10_000 });
        engine.GrossByPlacement("3").ShouldBe(new() { [Ben] = 10_000 });
    }

    [Fact]
    public void Most_exact_utm_rule_wins_then_prefixes_then_id_then_links()
    {
        var utm = new Utm(Source: "IG", Campaign: "SPRING", Content: "MIA-1");
        UtmRuleItem Rule(string id, string creator, UtmItem match) => new(id, match, "spring", creator);
        string WinnerOf(params ICatalogItem[] rules) => Market().Put(rules).Catalog.MatchUtm("default", utm, At(0))!.Item.Id;

        WinnerOf(Rule("z", "ben", new(Source: "ig", Campaign: "spring")), Rule("a", "mia", new(Source: "ig", Content: "mia*"))).ShouldBe("z");
        WinnerOf(Rule("z", "ben", new(Source: "i*", Campaign: "spring", Content: "m*")), Rule("a", "mia", new(Source: "ig"))).ShouldBe("z");
        WinnerOf(Rule("b", "ben", new(Source: "ig", Campaign: "spring")), Rule("a", "mia", new(Source: "ig", Content: "mia-1"))).ShouldBe("a");
        WinnerOf(new LinkItem("l", "l", "https://x.example/", "spring", "ben", Utm: new(Source: "ig", Campaign: "Spring", Content: "mia-1"))).ShouldBe("mia-u");
        Market().Catalog.MatchUtm("default", new Utm(Campaign: "SPRING", Content: "XMIA"), At(0)).ShouldBeNull();
    }

    [Fact]
    public void Copied_link_does_not_merge_two_people()
    {
        var engine = Market().Process(Click("mia", 0, "redirector", "k"), Visit(1, "k", visitor: "first"));
        for (var i = 0; i < 5; i++)
            engine.Process(Visit(2 + i, "k", visitor: $"friend{i}")).Process(Order($"{i}", 60, visitor: $"friend{i}", clickId: "k", customer: $"c{i}"));
        engine.Process(Order("own", 61, visitor: "first", customer: "c"));

        engine.GrossByPlacement("own").ShouldBe(new() { [Mia] = 10_000 });
        for (var i = 0; i < 5; i++) engine.Conversion($"{i}").Credits.ShouldBeEmpty();
        engine.Journeys.Count().ShouldBe(6);
    }

    [Fact]
    public void Visitor_links_at_most_three_customers()
    {
        var engine = Market().Process(Click("mia", 0));
        for (var i = 1; i <= 4; i++) engine.Process(Order($"{i}", i, customer: $"c{i}"));
        engine.Conversion("3").Credits.ShouldNotBeEmpty();
        engine.Conversion("4").Credits.ShouldBeEmpty();
        engine.Process(Order("5", 5, customer: "c2")).Conversion("5").Credits.ShouldNotBeEmpty();
    }

    [Fact]
    public void Click_id_does_not_link_a_fourth_customer()
    {
        var engine = Market().Process(Click("mia", 0, clickId: "k"));
        for (var i = 1; i <= 4; i++) engine.Process(Order($"{i}", i, customer: $"c{i}", clickId: "k"));
        engine.Conversion("3").Credits.ShouldNotBeEmpty();
        engine.Conversion("4").Credits.ShouldBeEmpty();
    }

    [Fact]
    public void Refund_entry_names_the_refund_in_any_order_of_arrival()
    {
        JourneyEvent[] events = [Click("mia", 0), Order("1", 10), Refund("1", OneDay, 4_000)];
        foreach (var engine in new[] { Market().Process(events), Market().Process(events[2]).Process(events[0]).Process(events[1]), Market().Process(events[0], events[1]).Process(events[2]) })
            engine.Ledger.Select(entry => (entry.Amount, entry.Reason, entry.CausedBy)).ShouldBe(
                [(10_000L, LedgerReason.Conversion, "test/order 1 10"), (-4_000L, LedgerReason.Refund, "test/refund 1 r 1440")]);
    }

    [Fact]
    public void Code_at_the_same_instant_as_a_touch_of_its_creator_earns() =>
        Market().Process(Click("mia", 10), Order("1", 10, codes: ["MIA10"])).OutcomesOf("1").ShouldBe([Outcome.LostToCode, Outcome.Credited]);

    [Fact]
    public void Rate_that_overflows_is_treated_as_missing()
    {
        var engine = Market().Put(new FxRateItem("r", Day, "EUR", "USD", 1_000_000_000m));
        engine.Process(Click("mia", 0), Order("1", 10, gross: 10_000_000_000, currency: "EUR")).Conversion("1").MissingRateCurrency.ShouldBe("EUR");
    }

    [Fact]
    public void Devices_of_one_customer_merge_and_the_ledger_follows()
    {
        var engine = Market().Process(Click("mia", 0, "phone")).Process(Order("1", 60, visitor: "laptop", customer: "c"));
        engine.Conversion("1").Credits.ShouldBeEmpty();

        engine.Process(Order("2", 90, visitor: "phone", customer: "c"));

        engine.Journeys.Count().ShouldBe(1);
        engine.GrossByPlacement("1").ShouldBe(new() { [Mia] = 10_000 });
        engine.Ledger.Where(entry => entry.Conversion == "o:1").ShouldHaveSingleItem().Reason.ShouldBe(LedgerReason.Merge);
    }

    [Fact]
    public void Refund_waits_for_its_order_and_counts_once_up_to_the_remainder()
    {
        var engine = Market().Process(Refund("1", 50, 4_000, id: "a")).Process(Refund("1", 55, 4_000, id: "a"), Refund("1", 60, 9_000, id: "b"));
        engine.Process(Click("mia", 0), Order("1", 10, discount: 1_000));
        var conversion = engine.Conversion("1");
        (conversion.Gross, conversion.Discount, conversion.Refunds).ShouldBe((10_000, 1_000, 9_000));
        conversion.Credits.Single().Micros.ShouldBe(1_000_000);
    }

    [Fact]
    public void Cancellation_removes_the_order_from_counts_but_keeps_its_money()
    {
        var engine = Market().Process(Click("mia", 0), Order("1", 10, codes: ["MIA10"]), Refund("1", 2 * OneDay, null, RefundKind.Cancel));
        var day = engine.CountJourneys().Cells[RollupKey.ForPlacement("default", Day, Mia)];
        (day[Model.LastTouch, CreditMeasure.Orders], day[Model.LastTouch, CreditMeasure.ConversionMicros], day[Measure.Redemptions]).ShouldBe((0, 0, 0));
        (day[Model.LastTouch, CreditMeasure.Gross], day[Model.LastTouch, CreditMeasure.Refunds]).ShouldBe((10_000, 10_000));
        engine.CountJourneys().Cells[RollupKey.ForPlacement("default", Day.AddDays(2), Mia)][Model.LastTouch, CreditMeasure.RefundsCash].ShouldBe(10_000);
    }

    [Fact]
    public void Correction_replaces_only_the_members_it_contains()
    {
        var corrected = Order("1", 20, gross: 8_000, say: "corrected") with { VisitorId = null };
        var cleared = Order("1", 30, gross: 8_000, codes: [], say: "cleared") with { Gross = null, Currency = null };
        foreach (var events in new ReportedConversion[][] { [Order("1", 10, codes: ["MIA10"], customer: "c"), corrected], [corrected, Order("1", 10, codes: ["MIA10"], customer: "c")] })
        {
            var engine = Market();
            foreach (var report in events) engine.Process(report);
            engine.GrossByPlacement("1").ShouldBe(new() { [Mia] = 8_000 });
            engine.Conversion("1").At.ShouldBe(At(10));
            engine.Process(cleared).Conversion("1").Credits.ShouldBeEmpty();
            engine.Conversion("1").Gross.ShouldBe(8_000);
        }
    }

    [Fact]
    public void Order_by_the_creator_earns_no_credit_but_counts_as_redemption()
    {
        var engine = Market().Process(Click("ben", 0), Click("mia", 5), Order("1", 60, codes: ["MIA10"], customer: "cus_mia"));
        engine.GrossByPlacement("1").ShouldBe(new() { [Ben] = 10_000 });
        engine.OutcomesOf("1").ShouldBe([Outcome.Credited, Outcome.SelfPurchase, Outcome.SelfPurchase]);
        engine.CountJourneys().Cells[RollupKey.ForPlacement("default", Day, Mia)][Measure.Redemptions].ShouldBe(1);
    }

    [Fact]
    public void Inactive_creator_keeps_earlier_earnings()
    {
        var engine = Market().Put(new CreatorItem("mia", "Mia", Status: "inactive", InactiveSince: Moment(50)));
        engine.Process(Click("mia", 49.999), Order("1", 60), Click("mia", 50, "w"), Order("2", 60, visitor: "w"));
        engine.OutcomesOf("1").ShouldBe([Outcome.Credited]);
        engine.OutcomesOf("2").ShouldBe([Outcome.CreatorInactive]);
    }

    [Fact]
    public void Foreign_amount_uses_the_rate_of_the_order_day_or_waits()
    {
        var engine = Market().Process(Click("mia", 0), Order("1", 10, currency: "EUR"), Refund("1", OneDay, 3_333, currency: "EUR"), Refund("1", OneDay, 100, id: "usd"));
        engine.Conversion("1").MissingRateCurrency.ShouldBe("EUR");
        engine.GrossByPlacement("1").ShouldBe(new() { [Mia] = 0 });
        engine.CountJourneys().Cells[RollupKey.ForPlacement("default", Day, Mia)][Measure.RateGaps].ShouldBe(1);
        engine.CountJourneys().Cells[RollupKey.Unmatched("default", Day, UnmatchedKind.Rate, "EUR")][Measure.RateGaps].ShouldBe(1);

        engine.Put(new FxRateItem("r", Day, "EUR", "USD", 1.0832m)).Reevaluate();

        engine.GrossByPlacement("1").ShouldBe(new() { [Mia] = 10_832 });
        engine.Conversion("1").Refunds.ShouldBe(3_610);
        engine.Ledger[^1].Reason.ShouldBe(LedgerReason.Catalog);
    }

    [Fact]
    public void Commission_follows_the_net_share_and_refunds_reverse_it()
    {
        var engine = Market().Put(new AgreementItem("a", "spring", "mia", new CommissionItem("percent_of_net", Rate: 10)));
        engine.Process(Click("mia", 0), Order("1", 10, gross: 9_005), Refund("1", 2 * OneDay, 4_500));
        var order = engine.CountJourneys().Cells[RollupKey.ForPlacement("default", Day, Mia)];
        var refund = engine.CountJourneys().Cells[RollupKey.ForPlacement("default", Day.AddDays(2), Mia)];
        // 10 % of 90.05 is 9.005, rounded half to even 9.00; of 45.05 it is 4.505, rounded 4.50.
        (order[Measure.Commission], order[Measure.CommissionRefunded], refund[Measure.CommissionReversed]).ShouldBe((450, 450, 450));
        engine.Ledger.Sum(entry => entry.Commission).ShouldBe(450);
    }

    [Fact]
    public void Fixed_commission_survives_refunds_and_is_reversed_by_cancellation()
    {
        var engine = Market().Put(new AgreementItem("a", "spring", "mia", new CommissionItem("fixed_per_conversion", Amount: 5m)));
        engine.Process(Click("mia", 0), Order("1", 10), Refund("1", OneDay, 4_000));
        var order = engine.CountJourneys().Cells[RollupKey.ForPlacement("default", Day, Mia)];
        (order[Measure.Commission], order[Measure.CommissionRefunded]).ShouldBe((500, 0));

        engine.Process(Refund("1", 2 * OneDay, null, RefundKind.Cancel, id: "c"));

        order = engine.CountJourneys().Cells[RollupKey.ForPlacement("default", Day, Mia)];
        (order[Measure.Commission], order[Measure.CommissionRefunded]).ShouldBe((0, 500));
        engine.CountJourneys().Cells[RollupKey.ForPlacement("default", Day.AddDays(2), Mia)][Measure.CommissionReversed].ShouldBe(500);
        engine.Ledger.Sum(entry => entry.Commission).ShouldBe(0);
    }

    [Fact]
    public void Percentage_and_fixed_commission_round_together_and_reverse_separately()
    {
        // 33.3 % of 10.05 is 3.34665; plus 5.00 it is rounded to 8.35. After a refund of 10.00, the percentage applies to 0.05: 5.02. A cancellation
        // reverses everything.
        var engine = Market().Put(new AgreementItem("a", "spring", "mia", new CommissionItem("hybrid", Rate: 33.3m, Amount: 5m)));
        engine.Process(Click("mia", 0), Order("1", 10, gross: 1_005));
        engine.Ledger.Sum(entry => entry.Commission).ShouldBe(835);
        engine.Process(Refund("1", OneDay, 1_000));
        engine.Ledger.Sum(entry => entry.Commission).ShouldBe(502);
        engine.Process(Refund("1", 2 * OneDay, null, RefundKind.Cancel, id: "c"));
        engine.Ledger.Sum(entry => entry.Commission).ShouldBe(0);
        engine.CountJourneys().Cells[RollupKey.ForPlacement("default", Day.AddDays(1), Mia)][Measure.CommissionReversed].ShouldBe(333);
        engine.CountJourneys().Cells[RollupKey.ForPlacement("default", Day.AddDays(2), Mia)][Measure.CommissionReversed].ShouldBe(502);
    }

    [Fact]
    public void Excluded_code_pays_nothing_although_it_is_credited()
    {
        var engine = Market().Put(new AgreementItem("a", "spring", "mia", new CommissionItem("percent_of_net", Rate: 10m), ExcludedCodes: [" mia10"]));
        engine.Process(Click("mia", 0), Order("1", 10, codes: ["MIA10"]), Order("2", 20, codes: ["OTHER"]));
        engine.GrossByPlacement("1").ShouldBe(new() { [Mia] = 10_000 });
        engine.Ledger.Where(entry => entry.Conversion == "o:1").Sum(entry => entry.Commission).ShouldBe(0);
        engine.Ledger.Where(entry => entry.Conversion == "o:2").Sum(entry => entry.Commission).ShouldBe(1_000);
    }

    [Fact]
    public void Journey_keeps_its_evidence_including_brands_of_unattributed_orders()
    {
        Market().Process(Order("1", 0)).Matched.Select(item => item.ToString()).ShouldBe(["brands/default"]);
        Market().Process(Click("mia", 0), Order("1", 1, codes: ["BEN10"])).Matched.Select(item => item.ToString())
            .ShouldBe(["brands/default", "links/mia-l", "codes/ben-c"], ignoreOrder: true);
    }

    [Fact]
    public void Duplicate_event_changes_nothing()
    {
        var engine = Market().Process(Click("mia", 0), Order("1", 10));
        var (lines, journey) = (engine.Ledger.Count, engine.Journeys.Single());
        engine.Process(Order("1", 10), Click("mia", 0));
        engine.Ledger.Count.ShouldBe(lines);
        engine.Journeys.Single().ShouldBeSameAs(journey);
    }

    [Fact]
    public void Late_click_moves_the_order_and_records_why()
    {
        var engine = Market().Process(Click("mia", 0), Order("1", 100)).Process(Click("ben", 50));
        engine.GrossByPlacement("1").ShouldBe(new() { [Ben] = 10_000 });
        engine.Ledger.Skip(1).Select(entry => (entry.Placement, entry.Amount, entry.Reason)).ShouldBe(
            [(Ben, 10_000L, LedgerReason.LateTouch), (Mia, -10_000L, LedgerReason.LateTouch)], ignoreOrder: true);
    }

    [Fact]
    public void Posts_daily_value_is_the_difference_of_its_latest_totals()
    {
        PostSnapshot Snapshot(double minute, long likes, long? views = null) => new()
        {
            Id = new("test", $"{minute}"), Brand = "default", At = At(minute), PostId = "p", Platform = "instagram",
            Creator = "mia", Campaign = "spring", Likes = likes, Views = views,
        };
        var engine = Market().Process(Snapshot(OneDay + 5, 90)).Process(Snapshot(0, 10, 5), Snapshot(10, 30), Snapshot(OneDay, 100, 7));
        var cells = engine.CountJourneys().Cells;
        (cells[RollupKey.ForPlacement("default", Day, Mia)][Measure.Likes], cells[RollupKey.ForPlacement("default", Day, Mia)][Measure.Views]).ShouldBe((30, 5));
        (cells[RollupKey.ForPlacement("default", Day.AddDays(1), Mia)][Measure.Likes], cells[RollupKey.ForPlacement("default", Day.AddDays(1), Mia)][Measure.Views]).ShouldBe((60, 2));
    }
}
