using System.Net;
using System.Text.RegularExpressions;
using Attribution.Core.Values;
using Attribution.Host.Access;
using Attribution.Host.Tests.Fixtures;
using Attribution.Storage.Access;
using Attribution.Storage.Catalog;
using Microsoft.Extensions.DependencyInjection;

namespace Attribution.Host.Tests.Access;

/// <summary>Administrators who invite, change, disable and remove users on the page.</summary>
public sealed class UserPageTests : IAsyncLifetime
{
    private const string Another = "another long password";

    private readonly SignInHost host = new();
    private HttpClient admin = null!;

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    public async ValueTask InitializeAsync()
    {
        await host.InitializeAsync();
        admin = host.Browser();
        (await SignInAsync(admin, "ada", SignInHost.Password)).ShouldBeTrue();
    }

    public async ValueTask DisposeAsync()
    {
        admin.Dispose();
        await host.DisposeAsync();
    }

    [Fact]
    public async Task Invitation_sets_a_password_once_and_signs_in()
    {
        var link = LinkOf(await PostAsync("", ("user", "Nora"), ("role", "editor"), ("password", "")));
        var stored = await FindAsync("nora");
        stored.InvitationHash.ShouldNotBeNull();
        link.ShouldNotContain(stored.InvitationHash!);
        (await admin.GetStringAsync("/settings/users", Cancellation)).ShouldNotContain(link);

        using var scanner = host.Browser();
        (await scanner.GetStringAsync(link, Cancellation)).ShouldContain("value=\"nora\"");
        using var nora = host.Browser();
        (await AcceptAsync(nora, link, "short")).ShouldBe(400);
        (await AcceptAsync(nora, link, Another)).ShouldBe(302);
        (await nora.GetStringAsync("/", Cancellation)).ShouldContain("nora (editor)");
        (await AcceptAsync(scanner, link, "a third long password", opened: "/sign-in")).ShouldBe(404, "the link is used");
        (await scanner.GetAsync(link, Cancellation)).StatusCode.ShouldBe(HttpStatusCode.NotFound);
        (await SignInAsync(scanner, "nora", Another)).ShouldBeTrue();
    }

    [Fact]
    public async Task Simultaneous_uses_of_a_link_set_one_password()
    {
        var link = LinkOf(await PostAsync("", ("user", "nora"), ("role", "viewer"), ("password", "")));
        var passwords = Enumerable.Range(0, 6).Select(i => $"{Another} {i}").ToList();
        var answers = await Task.WhenAll(passwords.Select(async password =>
        {
            using var browser = host.Browser();
            return await AcceptAsync(browser, link, password, opened: "/sign-in");
        }));
        answers.Count(status => status == 302).ShouldBe(1);
        using var later = host.Browser();
        (await SignInAsync(later, "nora", passwords[Array.IndexOf(answers, 302)])).ShouldBeTrue();
    }

    [Theory]
    [InlineData("revoke-invitation", 0)]
    [InlineData("invite", 0)]
    [InlineData("disable", 0)]
    [InlineData("remove", 0)]
    [InlineData("", 7)]
    [InlineData("", -1)]
    public async Task Link_ends_when_revoked_replaced_or_expired(string verb, int days)
    {
        var link = LinkOf(await PostAsync("/vera/invite"));
        using var vera = host.Browser();
        (await SignInAsync(vera, "vera", SignInHost.Password)).ShouldBeTrue("the present password is valid until then");
        if (verb.Length > 0) await PostAsync($"/vera/{verb}");
        // A clock that was a day ahead made a link that would last longer than any may.
        host.ClockOffset += TimeSpan.FromDays(days);
        using var late = host.Browser();
        (await AcceptAsync(late, link, Another, opened: "/sign-in")).ShouldBe(404);
    }

