using System.Text.Json.Nodes;
using Attribution.Host.Tests.Fixtures;

namespace Attribution.Host.Tests.Stories;

/// <summary>
/// One week of bookings, day by day. On Monday Anna earns one order by a click and another by her code. On Wednesday a
/// click from Monday arrives late, and the first order is credited to Ben. On Friday a part of it is refunded. On
/// Sunday the code moves to Ben: first from then on, which does not affect earlier orders; then, because it had
/// belonged to him all week, from Monday on. Every number is calculated by hand. Anna earns 10 % of net, Ben 20 %. Days
/// are in the time zone of Berlin and close 48 hours after their end: Monday on Thursday at 00:00, which is 23:00 UTC.
/// </summary>
public sealed class OrderWeekTests : IAsyncLifetime
{
    private PipelineHost books = null!;

    public async ValueTask InitializeAsync()
    {
        books = await PipelineHost.StartAsync("2026-03-02T06:00:00Z");
        await books.PutCatalogAsync(
            ("/v1/brands/default", """{"name":"Glow","currency":"USD","timeZone":"Europe/Berlin","bookModel":"last_touch"}"""),
            ("/v1/creators/anna", """{"name":"Anna"}"""), ("/v1/creators/ben", """{"name":"Ben"}"""), ("/v1/campaigns/spring", """{"name":"Spring"}"""),
            ("/v1/links/anna", """{"slug":"anna","destination":"https://shop.example/","campaignId":"spring","creatorId":"anna"}"""),
            ("/v1/links/ben", """{"slug":"ben","destination":"https://shop.example/","campaignId":"spring","creatorId":"ben"}"""),
            ("/v1/codes/glow-anna", """{"code":"GLOW10","campaignId":"spring","creatorId":"anna"}"""),
            ("/v1/agreements/anna", """{"campaignId":"spring","creatorId":"anna","commission":{"kind":"percent_of_net","rate":"10"}}"""),
            ("/v1/agreements/ben", """{"campaignId":"spring","creatorId":"ben","commission":{"kind":"percent_of_net","rate":"20"}}"""));

        // Monday. A visitor follows Anna's link and buys for 100; another buys for 50 with Anna's code, with a discount
        // of 5.
        await books.ProcessAsync(
            """{"type":"click","id":"click-anna","occurredAt":"2026-03-02T09:00:00Z","link":"anna","visitorId":"v-1"}""");
        await books.AdvanceToAsync("2026-03-02T11:00:00Z");
        await books.ProcessAsync(
            """{"type":"conversion","id":"order-1001","occurredAt":"2026-03-02T11:00:00Z","kind":"order","orderId":"1001","currency":"USD","gross":"100.00","visitorId":"v-1"}""",
            """{"type":"redemption","id":"order-1002","occurredAt":"2026-03-02T10:30:00Z","orderId":"1002","codes":["glow10"],"currency":"USD","gross":"50.00","discount":"5.00","customerKey":"c-2"}""");

        // Wednesday. Ben's redirector was down: a click from Monday, after Anna's and before the order, arrives only
        // now. Monday is still open.
        await books.AdvanceToAsync("2026-03-04T08:00:00Z");
        await books.ProcessAsync(
            """{"type":"click","id":"click-ben","occurredAt":"2026-03-02T10:00:00Z","link":"ben","visitorId":"v-1"}""");

        // Friday. Goods for 40 of the first order are returned. Monday has closed meanwhile; Friday is open.
        await books.AdvanceToAsync("2026-03-05T12:00:00Z");
        await books.AdvanceToAsync("2026-03-06T10:00:00Z");
        await books.ProcessAsync(
            """{"type":"refund","id":"refund-1","occurredAt":"2026-03-06T09:55:00Z","orderId":"1001","refundId":"r-1","kind":"refund","currency":"USD","amount":"40.00"}""");

        // Sunday at ten the code moves to Ben; at eleven a visitor uses it; at noon its start is corrected to Monday.
        await books.AdvanceToAsync("2026-03-08T10:00:00Z");
        await DeliverEventsAsync("2026-03-08T10:00:00Z");
        await books.AdvanceToAsync("2026-03-08T11:00:00Z");
        await books.ProcessAsync(
            """{"type":"redemption","id":"order-1003","occurredAt":"2026-03-08T11:00:00Z","orderId":"1003","codes":["GLOW10"],"currency":"USD","gross":"30.00","customerKey":"c-3"}""");
        await books.AdvanceToAsync("2026-03-08T12:00:00Z");
        await DeliverEventsAsync("2026-03-02T00:00:00Z");

        await books.AdvanceToAsync("2026-03-09T06:00:00Z");
    }

