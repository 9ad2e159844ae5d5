using System.Text.Json.Nodes;
using Attribution.Host.Tests.Fixtures;
using Attribution.Storage.Runs;
using Attribution.TestKit;

namespace Attribution.Host.Tests.Reporting.Api;

public sealed class WhatIfTests(WhatIfTests.Booked booked) : IClassFixture<WhatIfTests.Booked>
{
    private const string March = "\"from\":\"2026-03-01\",\"to\":\"2026-03-31\"";

    private PipelineHost books = booked.Books;

    private static async Task<PipelineHost> StartAsync()
    {
        var books = await PipelineHost.StartAsync("2026-03-10T06:00:00Z");
        await books.PutCatalogAsync(
            ("/v1/brands/other", """{"name":"Other"}"""), ("/v1/creators/anna", """{"name":"Anna"}"""), ("/v1/creators/ben", """{"name":"Ben"}"""), ("/v1/campaigns/spring", """{"name":"Spring"}"""),
            ("/v1/links/anna", """{"slug":"anna","destination":"https://shop.example/","campaignId":"spring","creatorId":"anna"}"""),
            ("/v1/links/ben", """{"slug":"ben","destination":"https://shop.example/","campaignId":"spring","creatorId":"ben"}"""),
            ("/v1/codes/anna", """{"code":"ANNA10","campaignId":"spring","creatorId":"anna"}"""),
            ("/v1/agreements/anna", """{"campaignId":"spring","creatorId":"anna","commission":{"kind":"percent_of_net","rate":"10"}}"""),
            ("/v1/agreements/ben", """{"campaignId":"spring","creatorId":"ben","commission":{"kind":"percent_of_net","rate":"20"}}"""));
        await books.ProcessAsync(
            // Anna's click is three days before the order, Ben's an hour before; 20 of 100 are refunded.
            """{"type":"click","id":"k-1","occurredAt":"2026-03-01T12:00:00Z","link":"anna","visitorId":"v-1"}""",
            """{"type":"click","id":"k-2","occurredAt":"2026-03-04T11:00:00Z","link":"ben","visitorId":"v-1"}""",
            """{"type":"conversion","id":"o-1","occurredAt":"2026-03-04T12:00:00Z","kind":"order","orderId":"1","currency":"USD","gross":"100.00","visitorId":"v-1","customerKey":"c-1"}""",
            """{"type":"refund","id":"r-1","occurredAt":"2026-03-06T12:00:00Z","orderId":"1","refundId":"r-1","kind":"refund","currency":"USD","amount":"20.00"}""",
            // Ben's click, Anna's code.
            """{"type":"click","id":"k-3","occurredAt":"2026-03-05T11:00:00Z","link":"ben","visitorId":"v-2"}""",
            """{"type":"redemption","id":"o-2","occurredAt":"2026-03-05T12:00:00Z","orderId":"2","codes":["ANNA10"],"currency":"USD","gross":"50.00","discount":"5.00","visitorId":"v-2"}""",
            // One order without a creator, one of another brand, and one of another month.
            """{"type":"conversion","id":"o-5","brandId":"other","occurredAt":"2026-03-05T12:00:00Z","kind":"order","orderId":"5","currency":"USD","gross":"11.00"}""",
            """{"type":"conversion","id":"o-3","occurredAt":"2026-03-05T12:00:00Z","kind":"order","orderId":"3","currency":"USD","gross":"7.00","customerKey":"c-3"}""",
            """{"type":"redemption","id":"o-4","occurredAt":"2026-02-28T12:00:00Z","orderId":"4","codes":["ANNA10"],"currency":"USD","gross":"1000.00"}""");
        return books;
    }

    /// <summary>A host with the orders of two creators, shared by tests that change nothing but runs.</summary>
    public sealed class Booked : IAsyncLifetime
    {
        internal PipelineHost Books { get; private set; } = null!;

        public async ValueTask InitializeAsync() => Books = await StartAsync();

        public ValueTask DisposeAsync() => Books.DisposeAsync();
    }

