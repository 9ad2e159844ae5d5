using System.Text.Json.Nodes;
using Attribution.Core.Ledger;
using Attribution.Core.Planning;
using Attribution.Core.Rollups;
using Attribution.Host.Tests.Fixtures;
using Attribution.Storage.Journeys;

namespace Attribution.Host.Tests.Reporting.Export;

public sealed class ExportEndpointTests : IAsyncLifetime
{
    private ReportingHost host = null!;

    public async ValueTask InitializeAsync()
    {
        host = await ReportingHost.StartAsync();
        await host.PutCatalogAsync(DocumentedExample.Catalog);
    }

    public ValueTask DisposeAsync() => host.DisposeAsync();

    [Fact]
    public async Task Ledger_entry_is_exported_in_full_and_once()
    {
        var (nothing, start) = await ExportAsync("ledger");
        nothing.ShouldBeEmpty();
        await host.Store.Rollups.CloseDaysAsync("default", DocumentedExample.OrderDay, ReportingHost.Now, ReportingHost.Token);
        await BookAsync(Enum.GetValues<LedgerReason>());

        var (lines, place) = await ExportAsync("ledger", start);

        lines.Select(line => line["reason"]!.GetValue<string>()).ShouldBe(Enum.GetValues<LedgerReason>().Select(reason => System.Text.Json.JsonNamingPolicy.SnakeCaseLower.ConvertName(reason.ToString())));
        lines.Select(line => line["id"]!.GetValue<string>()).ShouldBeUnique();
        lines.Single(line => line["reason"]!.GetValue<string>() == "refund").ToJsonString().ShouldBe(
            """
            {"id":"4","brandId":"default","subject":"o:1001","campaignId":"spring","creatorId":"mia","orderDay":"2026-03-03","entryDay":"2026-03-09","currency":"USD","amount":"-45.00","share":"-0.500000","commission":"-1.25","reason":"refund","causedBy":"shop/e-1","recordedAt":"2026-03-10T00:00:00Z","restatesOrderDay":true,"restatesEntryDay":false}
            """.Trim());
        (await ExportAsync("ledger", place)).Lines.ShouldBeEmpty();
        await BookAsync(LedgerReason.Merge);
        (await ExportAsync("ledger", place)).Lines.Single()["reason"]!.GetValue<string>().ShouldBe("merge");
    }

    [Theory]
    [InlineData("")]
    [InlineData("&model=all")]
    [InlineData("&model=linear&view=cash")]
    public async Task Rollups_are_exported_like_the_api_and_then_only_changes(string question)
    {
        await host.PutRollupsAsync(DocumentedExample.Measures());
        var answer = (await host.GetAsync("/v1/rollups/daily?from=2026-03-01&to=2026-03-31" + question)).Body!;

        var (lines, place) = await ExportAsync("rollups", null, question);

        Texts(lines.Where(line => line["row"] is not null).Select(line => line["row"])).ShouldBe(Texts(answer["rows"]!.AsArray()), ignoreOrder: true);
        lines.Where(line => line["kind"]!.GetValue<string>() == "unattributed" && line["rest"] is not null).Sum(line => line["rest"]!["orders"]!.GetValue<long>())
            .ShouldBe(answer["unattributed"]!.AsArray().Sum(rest => rest!["orders"]!.GetValue<long>()));
        lines.Where(line => line["kind"]!.GetValue<string>() == "total" && line["rest"] is not null).Sum(line => line["rest"]!["orders"]!.GetValue<long>())
            .ShouldBe(answer["totals"]!["orders"]!.GetValue<long>());
        lines.Select(line => line["id"]!.GetValue<string>()).ShouldBeUnique();
        (await ExportAsync("rollups", place, question)).Lines.ShouldBeEmpty();

        var (key, gone) = (new RollupKey("default", DocumentedExample.PostDay, "spring", "mia"), new MeasureSums());
        gone.Add(key, Measure.Impressions, -41_000);
        gone.Add(key, Measure.Likes, -1_900);
        gone.Add(new RollupKey("default", DocumentedExample.PostDay, "spring", "tom"), Measure.Clicks, 3);
        await host.PutRollupsAsync(gone);

        var (changed, _) = await ExportAsync("rollups", place, question);
        changed.Select(line => $"{line["creatorId"]} {line["deleted"]} {line["row"]?["clicks"]}").Distinct().ShouldBe(["mia true ", "tom false 3"]);
        changed[0]["id"]!.GetValue<string>().ShouldBe($"default/2026-03-04/placement/spring/mia/{changed[0]["model"]}");
    }