    public ValueTask DisposeAsync() => books.DisposeAsync();

    [Theory]
    // State at 22:00 UTC each night: status; orders, net and commission of Anna and of Ben; the net of the brand.
    [InlineData("2026-03-01T22:00:00Z", "nothing")]
    [InlineData("2026-03-02T10:59:59.999Z", "open; anna 0 0.00 0.00; 0.00")]
    [InlineData("2026-03-02T22:00:00Z", "open; anna 2 145.00 14.50; 145.00")]
    [InlineData("2026-03-03T22:00:00Z", "open; anna 2 145.00 14.50; 145.00")]
    [InlineData("2026-03-04T22:00:00Z", "open; anna 1 45.00 4.50; ben 1 100.00 20.00; 145.00")]
    [InlineData("2026-03-05T22:00:00Z", "closed; anna 1 45.00 4.50; ben 1 100.00 20.00; 145.00")]
    [InlineData("2026-03-06T22:00:00Z", "closed; anna 1 45.00 4.50; ben 1 60.00 12.00; 105.00")]
    [InlineData("2026-03-07T22:00:00Z", "closed; anna 1 45.00 4.50; ben 1 60.00 12.00; 105.00")]
    [InlineData("2026-03-08T11:30:00Z", "closed; anna 1 45.00 4.50; ben 1 60.00 12.00; 105.00")]
    [InlineData("2026-03-08T22:00:00Z", "closed; anna 0 0.00 0.00; ben 2 105.00 21.00; 105.00")]
    public async Task Accrual_view_reports_Monday_as_known_each_night(string asOf, string told) => (await GetReportedAsync("2026-03-02", "2026-03-02", "cohort", asOf)).ShouldBe(told);

    [Theory]
    [InlineData("2026-03-05T22:00:00Z", "nothing")]
    [InlineData("2026-03-06T22:00:00Z", "open; ben 0 -40.00 -8.00; -40.00")]
    [InlineData("2026-03-08T22:59:59Z", "open; ben 0 -40.00 -8.00; -40.00")]
    [InlineData("2026-03-09T06:00:00Z", "closed; ben 0 -40.00 -8.00; -40.00")]
    public async Task Cash_view_reports_Friday_as_known_each_night(string asOf, string told) => (await GetReportedAsync("2026-03-06", "2026-03-06", "cash", asOf)).ShouldBe(told);

    [Theory]
    [InlineData("2026-03-02T22:00:00Z", "open; anna 2 145.00 14.50; 145.00")]
    [InlineData("2026-03-06T22:00:00Z", "open; anna 1 45.00 4.50; ben 1 60.00 12.00; 105.00")]
    [InlineData("2026-03-08T11:30:00Z", "open; anna 1 45.00 4.50; ben 2 90.00 18.00; 135.00")]
    [InlineData("2026-03-08T22:00:00Z", "open; anna 0 0.00 0.00; ben 3 135.00 27.00; 135.00")]
    public async Task Week_totals_agree_in_both_views(string asOf, string told)
    {
        (await GetReportedAsync("2026-03-02", "2026-03-08", "cohort", asOf)).ShouldBe(told);
        (await GetReportedAsync("2026-03-02", "2026-03-08", "cash", asOf)).ShouldBe(told);
    }

