using Attribution.Core.Ledger;
using Attribution.Core.Planning;
using Attribution.Core.Values;
using Attribution.Host.Tests.Fixtures;
using Attribution.Storage.Journeys;

namespace Attribution.Host.Tests.Reporting.Api;

public sealed class RestatementEndpointTests(RestatementEndpointTests.Restated restated) : IClassFixture<RestatementEndpointTests.Restated>
{
    private const string March = "/v1/restatements?from=2026-03-01&to=2026-03-31";

    private readonly ReportingHost host = restated.Host;

    /// <summary>A host with restatements of two creators, shared by tests that only read them.</summary>
    public sealed class Restated : IAsyncLifetime
    {
        public ReportingHost Host { get; private set; } = null!;

        public async ValueTask InitializeAsync()
        {
            Host = await ReportingHost.StartAsync();
            await Host.PutCatalogAsync(DocumentedExample.Catalog);
            await Host.PutCatalogAsync(("/v1/creators/ben", """{"name":"Ben"}"""));
            await Host.Store.Rollups.CloseDaysAsync("default", DocumentedExample.OrderDay, Timestamp.From(new(2026, 3, 5, 23, 0, 0, TimeSpan.Zero)), ReportingHost.Token);
            // The brand uses the time zone of Berlin: 8 March ends at 23:00 UTC.
            await BookAsync(
                Line("o:1001", "mia", "2026-03-08T22:59:59.999Z", -4_500, LedgerReason.Refund, DocumentedExample.RefundDay),
                Line("o:=A1", "mia", "2026-03-08T22:59:59.999Z", 1_000, LedgerReason.LateTouch),
                Line("n:s-5", "ben", "2026-03-08T23:00:00Z", 250, LedgerReason.LateTouch),
                Line("o:1002", "mia", "2026-03-09T12:00:00Z", -300, LedgerReason.Catalog));
        }

        public ValueTask DisposeAsync() => Host.DisposeAsync();

        private async Task BookAsync(params LedgerEntry[] lines) =>
            (await Host.Store.Journeys.CommitAsync(new JourneyCommit { CatalogVersion = long.MaxValue, At = ReportingHost.Now, Ledger = lines }, ReportingHost.Token))
                .ShouldBe(CommitOutcome.Committed);
    }

    [Fact]
    public async Task Entry_shows_day_conversion_placement_amount_reason_event_and_time()
    {
        var (status, body) = await host.GetAsync(March);
        status.ShouldBe(200);
        body!["currency"]!.GetValue<string>().ShouldBe("USD");
        body["cursor"].ShouldBeNull();
        body["items"]![0]!.ToJsonString().ShouldBe(
            """
            {"day":"2026-03-03","closedAt":"2026-03-05T23:00:00Z","conversionId":"=A1","campaignId":"spring","creatorId":"mia","orderDay":"2026-03-03","entryDay":"2026-03-03","amount":"10.00","share":"-0.500000","commission":"1.25","reason":"late_touch","causedBy":"shop/e-1","recordedAt":"2026-03-08T22:59:59.999Z"}
            """.Trim());
    }

    [Theory]
    [InlineData("", "=A1 s-5 1002")]
    [InlineData("&view=cash", "=A1 s-5 1002")]
    [InlineData("&view=cohort", "1001 =A1 s-5 1002")]
    [InlineData("&creator=ben", "s-5")]
    [InlineData("&campaign=spring&creator=mia", "=A1 1002")]
    [InlineData("&view=cohort&to=2026-03-08", "1001 =A1")]
    [InlineData("&from=2026-03-09", "s-5 1002")]
    [InlineData("&from=2026-03-10", "")]
    public async Task Entries_are_selected_by_the_local_day_of_recording(string query, string conversions)
    {
        var path = March;
        foreach (var name in (string[])["from", "to"])
            if (query.Contains($"&{name}=", StringComparison.Ordinal)) path = System.Text.RegularExpressions.Regex.Replace(path, $"{name}=[^&]*&?", "").TrimEnd('&');
        var (_, body) = await host.GetAsync(path + query);
        string.Join(' ', body!["items"]!.AsArray().Select(line => line!["conversionId"]!.GetValue<string>())).ShouldBe(conversions);
    }