    [Theory]
    [InlineData("\"model\":\"first_touch\"", "anna 45.00+80.00 4.50+8.00, ben 80.00-80.00 16.00-16.00; 7.00 +0.00")]
    [InlineData("\"model\":\"linear\"", "anna 45.00+40.00 4.50+4.00, ben 80.00-40.00 16.00-8.00; 7.00 +0.00")]
    [InlineData("\"policy\":{\"name\":\"touch_first\"}", "anna 45.00-45.00 4.50-4.50, ben 80.00+45.00 16.00+9.00; 7.00 +0.00")]
    [InlineData("\"policy\":{\"name\":\"split\",\"codeShare\":\"0.5\"}", "anna 45.00-22.50 4.50-2.25, ben 80.00+22.50 16.00+4.50; 7.00 +0.00")]
    [InlineData("\"lookback\":{\"click\":\"PT1H\"},\"model\":\"first_touch\"", "anna 45.00+0.00 4.50+0.00, ben 80.00+0.00 16.00+0.00; 7.00 +0.00")]
    [InlineData("\"lookback\":{\"click\":\"PT59M\"}", "anna 45.00+0.00 4.50+0.00, ben 80.00-80.00 16.00-16.00; 7.00 +80.00")]
    [InlineData("\"model\":\"last_touch\"", "anna 45.00+0.00 4.50+0.00, ben 80.00+0.00 16.00+0.00; 7.00 +0.00")]
    public async Task Result_shows_booked_and_simulated_figures_side_by_side(string settings, string rows)
    {
        var result = (await RunWhatIfAsync($"{{{March},{settings},\"groupBy\":\"creator\"}}"))["result"]!;
        (string.Join(", ", result["rows"]!.AsArray().Select(row => $"{row!["creatorId"]} {Side(row, "net")} {Side(row, "commission")}"))
            + $"; {result["unattributed"]![0]!["book"]!["net"]} {Signed(result["unattributed"]![0]!["difference"]!["net"])}").ShouldBe(rows);
        // The totals do not depend on who is credited.
        foreach (var figure in result["totals"]!["difference"]!.AsObject()) decimal.Parse($"{figure.Value}", CultureInfo.InvariantCulture).ShouldBe(0);
        result["totals"]!["book"]!["net"]!.GetValue<string>().ShouldBe("132.00");

        static string Side(JsonNode row, string figure) => $"{row["book"]![figure]}{Signed(row["difference"]![figure])}";
        static string Signed(JsonNode? value) => $"{value}" is ['-', ..] negative ? negative : $"+{value}";
    }

    [Theory]
    [InlineData("2026-03-04", "2026-03-05", "132.00")]
    [InlineData("2026-03-05", "2026-03-05", "52.00")]
    [InlineData("2026-03-04", "2026-03-04", "80.00")]
    public async Task Both_requested_days_are_inclusive(string from, string to, string net) =>
        (await RunWhatIfAsync($$"""{"from":"{{from}}","to":"{{to}}","model":"linear"}"""))["result"]!["totals"]!["book"]!["net"]!.GetValue<string>().ShouldBe(net);

    [Fact]
    public async Task Result_equals_the_ledger_after_the_brand_is_actually_changed()
    {
        await using var own = books = await StartAsync();
        const string Settings = """
            "model":"linear","policy":{"name":"split","codeShare":"0.3"},"lookback":{"click":"P2D"}
            """;
        var before = await GetBookedRowsAsync();
        var result = (await RunWhatIfAsync($"{{{March},{Settings},\"groupBy\":\"day,campaign,creator\"}}"))["result"]!;
        (await GetBookedRowsAsync()).ShouldBe(before, "the books were not touched");
        Rows(result, "book").ShouldBe(before);

        await books.PutCatalogAsync(("/v1/brands/default", """{"name":"Default","bookModel":"linear","policy":{"name":"split","codeShare":"0.3"},"lookback":{"click":"P2D"}}"""));
        await books.ReevaluateAsync();

        Rows(result, "whatIf").ShouldBe(await GetBookedRowsAsync());

        static List<string> Rows(JsonNode result, string side) =>
        [
            .. result["rows"]!.AsArray().Where(row => $"{row![side]!["gross"]}" != "0.00")
                .Select(row => $"{row!["day"]} {row["campaignId"]} {row["creatorId"]} {row[side]!["orders"]} {row[side]!["conversions"]} {row[side]!["net"]} {row[side]!["commission"]}"),
        ];
    }

