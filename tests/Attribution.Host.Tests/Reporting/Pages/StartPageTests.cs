using System.Text.RegularExpressions;
using Attribution.Host.Tests.Fixtures;

namespace Attribution.Host.Tests.Reporting.Pages;

/// <summary>The first steps of an installation, and the first administrator and key.</summary>
public sealed class StartPageTests : IAsyncLifetime
{
    private ReportingHost host = null!;

    public async ValueTask InitializeAsync() => host = await ReportingHost.StartAsync();

    public ValueTask DisposeAsync() => host.DisposeAsync();

    [Fact]
    public async Task Empty_installation_leads_to_the_first_steps()
    {
        (await PageAsync("/")).ShouldContain("<h1>First steps</h1>");
        await SendAsync("/start/brand", ("name", "Glow"), ("currency", "EUR"), ("timeZone", "Europe/Berlin"));
        var page = await SendAsync(
            "/start/creator", ("creator", "Mía Glow"), ("campaign", "Spring 26"), ("code", "MIA10"), ("destination", "https://shop.example/"), ("id", ""));
        page.ShouldContain("Mía Glow in Spring 26, code MIA10.".Replace("í", "&#xED;", StringComparison.Ordinal));
        await SendAsync("/start/cost", ("amount", "300.00"));

        (await host.GetAsync("/v1/brands/default")).Body!["currency"]!.GetValue<string>().ShouldBe("EUR");
        var code = (await host.GetAsync("/v1/codes")).Body!["items"]![0]!;
        var creator = (await host.GetAsync("/v1/creators")).Body!["items"]![0]!["id"]!.GetValue<string>();
        (code["creatorId"]!.GetValue<string>(), code["campaignId"]!.GetValue<string>()).ShouldBe((creator, "spring-26"));
        (await host.GetAsync("/v1/links")).Body!["items"]![0]!["destination"]!.GetValue<string>().ShouldBe("https://shop.example/");
        (await host.GetAsync("/v1/costs")).Body!["items"]![0]!["amount"]!.GetValue<string>().ShouldBe("300.00");
    }

    [Fact]
    public async Task Refused_step_writes_nothing_and_keeps_what_was_entered()
    {
        var page = await SendAsync(
            "/start/creator", 400, ("creator", "Mia"), ("campaign", "Spring"), ("code", "MIA10"), ("destination", "not an address"));
        page.ShouldContain("class=\"fault\"");
        page.ShouldContain("value=\"not an address\"");
        (await host.GetAsync("/v1/creators")).Body!["items"]!.AsArray().ShouldBeEmpty();
        (await SendAsync("/start/brand", 400, ("name", "Glow"), ("currency", "EURO"), ("timeZone", "Europe/Berlin"))).ShouldContain("currency");
    }

    [Fact]
    public async Task First_user_is_an_administrator_and_stays_signed_in()
    {
        var page = await PageAsync("/settings/keys");
        page.ShouldNotContain("Create key");
        (await SendAsync("/settings/keys", 400, ("name", "desk"), ("scopes", "read"))).ShouldContain("Create an administrator first");
        (await host.GetAsync("/v1/models")).Status.ShouldBe(200, "no key was made");

        (await SendAsync("/settings/users", 400, ("user", "Ada Lovelace"), ("password", "short"))).ShouldContain("A password must have");
        page = await SendAsync("/settings/users", ("user", "ada"), ("password", "correct horse battery"));
        page.ShouldContain("ada (admin)");
        (await PageAsync("/settings/keys")).ShouldContain("Create key");
        (await SendAsync("/settings/keys", ("name", "desk"), ("scopes", "read"))).ShouldContain("New key");
        (await PageAsync("/settings")).ShouldContain("ada (admin)");

        using var stranger = new HttpClient { BaseAddress = host.Http.BaseAddress };
        using var answer = await stranger.GetAsync(new Uri("/v1/models", UriKind.Relative), ReportingHost.Token);
        ((int)answer.StatusCode).ShouldBe(401);
    }

    private async Task<string> PageAsync(string path) => await host.Http.GetStringAsync(path, ReportingHost.Token);

    private Task<string> SendAsync(string path, params (string Name, string Value)[] fields) => SendAsync(path, 200, fields);

    private async Task<string> SendAsync(string path, int status, params (string Name, string Value)[] fields)
    {
        var opened = await PageAsync(path.StartsWith("/start", StringComparison.Ordinal) ? "/start" : path);
        var token = Regex.Match(opened, "name=\"form\" value=\"([^\"]+)\"").Groups[1].Value;
        using var form = new FormUrlEncodedContent(fields.Append(("form", token)).Select(field => KeyValuePair.Create(field.Item1, field.Item2)));
        using var answer = await host.Http.PostAsync(new Uri(path, UriKind.Relative), form, ReportingHost.Token);
        var page = await answer.Content.ReadAsStringAsync(ReportingHost.Token);
        ((int)answer.StatusCode).ShouldBe(status, page);
        return page;
    }
}
