using System.Text.Json.Nodes;
using Attribution.Host.Cli;
using Attribution.Host.Cli.Fetch;
using Attribution.Host.Tests.Fixtures;
using Attribution.Host.Tests.Ingest.Webhooks;
using Attribution.TestKit;

namespace Attribution.Host.Tests.Cli.Fetch;

/// <summary>Fetching a shop's orders from a scripted API, into a scripted host.</summary>
public sealed class ShopFetchTests : IAsyncLifetime
{
    private const string Answer = """{"orders":1,"accepted":1,"withoutEvents":0,"notCounted":0,"rejected":0,"results":[],"omitted":0,"dryRun":false}""";

    private static readonly DateTimeOffset Since = new(2026, 11, 20, 10, 0, 0, TimeSpan.FromHours(1));

    private readonly List<TimeSpan> waits = [];
    private readonly List<string> messages = [];
    private FetchState? saved;
    private ScriptedServer shop = null!;
    private ScriptedServer host = null!;

    public async ValueTask InitializeAsync() => (shop, host) = (await ScriptedServer.StartAsync(), await ScriptedServer.StartAsync());

    public async ValueTask DisposeAsync()
    {
        await shop.DisposeAsync();
        await host.DisposeAsync();
    }

    [Fact]
    public async Task WooCommerce_pages_are_imported_until_a_page_is_not_full()
    {
        shop.Enqueue(new JsonArray([.. Enumerable.Range(1, 100).Select(id => SampleOrders.WooCommerce(id: id))]).ToJsonString(), 200, ("Date", "Mon, 30 Nov 2026 10:00:00 GMT"));
        shop.Enqueue(new JsonArray(SampleOrders.WooCommerce(id: 101)).ToJsonString());
        host.Enqueue(Answer);
        host.Enqueue(Answer);
        var result = await FetchAsync(new WooCommercePages(new Uri(shop.Address, "/blog/"), "ck_1:cs_2"));
        result.ShouldBe(new FetchResult(2, 101, 2, 0, IsComplete: true));
        shop.Requests.Select(request => request.Path).ShouldBe(
        [
            "/blog/wp-json/wc/v3/orders?per_page=100&page=1&orderby=id&order=asc&status=any&dates_are_gmt=true&modified_after=2026-11-20T09%3A00%3A00Z",
            "/blog/wp-json/wc/v3/orders?per_page=100&page=2&orderby=id&order=asc&status=any&dates_are_gmt=true&modified_after=2026-11-20T09%3A00%3A00Z",
        ]);
        shop.Requests[0].Headers["Authorization"].ShouldBe("Basic Y2tfMTpjc18y");
        host.Requests.Select(request => (request.Path, request.Body.Split('\n').Length - 1)).ShouldBe(
            [("/v1/orders/import?format=woocommerce-orders&source=shop", 100), ("/v1/orders/import?format=woocommerce-orders&source=shop", 1)]);
        // The next command begins ten minutes before this one, by the shop's clock.
        saved.ShouldBe(new FetchState("woocommerce", "shop", new(2026, 11, 30, 9, 50, 0, TimeSpan.Zero)));
    }

    [Fact]
    public async Task Shopify_pages_follow_the_position_in_the_link_but_not_its_address()
    {
        shop.Enqueue("""{"orders":[{"id":1}]}""", 200, ("Link", """<https://evil.example/orders.json?limit=250&page_info=abc%3D>; rel="next", <https://x/?page_info=old>; rel="previous" """));
        shop.Enqueue("""{"orders":[{"id":2}]}""", 200, ("Link", """<https://x/?page_info=old>; rel="previous" """));
        host.Enqueue(Answer);
        host.Enqueue(Answer);
        (await FetchAsync(new ShopifyPages(shop.Address, "shpat_1"))).IsComplete.ShouldBeTrue();
        shop.Requests.Select(request => request.Path).ShouldBe(
        [
            "/admin/api/2026-07/orders.json?limit=250&status=any&updated_at_min=2026-11-20T09%3A00%3A00Z",
            "/admin/api/2026-07/orders.json?limit=250&page_info=abc%3D",
        ]);
        shop.Requests.ShouldAllBe(request => request.Headers["X-Shopify-Access-Token"] == "shpat_1");
        host.Requests.Select(request => request.Body).ShouldBe(["{\"id\":1}\n", "{\"id\":2}\n"]);
    }

    [Fact]
    public async Task Stripe_events_are_read_from_the_newest_back()
    {
        shop.Enqueue("""{"object":"list","has_more":true,"data":[{"id":"evt_9"},{"id":"evt_8"}]}""");
        shop.Enqueue("""{"object":"list","has_more":false,"data":[]}""");
        host.Enqueue(Answer);
        (await FetchAsync(new StripePages(shop.Address, "rk_live_1"))).ShouldBe(new FetchResult(2, 2, 1, 0, IsComplete: true));
        shop.Requests[0].Path.ShouldStartWith("/v1/events?limit=100&created[gte]=1795165200&types[]=checkout.session.completed&types[]=");
        shop.Requests[1].Path.ShouldEndWith("&starting_after=evt_8");
        shop.Requests[1].Headers["Authorization"].ShouldBe("Bearer rk_live_1");
    }