    /// <summary>Ben's cap reduces the commission of Anna's order. Anna gets her guarantee when its period ends, and reaches the tier only in the simulation.</summary>
    [Fact]
    public async Task Tiers_caps_and_guarantees_count_on_both_sides_but_fees_do_not()
    {
        await using var own = books = await StartAsync();
        await books.PutCatalogAsync(
            ("/v1/agreements/anna", """{"campaignId":"spring","creatorId":"anna","validFrom":"2026-03-01","validTo":"2026-03-09","commission":{"kind":"percent_of_net","rate":"10"},"tiers":[{"from":100,"rate":30}],"guarantee":"6.00"}"""),
            ("/v1/agreements/ben", """{"campaignId":"spring","creatorId":"ben","validFrom":"2026-03-01","commission":{"kind":"percent_of_net","rate":"20"},"cap":"12.00","fee":"300.00"}"""));
        await books.ReevaluateAsync();
        await books.SettlePeriodsAsync();
        var before = await CommissionAsync();
        before.ShouldBe(["2026-03-04 ben 12.00", "2026-03-05 anna 4.50", "2026-03-08 anna 1.50"]);
        var result = (await RunWhatIfAsync($"{{{March},\"model\":\"first_touch\",\"groupBy\":\"day,creator\"}}"))["result"]!;
        // First touch credits Anna with the order of the 4th (80.00) and that of the 5th (45.00): 100.00 at 10 %, 25.00 at 30 %.
        Sides("book").ShouldBe(before);
        Sides("whatIf").ShouldBe(["2026-03-04 anna 8.00", "2026-03-05 anna 9.50"]);

        await books.PutCatalogAsync(("/v1/brands/default", """{"name":"Default","bookModel":"first_touch"}"""));
        await books.ReevaluateAsync();
        await books.SettlePeriodsAsync();
        Sides("whatIf").ShouldBe(await CommissionAsync());
        (await RunWhatIfAsync($$"""{"from":"2026-03-05","to":"2026-03-05","model":"last_touch","groupBy":"day,creator"}"""))["result"]!["rows"]!.AsArray()
            .Select(row => $"{row!["creatorId"]} {row["book"]!["commission"]} {row["whatIf"]!["commission"]}").ShouldBe(["anna 9.50 4.50"]); // other days count for the agreement but are not shown

        List<string> Sides(string side) =>
            [.. result["rows"]!.AsArray().Where(row => $"{row![side]!["commission"]}" != "0.00").Select(row => $"{row!["day"]} {row["creatorId"]} {row[side]!["commission"]}")];
        async Task<List<string>> CommissionAsync() =>
        [
            .. (await books.GetAsync("/v1/rollups/daily?from=2026-03-01&to=2026-03-31&groupBy=day,creator"))["rows"]!.AsArray()
                .Where(row => $"{row!["cost"]!["commission"]}" != "0.00").Select(row => $"{row!["day"]} {row["creatorId"]} {row["cost"]!["commission"]}"),
        ];
    }

    /// <summary>From 5 March, the ledger uses first touch, with codes as touches: Ben, who has the first click, gets the full credit of the second order.</summary>
    [Theory]
    [InlineData("\"model\":\"linear\"", "anna 0.00+62.50, ben 125.00-62.50")]
    [InlineData("\"policy\":{\"name\":\"code_first\"}", "anna 0.00+45.00, ben 125.00-45.00")]
    [InlineData("\"model\":\"last_touch\"", "anna 0.00+45.00, ben 125.00-45.00")]
    [InlineData("\"lookback\":{\"click\":\"PT2H\"}", "ben 125.00+0.00")]
    public async Task Changed_settings_override_every_version_and_leave_others_unchanged(string settings, string rows)
    {
        await using var own = books = await StartAsync();
        await books.PutCatalogAsync(("/v1/brands/default", """
            {"name":"Default","versions":[{"validFrom":"2026-03-05T00:00:00Z","bookModel":"first_touch","policy":{"name":"all_evidence"}}]}
            """));
        await books.ReevaluateAsync();
        var result = (await RunWhatIfAsync($"{{{March},{settings},\"groupBy\":\"creator\"}}"))["result"]!;
        string.Join(", ", result["rows"]!.AsArray().Select(row => $"{row!["creatorId"]} {row["book"]!["net"]}{Signed(row["difference"]!["net"])}")).ShouldBe(rows);

        static string Signed(JsonNode? value) => $"{value}" is ['-', ..] negative ? negative : $"+{value}";
    }

    [Fact]
    public async Task Run_is_accepted_immediately_and_reports_its_progress()
    {
        var (status, body) = await books.PostAsync("/v1/what-if", $"{{{March},\"model\":\"linear\"}}");
        status.ShouldBe(202);
        body!["status"]!.GetValue<string>().ShouldBe("queued");
        body.AsObject().ContainsKey("result").ShouldBeFalse();
        var done = await WaitForCompletionAsync(body);
        $"{done["progress"]!["done"]} {done["progress"]!["total"]} {done["progress"]!["attempt"]} {done["request"]!["model"]}".ShouldBe("5 5 1 linear");
    }

    [Fact]
    public async Task Rows_are_available_as_csv_and_linked_from_the_page()
    {
        var run = await RunWhatIfAsync($"{{{March},\"model\":\"first_touch\",\"groupBy\":\"day,creator\"}}");
        (await books.GetTextAsync($"/v1/what-if/{run["id"]}?format=csv")).Split("\r\n").ShouldBe(
        [
            "day,campaignId,creatorId," + string.Join(',', Sides.SelectMany(side => Figures.Select(figure => side + figure))) + ",currency,attributed",
            .. run["result"]!["rows"]!.AsArray().Select(row => Line(row!, "true")), .. run["result"]!["unattributed"]!.AsArray().Select(row => Line(row!, "false")), "",
        ]);
        (await books.GetPageAsync($"/what-if?run={run["id"]}")).ShouldContain($"href=\"/v1/what-if/{run["id"]}?format=csv\"");
        (await books.TryGetAsync($"/v1/what-if/{run["id"]}?format=xml")).Status.ShouldBe(400);

        static string Line(JsonNode row, string attributed) =>
            $"{row["day"]},,{row["creatorId"]},{string.Join(',', Sides.SelectMany(side => row[side]!.AsObject().Select(figure => figure.Value)))},USD,{attributed}";
    }

