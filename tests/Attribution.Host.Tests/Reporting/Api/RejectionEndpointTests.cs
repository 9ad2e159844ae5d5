using System.Text;
using System.Text.Json.Nodes;
using Attribution.Contracts;
using Attribution.Core.Planning;
using Attribution.Core.Quality;
using Attribution.Host.Tests.Fixtures;

namespace Attribution.Host.Tests.Reporting.Api;

public sealed class RejectionEndpointTests : IAsyncLifetime
{
    private ReportingHost host = null!;

    public async ValueTask InitializeAsync()
    {
        host = await ReportingHost.StartAsync();
        await host.PutCatalogAsync(("/v1/brands/other", """{"name":"Other"}"""));
        byte[][] payloads = ["""{"type":"clack"}"""u8.ToArray(), [0xFF, 0xFE], "café"u8.ToArray()];
        await host.Store.Journeys.CommitAsync(
            new JourneyCommit
            {
                CatalogVersion = await host.Store.Catalog.ReadCatalogVersionAsync(ReportingHost.Token), At = ReportingHost.Now,
                Rejections =
                [
                    .. payloads.Select((payload, i) => new RejectionDocument
                    {
                        Id = Guid.CreateVersion7(DateTimeOffset.UnixEpoch.AddDays(i)), Brand = i == 2 ? "other" : "default", Source = "shop", ReceivedAt = ReportingHost.Now,
                        Reason = RejectionReason.TypeUnknown, Pointer = "/type", Detail = "No such type", EventId = $"e-{i}", Schema = 1, Payload = [.. payload],
                    }),
                ],
            },
            ReportingHost.Token);
    }

    public ValueTask DisposeAsync() => host.DisposeAsync();

    [Fact]
    public async Task Rejections_are_listed_newest_first_and_paged()
    {
        var (_, first) = await host.GetAsync("/v1/rejections?limit=2");
        first!["items"]!.AsArray().Select(item => $"{item!["eventId"]} {item["reason"]} {item["payload"]} {item["payloadBase64"]}")
            .ShouldBe(["e-2 type_unknown café ", "e-1 type_unknown  //4="]);
        var (_, second) = await host.GetAsync($"/v1/rejections?limit=2&cursor={first["cursor"]}");
        second!["items"]!.AsArray().Select(item => item!["eventId"]!.GetValue<string>()).ShouldBe(["e-0"]);
        second["cursor"].ShouldBeNull();
    }

    [Fact]
    public async Task Rejections_can_be_filtered_by_brand() =>
        (await host.GetAsync("/v1/rejections?brand=other")).Body!["items"]!.AsArray().Select(item => item!["eventId"]!.GetValue<string>()).ShouldBe(["e-2"]);

    [Fact]
    public async Task All_rejections_can_be_downloaded_as_ndjson()
    {
        using var response = await host.Http.GetAsync("/v1/rejections?format=ndjson", ReportingHost.Token);
        response.Content.Headers.ContentType!.MediaType.ShouldBe("application/x-ndjson");
        var lines = Encoding.UTF8.GetString(await response.Content.ReadAsByteArrayAsync(ReportingHost.Token)).TrimEnd('\n').Split('\n');
        lines.Select(line => JsonNode.Parse(line)!["eventId"]!.GetValue<string>()).ShouldBe(["e-2", "e-1", "e-0"]);
    }

    [Theory]
    [InlineData("brand=glow", "brand")]
    [InlineData("format=xml", "format")]
    [InlineData("format=ndjson&limit=3", "limit")]
    [InlineData("cursor=bm9uc2Vuc2U", "cursor")]
    public async Task Invalid_parameters_are_named(string query, string parameter)
    {
        var (status, body) = await host.GetAsync($"/v1/rejections?{query}");
        (status, body!["parameter"]!.GetValue<string>()).ShouldBe((400, parameter));
    }
}
