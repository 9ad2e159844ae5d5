using System.Net;
using System.Text.RegularExpressions;
using Attribution.Core.Values;
using Attribution.Host.Tests.Fixtures;

namespace Attribution.Host.Tests.Reporting.Pages;

/// <summary>
/// Payout statements in CSV and on pages, line by line: signs, sums, amounts carried forward, amounts payable later, decimals of the
/// currency, and cells that a spreadsheet would interpret as formulas. Mia has two orders in March, which exceed the cap and are
/// paid. In April both are refunded and a new one arrives; another follows in May. Ben's commission requires manual approval.
/// </summary>
public sealed class PayoutStatementPageTests
{
    private const string Formula = "=1+1";
    private const string Quoted = "2,\\\"x\\\"";

    [Fact]
    public async Task Monthly_list_contains_each_creator_once_ordered_by_id()
    {
        await using var host = await PipelineHost.StartAsync("2026-03-10T12:00:00Z");
        var creators = Enumerable.Range(0, 11).Select(number => $"c{(char)('k' - number)}").ToList();
        await host.PutCatalogAsync(("/v1/campaigns/spring", """{"name":"Spring"}"""));
        foreach (var creator in creators)
            await host.PutCatalogAsync(
                ($"/v1/creators/{creator}", """{"name":"C"}"""), ($"/v1/codes/{creator}", $$"""{"code":"{{creator}}","campaignId":"spring","creatorId":"{{creator}}"}"""),
                ($"/v1/agreements/{creator}", $$$"""{"campaignId":"spring","creatorId":"{{{creator}}}","commission":{"kind":"percent_of_net","rate":10}}"""));
        await host.ProcessAsync([.. creators.Select((creator, number) =>
            $$"""{"type":"redemption","id":"e{{creator}}","occurredAt":"2026-03-02T09:00:00Z","orderId":"{{creator}}","codes":["{{creator}}"],"currency":"USD","gross":"{{(number + 1) * 10}}"}""")]);
        (await host.GetTextAsync("/v1/statements/months/2026-03?format=csv")).Split("\r\n")[1..^1].Select(line => line.Split(',')).Select(cells => $"{cells[1]} {cells[11]}")
            .ShouldBe(creators.Select((creator, number) => $"{creator} {number + 1}.00").Reverse());
    }

