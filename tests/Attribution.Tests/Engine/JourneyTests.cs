using Attribution.Contracts.Catalog;
using Attribution.Core.Crediting;
using Attribution.Core.Events;
using Attribution.Core.Models;
using Attribution.Core.Quality;
using Attribution.Core.Rollups;
using static Attribution.Tests.Engine.Stories;

namespace Attribution.Tests.Engine;

public sealed class JourneyTests
{
    [Theory]
    [InlineData(30, Outcome.SameTouch)]
    [InlineData(30.0001, Outcome.Credited)]
    public void A_touch_at_most_30_minutes_after_another_of_its_placement_is_the_same(double minutes, Outcome expected) =>
        Market().Take(Click("mia", 0), Click("mia", minutes), Order("1", 100)).OutcomesOf("1")[1].ShouldBe(expected);

    [Theory]
    [InlineData(199, 199)]
    [InlineData(198, 200)]
    public void A_long_name_that_matched_nothing_is_cut_at_200_characters_and_never_in_half_of_one(int before, int expected) =>
        UnmatchedNames.Cut(new string('x', before) + "🌷🌷").Length.ShouldBe(expected);

    [Fact]
    public void Repeats_chain_through_touches_that_are_repeats_themselves() =>
        Market().Take(Click("mia", 0), Click("mia", 20), Click("mia", 45), Order("1", 100)).OutcomesOf("1")
            .ShouldBe([Outcome.Credited, Outcome.SameTouch, Outcome.SameTouch]);

    [Fact]
    public void Another_placement_in_between_does_not_part_repeats() =>
        Market().Take(Click("mia", 0), Click("ben", 10), Click("mia", 20), Order("1", 100)).OutcomesOf("1")
            .ShouldBe([Outcome.Outweighed, Outcome.Credited, Outcome.SameTouch]);

    [Theory]
    [InlineData(30 * ADay, Outcome.Credited)]
    [InlineData((30 * ADay) + 0.001, Outcome.OutsideWindow)]
    [InlineData(0, Outcome.Credited)]
    [InlineData(-0.001, Outcome.AfterConversion)]
    public void A_click_counts_for_30_days_both_ends_inside(double before, Outcome expected) =>
        Market().Take(Click("mia", 0), Order("1", before)).OutcomesOf("1").ShouldBe([expected]);

    [Theory]
    [InlineData(7 * ADay, Outcome.Credited)]
    [InlineData((7 * ADay) + 0.001, Outcome.OutsideWindow)]
    public void A_visit_without_a_click_counts_for_7_days(double before, Outcome expected) =>
        Market().Take(Visit(0, utm: new Utm(Campaign: "SPRING", Content: "MIA-STORY")), Order("1", before)).OutcomesOf("1").ShouldBe([expected]);

    [Theory]
    [InlineData(40, Outcome.Credited)]
    [InlineData(41, Outcome.OutsideCampaign)]
    [InlineData(-40, Outcome.Credited)]
    [InlineData(-41, Outcome.OutsideCampaign)]
    public void A_touch_earns_only_on_its_campaigns_days_both_ends_inside(int day, Outcome expected)
    {
        var shelf = Market().Take(Click("mia", day * ADay), Order("1", (day * ADay) + Hour));
        shelf.OutcomesOf("1").ShouldBe([expected]);
        shelf.Counted().Cells[RollupKey.Of("default", Day.AddDays(day), Mia)][Measure.Clicks].ShouldBe(1);
    }

    [Fact]
    public void A_visit_belongs_to_its_click_whichever_comes_first()
    {
        foreach (var events in new JourneyEvent[][] { [Click("mia", 0, clickId: "k"), Visit(1, "k", visitor: "w")], [Visit(1, "k", visitor: "w"), Click("mia", 0, clickId: "k")] })
        {
            var shelf = Market();
            foreach (var happened in events) shelf.Take(happened);
            var cell = shelf.Take(Order("1", 90, visitor: "w")).Counted().Cells[RollupKey.Of("default", Day, Mia)];
            (cell[Measure.Clicks], cell[Measure.Visits], cell[Measure.UniqueVisitors]).ShouldBe((1, 1, 1));
            shelf.OutcomesOf("1").ShouldBe([Outcome.Credited, Outcome.OfClick]);
        }
    }

