using Attribution.Contracts.Catalog;
using Attribution.Core.Crediting;
using Attribution.Core.Events;
using Attribution.Core.Models;
using Attribution.Core.Rollups;
using Attribution.Core.Tests.Fixtures;
using static Attribution.Core.Tests.Fixtures.Scenario;

namespace Attribution.Core.Tests.Crediting;

/// <summary>Claims of who referred the buyer of an order: whom they name, which of them count, and how they rank.</summary>
public sealed class ReferralTests
{
    [Theory]
    [InlineData("impact.com", "pub_1", null, null, "publishers/mia-pub")]
    [InlineData(" Impact.COM ", "pub_1", "camp_9", "s", "publishers/mia-pub")]
    [InlineData("impact.com", "pub_1", "camp_7", null, "publishers/ben-camp")]
    [InlineData("impact.com", null, null, "story", "publishers/ben-sub")]
    [InlineData("impact.com", "PUB_1", null, null, null)]
    [InlineData("awin.com", "pub_1", null, null, null)]
    [InlineData("impact.com", null, null, null, null)]
    public void Publisher_with_the_most_ids_that_match_decides(string provider, string? publisher, string? campaign, string? sub, string? item)
    {
        var engine = WithPublishers().Process(
            Claim("1", 0, new("1", ReferralClaim.NormalizeProvider(provider), publisher, campaign, sub)), Order("1", 0, visitor: null));

        engine.DecisionOf("1").Candidates.Single().MatchedBy.ShouldBe(item);
    }

    [Theory]
    [InlineData("spring", null, "utm-rules/mia-u")]
    [InlineData(null, "ben", "links/ben-l")]
    [InlineData(null, "pub_r", "publishers/mia-ref")]
    [InlineData("spring", "ben", "utm-rules/mia-u")]
    [InlineData("other", "ben", "links/ben-l")]
    [InlineData("other", null, null)]
    public void Parameters_are_matched_by_rules_then_by_ref(string? campaign, string? reference, string? item)
    {
        var engine = WithPublishers().Process(
            Claim("1", 0, new("1", Ref: reference), campaign is null ? null : new Utm(Campaign: campaign.ToUpperInvariant(), Content: "MIA")),
            Order("1", 0, visitor: null));

        engine.DecisionOf("1").Candidates.Single().MatchedBy.ShouldBe(item);
    }

    [Fact]
    public void First_claim_of_an_order_that_can_earn_wins_and_the_others_are_shown()
    {
        var engine = WithPublishers().Process(
            Claim("1", -3, new("1", "unknown.example", "x")), Claim("1", -2, Mias with { ExpiresAt = At(-1) }), Claim("1", -1, Bens), Claim("1", 0, Mias),
            Order("1", 0, visitor: null));

        engine.OutcomesOf("1").ShouldBe([Outcome.Unmatched, Outcome.ClaimExpired, Outcome.Credited, Outcome.OtherClaim]);
        engine.GrossByPlacement("1").ShouldBe(new() { [Ben] = 10_000 });
        engine.DecisionOf("1").Candidates[2].Description.ShouldBe("earned 100 % of the conversion by an unverified claim");
    }

    [Theory]
    [InlineData(null, new[] { Outcome.Credited, Outcome.OtherClaim })]
    [InlineData("all", new[] { Outcome.Credited, Outcome.OtherClaim })]
    [InlineData("verified", new[] { Outcome.Unverified, Outcome.Credited })]
    [InlineData("ignored", new[] { Outcome.ClaimIgnored, Outcome.ClaimIgnored })]
    public void Brand_decides_which_claims_count(string? policy, Outcome[] outcomes)
    {
        var engine = WithPublishers().Put(new BrandItem("default", "Glow", Referrals: policy)).Process(
            Claim("1", -1, Mias), Claim("1", 0, Bens with { IsVerified = true }), Order("1", 0, visitor: null));

        engine.OutcomesOf("1").ShouldBe(outcomes);
    }

    [Fact]
    public void Policy_applies_from_its_version_onward()
    {
        var engine = WithPublishers().Put(new BrandItem("default", "Glow", Versions: [new(Moment(Hour), Referrals: "ignored")])).Process(
            Claim("1", 0, Mias), Order("1", 0, visitor: null), Claim("2", Hour, Mias with { OrderId = "2" }), Order("2", Hour, visitor: null));

        (engine.OutcomesOf("1").Single(), engine.OutcomesOf("2").Single()).ShouldBe((Outcome.Credited, Outcome.ClaimIgnored));
    }

    [Theory]
    [InlineData(null, null, 7 * OneDay, Outcome.Credited)]
    [InlineData(null, null, 7 * OneDay + 1, Outcome.OutsideWindow)]
    [InlineData("P10D", null, 10 * OneDay, Outcome.Credited)]
    [InlineData("P10D", "P1D", OneDay + 1, Outcome.OutsideWindow)]
    public void Claims_have_a_lookback_of_their_own(string? brand, string? campaign, double minutes, Outcome outcome)
    {
        var engine = WithPublishers().Put(
            new BrandItem("default", "Glow", Lookback: new("P30D", "P30D", brand)),
            new CampaignItem("spring", "Spring", StartsOn: Day.AddDays(-40), EndsOn: Day.AddDays(40), Lookback: new(Referral: campaign)));
        engine.Process(Claim("1", -minutes, Mias), Order("1", 0, visitor: null));

        engine.OutcomesOf("1").ShouldBe([outcome]);
    }

