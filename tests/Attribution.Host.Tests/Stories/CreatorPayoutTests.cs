using System.Text.Json.Nodes;
using Attribution.Host.Tests.Fixtures;

namespace Attribution.Host.Tests.Stories;

/// <summary>
/// An agreement with tiers, a holding period and manual approval, from the order to the payout and the later reversal,
/// through the API.
/// </summary>
public sealed class CreatorPayoutTests
{
    [Fact]
    public async Task Order_can_be_traced_to_its_payout_and_back()
    {
        await using var books = await PipelineHost.StartAsync("2026-03-10T12:00:00Z");
        await books.PutCatalogAsync(
            ("/v1/creators/mia", """{"id":"mia","name":"Mia"}"""), ("/v1/campaigns/spring", """{"id":"spring","name":"Spring"}"""),
            ("/v1/codes/mia", """{"id":"mia","code":"MIA","campaignId":"spring","creatorId":"mia"}"""),
            ("/v1/agreements/a", """{"id":"a","campaignId":"spring","creatorId":"mia","validFrom":"2026-03-01","commission":{"kind":"percent_of_net","rate":10},"tiers":[{"from":100,"rate":20}],"tierMode":"whole","period":"month","holdingDays":14,"approval":"manual"}"""));
        await books.ProcessAsync(Order("1", "2026-03-02", "80.00"), Order("2", "2026-03-10", "70.00"));
        await books.AdvanceToAsync("2026-03-25T12:00:00Z");
        await books.ProcessAsync(Order("3", "2026-03-25", "10.00"));
        await books.SettlePeriodsAsync();
        // On that day, the holding period of the first order has passed and it requires approval; the day of the last
        // order is open.
        (await Statement(books, "2026-03"))["notYet"]!.AsArray().Where(item => item!["conversionId"] is not null).Select(item => $"{item!["conversionId"]} {item["state"]} {item["payableOn"]}").ShouldBe(
            ["1 held 2026-03-16", "2 held 2026-03-24", "3 accrued 2026-04-08"]);
        var rows = await books.GetAsync("/v1/rollups/daily?from=2026-03-01&to=2026-03-31&groupBy=creator");
        rows["rows"]![0]!["cost"]!["commission"]!.GetValue<string>().ShouldBe("32.00");

        await books.AdvanceToAsync("2026-03-31T12:00:00Z");
        var open = await Statement(books, "2026-03");
        (Text(open, "status"), Text(open, "payable"), open["lines"]!.AsArray().Count).ShouldBe(("open", "0.00", 0));
        open["notYet"]!.AsArray().Select(item => $"{item!["conversionId"]} {item["reason"]} {item["amount"]} {item["state"]} {item["payableOn"]} {item["needsApproval"]}").ShouldBe(
        [
            " tier 8.00 held 2026-03-16 true", "1  8.00 held 2026-03-16 true", " tier 7.00 held 2026-03-24 true", "2  7.00 held 2026-03-24 true",
            " tier 1.00 held 2026-04-08 true", "3  1.00 held 2026-04-08 true",
        ]);
        (await books.PostAsync("/v1/statements/close", """{"month":"2026-03"}""")).Status.ShouldBe(409);
        (await books.PostAsync("/v1/statements/approve", """{"creatorId":"mia","month":"2026-03","items":["o:9"]}""")).Status.ShouldBe(400);
        (await books.PostAsync("/v1/statements/approve", """{"creatorId":"mia","month":"2026-03"}""")).Body!["approved"]!.GetValue<long>().ShouldBe(6);
        (await books.PostAsync("/v1/statements/approve", """{"creatorId":"mia","month":"2026-03"}""")).Body!["approved"]!.GetValue<long>().ShouldBe(0);

        await books.AdvanceToAsync("2026-04-02T12:00:00Z");
        var closed = (await books.PostAsync("/v1/statements/close", """{"month":"2026-03","creatorId":"mia"}""")).Body!["statements"]![0]!;
        (Text(closed, "status"), closed["number"]!.GetValue<long>(), Text(closed, "commission"), Text(closed, "adjustments"), Text(closed, "payable")).ShouldBe(("closed", 1, "15.00", "15.00", "30.00"));
        closed["lines"]!.AsArray().ShouldAllBe(line => line!["approvedBy"]!.GetValue<string>() == "local" && line["approvedAt"] != null && line["state"]!.GetValue<string>() == "approved");
        var paid = (await books.PostAsync("/v1/statements/1/paid", """{"reference":"bank 7"}""")).Body!;
        (Text(paid, "status"), Text(paid, "reference"), Text(paid["lines"]![0]!, "state")).ShouldBe(("paid", "bank 7", "paid"));
        (await books.PostAsync("/v1/statements/9/paid", "{}")).Status.ShouldBe(404);

        // The first order is refunded after the payout: its commission and the tier bonus are reversed, and the debt is
        // carried over.
        await books.ProcessAsync(
            """{"type":"refund","id":"r","occurredAt":"2026-04-03T09:00:00Z","orderId":"1","refundId":"r","kind":"refund","currency":"USD","amount":"80.00"}""");
        await books.SettlePeriodsAsync();
        (await books.GetAsync("/v1/statements/1"))["lines"]!.ToJsonString().ShouldBe(paid["lines"]!.ToJsonString());
        await books.AdvanceToAsync("2026-05-02T12:00:00Z");
        await books.SettlePeriodsAsync();
        var next = (await books.PostAsync("/v1/statements/close", """{"month":"2026-04"}""")).Body!["statements"]![0]!;
        (Text(next, "clawBacks"), Text(next, "commission"), Text(next, "total"), Text(next, "payable"), Text(next, "carriedOut")).ShouldBe(("-23.00", "1.00", "-22.00", "0.00", "-22.00"));
        next["lines"]!.AsArray().Select(line => $"{line!["conversionId"]}{line["reason"]} {line["amount"]} {line["state"]}").ShouldBe(
            ["tier -8.00 clawed_back", "1 -8.00 clawed_back", "tier -7.00 clawed_back", "3 1.00 approved"], ignoreOrder: true);
        (await books.PostAsync("/v1/statements/close", """{"month":"2026-02","creatorId":"mia"}""")).Status.ShouldBe(409);
        Text(await Statement(books, "2026-05"), "carriedIn").ShouldBe("-22.00");
    }