    [Theory]
    [InlineData(
        "1001",
        "2026-03-02T11:00:00Z 2026-03-02 anna 100.00 1.000000 10.00 conversion shop/order-1001",
        "2026-03-04T08:00:00Z 2026-03-02 anna -100.00 -1.000000 -10.00 late_touch shop/click-ben",
        "2026-03-04T08:00:00Z 2026-03-02 ben 100.00 1.000000 20.00 late_touch shop/click-ben",
        "2026-03-06T10:00:00Z 2026-03-06 ben -40.00 0.000000 -8.00 refund shop/refund-1")]
    [InlineData(
        "1002",
        "2026-03-02T11:00:00Z 2026-03-02 anna 45.00 1.000000 4.50 conversion shop/order-1002",
        "2026-03-08T12:00:00Z 2026-03-02 anna -45.00 -1.000000 -4.50 catalog ",
        "2026-03-08T12:00:00Z 2026-03-02 ben 45.00 1.000000 9.00 catalog ")]
    [InlineData("1003", "2026-03-08T11:00:00Z 2026-03-08 ben 30.00 1.000000 6.00 conversion shop/order-1003")]
    public async Task Ledger_contains_every_expected_entry(string order, params string[] lines) =>
        (await books.GetAsync($"/v1/conversions/{order}"))["ledger"]!.AsArray()
            .Select(line => $"{line!["recordedAt"]} {line["entryDay"]} {line["creatorId"]} {line["amount"]} {line["share"]} {line["commission"]} {line["reason"]} {line["causedBy"]}")
            .ShouldBe(lines);

    [Fact]
    public async Task Changes_on_closed_days_are_listed_as_restatements()
    {
        // On Wednesday, Monday was open; the refund counts on Friday, which was open; only the code changed a closed
        // day.
        (await GetRestatementsAsync("")).ShouldBe(
        [
            "2026-03-02 closed 2026-03-05T12:00:00Z: 1002 anna -45.00 -4.50 catalog, recorded 2026-03-08T12:00:00Z",
            "2026-03-02 closed 2026-03-05T12:00:00Z: 1002 ben 45.00 9.00 catalog, recorded 2026-03-08T12:00:00Z",
        ]);
        // By order day, the refund also changed Monday.
        (await GetRestatementsAsync("&view=cohort")).ShouldBe(
        [
            "2026-03-02 closed 2026-03-05T12:00:00Z: 1001 ben -40.00 -8.00 refund, recorded 2026-03-06T10:00:00Z",
            "2026-03-02 closed 2026-03-05T12:00:00Z: 1002 anna -45.00 -4.50 catalog, recorded 2026-03-08T12:00:00Z",
            "2026-03-02 closed 2026-03-05T12:00:00Z: 1002 ben 45.00 9.00 catalog, recorded 2026-03-08T12:00:00Z",
        ]);
    }

    private async Task DeliverEventsAsync(string at)
    {
        await books.PutCatalogAsync(
            ("/v1/codes/glow-anna", $$"""{"code":"GLOW10","campaignId":"spring","creatorId":"anna","validTo":"{{at}}"}"""),
            ("/v1/codes/glow-ben", $$"""{"code":"GLOW10","campaignId":"spring","creatorId":"ben","validFrom":"{{at}}"}"""));
        await books.ReevaluateAsync();
    }

    private async Task<string> GetReportedAsync(string from, string to, string view, string asOf)
    {
        var body = await books.GetAsync(
            $"/v1/rollups/daily?from={from}&to={to}&view={view}&groupBy=creator&asOf={asOf}");
        var rows = body["rows"]!.AsArray();
        return rows.Count == 0
            ? "nothing"
            : $"{rows[0]!["status"]}; {string.Join("; ", rows.Select(Row))}; {body["totals"]!["net"]}";

        static string Row(JsonNode? row) => $"{row!["creatorId"]} {row["orders"]} {row["net"]} {row["cost"]!["commission"]}";
    }

    private async Task<IEnumerable<string>> GetRestatementsAsync(string query) =>
        (await books.GetAsync($"/v1/restatements?from=2026-03-02&to=2026-03-09{query}"))["items"]!.AsArray()
            .Select(line => $"{line!["day"]} closed {line["closedAt"]}: {line["conversionId"]} {line["creatorId"]} {line["amount"]} {line["commission"]} {line["reason"]}, recorded {line["recordedAt"]}");
}
