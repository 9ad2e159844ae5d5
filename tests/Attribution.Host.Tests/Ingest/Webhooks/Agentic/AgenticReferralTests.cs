using System.Text;
using System.Text.Json.Nodes;
using Attribution.Contracts;
using Attribution.Core.Values;
using Attribution.Host.Ingest.Webhooks;

namespace Attribution.Host.Tests.Ingest.Webhooks.Agentic;

/// <summary>Claims that come with an order that an agent bought: what is read of them, and what is never stored.</summary>
public sealed class AgenticReferralTests
{
    // The example of ACP's own schema.
    private const string Published =
        """
        {"provider":"impact.com","token":"atp_01J8Z3WXYZ9ABC","publisher_id":"pub_123","campaign_id":"camp_summer2026","touchpoint":"first",
         "source":{"type":"url","url":"https://example.com/product-review"},"issued_at":"2026-02-11T10:00:00Z","expires_at":"2026-02-11T11:00:00Z",
         "metadata":{"campaign_type":"influencer","is_verified":true}}
        """;

    [Theory]
    [InlineData("acp")]
    [InlineData("ucp")]
    public void Published_claim_becomes_a_referral_of_the_order(string protocol)
    {
        var mapped = Map(protocol, $$$"""{"occurredAt":"2026-02-11T10:30:00Z","affiliateAttribution":{"first":{{{Published}}}}}""");
        var referral = Referrals(mapped).Single();
        referral.Remove("id");
        referral.ToJsonString().Replace("\\u002B", "+", StringComparison.Ordinal).ShouldBe(
            """{"type":"referral","occurredAt":"2026-02-11T10:00:00+00:00","orderId":"shop:ord_1","provider":"impact.com","publisherId":"pub_123","providerCampaignId":"camp_summer2026","token":"atp_01J8Z3WXYZ9ABC","expiresAt":"2026-02-11T11:00:00+00:00"}""");
        mapped.Mapped.SelectMany(one => one.LeftOut).ShouldBeEmpty();
    }

    [Fact]
    public void Claims_are_in_the_order_first_last_map_whatever_their_clocks()
    {
        var mapped = Map("ucp",
            """
            {"occurredAt":"2026-11-24T09:00:00Z","attribution":{"utm_source":"instagram","attribution/ref":"mia","Campaign_Name":"spring","gclid":"x"},
             "affiliateAttribution":{"last":{"provider":"b","publisher_id":"2","issued_at":"2026-11-20T00:00:00Z"},"first":{"provider":"a","publisher_id":1,"issued_at":"2026-11-23T00:00:00Z","verified":true}}}
            """);
        var referrals = Referrals(mapped);
        referrals.Select(one => ((string?)one["provider"], (string?)one["publisherId"], (string?)one["parameters"], (string)one["occurredAt"]!, one["verified"] is not null)).ShouldBe([
            ("a", "1", null, "2026-11-23T00:00:00+00:00", true), ("b", "2", null, "2026-11-23T00:00:00+00:00", false),
            (null, null, "ref=mia&utm_campaign=spring&utm_source=instagram", "2026-11-24T09:00:00+00:00", false),
        ]);
        referrals.Select(one => (string)one["id"]!).ShouldBe(referrals.Select(one => (string)one["id"]!).Order(StringComparer.Ordinal));
    }

    [Fact]
    public void Claim_that_is_issued_after_its_order_has_the_orders_time() =>
        ((string?)Referrals(Map("acp", """{"occurredAt":"2026-11-24T09:00:00Z","affiliateAttribution":{"last":{"provider":"a","token":"t","issued_at":"2026-11-24T09:00:07Z"}}}"""))
            .Single()["occurredAt"]).ShouldBe("2026-11-24T09:00:00+00:00");

    [Theory]
    [InlineData("""{"provider":"a","publisher_id":"jane@mail.example","sub_id":"ok"}""", "/affiliateAttribution/first/publisher_id")]
    [InlineData("""{"provider":"a","publisher_id":"p","sub_id":"jane%40mail.example"}""", "/affiliateAttribution/first/sub_id")]
    [InlineData("""{"provider":"a","publisher_id":"p","sub_id":"+49 151 12345678"}""", "/affiliateAttribution/first/sub_id")]
    [InlineData("""{"provider":"a","publisher_id":"p","campaign_id":"tel:5550101234"}""", "/affiliateAttribution/first/campaign_id")]
    public void Personal_data_in_a_claim_is_left_out_by_member(string claim, string pointer)
    {
        var mapped = Map("acp", $$$"""{"affiliateAttribution":{"first":{{{claim}}}}}""");
        mapped.Gross.ShouldBe(100);
        Referrals(mapped).Single().ToJsonString().ShouldNotContain(pointer[(pointer.LastIndexOf('/') + 1)..]);
        mapped.Mapped.SelectMany(one => one.LeftOut).Select(fault => (fault.Reason, fault.Pointer)).ShouldBe([(RejectionReason.PersonalData, pointer)]);
    }

