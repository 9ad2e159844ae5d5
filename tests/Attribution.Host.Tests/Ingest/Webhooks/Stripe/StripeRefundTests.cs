using System.Text.Json.Nodes;
using Attribution.Contracts;

namespace Attribution.Host.Tests.Ingest.Webhooks.Stripe;

/// <summary>States of refunds and disputes.</summary>
public sealed class StripeRefundTests
{
    [Theory]
    [InlineData("refund.created", "succeeded", false)]
    [InlineData("refund.updated", "succeeded", false)]
    [InlineData("refund.failed", "failed", true)]
    [InlineData("refund.updated", "failed", true)]
    [InlineData("refund.updated", "canceled", true)]
    [InlineData("charge.refund.updated", "canceled", true)]
    public void Refund_is_made_or_taken_back_by_its_state(string type, string status, bool isVoid)
    {
        var refund = Refund(type, "refund", new JsonObject { ["payment_intent"] = "pi_1", ["status"] = status }).ShouldHaveSingleItem();
        (refund.OrderId, refund.RefundId, refund.Void ?? false).ShouldBe(("shop:pi_1", "re_1Pgc72B7WZ01zgkWqPvrRrPE", isVoid));
    }

    [Theory]
    [InlineData("lost", false)]
    [InlineData("won", true)]
    [InlineData("warning_closed", true)]
    [InlineData("prevented", true)]
    public void Dispute_is_a_chargeback_or_none_by_its_state(string status, bool isVoid)
    {
        var dispute = Refund("charge.dispute.closed", "dispute", new JsonObject { ["payment_intent"] = "pi_1", ["status"] = status }).ShouldHaveSingleItem();
        (dispute.Kind, dispute.Void ?? false).ShouldBe(("chargeback", isVoid));
    }

    [Theory]
    [InlineData("refund.created", "refund", "pending")]
    [InlineData("refund.updated", "refund", "requires_action")]
    [InlineData("charge.dispute.created", "dispute", "needs_response")]
    [InlineData("charge.dispute.updated", "dispute", "under_review")]
    [InlineData("charge.dispute.funds_withdrawn", "dispute", "warning_needs_response")]
    public void Open_state_yields_nothing(string type, string subject, string status) =>
        Refund(type, subject, new JsonObject { ["payment_intent"] = "pi_1", ["status"] = status }).ShouldBeEmpty();

    /// <summary>Old versions of the API list a charge's refunds; each has a state of its own.</summary>
    [Fact]
    public void Refunds_listed_by_a_charge_map_by_their_states()
    {
        var refunds = new JsonArray([.. new[] { "succeeded", "failed", "pending" }.Select((status, i) => (JsonNode)new JsonObject
        {
            ["id"] = $"re_{i}", ["status"] = status, ["amount"] = 100, ["currency"] = "usd", ["created"] = 1_772_532_000, ["charge"] = "ch_1",
        })]);
        Refund("charge.refunded", "refund", new JsonObject { ["refunds"] = new JsonObject { ["data"] = refunds } })
            .Select(refund => (refund.RefundId, refund.Void ?? false)).ShouldBe([("re_0", false), ("re_1", true)]);
    }

    private static IReadOnlyList<RefundEvent> Refund(string type, string subject, JsonObject members) =>
        [.. StripeDelivery.Map(PublishedPayloads.StripeEvent(type, subject, members)).Select(StripeDelivery.Read<RefundEvent>)];
}