    [Theory]
    [InlineData("ledger?after=x")]
    [InlineData("ledger?after=")]
    [InlineData("rollups?after=OTk5")]
    [InlineData("rollups?brand=none")]
    [InlineData("rollups?model=none")]
    [InlineData("rollups?from=2026-03-01")]
    public async Task Invalid_cursor_or_parameter_is_rejected(string path) => (await host.GetAsync("/v1/export/" + path)).Status.ShouldBe(400);

    [Fact]
    public async Task Rows_of_other_brands_are_not_exported()
    {
        await host.PutCatalogAsync(("/v1/brands/glow", """{"name":"Glow","currency":"JPY"}"""));
        await host.PutRollupsAsync(DocumentedExample.Measures());
        await BookAsync(LedgerReason.Conversion);

        (await ExportAsync("ledger", null, "&brand=glow")).Lines.ShouldBeEmpty();
        (await ExportAsync("rollups", null, "&brand=glow")).Lines.ShouldBeEmpty();
    }

    [Fact]
    public async Task Unchanged_rows_are_answered_with_not_modified()
    {
        await host.PutRollupsAsync(DocumentedExample.Measures());
        const string Path = "/v1/rollups/daily?from=2026-03-01&to=2026-03-31";
        var first = await AskAsync(Path, null);
        first.Status.ShouldBe(200);
        (await AskAsync(Path, first.Tag)).ShouldBe((304, first.Tag));
        (await AskAsync(Path + "&format=csv", first.Tag)).Status.ShouldBe(200);

        var sums = new MeasureSums();
        sums.Add(new RollupKey("default", DocumentedExample.PostDay, "spring", "mia"), Measure.Clicks, 1);
        await host.Store.Reconciliation.AppendCorrectionAsync(sums, null, ReportingHost.Now, ReportingHost.Token);
        (await AskAsync(Path, first.Tag)).ShouldBe((200, null), "what waits is not in it yet, and the answer says since when");
        await host.Store.Rollups.FoldAsync(100, () => ReportingHost.Now, ReportingHost.Token);
        var second = await AskAsync(Path, first.Tag);
        second.Status.ShouldBe(200);
        await host.Store.Rollups.CloseDaysAsync("default", DocumentedExample.OrderDay, ReportingHost.Now, ReportingHost.Token);
        var third = await AskAsync(Path, second.Tag);
        third.Status.ShouldBe(200);
        await host.PutCatalogAsync(("/v1/creators/ben", """{"name":"Ben"}"""));
        (await AskAsync(Path, third.Tag)).Status.ShouldBe(200);

        async Task<(int Status, string? Tag)> AskAsync(string path, string? tag)
        {
            using var request = new HttpRequestMessage(HttpMethod.Get, path);
            if (tag is not null) request.Headers.TryAddWithoutValidation("If-None-Match", tag);
            using var response = await host.Http.SendAsync(request, ReportingHost.Token);
            return ((int)response.StatusCode, response.Headers.ETag?.ToString());
        }
    }

    /// <summary>Returns the lines of a download without cursor lines, and the last cursor, which is the last line.</summary>
    private async Task<(List<JsonNode> Lines, string Cursor)> ExportAsync(string what, string? after = null, string more = "")
    {
        using var response = await host.Http.GetAsync($"/v1/export/{what}?{(after is null ? "" : $"after={after}")}{more}".TrimEnd('?').Replace("?&", "?", StringComparison.Ordinal), ReportingHost.Token);
        var text = await response.Content.ReadAsStringAsync(ReportingHost.Token);
        response.EnsureSuccessStatusCode();
        response.Content.Headers.ContentType!.MediaType.ShouldBe("application/x-ndjson");
        text.ShouldEndWith("\n");
        var lines = text.TrimEnd('\n').Split('\n').Select(line => JsonNode.Parse(line)!).ToList();
        lines[^1]["cursor"].ShouldNotBeNull();
        return ([.. lines.Where(line => line["cursor"] is null)], lines[^1]["cursor"]!.GetValue<string>());
    }

    private static List<string> Texts(IEnumerable<JsonNode?> nodes) => [.. nodes.Select(node => node!.ToJsonString())];

    private async Task BookAsync(params LedgerReason[] reasons) =>
        (await host.Store.Journeys.CommitAsync(new JourneyCommit { CatalogVersion = long.MaxValue, At = ReportingHost.Now, Ledger = [.. reasons.Select(Line)] }, ReportingHost.Token))
            .ShouldBe(CommitOutcome.Committed);

    private static LedgerEntry Line(LedgerReason reason) => new()
    {
        Brand = "default", Conversion = "o:1001", Placement = new("spring", "mia"), OrderDay = DocumentedExample.OrderDay, EntryDay = DocumentedExample.RefundDay, Amount = -4_500, Micros = -500_000,
        Commission = -125, Reason = reason, CausedBy = "shop/e-1", RecordedAt = ReportingHost.Now,
    };
}