    [Theory]
    [InlineData("""{"affiliateAttribution":{"first":{"token":"t"}}}""", RejectionReason.MemberMissing, "/affiliateAttribution/first/provider", 0)]
    [InlineData("""{"affiliateAttribution":{"first":"impact.com"}}""", RejectionReason.MemberWrongType, "/affiliateAttribution/first", 0)]
    [InlineData("""{"affiliateAttribution":[]}""", RejectionReason.MemberWrongType, "/affiliateAttribution", 0)]
    [InlineData("""{"affiliateAttribution":{"provider":"a"}}""", RejectionReason.MemberUnknown, "/affiliateAttribution/provider", 0)]
    [InlineData("""{"affiliateAttribution":{"last":{"provider":"a","token":"t","issued_at":"yesterday"}}}""", RejectionReason.TimeInvalid, "/affiliateAttribution/last/issued_at", 1)]
    [InlineData("""{"affiliateAttribution":{"last":{"provider":"a","token":"t","verified":"yes"}}}""", RejectionReason.MemberWrongType, "/affiliateAttribution/last/verified", 1)]
    [InlineData("""{"attribution":{"utm_source":7,"utm_medium":["x"]}}""", RejectionReason.MemberWrongType, "/attribution/utm_medium", 1)]
    public void Unusable_claim_never_costs_the_order(string members, RejectionReason reason, string pointer, int referrals)
    {
        var mapped = Map("ucp", members);
        mapped.Gross.ShouldBe(100);
        Referrals(mapped).Count.ShouldBe(referrals);
        mapped.Mapped.SelectMany(one => one.LeftOut).Select(fault => (fault.Reason, fault.Pointer)).ShouldBe([(reason, pointer)]);
    }

    [Fact]
    public void Token_is_hashed_before_anything_is_stored()
    {
        var keys = new CustomerKeyHasher("0123456789abcdef0123456789abcdef"u8);
        var mapped = Map("acp", $$$"""{"affiliateAttribution":{"first":{{{Published}}}}}""");
        var stored = Encoding.UTF8.GetString(mapped.Mapped.Single(one => Encoding.UTF8.GetString(one.ToJson()).Contains("referral", StringComparison.Ordinal)).Typed!.Serialize(keys, out _));
        stored.ShouldNotContain("atp_01J8Z3WXYZ9ABC");
        ((string)JsonNode.Parse(stored)!["token"]!).ShouldBe(keys.HashToken("atp_01J8Z3WXYZ9ABC"));

        var delivery = AgenticDelivery.Acp().With(SampleOrders.Parse($$$"""{"affiliateAttribution":{"first":{{{Published}}},"last":{"provider":"a","sub_id":"jane@mail.example"} }}"""));
        var rejected = Encoding.UTF8.GetString(PayloadRedactor.Redact("acp", "", delivery.Bytes()));
        rejected.ShouldNotContain("atp_");
        rejected.ShouldNotContain("jane");
        rejected.ShouldNotContain("product-review");
        rejected.ShouldContain("pub_123");
    }

    [Fact]
    public void Later_states_of_an_order_repeat_its_claims_under_their_ids()
    {
        var first = Map("acp", $$$"""{"affiliateAttribution":{"first":{{{Published}}}}}""");
        var second = Map("acp", $$$"""{"stateAt":"2026-11-25T00:00:00Z","affiliateAttribution":{"first":{{{Published}}},"last":{"provider":"b","token":"t"} }}""");
        Referrals(second).Select(one => (string)one["id"]!).ShouldContain((string)Referrals(first).Single()["id"]!);
    }

    [Theory]
    [InlineData("acp", false)]
    [InlineData("acp", true)]
    [InlineData("ucp", false)]
    [InlineData("ucp", true)]
    public void Claim_without_a_time_that_a_later_delivery_adds_earns_the_order(string protocol, bool claimFirst)
    {
        var placed = AgenticDelivery.Sample(protocol).With(SampleOrders.Parse("""{"codes":[],"stateAt":"2026-11-20T09:00:00Z"}"""));
        var repeated = AgenticDelivery.Sample(protocol).With(SampleOrders.Parse(
            """{"codes":[],"stateAt":"2026-11-24T09:00:00Z","affiliateAttribution":{"last":{"provider":"impact.com","publisher_id":"pub_123"}}}"""));
        var shop = new ShopJourney();
        foreach (var (delivery, i) in (claimFirst ? [repeated, placed] : new[] { placed, repeated, repeated }).Select((delivery, i) => (delivery, i)))
            shop.Deliver(protocol, "", delivery, receivedAt: i);

        shop.Order!.At.ToString().ShouldStartWith("2026-11-20T09:00:00");
        shop.Order.Credits.Select(credit => (credit.Placement.Creator, credit.Micros)).Distinct().ShouldBe([("mia", 1_000_000L)]);
    }

    private static MappedShopOrder Map(string protocol, string members) =>
        AgenticDelivery.Map(protocol, AgenticDelivery.Sample(protocol).With(SampleOrders.Parse(members)));

    private static List<JsonObject> Referrals(MappedShopOrder mapped) => [.. mapped.Events.Where(one => (string?)one["type"] == "referral")];
}
