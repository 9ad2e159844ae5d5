using System.Net;
using System.Net.Http.Json;
using System.Text.Json;
using System.Text.RegularExpressions;
using Attribution.Core.Catalog;
using Attribution.Host.Reporting.CatalogEditing;
using Attribution.TestKit;

namespace Attribution.Host.Tests.Stories;

/// <summary>The examples of <c>docs/reference/catalog.md</c>, sent to a host as they are written there.</summary>
public sealed partial class CatalogReferenceTests
{
    private static readonly string Document = File.ReadAllText(Path.Combine(TestData.Repository, "docs/reference/catalog.md"));

    [Fact]
    public async Task Every_example_is_accepted_in_the_order_of_the_document()
    {
        await using var host = await TestHost.StartNewAsync();
        foreach (var (kind, json, csv) in Examples())
        {
            var id = JsonDocument.Parse(json).RootElement.GetProperty("id").GetString();
            using var put = await host.SendAsync(HttpMethod.Put, $"/v1/{kind}/{id}", json);
            put.StatusCode.ShouldBe(HttpStatusCode.Created, kind);
            using var import = await host.SendAsync(HttpMethod.Post, $"/v1/{kind}/import", csv, type: "text/csv");
            var answer = await import.Content.ReadFromJsonAsync<JsonElement>(TestContext.Current.CancellationToken);
            (answer.GetProperty("accepted").GetInt32(), answer.GetProperty("rejected").GetInt32()).ShouldBe((1, 0), $"{kind}: {answer}");
        }
    }

    [Fact]
    public void Every_kind_is_described_with_all_of_its_columns()
    {
        var examples = Examples();
        examples.Select(example => example.Kind).ShouldBe(CatalogKinds.All.Select(kind => kind.Name));
        foreach (var (kind, _, csv) in examples)
        {
            CatalogKinds.TryParse(kind, out var info).ShouldBeTrue();
            csv.Split('\n')[0].Split(',').ShouldBe(ItemColumns.ForType(info.ItemType).Select(column => column.Name), kind);
        }
    }

    private static List<(string Kind, string Json, string Csv)> Examples() =>
    [
        .. Section().Matches(Document).Select(section =>
            (section.Groups["kind"].Value, section.Groups["json"].Value, section.Groups["csv"].Value)),
    ];

    [GeneratedRegex(@"^## (?<kind>\S+)$.*?^```json$\n(?<json>.*?)^```$.*?^```csv$\n(?<csv>.*?)^```$", RegexOptions.Multiline | RegexOptions.Singleline)]
    private static partial Regex Section();
}
