using System.Net.Http.Headers;
using System.Text;
using System.Text.Json.Nodes;
using Attribution.Core.Values;
using Attribution.Host.Access;
using Attribution.Storage.Access;

namespace Attribution.Host.Tests.Ingest.Webhooks;

/// <summary>A shop whose webhooks stop is silent, until it delivers again.</summary>
public sealed class SilentShopTests
{
    private static readonly Timestamp Now = Timestamp.From(DateTimeOffset.UtcNow);

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Silent_shop_is_reported_until_it_delivers_again()
    {
        await using var host = await TestHost.BuildAsync(_ => { });
        var store = host.GetService<IWebhookSecretStore>();
        await store.AddWebhookSecretAsync(Secret("busy", "shop"), Cancellation);
        await store.AddWebhookSecretAsync(Secret("new", "other"), Cancellation);
        // A delivery in every hour of two weeks, until six hours ago.
        for (var hours = 14 * 24; hours >= 6; hours--)
            await store.RecordWebhookSecretUseAsync([KeyValuePair.Create("busy", Now - TimeSpan.FromHours(hours))], Cancellation);
        await host.StartAsync();

        var shops = await ShopsAsync(host);
        shops.Select(shop => $"{shop!["vendor"]}/{shop["source"]}").ShouldBe(["woocommerce/other", "woocommerce/shop"]);
        shops[0]!["lastDelivery"].ShouldBeNull();
        shops[0]!["silentSince"].ShouldBeNull();
        ((string?)shops[1]!["silentSince"]).ShouldBe((Now - TimeSpan.FromHours(6)).ToString());
        shops[1]!["usualHours"]!.GetValue<decimal>().ShouldBe(168);
        using (var page = await host.SendAsync(HttpMethod.Get, "/quality"))
            (await page.Content.ReadAsStringAsync(Cancellation)).ShouldContain("silent since");

        await DeliverAsync(host);
        shops = await ShopsAsync(host);
        shops[1]!["silentSince"].ShouldBeNull();
    }

    /// <summary>A secret that replaces another continues its pace; a shop without a valid secret is gone.</summary>
    [Fact]
    public void Secrets_of_a_shop_have_one_pace()
    {
        var hours = Enumerable.Range(0, 200).Select(hour => (long)hour).ToList();
        var used = new Dictionary<string, IReadOnlyList<long>> { ["old"] = hours };
        var (old, next) = (Secret("old", "shop") with { RevokedAt = At(201), LastUsedAt = At(199) }, Secret("next", "shop"));
        var shop = ShopStatus.FromSecrets([old, next], used, At(210)).ShouldHaveSingleItem();
        shop.HoursOfWeek.ShouldBe(168);
        shop.SilentSince.ShouldBe(At(199));
        ShopStatus.FromSecrets([old, next with { LastUsedAt = At(206) }], used, At(210)).ShouldHaveSingleItem().SilentSince.ShouldBeNull();
        ShopStatus.FromSecrets([old], used, At(210)).ShouldBeEmpty();
    }

    private static Timestamp At(long hour) => new(hour * 3_600_000);

    private static WebhookSecretDocument Secret(string id, string source) => new()
    {
        Id = id, Vendor = "woocommerce", Source = source, Brand = "default", Secret = TestShop.WooCommerce.Secret, CreatedAt = new Timestamp(1),
    };

    private static async Task<JsonArray> ShopsAsync(TestHost host)
    {
        await host.GetService<ApiCredentialCache>().RefreshAsync(Cancellation);
        using var answer = await host.SendAsync(HttpMethod.Get, "/v1/quality");
        return JsonNode.Parse(await answer.Content.ReadAsStringAsync(Cancellation))!["shops"]!.AsArray();
    }

    private static async Task DeliverAsync(TestHost host)
    {
        var body = Encoding.UTF8.GetBytes(SampleOrders.WooCommerce().ToJsonString());
        using var request = new HttpRequestMessage(HttpMethod.Post, TestShop.WooCommerce.Path) { Content = new ByteArrayContent(body) };
        request.Content.Headers.ContentType = new MediaTypeHeaderValue("application/json");
        foreach (var (name, value) in TestShop.WooCommerce.Sign(body, "order.updated")) request.Headers.TryAddWithoutValidation(name, value);
        using var answer = await host.Http.SendAsync(request, Cancellation);
        answer.EnsureSuccessStatusCode();
    }
}
