using Attribution.Core.Models;
using Attribution.Core.Models.Fitting;
using Attribution.Core.Rollups;
using Attribution.Core.Values;
using Attribution.Host.Tests.Fixtures;
using Attribution.Storage.Catalog;

namespace Attribution.Host.Tests.Reporting.Api;

/// <summary>Answers for fitted models, with and without a fit.</summary>
public sealed class FittedModelTests : IAsyncLifetime
{
    private const string March = "/v1/rollups/daily?from=2026-03-01&to=2026-03-31";

    private ReportingHost host = null!;

    public async ValueTask InitializeAsync()
    {
        host = await ReportingHost.StartAsync();
        await host.PutCatalogAsync(DocumentedExample.Catalog);
        await host.PutRollupsAsync(DocumentedExample.Measures());
    }

    public ValueTask DisposeAsync() => host.DisposeAsync();

    [Fact]
    public async Task Without_a_fit_there_are_no_rows_and_a_reason()
    {
        var (status, body) = await host.GetAsync($"{March}&model=markov");
        status.ShouldBe(200);
        body!["rows"]!.AsArray().ShouldBeEmpty();
        body["unattributed"]!.AsArray().ShouldBeEmpty();
        body["totals"]!["net"]!.GetValue<string>().ShouldBe("125.00");
        body["notShown"]!.ToJsonString().ShouldBe("""[{"model":"markov","from":"2026-03-01","to":"2026-03-31","reason":"no_fit","detail":"There is no fit yet; GET /v1/models returns the result of the latest attempt"}]""");

        (await host.GetAsync($"{March}&model=all")).Body!["notShown"]!.AsArray().Select(each => each!["model"]!.GetValue<string>()).ShouldBe(["markov", "shapley"]);
        (await host.GetAsync($"{March}&model=linear")).Body!.AsObject().ContainsKey("notShown").ShouldBeFalse();
    }

    [Theory]
    [InlineData("day,campaign,creator")]
    [InlineData("campaign,creator")]
    public async Task Days_before_the_first_fit_are_excluded_only_for_fitted_models(string groupBy)
    {
        // The click is on the 2nd, the order on the 3rd.
        await FitAsync(from: DocumentedExample.OrderDay);
        var sums = new MeasureSums();
        sums.Add(new("default", DocumentedExample.OrderDay, "spring", "mia"), Model.Markov, CreditMeasure.Gross, 10_000);
        await host.PutRollupsAsync(sums);

        var (_, body) = await host.GetAsync($"{March}&model=all&groupBy={groupBy}");
        body!["notShown"]!.AsArray().Select(each => $"{each!["model"]} {each["from"]} {each["to"]} {each["detail"]}")
            .ShouldBe(["markov 2026-03-01 2026-03-02 The first fit credits 2026-03-03 and later days", "shapley 2026-03-01 2026-03-02 The first fit credits 2026-03-03 and later days"]);
        var rows = body["rows"]!.AsArray();
        rows.Where(row => row!["model"]!.GetValue<string>() == "markov").Sum(row => row!["clicks"]!.GetValue<long>()).ShouldBe(0);
        rows.Where(row => row!["model"]!.GetValue<string>() == "markov").ShouldContain(row => row!["gross"]!.GetValue<string>() == "100.00");
        rows.Where(row => row!["model"]!.GetValue<string>() == "linear").Sum(row => row!["clicks"]!.GetValue<long>()).ShouldBe(1);
        (await host.GetAsync($"{March.Replace("from=2026-03-01", "from=2026-03-03", StringComparison.Ordinal)}&model=all")).Body!.AsObject().ContainsKey("notShown").ShouldBeFalse();
    }

    [Fact]
    public async Task As_of_before_the_fit_there_are_no_rows()
    {
        await FitAsync(from: DateOnly.MinValue);
        (await host.GetAsync($"{March}&model=markov")).Body!.AsObject().ContainsKey("notShown").ShouldBeFalse();
        (await host.GetAsync($"{March}&model=markov&asOf=2026-03-09T23:59:59Z")).Body!["notShown"]![0]!["to"]!.GetValue<string>().ShouldBe("2026-03-31");
    }