    [Fact]
    public void Of_two_clicks_with_one_id_the_earliest_owns_the_landing()
    {
        var shelf = Market().Take(Click("ben", 5, clickId: "k"), Visit(6, "k"), Click("mia", 0, clickId: "k"));
        shelf.Counted().Cells[RollupKey.Of("default", Day, Mia)][Measure.Visits].ShouldBe(1);
        shelf.Counted().Cells[RollupKey.Of("default", Day, Ben)][Measure.Visits].ShouldBe(0);
    }

    [Fact]
    public void The_landing_of_a_labelled_click_is_not_counted_at_all()
    {
        var cell = Market().Take(Click("mia", 0, clickId: "k", label: TouchLabel.Bot), Visit(1, "k")).Counted().Cells[RollupKey.Of("default", Day, Mia)];
        (cell[Measure.InvalidBot], cell[Measure.Visits], cell[Measure.Clicks], cell[Measure.UniqueVisitors]).ShouldBe((1, 0, 0, 0));
    }

    [Fact]
    public void A_code_holds_from_its_first_instant_until_before_its_last()
    {
        var shelf = Market().Put(
            new CodeItem("mia-c", "MIA10", "spring", "mia", Moment(0), Moment(100)), new CodeItem("mia-c2", "mia10 ", "spring", "ben", Moment(100), null));
        shelf.Take(Order("0", -0.001, codes: ["MIA10"]), Order("1", 0, codes: ["MIA10"]), Order("2", 99.999, codes: ["MIA10"]), Order("3", 100, codes: ["MIA10"]));
        shelf.OutcomesOf("0").ShouldBe([Outcome.CodeExpired]);
        shelf.GrossOf("1").ShouldBe(new() { [Mia] = 10_000 });
        shelf.GrossOf("2").ShouldBe(new() { [Mia] = 10_000 });
        shelf.GrossOf("3").ShouldBe(new() { [Ben] = 10_000 });
    }

    [Fact]
    public void The_rule_with_most_exact_members_wins_then_most_prefixes_then_the_least_id_and_links_come_last()
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
    public void A_copied_link_does_not_make_strangers_one()
    {
        var shelf = Market().Take(Click("mia", 0, "redirector", "k"), Visit(1, "k", visitor: "first"));
        for (var i = 0; i < 5; i++)
            shelf.Take(Visit(2 + i, "k", visitor: $"friend{i}")).Take(Order($"{i}", 60, visitor: $"friend{i}", clickId: "k", customer: $"c{i}"));
        shelf.Take(Order("own", 61, visitor: "first", customer: "c"));

        shelf.GrossOf("own").ShouldBe(new() { [Mia] = 10_000 });
        for (var i = 0; i < 5; i++) shelf.Conversion($"{i}").Credits.ShouldBeEmpty();
        shelf.Journeys.Count().ShouldBe(6);
    }

    [Fact]
    public void A_visitor_links_three_customers_and_no_fourth()
    {
        var shelf = Market().Take(Click("mia", 0));
        for (var i = 1; i <= 4; i++) shelf.Take(Order($"{i}", i, customer: $"c{i}"));
        shelf.Conversion("3").Credits.ShouldNotBeEmpty();
        shelf.Conversion("4").Credits.ShouldBeEmpty();
        shelf.Take(Order("5", 5, customer: "c2")).Conversion("5").Credits.ShouldNotBeEmpty();
    }

    [Fact]
    public void Nor_does_a_click_id_lead_a_fourth_customer_there()
    {
        var shelf = Market().Take(Click("mia", 0, clickId: "k"));
        for (var i = 1; i <= 4; i++) shelf.Take(Order($"{i}", i, customer: $"c{i}", clickId: "k"));
        shelf.Conversion("3").Credits.ShouldNotBeEmpty();
        shelf.Conversion("4").Credits.ShouldBeEmpty();
    }

    [Fact]
    public void A_refunds_line_names_the_refund_whether_it_came_after_its_order_with_it_or_before()
    {
        JourneyEvent[] events = [Click("mia", 0), Order("1", 10), Refund("1", ADay, 4_000)];
        foreach (var shelf in new[] { Market().Take(events), Market().Take(events[2]).Take(events[0]).Take(events[1]), Market().Take(events[0], events[1]).Take(events[2]) })
            shelf.Ledger.Select(entry => (entry.Amount, entry.Reason, entry.CausedBy)).ShouldBe(
                [(10_000L, LedgerReason.Conversion, "test/order 1 10"), (-4_000L, LedgerReason.Refund, "test/refund 1 r 1440")]);
    }