    [Fact]
    public async Task First_page_summarizes_the_whole_period_by_reason_and_placement()
    {
        var (_, body) = await host.GetAsync($"{March}&view=cohort&limit=1");
        var summary = body!["summary"]!;
        summary["byReason"]!.AsArray().Select(sum => $"{sum!["reason"]} {sum["lines"]} {sum["amount"]} {sum["share"]} {sum["commission"]}")
            .ShouldBe(["late_touch 2 12.50 -1.000000 2.50", "refund 1 -45.00 -0.500000 1.25", "catalog 1 -3.00 -0.500000 1.25"]);
        summary["byPlacement"]!.AsArray().Select(sum => $"{sum!["campaignId"]}/{sum["creatorId"]} {sum["lines"]} {sum["amount"]}")
            .ShouldBe(["spring/ben 1 2.50", "spring/mia 3 -38.00"]);

        var pages = 1;
        while (body!["cursor"]?.GetValue<string>() is { } cursor)
        {
            (_, body) = await host.GetAsync($"{March}&view=cohort&limit=1&cursor={cursor}");
            body!["summary"].ShouldBeNull();
            pages++;
        }
        pages.ShouldBe(4);
    }

    [Fact]
    public async Task Csv_contains_the_whole_list()
    {
        using var response = await host.Http.GetAsync($"{March}&format=csv", ReportingHost.Token);
        response.Content.Headers.ContentType!.ToString().ShouldBe("text/csv; charset=utf-8");
        (await response.Content.ReadAsStringAsync(ReportingHost.Token)).ShouldBe(string.Concat(
            "day,closedAt,conversionId,campaignId,creatorId,orderDay,entryDay,currency,amount,share,commission,reason,causedBy,recordedAt\r\n",
            "2026-03-03,2026-03-05T23:00:00Z,'=A1,spring,mia,2026-03-03,2026-03-03,USD,10.00,-0.500000,1.25,late_touch,shop/e-1,2026-03-08T22:59:59.999Z\r\n",
            "2026-03-03,2026-03-05T23:00:00Z,s-5,spring,ben,2026-03-03,2026-03-03,USD,2.50,-0.500000,1.25,late_touch,shop/e-1,2026-03-08T23:00:00Z\r\n",
            "2026-03-03,2026-03-05T23:00:00Z,1002,spring,mia,2026-03-03,2026-03-03,USD,-3.00,-0.500000,1.25,catalog,shop/e-1,2026-03-09T12:00:00Z\r\n"));
    }

    [Theory]
    [InlineData("to=2026-03-31", "from")]
    [InlineData("from=2026-03-01", "to")]
    [InlineData("from=2026-03-31&to=2026-03-01", "to")]
    [InlineData("from=2026-03-01&to=2026-03-31&brand=nobody", "brand")]
    [InlineData("from=2026-03-01&to=2026-03-31&campaign=sprung", "campaign")]
    [InlineData("from=2026-03-01&to=2026-03-31&creator=mio", "creator")]
    [InlineData("from=2026-03-01&to=2026-03-31&view=day", "view")]
    [InlineData("from=2026-03-01&to=2026-03-31&limit=0", "limit")]
    [InlineData("from=2026-03-01&to=2026-03-31&cursor=%20", "cursor")]
    [InlineData("from=2026-03-01&to=2026-03-31&cursor=YWJj", "cursor")]
    [InlineData("from=2026-03-01&to=2026-03-31&format=xml", "format")]
    [InlineData("from=2026-03-01&to=2026-03-31&format=csv&limit=5", "limit")]
    [InlineData("from=2026-03-01&to=2026-03-31&reason=refund", "reason")]
    public async Task Invalid_parameters_are_named(string query, string parameter)
    {
        var (status, body) = await host.GetAsync($"/v1/restatements?{query}");
        status.ShouldBe(400);
        body!["parameter"]!.GetValue<string>().ShouldBe(parameter);
    }

    [Fact]
    public async Task Brand_sees_only_its_own_restatements()
    {
        await host.PutCatalogAsync(("/v1/brands/other", """{"name":"Other"}"""));
        (await host.GetAsync($"{March}&brand=other")).Body!["items"]!.AsArray().ShouldBeEmpty();
    }

    private static LedgerEntry Line(string conversion, string creator, string recordedAt, long amount, LedgerReason reason, DateOnly? entryDay = null) => new()
    {
        Brand = "default", Conversion = conversion, Placement = new("spring", creator), OrderDay = DocumentedExample.OrderDay, EntryDay = entryDay ?? DocumentedExample.OrderDay,
        Amount = amount, Micros = -500_000, Commission = 125, Reason = reason, CausedBy = "shop/e-1",
        RecordedAt = Timestamp.From(DateTimeOffset.Parse(recordedAt, CultureInfo.InvariantCulture)),
    };
}
