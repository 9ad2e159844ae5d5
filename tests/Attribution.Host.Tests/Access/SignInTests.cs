using System.Net;
using System.Text;
using System.Text.RegularExpressions;
using Attribution.Core.Values;
using Attribution.Host.Access;
using Attribution.Host.Hosting;
using Attribution.Host.Tests.Fixtures;
using Attribution.Storage.Access;
using Attribution.Storage.Catalog;
using Microsoft.Extensions.DependencyInjection;

namespace Attribution.Host.Tests.Access;

/// <summary>Users, roles and sessions of a complete host, called like a browser.</summary>
public sealed class SignInTests(SignInHost people) : IClassFixture<SignInHost>
{
    private const string Password = SignInHost.Password;
    private const string Here = "203.0.113.9";
    private const string There = "203.0.113.10";

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData("vera", 403, 403)]
    [InlineData("ed", 201, 403)]
    [InlineData("ada", 201, 201)]
    public async Task Role_reads_and_writes_as_permitted_and_requires_the_form_token(
        string name, int creator, int brand)
    {
        using var browser = Browser();
        (await SignInAsync(browser, name)).ShouldBe("/");
        var page = await browser.GetStringAsync("/", Cancellation);
        page.ShouldContain($"{name} (");
        (await StatusAsync(browser, HttpMethod.Get, "/v1/models")).ShouldBe(200);
        var token = TokenOf(page);
        (await StatusAsync(browser, HttpMethod.Put, $"/v1/creators/{name}", token)).ShouldBe(creator);
        (await StatusAsync(browser, HttpMethod.Put, $"/v1/brands/{name}", token)).ShouldBe(brand);
        (await StatusAsync(browser, HttpMethod.Post, "/v1/events", token)).ShouldBe(403);
        if (creator == 201) (await StatusAsync(browser, HttpMethod.Put, "/v1/creators/mia")).ShouldBe(400);

        using var out_ = await FormAsync(browser, "/sign-out", token);
        (await StatusAsync(browser, HttpMethod.Get, "/v1/models")).ShouldBe(401);
    }

    [Fact]
    public async Task Anonymous_requests_redirect_to_sign_in_and_only_to_local_return_urls()
    {
        using var browser = Browser();
        using var asked = await browser.GetAsync("/creators?sort=roi", Cancellation);
        asked.Headers.Location!.ToString().ShouldBe("/sign-in?next=%2Fcreators%3Fsort%3Droi");
        (await SignInAsync(browser, "vera", next: "/creators?sort=roi")).ShouldBe("/creators?sort=roi");
        foreach (var elsewhere in new[] { "//evil.example", "https://evil.example/", "/\\evil.example" })
            (await SignInAsync(browser, "vera", next: elsewhere)).ShouldBe("/");
        using var program = Browser(html: false);
        (await StatusAsync(program, HttpMethod.Get, "/")).ShouldBe(401);
        (await program.GetStringAsync("/sign-in", Cancellation)).ShouldNotContain("<nav");
    }

    [Fact]
    public async Task Session_cookie_is_hidden_from_scripts_and_other_sites()
    {
        using var browser = Browser();
        using var form = new FormUrlEncodedContent(new Dictionary<string, string> { ["form"] = TokenOf(await browser.GetStringAsync("/sign-in", Cancellation)), ["name"] = "vera", ["password"] = Password });
        using var answer = await browser.PostAsync("/sign-in", form, Cancellation);
        var cookie = answer.Headers.GetValues("Set-Cookie").Single(text => text.StartsWith("atr_session=", StringComparison.Ordinal)).ToLowerInvariant();
        foreach (var wanted in new[] { "httponly", "samesite=lax", "path=/" }) cookie.ShouldContain(wanted);
        cookie.ShouldNotContain("secure");
        cookie.ShouldNotContain("vera");
        (await browser.PostAsync("/sign-in", new FormUrlEncodedContent([new("name", "vera"), new("password", Password)]), Cancellation)).StatusCode.ShouldBe(HttpStatusCode.BadRequest);
    }

    [Fact]
    public async Task Five_failed_attempts_lock_sign_in_without_revealing_user_names()
    {
        await people.AddAsync("lena", KeyScopes.Read);
        using var browser = Browser();
        var told = new HashSet<string?>();
        for (var i = 0; i < 4; i++) told.Add(await SignInAsync(browser, "lena", "wrong wrong wrong"));
        told.Add(await SignInAsync(browser, "nobody", Password));
        told.ShouldBe([null]);
        (await SignInAsync(browser, "lena")).ShouldBe("/");
        // A success resets the count of failed attempts.
        await Task.WhenAll(
            Enumerable.Range(0, 8).Select(async _ => (await SignInAsync(browser, "lena", "wrong wrong wrong")).ShouldBeNull()));
        (await SignInAsync(browser, "lena")).ShouldBeNull();
        people.ClockOffset += TimeSpan.FromMinutes(15);
        (await SignInAsync(browser, "lena")).ShouldBe("/");

        var log = (await people.App.Services.GetRequiredService<IAuditStore>().ReadAuditLogAsync(null, 50, Cancellation)).Where(entry => entry.By == "lena").Select(entry => $"{entry.By} {entry.Action}");
        log.ShouldBe(["lena sign-in", "lena sign-in locked", "lena sign-in"]);
    }

    [Theory]
    [InlineData(4, null, 0, true)]
    [InlineData(0, 1000L, 0, false)]
    [InlineData(0, 1001L, 0, false)]
    [InlineData(0, 999L, 1, true)]
    public void Lock_is_effective_until_the_instant_it_ends(int tries, long? locked, int after, bool may)
    {
        var rules = new SignInOptions();
        var user = new UserDocument
        {
            Name = "a", Scopes = KeyScopes.Read, CreatedAt = default,
            Addresses = [new(Here, default) { FailedAttempts = tries, LockedUntil = locked is { } at ? new Timestamp(at) : null }],
        };
        user.IsUnlockedAt(Here, new Timestamp(999), rules).ShouldBe(may);
        user.IsUnlockedAt(There, new Timestamp(999), rules).ShouldBeTrue();
        if (!may) return;
        var tried = user.WithAttempt(Here, new Timestamp(999), rules);
        tried.Addresses.Single().FailedAttempts.ShouldBe(after);
        tried.IsUnlockedAt(Here, new Timestamp(999), rules).ShouldBe(tries < 4);
        tried.WithSuccess(Here, new Timestamp(1000)).IsUnlockedAt(Here, new Timestamp(999), rules).ShouldBeTrue();
    }

    [Fact]
    public void Name_that_many_addresses_guess_stays_open_where_its_user_signed_in()
    {
        var (rules, now) = (new SignInOptions(), new Timestamp(1_000_000));
        var user = new UserDocument { Name = "a", Scopes = KeyScopes.Read, CreatedAt = default }.WithSuccess(Here, now);
        for (var i = 0; i < 100; i++) user = user.WithAttempt($"10.0.0.{i}", now, rules);
        user.IsUnlockedAt(There, now, rules).ShouldBeFalse();
        user.IsUnlockedAt(Here, now, rules).ShouldBeTrue();
        user.IsUnlockedAt(There, now + rules.LockedFor, rules).ShouldBeTrue();
        user.IsUnlockedAt(There, now - TimeSpan.FromHours(1), rules).ShouldBeTrue("the clock was an hour ahead when the lock was set");
        user.Addresses.Length.ShouldBe(SignInAttempts.MaxAddresses);
    }

    [Fact]
    public async Task Failed_attempts_lock_a_name_for_their_address_only()
    {
        await using var own = new SignInHost();
        await own.InitializeAsync();
        await own.StopAsync();
        await own.StartAsync("--Host:SignIn:Proxies=127.0.0.1");
        using var attacker = own.Browser();
        attacker.DefaultRequestHeaders.Add("X-Forwarded-For", "10.9.9.9, 2001:db8:1:2::66");
        for (var i = 0; i < 6; i++) (await SignInAsync(attacker, "ada", "wrong wrong wrong")).ShouldBeNull();
        (await SignInAsync(attacker, "ada")).ShouldBeNull("locked here, even for the correct password");
        using var neighbor = own.Browser();
        neighbor.DefaultRequestHeaders.Add("X-Forwarded-For", "2001:db8:1:2:ffff::1");
        (await SignInAsync(neighbor, "ada")).ShouldBeNull("the same network of 64 bits");
        using var owner = own.Browser();
        owner.DefaultRequestHeaders.Add("X-Forwarded-For", "2001:db8:1:3::66");
        (await SignInAsync(owner, "ada")).ShouldBe("/");
    }

    [Fact]
    public async Task Sign_ins_beyond_the_queue_are_refused_at_once()
    {
        await using var own = new SignInHost();
        await own.InitializeAsync();
        using var browser = own.Browser();
        var token = TokenOf(await browser.GetStringAsync("/sign-in", Cancellation));
        var answers = await Task.WhenAll(Enumerable.Range(0, 60).Select(i => FormAsync(browser, "/sign-in", token, ("name", $"nobody{i}"), ("password", Password))));
        var refused = answers.Where(answer => answer.StatusCode == HttpStatusCode.TooManyRequests).ToList();
        refused.ShouldNotBeEmpty();
        refused.ShouldAllBe(answer => answer.Headers.RetryAfter!.Delta > TimeSpan.Zero);
        (answers.Length - refused.Count).ShouldBe(answers.Count(answer => answer.StatusCode == HttpStatusCode.Forbidden));
        foreach (var answer in answers) answer.Dispose();
        (await SignInAsync(browser, "vera")).ShouldBe("/", "places in the queue are given back");
    }

    [Fact]
    public void Queue_keeps_places_for_other_addresses()
    {
        using var queue = new PasswordCheckQueue();
        var places = Enumerable.Range(0, PasswordCheckQueue.MaxPendingPerAddress).Select(_ => queue.TryEnter(Here)).ToList();
        places.ShouldAllBe(place => place != null);
        queue.TryEnter(Here).ShouldBeNull();
        queue.TryEnter(There).ShouldNotBeNull();
        places[0]!.Dispose();
        queue.TryEnter(Here).ShouldNotBeNull();
    }

    [Fact]
    public async Task Signed_out_session_is_over_for_every_copy_of_its_cookie()
    {
        await using var own = new SignInHost();
        await own.InitializeAsync();
        var (kept, copied) = (new CookieContainer(), new CookieContainer());
        using var browser = own.Browser(cookies: kept);
        using var other = own.Browser();
        await SignInAsync(browser, "vera");
        await SignInAsync(other, "vera");
        copied.Add(kept.GetAllCookies());
        using var copy = own.Browser(cookies: copied);
        (await StatusAsync(copy, HttpMethod.Get, "/v1/models")).ShouldBe(200);

        using (await FormAsync(browser, "/sign-out", TokenOf(await browser.GetStringAsync("/", Cancellation)))) { }
        (await StatusAsync(copy, HttpMethod.Get, "/v1/models")).ShouldBe(401);
        (await StatusAsync(other, HttpMethod.Get, "/v1/models")).ShouldBe(200);
        await own.StopAsync();
        await own.StartAsync();
        using var later = own.Browser(cookies: copied);
        (await StatusAsync(later, HttpMethod.Get, "/v1/models")).ShouldBe(401);
    }

    [Fact]
    public async Task Sign_out_everywhere_ends_all_sessions_of_the_user()
    {
        await people.AddAsync("olga", KeyScopes.Read);
        using var browser = Browser();
        using var other = Browser();
        using var stranger = Browser();
        foreach (var (client, name) in new[] { (browser, "olga"), (other, "olga"), (stranger, "vera") }) await SignInAsync(client, name);
        using (var answer = await FormAsync(browser, "/sign-out/everywhere", TokenOf(await browser.GetStringAsync("/", Cancellation))))
            answer.Headers.Location!.ToString().ShouldBe("/sign-in");
        (await StatusAsync(other, HttpMethod.Get, "/v1/models")).ShouldBe(401);
        (await StatusAsync(stranger, HttpMethod.Get, "/v1/models")).ShouldBe(200);
    }

    [Fact]
    public async Task Session_in_use_ends_after_its_lifetime()
    {
        await using var own = new SignInHost();
        await own.InitializeAsync();
        await own.StopAsync();
        await own.StartAsync("--Host:SignIn:SessionLifetime=P1D");
        using var browser = own.Browser();
        await SignInAsync(browser, "vera");
        foreach (var status in new[] { 200, 200, 200, 401 })
        {
            own.ClockOffset += TimeSpan.FromHours(7);
            (await StatusAsync(browser, HttpMethod.Get, "/v1/models")).ShouldBe(status);
        }
    }

    [Theory]
    [InlineData("203.0.113.9", "203.0.113.9")]
    [InlineData("::ffff:203.0.113.9", "203.0.113.9")]
    [InlineData("2001:db8:1:2:3:4:5:6", "2001:db8:1:2::/64")]
    public void Address_prefix_is_an_ipv4_address_or_64_bits_of_ipv6(string address, string prefix) =>
        ClientAddress.FormatPrefix(IPAddress.Parse(address)).ShouldBe(prefix);

    [Fact]
    public async Task Session_survives_a_restart_and_ends_with_password_user_or_time()
    {
        await using var own = new SignInHost();
        await own.InitializeAsync();
        var cookies = new CookieContainer();
        using (var before = own.Browser(cookies: cookies)) await SignInAsync(before, "vera");
        await own.StopAsync();
        await own.StartAsync();
        using var browser = own.Browser(cookies: cookies);
        (await StatusAsync(browser, HttpMethod.Get, "/v1/models")).ShouldBe(200);

        await own.Users.UpdateUserAsync(
            "vera", user => user with { PasswordHash = PasswordSignIn.Hash("another password") }, Cancellation);
        await own.RefreshAsync();
        (await StatusAsync(browser, HttpMethod.Get, "/v1/models")).ShouldBe(401);

        await SignInAsync(browser, "ed");
        (await StatusAsync(browser, HttpMethod.Get, "/v1/models")).ShouldBe(200);
        own.ClockOffset += TimeSpan.FromHours(13);
        (await StatusAsync(browser, HttpMethod.Get, "/v1/models")).ShouldBe(401);

        await SignInAsync(browser, "ed");
        await own.Users.RemoveUserAsync("ed", Cancellation);
        await own.RefreshAsync();
        (await StatusAsync(browser, HttpMethod.Get, "/v1/models")).ShouldBe(401);
    }

    [Fact]
    public async Task Brand_user_sees_only_that_brand()
    {
        await people.App.Services.GetRequiredService<ICatalogStore>().AddAsync("glow", "JPY");
        await people.AddAsync("gil", KeyScopes.Edit, "glow");
        using var browser = Browser();
        await SignInAsync(browser, "gil");
        (await browser.GetStringAsync("/", Cancellation)).ShouldContain("currency JPY");
        (await StatusAsync(browser, HttpMethod.Get, "/?brand=default")).ShouldBe(403);
        (await StatusAsync(browser, HttpMethod.Put, "/v1/creators/mia", TokenOf(await browser.GetStringAsync("/", Cancellation)))).ShouldBe(403);
    }

    [Fact]
    public async Task Forwarded_headers_are_trusted_only_from_configured_proxies()
    {
        await using var own = new SignInHost();
        await own.InitializeAsync();
        (await StatusOf("vera")).ShouldBe(401, "no header is trusted by default");
        foreach (var (proxies, name, status) in new[] { ("127.0.0.0/8, 10.0.0.1", "vera", 200), ("10.0.0.1", "vera", 401) })
        {
            await own.StopAsync();
            await own.StartAsync($"--Host:SignIn:Proxies={proxies}", "--Host:SignIn:UserHeader=X-Forwarded-User");
            (await StatusOf(name)).ShouldBe(status, proxies);
            if (status != 200) continue;
            (await StatusOf("nobody")).ShouldBe(403);
            using var browser = Vouched("vera");
            (await StatusAsync(browser, HttpMethod.Put, "/v1/creators/mia")).ShouldBe(403);
            using var page = await browser.GetAsync("/sign-in", Cancellation);
            page.Headers.GetValues("Set-Cookie").Single().ShouldContain("secure");
        }

        HttpClient Vouched(string name)
        {
            var browser = own.Browser(html: false);
            browser.DefaultRequestHeaders.Add("X-Forwarded-User", name);
            browser.DefaultRequestHeaders.Add("X-Forwarded-Proto", "https");
            return browser;
        }

        async Task<int> StatusOf(string name)
        {
            using var browser = Vouched(name);
            return await StatusAsync(browser, HttpMethod.Get, "/v1/models");
        }
    }

    [Theory]
    [InlineData("--Host:SignIn:UserHeader=X-User", "Host:SignIn:UserHeader: any caller could send this header. List the reverse proxies that may send it in Host:SignIn:Proxies.")]
    [InlineData("--Host:SignIn:Proxies=10.0.0.5, proxy.example", "Host:SignIn:Proxies: 'proxy.example' is neither an address (10.0.0.5) nor a network (10.1.0.0/16, with no bits set after the prefix).")]
    public async Task Invalid_proxy_address_refuses_the_start(string setting, string message) =>
        (await Should.ThrowAsync<StartupException>(() => TestHost.BuildAsync(null, setting))).Message.ShouldBe(message);

    [Fact]
    public async Task Without_users_loopback_may_do_everything_but_cross_site_requests()
    {
        await using var own = new SignInHost();
        await own.StartAsync();
        using var browser = own.Browser();
        (await browser.GetStringAsync("/", Cancellation)).ShouldContain("Anyone on this machine has access");
        (await StatusAsync(browser, HttpMethod.Put, "/v1/creators/mia")).ShouldBe(201);
        browser.DefaultRequestHeaders.Add("Sec-Fetch-Site", "cross-site");
        (await StatusAsync(browser, HttpMethod.Put, "/v1/creators/mia")).ShouldBe(403);
        (await StatusAsync(browser, HttpMethod.Get, "/v1/creators/mia")).ShouldBe(200);
    }

    private HttpClient Browser(bool html = true, CookieContainer? cookies = null) => people.Browser(html, cookies);

    /// <summary>Signs in and returns the redirect target; null if the sign-in fails.</summary>
    private static async Task<string?> SignInAsync(HttpClient browser, string name, string password = Password, string next = "")
    {
        var token = TokenOf(await browser.GetStringAsync("/sign-in", Cancellation));
        using var answer = await FormAsync(
            browser, "/sign-in", token, ("name", name), ("password", password), ("next", next));
        if (answer.StatusCode == HttpStatusCode.Forbidden) return null;
        answer.StatusCode.ShouldBe(HttpStatusCode.Redirect, await answer.Content.ReadAsStringAsync(Cancellation));
        return answer.Headers.Location!.ToString();
    }

    private static async Task<HttpResponseMessage> FormAsync(
        HttpClient browser, string path, string token, params (string Name, string Value)[] fields)
    {
        using var form = new FormUrlEncodedContent(fields.Append(("form", token)).Select(field => KeyValuePair.Create(field.Item1, field.Item2)));
        return await browser.PostAsync(new Uri(path, UriKind.Relative), form, Cancellation);
    }

    private static string TokenOf(string page) => Regex.Match(page, "name=\"form\" value=\"([^\"]+)\"").Groups[1].Value;

    private static async Task<int> StatusAsync(HttpClient browser, HttpMethod method, string path, string? token = null)
    {
        using var request = new HttpRequestMessage(method, path);
        if (method == HttpMethod.Put) request.Content = new StringContent("""{"name":"Mia"}""", Encoding.UTF8, "application/json");
        if (token is not null) request.Headers.Add("RequestVerificationToken", token);
        if (path.StartsWith("/v1", StringComparison.Ordinal)) request.Headers.Add("Accept", "application/json");
        using var answer = await browser.SendAsync(request, Cancellation);
        return (int)answer.StatusCode;
    }
}
