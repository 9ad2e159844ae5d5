using System.Net.Http.Headers;
using System.Text;
using System.Text.Json.Nodes;
using Attribution.Core.Values;
using Attribution.Host.Access;
using Attribution.Host.Tests.Ingest.Webhooks;
using Attribution.Storage.Access;
using Attribution.TestKit;

namespace Attribution.Host.Tests.Ingest;

/// <summary>Sources that state amounts in minor units, on a complete host.</summary>
public sealed class MinorUnitTests : IAsyncLifetime
{
    private TestHost host = null!;
    private string minor = "", admin = "";

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    public async ValueTask InitializeAsync()
    {
        host = await TestHost.StartNewAsync();
        minor = (await host.AddKeyAsync("cents", KeyScopes.Ingest, "cents", key => key with { SendsMinorUnits = true })).Text;
        admin = (await host.AddKeyAsync("admin", KeyScopes.Admin)).Text;
        await RefreshAsync();
    }

    [Theory]
    [InlineData("application/json", "[{0}]")]
    [InlineData("application/x-ndjson", "{0}")]
    [InlineData("application/cloudevents+json", """{{"specversion":"1.0","id":"e","type":"conversion","source":"cents","data":{0}}}""")]
    public async Task Key_of_minor_units_states_cents(string type, string form)
    {
        var members = type.Contains("cloud", StringComparison.Ordinal) ? "" : "\"type\":\"conversion\",\"id\":\"e\",";
        var order = $$"""{ {{members}} "occurredAt":"{{Now}}","kind":"order","orderId":"1","currency":"USD","gross":7840,"discount":"840"}""";
        await PostAsync(string.Format(CultureInfo.InvariantCulture, form, order), minor, type);
        var conversion = await OrderAsync("1");
        ((string?)conversion["gross"]).ShouldBe("78.40");
        ((string?)conversion["net"]).ShouldBe("70.00");
    }

    [Fact]
    public async Task Replayed_rejection_keeps_the_unit_of_its_source()
    {
        (await PostAsync(Order("1", "glow"), minor)).ShouldContain("brand_unknown");
        using (var brand = await host.SendAsync(HttpMethod.Put, "/v1/brands/glow", """{"name":"Glow","currency":"USD"}""", admin))
            brand.EnsureSuccessStatusCode();
        await WaitForRejectionAsync("brand_unknown");
        using (var answer = await host.SendAsync(HttpMethod.Get, "/v1/rejections", key: admin))
        {
            var rejection = JsonNode.Parse(await answer.Content.ReadAsStringAsync(Cancellation))!["items"]!.AsArray().ShouldHaveSingleItem()!;
            using var replayed = await host.SendAsync(HttpMethod.Post, "/v1/rejections/replay", $$"""{"ids":["{{rejection["id"]}}"]}""", admin);
            (await replayed.Content.ReadAsStringAsync(Cancellation)).ShouldContain("replayed");
        }

        ((string?)(await OrderAsync("1", "glow"))["gross"]).ShouldBe("78.40");
    }

    [Fact]
    public async Task Unit_of_a_source_outlives_its_keys()
    {
        await host.GetService<ICredentialStore>().RevokeKeyAsync(ApiKey.TryParse(minor, out var key) ? key.Id : "", new Timestamp(2), Cancellation);
        await RefreshAsync();
        host.GetService<ApiCredentialCache>().GetCaller("cents", "default").SendsMinorUnits.ShouldBeTrue();
        host.GetService<ApiCredentialCache>().GetCaller("other", "default").SendsMinorUnits.ShouldBeFalse();
    }

    /// <summary>Waits until a rejection with a text is listed: rejections travel with the other events.</summary>
    private Task WaitForRejectionAsync(string text) => Eventually.IsTrueAsync(
        async () =>
        {
            using var answer = await host.SendAsync(HttpMethod.Get, "/v1/rejections", key: admin);
            return (await answer.Content.ReadAsStringAsync(Cancellation)).Contains(text, StringComparison.Ordinal);
        },
        $"a rejection with {text} is listed");

    [Fact]
    public async Task Decimals_contradict_minor_units()
    {
        (await PostAsync(Order("1").Replace("7840", "78.40", StringComparison.Ordinal), minor)).ShouldContain("money_precision");
        await WaitForRejectionAsync("78.40");
    }

    [Fact]
    public async Task Signed_source_of_minor_units_states_cents()
    {
        var shop = TestShop.Generic;
        await host.GetService<IWebhookSecretStore>().AddWebhookSecretAsync(
            new WebhookSecretDocument
            {
                Id = "s", Vendor = shop.Vendor, Source = shop.Source, Brand = "default", Secret = shop.Secret, CreatedAt = new Timestamp(1), SendsMinorUnits = true,
            },
            Cancellation);
        await RefreshAsync();
        var body = Encoding.UTF8.GetBytes(Order("1"));
        using var request = new HttpRequestMessage(HttpMethod.Post, shop.Path) { Content = new ByteArrayContent(body) };
        request.Content.Headers.ContentType = new MediaTypeHeaderValue("application/json");
        foreach (var (name, value) in shop.Sign(body)) request.Headers.TryAddWithoutValidation(name, value);
        using (var answer = await host.Http.SendAsync(request, Cancellation)) answer.EnsureSuccessStatusCode();
        ((string?)(await OrderAsync("1"))["gross"]).ShouldBe("78.40");
    }

    public ValueTask DisposeAsync() => host.DisposeAsync();

    private static string Now => DateTimeOffset.UtcNow.AddMinutes(-1).ToString("O", CultureInfo.InvariantCulture);

    private static string Order(string id, string? brand = null) =>
        $$"""{"type":"conversion","id":"e-{{id}}","occurredAt":"{{Now}}",{{(brand is null ? "" : $"\"brandId\":\"{brand}\",")}}"kind":"order","orderId":"{{id}}","currency":"USD","gross":7840}""";

    private ValueTask RefreshAsync() => host.GetService<ApiCredentialCache>().RefreshAsync(Cancellation);

    private async Task<string> PostAsync(string body, string key, string type = "application/json")
    {
        using var answer = await host.SendAsync(HttpMethod.Post, "/v1/events", body, key, type);
        return await answer.Content.ReadAsStringAsync(Cancellation);
    }

    private async Task<JsonNode> OrderAsync(string id, string brand = "default")
    {
        JsonNode? found = null;
        await Eventually.IsTrueAsync(
            async () =>
            {
                using var answer = await host.SendAsync(HttpMethod.Get, $"/v1/conversions/{id}?brand={brand}", key: admin);
                if (answer.IsSuccessStatusCode) found = JsonNode.Parse(await answer.Content.ReadAsStringAsync(Cancellation));
                return found is not null;
            },
            "the order is attributed");
        return found!;
    }
}