    private static readonly string[] Sides = ["book", "whatIf", "difference"];

    private static readonly string[] Figures = ["Orders", "Conversions", "Leads", "NewCustomers", "Gross", "Discount", "Refunds", "Net", "Commission"];

    [Fact]
    public async Task Unfinished_run_has_no_csv()
    {
        var run = new RunDocument { Id = Guid.CreateVersion7(), Kind = "what-if", Status = RunStatus.Failed, Request = [.. "{\"from\":\"2026-03-01\",\"to\":\"2026-03-31\"}"u8], CreatedAt = books.Now, UpdatedAt = books.Now };
        await books.Store.Runs.TryAddRunAsync(run, 20, PipelineHost.Token);
        (await books.TryGetAsync($"/v1/what-if/{run.Id}?format=csv")).Status.ShouldBe(409);
    }

    [Theory]
    [InlineData("{}", 400, "/from /to")]
    [InlineData("nonsense", 400, "")]
    [InlineData("""{"from":"2026-03-01","to":"2026-03-31","modle":"linear"}""", 400, "/modle")]
    [InlineData("""{"from":"2026-03-01","to":"2026-03-31"}""", 422, "")]
    [InlineData("""{"from":"2026-03-31","to":"2026-03-01","model":"linear"}""", 422, "/to")]
    [InlineData("""{"from":"2020-03-31","to":"2026-03-01","model":"linear"}""", 422, "/to")]
    [InlineData("""{"from":"2026-03-01","to":"2026-03-31","model":"linnear"}""", 422, "/model")]
    [InlineData("""{"from":"2026-03-01","to":"2026-03-31","model":"participation"}""", 422, "/model")]
    [InlineData("""{"from":"2026-03-01","to":"2026-03-31","policy":{"name":"fair"}}""", 422, "/policy/name")]
    [InlineData("""{"from":"2026-03-01","to":"2026-03-31","policy":{"name":"split"}}""", 422, "/policy/codeShare")]
    [InlineData("""{"from":"2026-03-01","to":"2026-03-31","lookback":{"click":"soon"}}""", 422, "/lookback/click")]
    [InlineData("""{"from":"2026-03-01","to":"2026-03-31","model":"linear","groupBy":"week"}""", 422, "/groupBy")]
    [InlineData("""{"from":"2026-03-01","to":"2026-03-31","model":"linear","brand":"nobody"}""", 422, "/brand")]
    public async Task Invalid_request_is_rejected_with_pointers(string question, int refused, string pointers)
    {
        var (status, body) = await books.PostAsync("/v1/what-if", question);
        status.ShouldBe(refused, body?.ToJsonString());
        string.Join(' ', body!["errors"]!.AsArray().Select(fault => fault!["pointer"]!.GetValue<string>())).ShouldBe(pointers);
    }

    [Theory]
    [InlineData("1")]
    [InlineData("0198a000-0000-7000-8000-000000000000")]
    public async Task Unknown_run_is_not_found(string id) => (await books.TryGetAsync($"/v1/what-if/{id}")).Status.ShouldBe(404);

    private async Task<JsonNode> RunWhatIfAsync(string question)
    {
        var (status, body) = await books.PostAsync("/v1/what-if", question);
        status.ShouldBe(202, body?.ToJsonString());
        return await WaitForCompletionAsync(body!);
    }

    private async Task<JsonNode> WaitForCompletionAsync(JsonNode asked)
    {
        var run = asked;
        await Eventually.IsTrueAsync(
            async () =>
            {
                run = await books.GetAsync($"/v1/what-if/{asked["id"]}");
                run["status"]!.GetValue<string>().ShouldNotBe("failed", run.ToJsonString());
                return run["status"]!.GetValue<string>() == "done";
            },
            "the run is done");
        return run;
    }

    private async Task<List<string>> GetBookedRowsAsync() =>
    [
        .. (await books.GetAsync("/v1/rollups/daily?from=2026-03-01&to=2026-03-31"))["rows"]!.AsArray().Where(row => $"{row!["gross"]}" != "0.00")
            .Select(row => $"{row!["day"]} {row["campaignId"]} {row["creatorId"]} {row["orders"]} {row["conversions"]} {row["net"]} {row["cost"]!["commission"]}"),
    ];
}
