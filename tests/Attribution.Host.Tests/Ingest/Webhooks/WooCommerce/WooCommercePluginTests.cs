using System.Text.Json.Nodes;
using Attribution.Host.Tests.Infra;
using Attribution.TestKit;

namespace Attribution.Host.Tests.Ingest.Webhooks.WooCommerce;

/// <summary>The plug-in for shops, run by PHP with the functions of WordPress that it calls.</summary>
public sealed class WooCommercePluginTests
{
    private static readonly string[] Checkouts =
        ["woocommerce_checkout_create_order", "woocommerce_store_api_checkout_update_order_meta"];

    [Fact]
    public async Task Both_checkouts_write_visitor_and_click_as_they_are()
    {
        var result = await RunAsync("""{"atr_visitor":"AbC-1","atr_click":"x_Y~.9","other":"1"}""");
        foreach (var checkout in Checkouts)
            result[checkout]!.ToJsonString().ShouldBe("""{"atr_vid":"AbC-1","atr_cid":"x_Y~.9"}""");
        result["head"]!.GetValue<string>().ShouldBe(
            """<script async src="https://go.shop.example/attribution.js" data-key="atr_&quot;1&quot;" data-domain="shop.example"></script>""");
    }

    [Theory]
    [InlineData("{}")]
    [InlineData("""{"atr_visitor":["a"],"atr_click":"<b>"}""")]
    [InlineData("""{"atr_visitor":"","atr_click":"a\n"}""")]
    public async Task Missing_and_invalid_cookies_write_nothing(string cookies)
    {
        var result = await RunAsync(cookies);
        foreach (var checkout in Checkouts) result[checkout]!.ToJsonString().ShouldBe("{}");
    }

    private static async Task<JsonNode> RunAsync(string cookies)
    {
        Assert.SkipWhen(Executables.Find("php") is null, "php is not installed");
        return JsonNode.Parse(await Executables.RunAsync(
            Executables.Find("php")!, Path.Combine(TestData.Repository, "tests", "testdata", "shops", "woocommerce-plugin.php"),
            Path.Combine(TestData.Repository, "schemas", "examples", "shops", "woocommerce", "attribution.php"), cookies))!;
    }
}