    [Fact]
    public void A_code_at_the_very_instant_of_a_touch_of_its_creator_is_what_earned() =>
        Market().Take(Click("mia", 10), Order("1", 10, codes: ["MIA10"])).OutcomesOf("1").ShouldBe([Outcome.LostToCode, Outcome.Credited]);

    [Fact]
    public void A_rate_beyond_all_counting_is_a_gap_and_no_fault()
    {
        var shelf = Market().Put(new FxRateItem("r", Day, "EUR", "USD", 1_000_000_000m));
        shelf.Take(Click("mia", 0), Order("1", 10, gross: 10_000_000_000, currency: "EUR")).Conversion("1").RateMissing.ShouldBe("EUR");
    }

    [Fact]
    public void Devices_of_one_customer_become_one_journey_and_the_ledger_follows()
    {
        var shelf = Market().Take(Click("mia", 0, "phone")).Take(Order("1", 60, visitor: "laptop", customer: "c"));
        shelf.Conversion("1").Credits.ShouldBeEmpty();

        shelf.Take(Order("2", 90, visitor: "phone", customer: "c"));

        shelf.Journeys.Count().ShouldBe(1);
        shelf.GrossOf("1").ShouldBe(new() { [Mia] = 10_000 });
        shelf.Ledger.Where(entry => entry.Conversion == "o:1").ShouldHaveSingleItem().Reason.ShouldBe(LedgerReason.Merge);
    }

    [Fact]
    public void A_refund_waits_for_its_order_and_counts_once_up_to_what_is_left()
    {
        var shelf = Market().Take(Refund("1", 50, 4_000, id: "a")).Take(Refund("1", 55, 4_000, id: "a"), Refund("1", 60, 9_000, id: "b"));
        shelf.Take(Click("mia", 0), Order("1", 10, discount: 1_000));
        var conversion = shelf.Conversion("1");
        (conversion.Gross, conversion.Discount, conversion.Refunds).ShouldBe((10_000, 1_000, 9_000));
        conversion.Credits.Single().Micros.ShouldBe(1_000_000);
    }

    [Fact]
    public void A_cancel_takes_the_order_out_of_every_count_and_leaves_its_money()
    {
        var shelf = Market().Take(Click("mia", 0), Order("1", 10, codes: ["MIA10"]), Refund("1", 2 * ADay, null, RefundKind.Cancel));
        var day = shelf.Counted().Cells[RollupKey.Of("default", Day, Mia)];
        (day[Model.LastTouch, CreditMeasure.Orders], day[Model.LastTouch, CreditMeasure.ConversionMicros], day[Measure.Redemptions]).ShouldBe((0, 0, 0));
        (day[Model.LastTouch, CreditMeasure.Gross], day[Model.LastTouch, CreditMeasure.Refunds]).ShouldBe((10_000, 10_000));
        shelf.Counted().Cells[RollupKey.Of("default", Day.AddDays(2), Mia)][Model.LastTouch, CreditMeasure.RefundsCash].ShouldBe(10_000);
    }

    [Fact]
    public void A_correction_states_anew_what_it_states_and_leaves_the_rest()
    {
        var corrected = Order("1", 20, gross: 8_000, say: "corrected") with { VisitorId = null };
        var cleared = Order("1", 30, gross: 8_000, codes: [], say: "cleared") with { Gross = null, Currency = null };
        foreach (var events in new ConversionStatement[][] { [Order("1", 10, codes: ["MIA10"], customer: "c"), corrected], [corrected, Order("1", 10, codes: ["MIA10"], customer: "c")] })
        {
            var shelf = Market();
            foreach (var statement in events) shelf.Take(statement);
            shelf.GrossOf("1").ShouldBe(new() { [Mia] = 8_000 });
            shelf.Conversion("1").At.ShouldBe(At(10));
            shelf.Take(cleared).Conversion("1").Credits.ShouldBeEmpty();
            shelf.Conversion("1").Gross.ShouldBe(8_000);
        }
    }

    [Fact]
    public void A_creators_own_order_earns_her_nothing_and_counts_as_redemption_all_the_same()
    {
        var shelf = Market().Take(Click("ben", 0), Click("mia", 5), Order("1", 60, codes: ["MIA10"], customer: "cus_mia"));
        shelf.GrossOf("1").ShouldBe(new() { [Ben] = 10_000 });
        shelf.OutcomesOf("1").ShouldBe([Outcome.Credited, Outcome.SelfPurchase, Outcome.SelfPurchase]);
        shelf.Counted().Cells[RollupKey.Of("default", Day, Mia)][Measure.Redemptions].ShouldBe(1);
    }

