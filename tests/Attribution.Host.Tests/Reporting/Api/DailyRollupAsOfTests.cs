using System.Text.Json.Nodes;
using Attribution.Core.Models;
using Attribution.Core.Rollups;
using Attribution.Core.Values;
using Attribution.Host.Tests.Fixtures;

namespace Attribution.Host.Tests.Reporting.Api;

public sealed class DailyRollupAsOfTests : IAsyncLifetime
{
    private const string March = "/v1/rollups/daily?from=2026-03-01&to=2026-03-31";
    private static readonly Timestamp ReportedAt = ReportingHost.Now - TimeSpan.FromHours(48);
    private static readonly RollupKey Mia = new("default", DocumentedExample.OrderDay, "spring", "mia");

    private ReportingHost host = null!;

    public async ValueTask InitializeAsync()
    {
        host = await ReportingHost.StartAsync();
        await host.PutCatalogAsync(DocumentedExample.Catalog);
        await host.PutRollupsAsync(DocumentedExample.Measures(), ReportedAt);
    }

    public ValueTask DisposeAsync() => host.DisposeAsync();

    [Theory]
    [InlineData("")]
    [InlineData("&view=cash")]
    [InlineData("&model=all")]
    [InlineData("&groupBy=campaign")]
    [InlineData("&groupBy=day,creator&model=linear&view=cash")]
    [InlineData("&format=csv")]
    [InlineData("&format=csv&model=all&view=cash")]
    public async Task Every_figure_is_returned_as_originally_reported(string query)
    {
        var told = await TextAsync(March + query);
        await host.PutRollupsAsync(AllMeasures(7), ReportingHost.Now - TimeSpan.FromHours(1));
        (await TextAsync(March + query)).ShouldNotBe(told);

        foreach (var instant in new[] { "2026-03-08T00:00:00Z", "2026-03-09T22:59:59.999Z" })
            (await TextAsync($"{March}{query}&asOf={instant}")).ShouldBe(told);
        (await TextAsync($"{March}{query}&asOf=2026-03-09T23:00:00Z")).ShouldBe(await TextAsync(March + query));
    }

    [Fact]
    public async Task Before_the_first_event_there_is_nothing()
    {
        var (_, body) = await host.GetAsync($"{March}&asOf=2026-03-07T23:59:59.999Z");
        body!["rows"]!.AsArray().ShouldBeEmpty();
        body["unattributed"]!.AsArray().ShouldBeEmpty();
        body["totals"]!["orders"]!.GetValue<long>().ShouldBe(0);
        body["totals"]!["net"]!.GetValue<string>().ShouldBe("0.00");
    }

    [Fact]
    public async Task Totals_and_unattributed_are_returned_as_of_the_instant()
    {
        var sums = new MeasureSums();
        sums.Add(RollupKey.Total("default", DocumentedExample.OrderDay), Model.LastTouch, CreditMeasure.Gross, 700);
        sums.Add(RollupKey.Unattributed("default", DocumentedExample.OrderDay), Model.LastTouch, CreditMeasure.Gross, -300);
        await host.PutRollupsAsync(sums);

        (await RestAsync("")).ShouldBe("77.00 132.00");
        (await RestAsync("&asOf=2026-03-09T00:00:00Z")).ShouldBe("80.00 125.00");

        async Task<string> RestAsync(string query)
        {
            var body = (await host.GetAsync(March + query)).Body!;
            return $"{body["unattributed"]![0]!["net"]} {body["totals"]!["net"]}";
        }
    }

    [Fact]
    public async Task Day_closed_since_is_reported_as_open()
    {
        await host.Store.Rollups.CloseDaysAsync("default", DocumentedExample.OrderDay, ReportingHost.Now - TimeSpan.FromHours(1), ReportingHost.Token);
        (await StatusAsync("2026-03-09T22:59:59Z")).ShouldBe("open");
        (await StatusAsync("2026-03-09T23:00:00Z")).ShouldBe("closed");

        async Task<string> StatusAsync(string asOf) =>
            (await host.GetAsync($"/v1/rollups/daily?from=2026-03-03&to=2026-03-03&asOf={asOf}")).Body!["rows"]![0]!["status"]!.GetValue<string>();
    }