    [Fact]
    public async Task Disabled_user_is_signed_out_and_refused_until_enabled()
    {
        using var ed = host.Browser();
        await SignInAsync(ed, "ed", SignInHost.Password);
        (await PostAsync("/ed/disable")).ShouldContain("disabled");
        (await ed.GetAsync(new Uri("/", UriKind.Relative), Cancellation)).StatusCode.ShouldBe(HttpStatusCode.Redirect);
        (await SignInAsync(ed, "ed", SignInHost.Password)).ShouldBeFalse();
        (await PostAsync("/ed/enable")).ShouldNotContain("class=\"tag\">disabled");
        (await SignInAsync(ed, "ed", SignInHost.Password)).ShouldBeTrue();
        await PostAsync("/ed/sign-out");
        (await ed.GetAsync(new Uri("/", UriKind.Relative), Cancellation)).StatusCode.ShouldBe(HttpStatusCode.Redirect);
    }

    [Fact]
    public async Task Role_and_brand_change_at_once_and_users_can_be_removed()
    {
        await host.App.Services.GetRequiredService<ICatalogStore>().AddAsync("glow");
        using var ed = host.Browser();
        await SignInAsync(ed, "ed", SignInHost.Password);
        (await PostAsync("/ed/permissions", ("role", "viewer"), ("brand", "glow"))).ShouldContain("<dd>viewer</dd>");
        (await ed.GetStringAsync("/", Cancellation)).ShouldContain("ed (viewer)");
        (await ed.GetAsync(new Uri("/?brand=default", UriKind.Relative), Cancellation)).StatusCode.ShouldBe(HttpStatusCode.Forbidden);
        (await PostAsync("/ed/permissions", 400, ("role", "owner"))).ShouldContain("Choose a role");
        (await PostAsync("/ed/permissions", 400, ("role", "viewer"), ("brand", "gone"))).ShouldContain("There is no brand");
        (await PostAsync("/ed/remove")).ShouldContain("User ed was removed");
        (await PostAsync("/ed/disable", 404)).ShouldContain("There is no user");
    }

    [Fact]
    public async Task Last_administrator_and_oneself_cannot_be_lost()
    {
        foreach (var verb in new[] { "disable", "remove", "permissions" })
            (await PostAsync($"/ada/{verb}", 400, ("role", "viewer"))).ShouldContain("You cannot change your own role");
        var administration = host.App.Services.GetRequiredService<UserAdministration>();
        var program = Caller.Local with { Name = "key" };
        var ada = await FindAsync("ada");
        (await administration.ChangeAsync(ada, program, _ => null, Cancellation)).ShouldNotBeNull().ShouldContain("only administrator");
        // An invited administrator has no password yet.
        await PostAsync("", ("user", "amy"), ("role", "admin"), ("password", ""));
        (await administration.ChangeAsync(ada, program, user => user with { Scopes = KeyScopes.Read }, Cancellation)).ShouldNotBeNull();
        await host.AddAsync("ann", KeyScopes.Admin);
        var both = await Task.WhenAll(
            new[] { ada, await FindAsync("ann") }.Select(user => administration.ChangeAsync(user, program, _ => null, Cancellation).AsTask()));
        both.Count(fault => fault is null).ShouldBe(1);
    }

    [Fact]
    public async Task Administrator_of_a_brand_meets_users_of_that_brand_only()
    {
        await host.App.Services.GetRequiredService<ICatalogStore>().AddAsync("glow");
        await host.AddAsync("gil", KeyScopes.Admin, "glow");
        await host.AddAsync("gus", KeyScopes.Read, "glow");
        await host.AddAsync("bob", KeyScopes.Read, "default");
        using var gil = host.Browser();
        await SignInAsync(gil, "gil", SignInHost.Password);
        var list = await gil.GetStringAsync("/settings/users", Cancellation);
        list.ShouldContain(">gus<");
        foreach (var other in new[] { "ada", "bob" })
        {
            list.ShouldNotContain($">{other}<");
            foreach (var verb in new[] { "invite", "disable", "remove", "permissions", "enable", "unlock", "sign-out", "revoke-invitation" })
                await PostAsync(gil, $"/{other}/{verb}", 404, ("role", "viewer"));
        }

        await PostAsync(gil, "/gus/permissions", 200, ("role", "editor"), ("brand", ""));
        (await FindAsync("gus")).Brand.ShouldBe("glow", "an administrator of a brand grants that brand only");
        (await PostAsync(gil, "", 400, ("user", "ada"), ("role", "viewer"), ("password", Another))).ShouldContain("is taken");
    }