    [Fact]
    public async Task Csv_response_header_names_the_excluded_days()
    {
        using var answer = await host.Http.GetAsync(new Uri($"{March}&model=shapley&format=csv", UriKind.Relative), ReportingHost.Token);
        answer.Headers.GetValues("Attribution-Not-Shown").ShouldBe(["shapley 2026-03-01..2026-03-31 no_fit"]);
        (await answer.Content.ReadAsStringAsync(ReportingHost.Token)).Split("\r\n", StringSplitOptions.RemoveEmptyEntries).Length.ShouldBe(1);
    }

    [Fact]
    public async Task Models_report_their_basis_and_fits_their_placement_weights()
    {
        (await host.GetAsync("/v1/models")).Body!["models"]!.AsArray().Single(model => model!["name"]!.GetValue<string>() == "markov")!["fit"]!.ToJsonString()
            .ShouldBe("""{"reason":"No fit was attempted yet. A job attempts one each night","triedAt":null}""");
        (await host.GetAsync("/v1/fits")).Body!.ToJsonString().ShouldBe("""{"fits":[],"cursor":null}""");

        await FitAsync(from: DocumentedExample.OrderDay);
        await FitAsync(from: DocumentedExample.RefundDay, number: 2);
        await host.Store.Jobs.RecordFitAttemptAsync(new("default", ReportingHost.Now, null), ReportingHost.Token);

        var models = (await host.GetAsync("/v1/models")).Body!["models"]!.AsArray();
        models.Where(model => model!["fitted"]!.GetValue<bool>()).Select(model => model!["fit"]!.ToJsonString()).ShouldBe(Enumerable.Repeat(
            """{"number":2,"fittedAt":"2026-03-10T00:00:00.002Z","from":"2026-03-09","paths":400,"conversions":150,"window":{"from":"2025-12-10","to":"2026-03-10"},"triedAt":"2026-03-10T00:00:00Z"}""", 2));
        models.Where(model => !model!["fitted"]!.GetValue<bool>()).ShouldAllBe(model => !model!.AsObject().ContainsKey("fit"));

        var (_, page) = await host.GetAsync("/v1/fits?limit=1");
        page!["fits"]![0]!["number"]!.GetValue<int>().ShouldBe(2);
        var (_, next) = await host.GetAsync($"/v1/fits?limit=1&cursor={page["cursor"]}");
        next!["cursor"].ShouldBeNull();
        next["fits"]![0]!.ToJsonString().ShouldBe("""
            {"number":1,"fittedAt":"2026-03-10T00:00:00.001Z","from":"2026-03-03","order":1,"window":{"from":"2025-12-10","to":"2026-03-10"},"paths":400,"conversions":150,"values":[{"campaignId":"spring","creatorId":"mia","paths":300,"conversions":150,"removalEffect":"0.123457","shapley":"150.000000"}]}
            """.Trim());
        (await host.GetAsync("/v1/fits?brand=nobody")).Status.ShouldBe(400);
    }

    [Fact]
    public async Task Fitted_model_cannot_be_the_book_model() =>
        (await host.PutAsync("/v1/brands/default", """{"id":"default","name":"Glow","currency":"USD","timeZone":"Etc/UTC","bookModel":"markov"}""")).Status.ShouldBe(400);

    private async Task FitAsync(DateOnly from, int number = 1)
    {
        var fit = new Fit
        {
            Brand = "default", Number = number, FittedAt = ReportingHost.Now, From = from, Order = 1, WindowFrom = new(2025, 12, 10), WindowTo = new(2026, 3, 10),
            Conversions = 150, NonConverting = 250, Values = [new(new Placement("spring", "mia"), 300, 150, 123_456_789_012, 150_000_000)],
        };
        var version = await host.Store.Catalog.ReadCatalogVersionAsync(ReportingHost.Token);
        (await host.Store.Catalog.WriteChangeAsync(new CatalogChange { ExpectedVersion = version, Fits = [fit], At = ReportingHost.Now }, ReportingHost.Token)).ShouldBeTrue();
    }
}