    [Fact]
    public async Task Rate_limit_is_waited_for_as_the_shop_asks()
    {
        shop.Enqueue("", 429, ("Retry-After", "2.5"));
        shop.Enqueue("", 503);
        shop.Enqueue("[]");
        (await FetchAsync(new WooCommercePages(shop.Address, "a:b"))).IsComplete.ShouldBeTrue();
        waits.ShouldBe([TimeSpan.FromSeconds(2.5), TimeSpan.FromSeconds(2)]);
    }

    [Fact]
    public async Task Stopped_command_continues_with_the_page_that_was_not_imported()
    {
        shop.Enqueue("""{"has_more":true,"data":[{"id":"evt_9"}]}""");
        shop.Enqueue("""{"has_more":true,"data":[{"id":"evt_8"}]}""");
        host.Enqueue(Answer);
        host.Enqueue("""{"title":"Internal error"}""", 500);
        await Should.ThrowAsync<HostClientException>(() => FetchAsync(new StripePages(shop.Address, "k")));
        var position = saved.ShouldNotBeNull();
        (position.Next, position.Since).ShouldBe(("evt_9", Since));

        shop.Enqueue("""{"has_more":false,"data":[{"id":"evt_8"}]}""");
        host.Enqueue(Answer);
        (await FetchAsync(new StripePages(shop.Address, "k"), position)).IsComplete.ShouldBeTrue();
        shop.Requests[^1].Path.ShouldEndWith("&starting_after=evt_9");
        host.Requests[^1].Body.ShouldBe("{\"id\":\"evt_8\"}\n");
    }

    [Fact]
    public async Task Number_of_pages_is_bounded()
    {
        for (var i = 0; i < 3; i++)
        {
            shop.Enqueue($$"""{"has_more":true,"data":[{"id":"evt_{{i}}"}]}""");
            host.Enqueue(Answer);
        }

        (await FetchAsync(new StripePages(shop.Address, "k"), maxPages: 2)).ShouldBe(new FetchResult(2, 2, 2, 0, IsComplete: false));
        saved!.Next.ShouldBe("evt_1");
    }

    [Theory]
    [InlineData(401, "refused the key (401)")]
    [InlineData(302, "redirects (302)")]
    [InlineData(404, "answered 404: check the address")]
    [InlineData(200, "did not answer with a list")]
    public async Task Refusal_is_explained_without_the_key(int status, string expected)
    {
        shop.Enqueue("<html>cs_secret</html>", status, ("Location", "https://elsewhere.example/"));
        var fault = await Should.ThrowAsync<HostClientException>(() => FetchAsync(new WooCommercePages(shop.Address, "ck_public:cs_secret")));
        fault.Message.ShouldContain(expected);
        fault.ToString().ShouldNotContain("cs_secret");
        string.Concat(messages).ShouldNotContain("cs_secret");
        shop.Requests.ShouldHaveSingleItem();
    }

    [Fact]
    public async Task Command_needs_a_start_and_a_key_and_keeps_the_position_in_a_file()
    {
        using var folder = new TempFolder();
        var state = folder.File("state.json");
        string[] arguments = ["fetch", "woocommerce", "shop", "--shop", shop.Address.ToString(), "--url", host.Address.ToString(), "--state", state];
        (await CliProcess.RunAsync([.. arguments, "--since", "P3D"])).Errors.ShouldContain("The shop's key is missing: set ATTRIBUTION_SHOP_KEY");
        var environment = new Dictionary<string, string> { [FetchCommand.KeyVariable] = "ck_1:cs_2" };
        (await CliProcess.RunAsync(environment, arguments)).Errors.ShouldContain("specify --since");

        shop.Enqueue(new JsonArray(SampleOrders.WooCommerce()).ToJsonString());
        host.Enqueue(Answer);
        var ended = await CliProcess.RunAsync(environment, [.. arguments, "--since", "2026-11-20T10:00:00+01:00"]);
        (ended.ExitCode, ended.Output).ShouldBe((0, "1 document: 1 accepted, 0 rejected"), ended.Errors);
        (await File.ReadAllTextAsync(state, TestContext.Current.CancellationToken)).ShouldNotContain("cs_2");

        shop.Enqueue("[]");
        (await CliProcess.RunAsync(environment, arguments)).Output.ShouldBe("0 documents: 0 accepted, 0 rejected");
        shop.Requests[^1].Path.ShouldNotContain("2026-11-20T09");
    }

    private async Task<FetchResult> FetchAsync(IShopPages pages, FetchState? start = null, int maxPages = 100)
    {
        using var client = new ShopClient((pause, _) =>
        {
            waits.Add(pause);
            return Task.CompletedTask;
        });
        using var target = new HostClient(host.Address);
        return await ShopFetch.RunAsync(
            pages, client, target, start ?? new(pages.Vendor, "shop", Since), null, maxPages, TimeProvider.System, state => saved = state, messages.Add, TestContext.Current.CancellationToken);
    }
}