    [Fact]
    public async Task Sign_in_without_users_names_the_command()
    {
        await using var own = new SignInHost();
        await own.StartAsync();
        var key = ApiKey.Create();
        await own.App.Services.GetRequiredService<ICredentialStore>().AddKeyAsync(
            new() { Id = key.Id, Name = "a", Hash = [.. key.ComputeHash()], Scopes = KeyScopes.Ingest, Source = "shop", CreatedAt = new Timestamp(1) }, Cancellation);
        await own.RefreshAsync();
        using var browser = own.Browser();
        foreach (var (path, status) in new[] { ("/", HttpStatusCode.Unauthorized), ("/sign-in", HttpStatusCode.OK) })
        {
            using var answer = await browser.GetAsync(new Uri(path, UriKind.Relative), Cancellation);
            answer.StatusCode.ShouldBe(status);
            (await answer.Content.ReadAsStringAsync(Cancellation)).ShouldContain("attribution users create");
        }
    }

    private async Task<UserDocument> FindAsync(string name) => (await host.Users.ListUsersAsync(Cancellation)).Single(user => user.Name == name);

    private Task<string> PostAsync(string path, params (string Name, string Value)[] fields) => PostAsync(admin, path, 200, fields);

    private Task<string> PostAsync(string path, int status, params (string Name, string Value)[] fields) => PostAsync(admin, path, status, fields);

    /// <summary>Posts a form of the page of users and returns the resulting page.</summary>
    private static async Task<string> PostAsync(HttpClient browser, string path, int status, params (string Name, string Value)[] fields)
    {
        var answer = await FormAsync(browser, $"/settings/users{path}", "/settings/users", fields);
        var followed = answer.StatusCode == HttpStatusCode.Redirect ? await browser.GetAsync(answer.Headers.Location, Cancellation) : answer;
        var page = await followed.Content.ReadAsStringAsync(Cancellation);
        ((int)followed.StatusCode).ShouldBe(status, page);
        return page;
    }

    /// <summary>Sends the form of an invitation and returns the status of the answer.</summary>
    private static async Task<int> AcceptAsync(HttpClient browser, string link, string password, string? opened = null)
    {
        using var answer = await FormAsync(browser, "/invitation", opened ?? link, ("token", link.Split('=')[1]), ("password", password));
        return (int)answer.StatusCode;
    }

    private static async Task<bool> SignInAsync(HttpClient browser, string name, string password)
    {
        using var answer = await FormAsync(browser, "/sign-in", "/sign-in", ("name", name), ("password", password));
        return answer.StatusCode == HttpStatusCode.Redirect;
    }

    private static async Task<HttpResponseMessage> FormAsync(
        HttpClient browser, string path, string opened, params (string Name, string Value)[] fields)
    {
        var token = Regex.Match(await browser.GetStringAsync(opened, Cancellation), "name=\"form\" value=\"([^\"]+)\"").Groups[1].Value;
        using var form = new FormUrlEncodedContent(fields.Append(("form", token)).Select(field => KeyValuePair.Create(field.Item1, field.Item2)));
        return await browser.PostAsync(new Uri(path, UriKind.Relative), form, Cancellation);
    }

    private static string LinkOf(string page) => Regex.Match(page, "<code>(http[^<]+)</code>").Groups[1].Value;
}