    [Theory]
    [InlineData("USD", "100.00 -30.00 50.00 120.00 20.00 70.00 -100.00 -30.00 40.00 -150.00 30.00")]
    [InlineData("JPY", "10000 -3000 5000 12000 2000 7000 -10000 -3000 4000 -15000 3000")]
    [InlineData("KWD", "10.000 -3.000 5.000 12.000 2.000 7.000 -10.000 -3.000 4.000 -15.000 3.000")]
    public async Task Statement_and_monthly_list_show_every_line_and_sum(string code, string amounts)
    {
        var (currency, a) = (Currency.Parse(code), amounts.Split(' '));
        var zero = currency.Format(0);
        await using var host = await PipelineHost.StartAsync("2026-03-10T12:00:00Z");
        string Order(string id, string day, long minor, string of = "MIA") =>
            $$"""{"type":"redemption","id":"e{{id}}","occurredAt":"{{day}}T09:00:00Z","orderId":"{{id}}","codes":["{{of}}"],"currency":"{{code}}","gross":"{{currency.Format(minor)}}"}""";
        await host.PutCatalogAsync(
            ("/v1/brands/default", $$"""{"name":"Glow","currency":"{{code}}"}"""), ("/v1/campaigns/spring", """{"name":"Spring & co"}"""),
            ("/v1/creators/mia", """{"name":"=SUM(A1)"}"""), ("/v1/creators/ben", """{"name":"Ben"}"""),
            ("/v1/codes/mia", """{"code":"MIA","campaignId":"spring","creatorId":"mia"}"""), ("/v1/codes/ben", """{"code":"BEN","campaignId":"spring","creatorId":"ben"}"""),
            ("/v1/agreements/a", $$"""{"campaignId":"spring","creatorId":"mia","commission":{"kind":"percent_of_net","rate":10},"cap":"{{currency.Format(12_000)}}","period":"month"}"""),
            ("/v1/agreements/b", """{"campaignId":"spring","creatorId":"ben","commission":{"kind":"percent_of_net","rate":10},"holdingDays":20,"approval":"manual"}"""));
        await host.ProcessAsync(Order(Formula, "2026-03-02", 100_005), Order(Quoted, "2026-03-05", 50_000), Order("b", "2026-03-07", 40_000, "BEN"));
        await host.SettlePeriodsAsync();

        // March: open, then closed and paid.
        const string Header = "number,month,creatorId,kind,day,conversionId,campaignId,agreementId,reason,currency,amount,state,approvedBy,approvedAt";
        string March(string number, string state) => string.Join("\r\n",
            Header,
            $"{number},2026-03,mia,commission,2026-03-02,'=1+1,spring,a,,{code},{a[0]},{state},rule,2026-03-02T00:00:00Z",
            $"{number},2026-03,mia,adjustment,2026-03-05,,spring,a,cap,{code},{a[1]},{state},rule,2026-03-05T00:00:00Z",
            $"{number},2026-03,mia,commission,2026-03-05,\"2,\"\"x\"\"\",spring,a,,{code},{a[2]},{state},rule,2026-03-05T00:00:00Z",
            "");
        (await CsvAsync("2026-03")).ShouldBe(March("", "approved"));
        var page = await PageAsync("/creators/mia/statements/2026-03");
        page.Text.ShouldContain("Payout of March 2026: =SUM(A1)");
        page.Text.ShouldContain("not closed, provisional");
        page.Figures.ShouldBe([N(0, 7), N(1), zero, zero, N(3), zero]);
        page.Rows.ShouldBe(
        [
            $"02/03/2026|order =1+1|Spring & co|rule, 02/03/2026 00:00|approved|{N(0)}", $"05/03/2026|cap, a|Spring & co|rule, 05/03/2026 00:00|approved|{N(1)}",
            $"05/03/2026|order 2,\"x\"|Spring & co|rule, 05/03/2026 00:00|approved|{N(2)}", $"Total, including the amount brought forward|{N(3)}",
        ]);
        (await PageAsync("/creators/ben/statements/2026-03")).Rows.ShouldBe(["Nothing is payable in this month.", $"Total, including the amount brought forward|{zero}", $"07/03/2026|order b|27/03/2026|accrued, approval required|{N(8)}"]);

        await host.AdvanceToAsync("2026-04-03T12:00:00Z");
        (await host.PostAsync("/v1/statements/close", """{"month":"2026-03"}""")).Status.ShouldBe(200);
        await host.PostAsync("/v1/statements/1/paid", """{"reference":"-7"}""");
        (await CsvAsync("2026-03")).ShouldBe(March("1", "paid"));
        (await PageAsync("/creators/mia/statements/2026-03")).Text.ShouldContain("No. 1, closed 03/04/2026 12:00, paid 03/04/2026 12:00 -7");
        (await host.GetTextAsync("/v1/statements/months/2026-03?format=csv")).ShouldBe(string.Join("\r\n",
            "month,creatorId,creatorName,number,status,currency,commission,adjustments,clawBacks,carriedIn,total,payable,carriedOut,notYet,toApprove,closedAt,closedBy,paidAt,paidBy,reference",
            $"2026-03,ben,Ben,,open,{code},{zero},{zero},{zero},{zero},{zero},{zero},{zero},{a[8]},1,,,,,",
            $"2026-03,mia,'=SUM(A1),1,paid,{code},{currency.Format(15_000)},{a[1]},{zero},{zero},{a[3]},{a[3]},{zero},{zero},0,2026-04-03T12:00:00Z,local,2026-04-03T12:00:00Z,local,'-7",
            ""));

        // April: both orders and the deduction of the cap are reversed. The negative balance is carried to May, and then to June.
        await host.ProcessAsync(Refund(Formula, 100_005), Refund(Quoted, 50_000), Order("3", "2026-04-02", 20_000));
        await host.SettlePeriodsAsync();
        await host.AdvanceToAsync("2026-06-02T12:00:00Z");
        await host.ProcessAsync(Order("4", "2026-05-04", 70_000));
        await host.SettlePeriodsAsync();
        await host.PostAsync("/v1/statements/approve", """{"creatorId":"ben","month":"2026-04"}""");
        (await host.PostAsync("/v1/statements/close", """{"month":"2026-04"}""")).Status.ShouldBe(200);
        (await CsvAsync("2026-04")).ShouldBe(string.Join("\r\n",
            Header,
            $"3,2026-04,mia,claw_back,2026-03-02,'=1+1,spring,a,,{code},{a[6]},clawed_back,rule,2026-03-02T00:00:00Z",
            $"3,2026-04,mia,adjustment,2026-03-05,,spring,a,cap,{code},{a[10]},approved,rule,2026-03-05T00:00:00Z",
            $"3,2026-04,mia,claw_back,2026-03-05,\"2,\"\"x\"\"\",spring,a,,{code},{currency.Format(-5_000)},clawed_back,rule,2026-03-05T00:00:00Z",
            $"3,2026-04,mia,commission,2026-04-02,3,spring,a,,{code},{a[4]},approved,rule,2026-04-02T00:00:00Z",
            ""));
        (await CsvAsync("2026-05")).ShouldBe(string.Join("\r\n",
            Header,
            $",2026-05,mia,carried_in,,,,,,{code},{a[6]},,,",
            $",2026-05,mia,commission,2026-05-04,4,spring,a,,{code},{a[5]},approved,rule,2026-05-04T00:00:00Z",
            ""));
        page = await PageAsync("/creators/mia/statements/2026-04");
        page.Figures.ShouldBe([N(4), N(10), N(9), zero, zero, N(6)]);
        page.Rows.ShouldBe(
        [
            $"02/03/2026|Claw-back: order =1+1|Spring & co|rule, 02/03/2026 00:00|clawed back|{N(6)}", $"05/03/2026|cap, a|Spring & co|rule, 05/03/2026 00:00|approved|{N(10)}",
            $"05/03/2026|Claw-back: order 2,\"x\"|Spring & co|rule, 05/03/2026 00:00|clawed back|{Format(currency.Format(-5_000))}", $"02/04/2026|order 3|Spring & co|rule, 02/04/2026 00:00|approved|{N(4)}",
            $"Total, including the amount brought forward|{N(6)}",
        ]);
        (await PageAsync("/creators/mia/statements/2026-05")).Figures.ShouldBe([N(5), zero, zero, N(6), zero, N(7)]);
        (await PageAsync("/creators/ben/statements/2026-04")).Rows[0].ShouldBe($"07/03/2026|order b|Spring & co|local, 02/06/2026 12:00|approved|{N(8)}");

        // The list of April with its total. A creator's negative balance does not reduce the payout of another.
        var list = await host.GetAsync("/v1/statements/months/2026-04");
        list["rows"]!.AsArray().Select(row => $"{row!["creatorId"]} {row["number"]} {row["status"]} {row["amounts"]!["total"]} {row["amounts"]!["payable"]} {row["amounts"]!["carriedOut"]} {row["toApprove"]}").ShouldBe(
            [$"ben 2 closed {a[8]} {a[8]} {zero} 0", $"mia 3 closed {a[6]} {zero} {a[6]} 0"]);
        list["totals"]!.AsObject().Select(sum => $"{sum.Key} {sum.Value}").ShouldBe(
        [
            $"commission {currency.Format(6_000)}", $"adjustments {a[10]}", $"clawBacks {a[9]}", $"carriedIn {zero}", $"total {currency.Format(-6_000)}", $"payable {a[8]}", $"carriedOut {a[6]}", $"notYet {zero}",
        ]);
        page = await PageAsync("/statements?month=2026-04");
        page.Rows.ShouldBe(
        [
            $"Ben|2|closed|{N(8)}|{zero}|{zero}|{zero}|{N(8)}|{zero}|{zero}|0", $"=SUM(A1)|3|closed|{N(4)}|{N(10)}|{N(9)}|{zero}|{zero}|{N(6)}|{zero}|0",
            $"Total|{Format(currency.Format(6_000))}|{N(10)}|{N(9)}|{zero}|{N(8)}|{N(6)}|{zero}|0",
        ]);
        page.Html.ShouldContain("href=\"/creators/mia/statements/2026-04\"");
        page.Html.ShouldContain("href=\"/statements?month=2026-03\"");
        (await PageAsync("/statements")).Text.ShouldContain("Payouts of May 2026"); // the latest completed month

        string N(int i, int? sum = null) => sum is null ? Format(a[i]) : Format(currency.Format(15_000));
        async Task<string> CsvAsync(string month) => await host.GetTextAsync($"/v1/statements?creator=mia&month={month}&format=csv");
        async Task<PrintedPage> PageAsync(string path) => new(await host.GetPageAsync(path));
        string Refund(string order, long minor) =>
            $$"""{"type":"refund","id":"r{{order}}","occurredAt":"2026-04-03T09:00:00Z","orderId":"{{order}}","refundId":"r{{order}}","kind":"refund","currency":"{{code}}","amount":"{{currency.Format(minor)}}"}""";
    }