    [Fact]
    public void An_inactive_creator_keeps_what_she_earned_before()
    {
        var shelf = Market().Put(new CreatorItem("mia", "Mia", Status: "inactive", InactiveSince: Moment(50)));
        shelf.Take(Click("mia", 49.999), Order("1", 60), Click("mia", 50, "w"), Order("2", 60, visitor: "w"));
        shelf.OutcomesOf("1").ShouldBe([Outcome.Credited]);
        shelf.OutcomesOf("2").ShouldBe([Outcome.CreatorInactive]);
    }

    [Fact]
    public void Foreign_money_takes_the_order_days_rate_and_waits_without_one()
    {
        var shelf = Market().Take(Click("mia", 0), Order("1", 10, currency: "EUR"), Refund("1", ADay, 3_333, currency: "EUR"), Refund("1", ADay, 100, id: "usd"));
        shelf.Conversion("1").RateMissing.ShouldBe("EUR");
        shelf.GrossOf("1").ShouldBe(new() { [Mia] = 0 });
        shelf.Counted().Cells[RollupKey.Of("default", Day, Mia)][Measure.RateGaps].ShouldBe(1);
        shelf.Counted().Cells[RollupKey.Unmatched("default", Day, UnmatchedKind.Rate, "EUR")][Measure.RateGaps].ShouldBe(1);

        shelf.Put(new FxRateItem("r", Day, "EUR", "USD", 1.0832m)).Reevaluate();

        shelf.GrossOf("1").ShouldBe(new() { [Mia] = 10_832 });
        shelf.Conversion("1").Refunds.ShouldBe(3_610);
        shelf.Ledger[^1].Reason.ShouldBe(LedgerReason.Catalog);
    }

    [Fact]
    public void Commission_follows_the_net_share_and_refunds_take_it_back_on_their_day()
    {
        var shelf = Market().Put(new AgreementItem("a", "spring", "mia", new CommissionItem("percent_of_net", Rate: 10)));
        shelf.Take(Click("mia", 0), Order("1", 10, gross: 9_005), Refund("1", 2 * ADay, 4_500));
        var order = shelf.Counted().Cells[RollupKey.Of("default", Day, Mia)];
        var refund = shelf.Counted().Cells[RollupKey.Of("default", Day.AddDays(2), Mia)];
        // 10 % of 90.05 is 9.005, half to even 9.00; of 45.05 it is 4.505, half to even 4.50.
        (order[Measure.Commission], order[Measure.CommissionRefunded], refund[Measure.CommissionReversed]).ShouldBe((450, 450, 450));
        shelf.Ledger.Sum(entry => entry.Commission).ShouldBe(450);
    }

    [Fact]
    public void A_fixed_commission_stays_through_refunds_and_a_cancel_takes_it_back_on_its_day()
    {
        var shelf = Market().Put(new AgreementItem("a", "spring", "mia", new CommissionItem("fixed_per_conversion", Amount: 5m)));
        shelf.Take(Click("mia", 0), Order("1", 10), Refund("1", ADay, 4_000));
        var order = shelf.Counted().Cells[RollupKey.Of("default", Day, Mia)];
        (order[Measure.Commission], order[Measure.CommissionRefunded]).ShouldBe((500, 0));

        shelf.Take(Refund("1", 2 * ADay, null, RefundKind.Cancel, id: "c"));

        order = shelf.Counted().Cells[RollupKey.Of("default", Day, Mia)];
        (order[Measure.Commission], order[Measure.CommissionRefunded]).ShouldBe((0, 500));
        shelf.Counted().Cells[RollupKey.Of("default", Day.AddDays(2), Mia)][Measure.CommissionReversed].ShouldBe(500);
        shelf.Ledger.Sum(entry => entry.Commission).ShouldBe(0);
    }

