using System.Text.Json;
using Attribution.Contracts.Catalog;
using Attribution.Core.Catalog;
using Attribution.Core.Values;
using Attribution.Host.Hosting;
using Attribution.Host.Ingest.Redirect;
using Attribution.Host.Tests.Fixtures;
using Attribution.Storage.Catalog;
using Attribution.TestKit;
using Microsoft.Extensions.DependencyInjection;

namespace Attribution.Host.Tests.Ingest.Api;

public sealed class RedirectTests : IAsyncLifetime
{
    private readonly HttpClient http = new(new SocketsHttpHandler { AllowAutoRedirect = false, UseCookies = false, UseProxy = false });
    private IngestHost host = null!;

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    public async ValueTask InitializeAsync()
    {
        host = await IngestHost.StartAsync(null, null, "--Ingest:Spool:RedeliverAfter=00:00:00.05");
        http.BaseAddress = host.Client.BaseAddress;
        var ended = DateTimeOffset.UtcNow.AddDays(-1);
        ICatalogItem[] items =
        [
            new CreatorItem("mia", "Mia"), new BrandItem("glow", "Glow"), new BrandItem("bloom", "Bloom"),
            new CampaignItem("spring", "Spring"), new CampaignItem("glow-1", "Glow", "glow"), new CampaignItem("bloom-1", "Bloom", "bloom"),
            Link("mia-spring", "https://shop.example/spring?size=m#top", "spring") with { Utm = new UtmItem("instagram", Campaign: "spring") },
            Link("over", "https://shop.example/over", "spring") with { ValidTo = ended },
            Link("moved", "https://shop.example/old", "spring") with { ValidTo = ended, Fallback = "https://shop.example/new" },
            Link("later", "https://shop.example/later", "spring") with { ValidFrom = DateTimeOffset.UtcNow.AddDays(1) },
            Link("hands-1", "https://shop.example/first", "spring", "hands") with { ValidTo = ended },
            Link("hands-2", "https://shop.example/second", "spring", "hands") with { ValidFrom = ended },
            Link("cased-1", "https://shop.example/lower", "spring", "cased"), Link("cased-2", "https://shop.example/upper", "spring", "Cased"),
            Link("only-glow", "https://glow.example/", "glow-1"),
            Link("shared-glow", "https://glow.example/", "glow-1", "shared"), Link("shared-bloom", "https://bloom.example/", "bloom-1", "shared"),
        ];
        await PutAsync(items);
    }

    [Fact]
    public async Task Link_redirects_to_its_destination_and_records_a_click()
    {
        using var answer = await FollowAsync("/r/mia-spring", ("Referer", "https://www.instagram.com/"), ("User-Agent", "Mozilla/5.0 (iPhone) Instagram 300"));

        answer.StatusCode.ShouldBe(System.Net.HttpStatusCode.Redirect);
        answer.Headers.CacheControl!.NoStore.ShouldBeTrue();
        var click = await GetRecordedClickAsync();
        var id = click.GetProperty("clickId").GetString()!;
        answer.Headers.GetValues("Location").Single().ShouldBe($"https://shop.example/spring?size=m&utm_source=instagram&utm_campaign=spring&atr_cid={id}#top");
        var cookie = answer.Headers.GetValues("Set-Cookie").Single();
        cookie.ShouldBe($"atr_vid={click.GetProperty("visitorId").GetString()}; max-age=31536000; path=/; samesite=lax; httponly");
        click.GetProperty("link").GetString().ShouldBe("mia-spring");
        click.GetProperty("referrer").GetString().ShouldBe("https://www.instagram.com/");
        click.GetProperty("userAgent").GetString().ShouldBe("Mozilla/5.0 (iPhone) Instagram 300");
        click.TryGetProperty("label", out _).ShouldBeFalse();
        host.Recorder.Committed.Single().Source.ShouldBe("redirect");
    }

    [Theory]
    [InlineData("v-77", true)]
    [InlineData("", false)]
    [InlineData("a b", false)]
    [InlineData("<script>", false)]
    public async Task Returning_visitor_keeps_a_valid_id(string id, bool kept)
    {
        using var answer = await FollowAsync("/r/mia-spring", ("Cookie", $"other=1; atr_vid={id}"));
        ((await GetRecordedClickAsync()).GetProperty("visitorId").GetString() == id).ShouldBe(kept);
    }

