using System.Net;
using System.Text;
using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using Attribution.Host.Access;
using Attribution.Storage.Access;
using Attribution.TestKit;

namespace Attribution.Host.Tests.Infra;

/// <summary>A host behind the proxies of <c>infra/proxy</c>, called over TLS and HTTP/2.</summary>
public sealed class ReverseProxyTests
{
    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData("nginx")]
    [InlineData("caddy")]
    public async Task Proxy_passes_sign_ins_streams_and_bodies_of_any_size(string program)
    {
        Assert.SkipWhen(Executables.Find(program) is null, $"{program} is not installed");
        await using var host = await TestHost.StartNewAsync("--Host:SignIn:Proxies=127.0.0.1");
        await host.GetService<IUserStore>().AddUserAsync(
            new UserDocument { Name = "ada", PasswordHash = PasswordSignIn.Hash("correct horse battery"), Scopes = KeyScopes.Admin, CreatedAt = default }, Cancellation);
        var key = await host.AddKeyAsync("shop", KeyScopes.Ingest | KeyScopes.Read);
        await host.GetService<ApiCredentialCache>().RefreshAsync(Cancellation);
        await using var proxy = await ReverseProxy.StartAsync(program, host.Address);
        using var browser = proxy.CreateBrowser();

        await ShouldSignInAsync(browser);
        browser.DefaultRequestHeaders.Authorization = new("Bearer", key.Text);
        await ShouldStreamEventsAsync(browser);
        await ShouldLeaveLimitsToTheHostAsync(browser);
    }

    private static async Task ShouldSignInAsync(HttpClient browser)
    {
        // What a client says about itself counts for nothing.
        browser.DefaultRequestHeaders.Add("X-Forwarded-Proto", "http");
        browser.DefaultRequestHeaders.Add("X-Forwarded-For", "203.0.113.7");
        var page = await browser.GetStringAsync("/sign-in", Cancellation);
        using var form = new FormUrlEncodedContent(
        [
            new("name", "ada"), new("password", "correct horse battery"), new("next", "/creators"),
            new("form", Regex.Match(page, "name=\"form\" value=\"([^\"]+)\"").Groups[1].Value),
        ]);
        using var answer = await browser.PostAsync("/sign-in", form, Cancellation);
        (answer.StatusCode, answer.Version).ShouldBe((HttpStatusCode.Redirect, HttpVersion.Version20));
        answer.Headers.Location!.ToString().ShouldBe("/creators");
        answer.Headers.GetValues("Set-Cookie").ShouldAllBe(cookie => cookie.Contains("; secure", StringComparison.OrdinalIgnoreCase));
        (await browser.GetStringAsync("/creators", Cancellation)).ShouldContain("ada (");
    }

    /// <summary>Posts 20,000 events; the host attributes the first while the rest is not sent yet.</summary>
    private static async Task ShouldStreamEventsAsync(HttpClient browser)
    {
        var sent = new TaskCompletionSource();
        using var body = new StreamedContent(async stream =>
        {
            await stream.WriteAsync(Encoding.UTF8.GetBytes(Orders(0, 5_000)), Cancellation);
            await stream.FlushAsync(Cancellation);
            await Eventually.IsTrueAsync(
                async () => (await browser.GetAsync("/v1/conversions/o-0", Cancellation)).IsSuccessStatusCode, "the host reads the events while they arrive");
            await stream.WriteAsync(Encoding.UTF8.GetBytes(Orders(5_000, 15_000)), Cancellation);
            sent.SetResult();
        });
        using var answer = await browser.PostAsync("/v1/events", body, Cancellation);
        answer.StatusCode.ShouldBe(HttpStatusCode.Accepted);
        sent.Task.IsCompletedSuccessfully.ShouldBeTrue();
        ((int)JsonNode.Parse(await answer.Content.ReadAsStringAsync(Cancellation))!["accepted"]!).ShouldBe(20_000);

        using var export = await browser.GetAsync("/v1/export/rollups", HttpCompletionOption.ResponseHeadersRead, Cancellation);
        export.Content.Headers.ContentType!.MediaType.ShouldBe("application/x-ndjson");
        using var lines = new StreamReader(await export.Content.ReadAsStreamAsync(Cancellation));
        (await lines.ReadLineAsync(Cancellation)).ShouldNotBeNull().ShouldStartWith("{");
    }

    private static async Task ShouldLeaveLimitsToTheHostAsync(HttpClient browser)
    {
        using var large = new StringContent("[" + new string(' ', 2 << 20) + "]", Encoding.UTF8, "application/json");
        using var answer = await browser.PostAsync("/v1/events", large, Cancellation);
        answer.StatusCode.ShouldBe(HttpStatusCode.RequestEntityTooLarge);
        answer.Content.Headers.ContentType!.MediaType.ShouldBe("application/problem+json");
    }

    private static string Orders(int first, int count) => string.Concat(Enumerable.Range(first, count).Select(number =>
        $$"""{"type":"conversion","id":"o-{{number}}","occurredAt":"{{DateTimeOffset.UtcNow:yyyy-MM-dd'T'HH:mm:ss'Z'}}","kind":"order","orderId":"o-{{number}}","currency":"USD","gross":"10.00"}{{'\n'}}"""));

    /// <summary>NDJSON of unknown length, written while it is sent.</summary>
    private sealed class StreamedContent : HttpContent
    {
        private readonly Func<Stream, Task> write;

        public StreamedContent(Func<Stream, Task> write)
        {
            this.write = write;
            Headers.ContentType = new("application/x-ndjson");
        }

        protected override Task SerializeToStreamAsync(Stream stream, TransportContext? context) => write(stream);

        protected override bool TryComputeLength(out long length)
        {
            length = 0;
            return false;
        }
    }
}