    [Fact]
    public async Task Margin_and_default_model_are_those_of_the_instant()
    {
        const string Month = $"{March}&groupBy=campaign";
        var told = await host.Http.GetStringAsync(Month, ReportingHost.Token);
        (await host.PutAsync("/v1/campaigns/spring", """{"name":"Spring","grossMarginPercent":"37"}""")).Status.ShouldBe(200);
        (await host.PutAsync("/v1/brands/default", """{"name":"Glow","currency":"USD","timeZone":"Europe/Berlin","bookModel":"linear"}""")).Status.ShouldBe(200);
        var body = JsonNode.Parse(told)!;
        (await host.GetAsync(Month)).Body!["rows"]![0]!["marginRoiPercent"]!.ToString().ShouldNotBe(body["rows"]![0]!["marginRoiPercent"]?.ToString());

        var again = await host.Http.GetStringAsync($"{Month}&asOf={body["computedAt"]}", ReportingHost.Token);

        again.Replace($"\"asOf\":\"{body["computedAt"]}\",", "", StringComparison.Ordinal).ShouldBe(told);
    }

    [Fact]
    public async Task Time_of_a_change_by_a_clock_that_is_ahead_is_accepted()
    {
        var ahead = ReportingHost.Now + TimeSpan.FromHours(2);
        await host.PutRollupsAsync(AllMeasures(7), ahead);
        var told = (await host.GetAsync(March)).Body!;
        told["computedAt"]!.ToString().ShouldBe(ahead.ToString());
        told["manifest"]!.GetValue<long>().ShouldBe(2);
        (await host.GetAsync($"{March}&asOf={told["computedAt"]}")).Body!["totals"]!.ToJsonString().ShouldBe(told["totals"]!.ToJsonString());
        (await host.GetAsync($"{March}&asOf={ahead + TimeSpan.FromMilliseconds(1)}")).Status.ShouldBe(400);

        // A later change by a clock that is right follows it.
        await host.PutRollupsAsync(AllMeasures(1));
        (await host.GetAsync(March)).Body!["computedAt"]!.ToString().ShouldBe((ahead + TimeSpan.FromMilliseconds(1)).ToString());
        (await host.GetAsync($"{March}&asOf={told["computedAt"]}")).Body!["totals"]!.ToJsonString().ShouldBe(told["totals"]!.ToJsonString());
    }

    [Fact]
    public async Task Response_names_its_instant_and_waits_for_nothing()
    {
        await host.Store.Reconciliation.AppendCorrectionAsync(AllMeasures(1), null, ReportedAt, ReportingHost.Token);
        var (_, body) = await host.GetAsync($"{March}&asOf=2026-03-09T01:00:00%2B01:00");
        $"{body!["asOf"]} {body["computedAt"]} {body["lag"]}".ShouldBe("2026-03-09T00:00:00Z 2026-03-08T00:00:00Z PT0S");
        (await host.GetAsync(March)).Body!.AsObject().ContainsKey("asOf").ShouldBeFalse();
    }

    private static MeasureSums AllMeasures(long value)
    {
        var sums = new MeasureSums();
        foreach (var key in new[] { Mia, Mia with { Day = new(2026, 3, 30) }, RollupKey.Total("default", Mia.Day), RollupKey.Unattributed("default", Mia.Day) })
            for (var i = 0; i < MeasureCell.Length; i++) sums[key][i] = value;
        return sums;
    }

    private async Task<string> TextAsync(string path)
    {
        var text = await host.Http.GetStringAsync(path, ReportingHost.Token);
        if (path.Contains("csv", StringComparison.Ordinal)) return text;
        var body = JsonNode.Parse(text)!.AsObject();
        body.Remove("asOf");
        return body.ToJsonString();
    }
}