    [Theory]
    [InlineData("/r/nobody", 404, null)]
    [InlineData("/r/MIA-SPRING", 302, "https://shop.example/spring?size=m&utm_source=instagram")]
    [InlineData("/R/Mia-Spring", 302, "https://shop.example/spring?size=m&utm_source=instagram")]
    [InlineData("/r/Cased", 302, "https://shop.example/upper?atr_cid=")]
    [InlineData("/r/cased", 302, "https://shop.example/lower?atr_cid=")]
    [InlineData("/r/Bloom/SHARED", 302, "https://bloom.example/?atr_cid=")]
    [InlineData("/r/moved?gclid=g&atr_cid=stale", 302, "https://shop.example/new?gclid=g")]
    [InlineData("/r/later", 404, null)]
    [InlineData("/r/over", 410, null)]
    [InlineData("/r/moved", 302, "https://shop.example/new")]
    [InlineData("/r/hands", 302, "https://shop.example/second?atr_cid=")]
    [InlineData("/r/only-glow", 302, "https://glow.example/?atr_cid=")]
    [InlineData("/r/shared", 302, "https://glow.example/?atr_cid=")]
    [InlineData("/r/bloom/shared", 302, "https://bloom.example/?atr_cid=")]
    [InlineData("/r/glow/mia-spring", 404, null)]
    [InlineData("/r/https:%2F%2Fevil.example", 404, null)]
    public async Task Slug_resolves_to_the_expected_destination(string path, int status, string? leadsTo)
    {
        using var answer = await FollowAsync(path);
        ((int)answer.StatusCode).ShouldBe(status);
        answer.Headers.CacheControl!.NoStore.ShouldBeTrue();
        if (leadsTo is null) answer.Headers.Location.ShouldBeNull();
        else answer.Headers.GetValues("Location").Single().ShouldStartWith(leadsTo);
    }

    [Fact]
    public async Task Parameters_of_the_address_reach_the_destination()
    {
        using var answer = await FollowAsync("/r/mia-spring?fbclid=IwAR1&utm_content=story1&utm_source=evil&size=l&atr_cid=stale");
        var id = (await GetRecordedClickAsync()).GetProperty("clickId").GetString()!;
        answer.Headers.GetValues("Location").Single().ShouldBe(
            $"https://shop.example/spring?size=m&fbclid=IwAR1&utm_content=story1&utm_source=instagram&utm_campaign=spring&atr_cid={id}#top");
    }

    [Theory]
    [InlineData("/r/mia-sprnig", "default", "mia-sprnig")]
    [InlineData("/r/glow/nobody", "glow", "nobody")]
    [InlineData("/r/Glow/nobody", "glow", "nobody")]
    [InlineData("/r/gloww/nobody", "default", "gloww/nobody")]
    [InlineData("/r/mia-spring%E2%80%8B", "default", "mia-spring\u200b")]
    [InlineData("/r/later", "default", "later")]
    public async Task Slug_asked_for_in_vain_is_recorded_as_a_click(string path, string brand, string link)
    {
        using var answer = await FollowAsync(path, ("Cookie", "atr_vid=v-77"), ("User-Agent", "Mozilla/5.0 (iPhone)"));
        answer.StatusCode.ShouldBe(System.Net.HttpStatusCode.NotFound);
        answer.Headers.Contains("Set-Cookie").ShouldBeFalse();
        var click = await GetRecordedClickAsync();
        click.GetProperty("link").GetString().ShouldBe(link);
        click.GetProperty("visitorId").GetString().ShouldBe("v-77");
        click.GetProperty("userAgent").GetString().ShouldBe("Mozilla/5.0 (iPhone)");
        host.Recorder.Committed.Single().BrandId.ShouldBe(brand);
    }

    [Fact]
    public async Task Invented_slugs_are_recorded_up_to_a_limit()
    {
        using (await FollowAsync("/r/" + new string('x', 65))) { }
        using (await FollowAsync("/r/a%0Ab")) { }
        for (var i = 0; i < UnknownSlugs.MaxPerDay + 20; i++)
            using (await FollowAsync($"/r/made-up-{i}")) { }
        using (await FollowAsync("/r/made-up-7")) { }
        using (await FollowAsync("/r/mia-spring")) { }

        await Eventually.IsTrueAsync(() => host.Recorder.EventIds.Count == UnknownSlugs.MaxPerDay + 2, "the first names and the known link came in");
    }

