using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Nodes;
using Attribution.TestKit;

namespace Attribution.Host.Tests.Reporting.Api;

public class ApiDescriptionTests
{
    private static readonly JsonSerializerOptions Indented = new() { WriteIndented = true, Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    /// <summary>Run this test with <c>ATTRIBUTION_WRITE_SCHEMAS=1</c> to write the file after a change of any endpoint.</summary>
    [Fact]
    public async Task File_matches_the_description_served_by_the_host()
    {
        var token = TestContext.Current.CancellationToken;
        await using var host = await TestHost.StartNewAsync();
        var made = JsonNode.Parse(await host.Http.GetStringAsync("/openapi/v1.json", token))!.ToJsonString(Indented) + "\n";

        var file = Path.Combine(TestData.Repository, "schemas", "openapi.json");
        if (Environment.GetEnvironmentVariable("ATTRIBUTION_WRITE_SCHEMAS") == "1") await File.WriteAllTextAsync(file, made, token);
        (await File.ReadAllTextAsync(file, token)).ShouldBe(made, "schemas/openapi.json is out of date: run this test with ATTRIBUTION_WRITE_SCHEMAS=1.");
    }
}