    [Fact]
    public void Claim_ranks_between_a_visit_and_a_code()
    {
        var engine = Market("all_evidence");
        AddPublishers(engine).Process(
            Claim("1", 0, Bens), Visit(0, utm: new(Campaign: "SPRING", Content: "MIA")), Order("1", 0, codes: ["MIA10"]));

        engine.DecisionOf("1").Candidates.Select(candidate => candidate.Kind).ShouldBe(["visit", "referral", "code"]);
        engine.GrossByPlacement("1", Model.LastTouch).ShouldBe(new() { [Mia] = 10_000 }, "the code is last");
        engine.GrossByPlacement("1", Model.FirstTouch).ShouldBe(new() { [Mia] = 10_000 }, "the visit is first");
    }

    [Fact]
    public void Claim_makes_no_touch_a_repetition_and_counts_as_no_visit()
    {
        var engine = WithPublishers().Put(new BrandItem("default", "Glow", Referrals: "ignored")).Process(
            Claim("1", 0, Mias), Order("1", Hour, customer: "c"), Click("mia", 10), Order("2", Hour, customer: "c"));

        engine.OutcomesOf("2").ShouldBe([Outcome.ClaimIgnored, Outcome.Credited]);
        var cell = engine.CountJourneys().Cells[RollupKey.ForPlacement("default", Day, Mia)];
        (cell[Measure.Referrals], cell[Measure.Clicks], cell[Measure.Visits], cell[Measure.UniqueVisitors]).ShouldBe((1, 1, 0, 1));
    }

    [Fact]
    public void Claim_of_an_order_is_a_touch_for_the_customers_next_order()
    {
        var engine = WithPublishers().Process(
            Claim("1", 0, Mias), Order("1", 0, visitor: null, customer: "c"), Order("2", OneDay, visitor: null, customer: "c"));

        engine.OutcomesOf("2").ShouldBe([Outcome.Credited]);
    }

    [Fact]
    public void Claim_that_arrives_before_its_order_waits_for_it()
    {
        var engine = WithPublishers().Process(Claim("1", 0, Mias));
        engine.Process(Order("1", 0, visitor: null));

        engine.OutcomesOf("1").ShouldBe([Outcome.Credited]);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void Claim_that_is_dated_after_its_order_has_the_orders_time(bool orderFirst)
    {
        Referral[] late = [Claim("1", 3 * OneDay, Mias), Claim("1", 2 * OneDay, Bens)];
        var engine = WithPublishers();
        if (orderFirst) engine.Process(Order("1", 0, visitor: null, customer: "c"));
        engine.Process(late);
        if (!orderFirst) engine.Process(Order("1", 0, visitor: null, customer: "c"));
        engine.Process(Order("2", OneDay, visitor: null, customer: "c"));

        var decision = engine.DecisionOf("1");
        decision.Candidates.Select(candidate => (candidate.At, candidate.Outcome)).ShouldBe([(At(0), Outcome.Credited), (At(0), Outcome.OtherClaim)]);
        engine.OutcomesOf("2").ShouldContain(Outcome.Credited, "the claim precedes the customer's next order, too");
        engine.CountJourneys().Cells[RollupKey.ForPlacement("default", Day, Mia)][Measure.Referrals].ShouldBe(1, "it is counted on the order's day");
        engine.EmittedDeltas.Cells[RollupKey.ForPlacement("default", Day, Mia)][Measure.Referrals].ShouldBe(1);
    }

    [Fact]
    public void Claim_moves_with_the_earliest_report_of_its_order()
    {
        var engine = WithPublishers().Process(Order("1", 9 * OneDay, visitor: null), Claim("1", 9 * OneDay, Mias));
        engine.Process(Order("1", 0, visitor: null, say: "earlier"));

        engine.DecisionOf("1").Candidates.Single().At.ShouldBe(At(0));
        engine.OutcomesOf("1").ShouldBe([Outcome.Credited]);
    }

    [Theory]
    [InlineData("unknown.example/x", "unknown.example", "x", null)]
    [InlineData("unknown.example", "unknown.example", null, null)]
    [InlineData("unknown.example//camp", "unknown.example", null, null, "camp")]
    [InlineData("ref=nobody", null, null, "nobody")]
    public void Claim_that_matches_nothing_is_an_unmatched_name(string name, string? provider, string? publisher, string? reference, string? campaign = null)
    {
        var engine = WithPublishers().Process(Claim("1", 0, new("1", provider, publisher, campaign, Ref: reference)), Order("1", 0, visitor: null));

        engine.CountJourneys().Cells[RollupKey.Unmatched("default", Day, UnmatchedKind.Referral, name)][Measure.Referrals].ShouldBe(1);
    }

    private static ReferralClaim Mias => new("1", "impact.com", "pub_1");

    private static ReferralClaim Bens => new("1", "impact.com", SubId: "story");

    private static Referral Claim(string order, double minute, ReferralClaim claim, Utm? utm = null) => new()
    {
        Id = new("shop", $"claim {order} {minute} {claim}"), Brand = "default", At = At(minute), Claim = claim, Utm = utm,
    };

    private static InMemoryEngine WithPublishers() => AddPublishers(Market());

    private static InMemoryEngine AddPublishers(InMemoryEngine engine) => engine.Put(
        new PublisherItem("mia-pub", "impact.com", "spring", "mia", "pub_1"), new PublisherItem("ben-camp", "impact.com", "spring", "ben", "pub_1", "camp_7"),
        new PublisherItem("ben-sub", "IMPACT.com", "spring", "ben", SubId: "story"), new PublisherItem("mia-ref", "ref", "spring", "mia", "pub_r"));
}