    [Fact]
    public async Task Commission_is_accrued_held_approved_paid_and_clawed_back()
    {
        await using var books = await PipelineHost.StartAsync("2026-03-09T12:00:00Z");
        await books.PutCatalogAsync(
            ("/v1/brands/default", """{"name":"Glow","timeZone":"Europe/Berlin"}"""), ("/v1/creators/mia", """{"name":"Mia"}"""), ("/v1/campaigns/spring", """{"name":"Spring"}"""),
            ("/v1/codes/mia", """{"code":"MIA","campaignId":"spring","creatorId":"mia"}"""),
            ("/v1/agreements/a", """{"campaignId":"spring","creatorId":"mia","commission":{"kind":"percent_of_net","rate":10},"holdingDays":5}"""));
        await books.ProcessAsync(Order("1", "2026-03-08", "80.00"));
        (await StandAsync("2026-03")).ShouldBe("accrued 8.00 from 2026-03-13"); // its day is open: no day of the brand has closed

        await books.AdvanceToAsync("2026-03-12T12:00:00Z");
        (await StandAsync("2026-03")).ShouldBe("held 8.00 from 2026-03-13");
        await books.AdvanceToAsync("2026-03-12T22:59:00Z"); // a minute to midnight in Berlin
        (await StandAsync("2026-03")).ShouldBe("held 8.00 from 2026-03-13");
        await books.AdvanceToAsync("2026-03-12T23:01:00Z");
        (await StandAsync("2026-03")).ShouldBe("approved 8.00 by rule 2026-03-12T23:00:00Z");

        await books.AdvanceToAsync("2026-04-02T12:00:00Z");
        await books.PostAsync("/v1/statements/close", """{"month":"2026-03"}""");
        await books.PostAsync("/v1/statements/1/paid", "{}");
        (await StandAsync("2026-03")).ShouldBe("paid 8.00 by rule 2026-03-12T23:00:00Z");

        await books.ProcessAsync(
            """{"type":"refund","id":"r","occurredAt":"2026-04-01T09:00:00Z","orderId":"1","refundId":"r","kind":"refund","currency":"USD","amount":"30.00"}""");
        (await StandAsync("2026-04")).ShouldBe("clawed_back -3.00 by rule 2026-03-12T23:00:00Z");

        // A longer holding period does not hold back amounts that a statement contains.
        await books.PutCatalogAsync(
            ("/v1/agreements/a", """{"campaignId":"spring","creatorId":"mia","commission":{"kind":"percent_of_net","rate":10},"holdingDays":90}"""));
        (await StandAsync("2026-04")).ShouldBe("clawed_back -3.00 by rule ");

        async Task<string> StandAsync(string month)
        {
            var statement = await Statement(books, month);
            return string.Join('|', statement["lines"]!.AsArray().Select(line => $"{line!["state"]} {line["amount"]} by {line["approvedBy"]} {line["approvedAt"]}")
                .Concat(statement["notYet"]!.AsArray().Select(item => $"{item!["state"]} {item["amount"]} from {item["payableOn"]}")));
        }
    }

    [Theory]
    [InlineData("/v1/statements?month=2026-03")]
    [InlineData("/v1/statements?creator=nobody&month=2026-03")]
    [InlineData("/v1/statements?creator=mia&month=2026-3")]
    [InlineData("/v1/statements?creator=mia&month=2026-03&format=xml")]
    public async Task Invalid_requests_name_the_fault(string path)
    {
        await using var books = await PipelineHost.StartAsync("2026-03-10T12:00:00Z");
        await books.PutCatalogAsync(("/v1/creators/mia", """{"id":"mia","name":"Mia"}"""));
        (await books.TryGetAsync(path)).Status.ShouldBe(400);
    }

    private static Task<JsonNode> Statement(PipelineHost books, string month) => books.GetAsync($"/v1/statements?creator=mia&month={month}");

    private static string Text(JsonNode node, string member) => node[member]!.GetValue<string>();

    private static string Order(string id, string day, string gross) =>
        $$"""{"type":"redemption","id":"e{{id}}","occurredAt":"{{day}}T09:00:00Z","orderId":"{{id}}","codes":["MIA"],"currency":"USD","gross":"{{gross}}"}""";
}
