using System.Text.RegularExpressions;
using Attribution.Host.Tests.Fixtures;

namespace Attribution.Host.Tests.Reporting.Pages;

/// <summary>The page of API keys and webhook secrets.</summary>
public sealed class KeysPageTests : IAsyncLifetime
{
    private ReportingHost host = null!;

    public async ValueTask InitializeAsync() => host = await ReportingHost.StartAsync();

    public ValueTask DisposeAsync() => host.DisposeAsync();

    [Fact]
    public async Task Webhook_is_added_shown_once_and_revoked()
    {
        var page = await SendAsync("", 200, ("vendor", "generic"), ("source", "shop"), ("brand", "default"), ("amounts", "minor"));
        page.ShouldContain("/v1/webhooks/generic/shop</code>");
        var secret = Regex.Match(System.Net.WebUtility.HtmlDecode(page), "whsec_[A-Za-z0-9+/=]+").Value;
        var stored = (await host.Store.WebhookSecrets.ListWebhookSecretsAsync(ReportingHost.Token)).Single();
        (stored.Secret, stored.Brand, stored.SendsMinorUnits).ShouldBe((secret, "default", true));
        page = await PageAsync();
        page.ShouldContain("shop (minor units)");
        page.ShouldContain("never");
        page.ShouldNotContain(secret);
        (await SendAsync("/revoke", 200, ("id", stored.Id))).ShouldContain("was revoked");
        (await SendAsync("/revoke", 404, ("id", "gone"))).ShouldContain("There is no webhook secret");
    }

    [Theory]
    [InlineData("shopify", "shop", "", "major", "Copy the secret from shopify")]
    [InlineData("generic", "shop", "hello", "major", "does not have the form of a generic secret")]
    [InlineData("shopfy", "shop", "", "major", "did you mean")]
    [InlineData("generic", "My Shop", "", "major", "must be 1 to 64")]
    [InlineData("woocommerce", "shop", "", "minor", "the units of woocommerce are known")]
    [InlineData("generic", "default", "", "minor", "choose a source of its own")]
    public async Task Invalid_webhook_is_explained_and_not_stored(string vendor, string source, string secret, string amounts, string fault)
    {
        var page = await SendAsync("", 400, ("vendor", vendor), ("source", source), ("brand", "default"), ("secret", secret), ("amounts", amounts));
        page.ShouldContain(fault);
        (await host.Store.WebhookSecrets.ListWebhookSecretsAsync(ReportingHost.Token)).ShouldBeEmpty();
    }

    private async Task<string> PageAsync() => await host.Http.GetStringAsync("/settings/keys", ReportingHost.Token);

    private async Task<string> SendAsync(string path, int status, params (string Name, string Value)[] fields)
    {
        var token = Regex.Match(await PageAsync(), "name=\"form\" value=\"([^\"]+)\"").Groups[1].Value;
        using var form = new FormUrlEncodedContent(fields.Append(("form", token)).Select(field => KeyValuePair.Create(field.Item1, field.Item2)));
        using var answer = await host.Http.PostAsync(new Uri($"/settings/webhooks{path}", UriKind.Relative), form, ReportingHost.Token);
        var page = await answer.Content.ReadAsStringAsync(ReportingHost.Token);
        ((int)answer.StatusCode).ShouldBe(status, page);
        return page;
    }
}