    [Fact]
    public void A_percentage_and_a_sum_are_rounded_together_and_each_goes_back_in_its_own_way()
    {
        // 33.3 % of 10.05 is 3.34665, with 5.00 it is 8.34665: 8.35. After a refund of 10.00 the percentage is of 0.05, 0.01665: 5.02. A cancel takes all.
        var shelf = Market().Put(new AgreementItem("a", "spring", "mia", new CommissionItem("hybrid", Rate: 33.3m, Amount: 5m)));
        shelf.Take(Click("mia", 0), Order("1", 10, gross: 1_005));
        shelf.Ledger.Sum(entry => entry.Commission).ShouldBe(835);
        shelf.Take(Refund("1", ADay, 1_000));
        shelf.Ledger.Sum(entry => entry.Commission).ShouldBe(502);
        shelf.Take(Refund("1", 2 * ADay, null, RefundKind.Cancel, id: "c"));
        shelf.Ledger.Sum(entry => entry.Commission).ShouldBe(0);
        shelf.Counted().Cells[RollupKey.Of("default", Day.AddDays(1), Mia)][Measure.CommissionReversed].ShouldBe(333);
        shelf.Counted().Cells[RollupKey.Of("default", Day.AddDays(2), Mia)][Measure.CommissionReversed].ShouldBe(502);
    }

    [Fact]
    public void A_code_that_is_excluded_pays_nothing_though_it_is_credited()
    {
        var shelf = Market().Put(new AgreementItem("a", "spring", "mia", new CommissionItem("percent_of_net", Rate: 10m), ExcludedCodes: [" mia10"]));
        shelf.Take(Click("mia", 0), Order("1", 10, codes: ["MIA10"]), Order("2", 20, codes: ["OTHER"]));
        shelf.GrossOf("1").ShouldBe(new() { [Mia] = 10_000 });
        shelf.Ledger.Where(entry => entry.Conversion == "o:1").Sum(entry => entry.Commission).ShouldBe(0);
        shelf.Ledger.Where(entry => entry.Conversion == "o:2").Sum(entry => entry.Commission).ShouldBe(1_000);
    }

    [Fact]
    public void What_journeys_stand_on_is_kept_the_brand_of_an_unattributed_order_included()
    {
        Market().Take(Order("1", 0)).Matched.Select(item => item.ToString()).ShouldBe(["brands/default"]);
        Market().Take(Click("mia", 0), Order("1", 1, codes: ["BEN10"])).Matched.Select(item => item.ToString())
            .ShouldBe(["brands/default", "links/mia-l", "codes/ben-c"], ignoreOrder: true);
    }

    [Fact]
    public void What_is_posted_twice_changes_nothing_the_second_time()
    {
        var shelf = Market().Take(Click("mia", 0), Order("1", 10));
        var (lines, journey) = (shelf.Ledger.Count, shelf.Journeys.Single());
        shelf.Take(Order("1", 10), Click("mia", 0));
        shelf.Ledger.Count.ShouldBe(lines);
        shelf.Journeys.Single().ShouldBeSameAs(journey);
    }

    [Fact]
    public void A_late_click_moves_the_order_and_says_so()
    {
        var shelf = Market().Take(Click("mia", 0), Order("1", 100)).Take(Click("ben", 50));
        shelf.GrossOf("1").ShouldBe(new() { [Ben] = 10_000 });
        shelf.Ledger.Skip(1).Select(entry => (entry.Placement, entry.Amount, entry.Reason)).ShouldBe(
            [(Ben, 10_000L, LedgerReason.LateTouch), (Mia, -10_000L, LedgerReason.LateTouch)], ignoreOrder: true);
    }

    [Fact]
    public void A_posts_day_is_its_latest_total_less_the_latest_before()
    {
        PostSnapshot Snapshot(double minute, long likes, long? views = null) => new()
        {
            Id = new("test", $"{minute}"), Brand = "default", At = At(minute), PostId = "p", Platform = "instagram",
            Creator = "mia", Campaign = "spring", Likes = likes, Views = views,
        };
        var shelf = Market().Take(Snapshot(ADay + 5, 90)).Take(Snapshot(0, 10, 5), Snapshot(10, 30), Snapshot(ADay, 100, 7));
        var cells = shelf.Counted().Cells;
        (cells[RollupKey.Of("default", Day, Mia)][Measure.Likes], cells[RollupKey.Of("default", Day, Mia)][Measure.Views]).ShouldBe((30, 5));
        (cells[RollupKey.Of("default", Day.AddDays(1), Mia)][Measure.Likes], cells[RollupKey.Of("default", Day.AddDays(1), Mia)][Measure.Views]).ShouldBe((60, 2));
    }
}