    [Theory]
    [InlineData("/v1/statements/months/2026-13")]
    [InlineData("/v1/statements/months/march")]
    [InlineData("/v1/statements/months/2026-03?brand=none")]
    [InlineData("/v1/statements/months/2026-03?format=pdf")]
    public async Task Invalid_list_request_names_the_reason(string path)
    {
        await using var host = await PipelineHost.StartAsync("2026-03-10T12:00:00Z");
        (await host.TryGetAsync(path)).Status.ShouldBe(400);
        (await host.GetAsync("/v1/statements/months/2026-03"))["rows"]!.AsArray().ShouldBeEmpty();
    }

    /// <summary>Formats a number as pages do without an accepted language: with group separators.</summary>
    private static string Format(string number) =>
        decimal.Parse(number, CultureInfo.InvariantCulture).ToString($"N{(number.Contains('.', StringComparison.Ordinal) ? number.Length - number.IndexOf('.', StringComparison.Ordinal) - 1 : 0)}", CultureInfo.InvariantCulture);

    /// <summary>A page with the rows of its tables (cells separated by a bar, without headings) and its figures.</summary>
    private sealed record PrintedPage(string Html)
    {
        public string Text => Plain(Html);

        public List<string> Rows =>
        [
            .. Regex.Matches(Regex.Replace(Html, "<thead>.*?</thead>", "", RegexOptions.Singleline), "<tr>(.*?)</tr>", RegexOptions.Singleline)
                .Select(row => string.Join('|', Regex.Matches(row.Groups[1].Value, "<t[dh][^>]*>(.*?)</t[dh]>", RegexOptions.Singleline).Select(cell => Plain(cell.Groups[1].Value)))),
        ];

        /// <summary>Gets the key figures, each without the code of its currency, which it must have.</summary>
        public List<string> Figures => [.. Regex.Matches(Html, "<dd>(.*?) [A-Z]{3}</dd>").Select(figure => Plain(figure.Groups[1].Value))];

        private static string Plain(string html) => Regex.Replace(WebUtility.HtmlDecode(Regex.Replace(html, "<[^>]*>", "")), @"\s+", " ").Trim();
    }
}