    [Theory]
    [InlineData("default", "spring")]
    [InlineData("bloom", "bloom-1")]
    [InlineData("third", "third-1")]
    public async Task Slug_keeps_its_destination_when_another_brand_takes_it(string brand, string campaign)
    {
        await PutAsync(new BrandItem("third", "Third"), new CampaignItem("third-1", "Third", "third"));
        await PutAsync(Link($"late-{brand}", "https://late.example/", campaign, "Only-Glow"));

        foreach (var slug in new[] { "only-glow", "Only-Glow", "ONLY-GLOW" })
        {
            using var bare = await FollowAsync($"/r/{slug}");
            bare.Headers.GetValues("Location").Single().ShouldStartWith("https://glow.example/?atr_cid=", Case.Sensitive, slug);
        }

        using var late = await FollowAsync($"/r/{brand}/only-glow");
        late.Headers.GetValues("Location").Single().ShouldStartWith("https://late.example/?atr_cid=");
    }

    [Theory]
    [InlineData("GET", "Sec-Purpose", "prefetch;prerender", "prefetch")]
    [InlineData("GET", "Purpose", "prefetch", "prefetch")]
    [InlineData("GET", "X-Purpose", "preview", "prefetch")]
    [InlineData("GET", "X-Moz", "prefetch", "prefetch")]
    [InlineData("HEAD", "X-Nothing", "1", "head")]
    public async Task Automated_click_is_redirected_and_labeled(string method, string header, string value, string label)
    {
        using var request = new HttpRequestMessage(new HttpMethod(method), "/r/mia-spring");
        request.Headers.Add(header, value);
        using var answer = await http.SendAsync(request, Cancellation);
        answer.StatusCode.ShouldBe(System.Net.HttpStatusCode.Redirect);
        (await GetRecordedClickAsync()).GetProperty("label").GetString().ShouldBe(label);
    }

    [Fact]
    public async Task Oversized_headers_are_truncated_and_the_click_is_kept()
    {
        using var answer = await FollowAsync("/r/mia-spring", ("User-Agent", new string('a', 5_000)), ("Referer", "https://x.example/" + new string('b', 6_000)));
        var click = await GetRecordedClickAsync();
        click.GetProperty("userAgent").GetString()!.Length.ShouldBe(1_024);
        click.GetProperty("referrer").GetString()!.Length.ShouldBe(4_096);
    }

    [Fact]
    public async Task Unavailable_bus_and_store_do_not_delay_a_redirect()
    {
        host.Recorder.Commits = false;
        for (var i = 0; i < 20; i++)
        {
            using var answer = await FollowAsync("/r/mia-spring");
            answer.StatusCode.ShouldBe(System.Net.HttpStatusCode.Redirect);
        }

        await Eventually.IsTrueAsync(() => host.Recorder.Delivered.Count > 0, "a click met a store that is away");
        host.Recorder.Commits = true;
        await Eventually.IsTrueAsync(() => host.Recorder.EventIds.Count == 20, "all clicks came in");
    }

    public async ValueTask DisposeAsync()
    {
        http.Dispose();
        await host.DisposeAsync();
    }

    private static LinkItem Link(string id, string destination, string campaign, string? slug = null) => new(id, slug ?? id, destination, campaign, "mia");

    private async Task PutAsync(params ICatalogItem[] items)
    {
        (await host.Store.Catalog.WriteChangeAsync(
            new CatalogChange
            {
                ExpectedVersion = await host.Store.Catalog.ReadCatalogVersionAsync(Cancellation),
                Puts = [.. items.Select(item => KeyValuePair.Create(CatalogKinds.RefOf(item), item))],
                At = new Timestamp(0),
            },
            Cancellation)).ShouldBeTrue();
        await host.Services.GetRequiredService<CatalogCache>().RefreshAsync(Cancellation);
    }

    private async Task<HttpResponseMessage> FollowAsync(string path, params (string Name, string Value)[] headers)
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, path);
        foreach (var (name, value) in headers) request.Headers.TryAddWithoutValidation(name, value).ShouldBeTrue();
        return await http.SendAsync(request, Cancellation);
    }

    private async Task<JsonElement> GetRecordedClickAsync()
    {
        await Eventually.IsTrueAsync(() => host.Recorder.Events.Count == 1, "the click came in");
        return JsonDocument.Parse(host.Recorder.Events.Single()).RootElement;
    }
}
