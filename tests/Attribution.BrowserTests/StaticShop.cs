using System.Collections.Concurrent;
using System.Net;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;

namespace Attribution.BrowserTests;

/// <summary>
/// Shop of two pages on a separate origin: a landing page with the snippet and a form to buy, and the confirmation. Like a real
/// shop, it records the buyer's landing page and the values of the form's hidden fields.
/// </summary>
public sealed class StaticShop : IAsyncDisposable
{
    private readonly WebApplication app;
    private readonly ConcurrentDictionary<string, string> headsByPage = new();

    private StaticShop(WebApplication app) => this.app = app;

    /// <summary>The origin of the pages. Its host differs from the redirector's, so that they do not share cookies.</summary>
    public string Origin => $"http://localhost:{new Uri(app.Urls.Single()).Port}";

    /// <summary>The purchases in order.</summary>
    public ConcurrentQueue<Purchase> Purchases { get; } = new();

    /// <summary>The cookies of requests to the landing page and the checkout.</summary>
    public ConcurrentQueue<string> Cookies { get; } = new();

    public static async Task<StaticShop> StartAsync(CancellationToken cancellation)
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.UseUrls("http://127.0.0.1:0");
        var shop = new StaticShop(builder.Build());
        shop.app.MapGet("/{page}", (Delegate)shop.Landing);
        shop.app.MapPost("/checkout", (Delegate)shop.CheckoutAsync);
        await shop.app.StartAsync(cancellation);
        return shop;
    }

    /// <summary>Sets the contents of a page's head.</summary>
    public void Write(string page, string head) => headsByPage[page] = head;

    public ValueTask DisposeAsync() => app.DisposeAsync();

    private IResult Landing(HttpContext http, string page)
    {
        if (!headsByPage.TryGetValue(page, out var head)) return Results.NotFound();
        RecordCookies(http);
        var landed = WebUtility.HtmlEncode(http.Request.Path + http.Request.QueryString.ToString());
        return Results.Content(
            $"""
            <!doctype html><html lang="en"><head><meta charset="utf-8"><title>Shop</title>{head}</head><body>
            <form method="post" action="/checkout"><input type="hidden" name="landing" value="{landed}">
            <input type="hidden" name="atr_vid"><input type="hidden" name="atr_cid"><button>Buy</button></form></body></html>
            """,
            "text/html; charset=utf-8");
    }

    private async Task<IResult> CheckoutAsync(HttpContext http)
    {
        RecordCookies(http);
        var form = await http.Request.ReadFormAsync();
        Purchases.Enqueue(new(form["landing"].ToString(), form["atr_vid"].ToString(), form["atr_cid"].ToString()));
        return Results.Content("<!doctype html><title>Thanks</title><p id=thanks>Thank you", "text/html; charset=utf-8");
    }

    private void RecordCookies(HttpContext http)
    {
        if (http.Request.Headers.Cookie.ToString() is { Length: > 0 } cookies) Cookies.Enqueue(cookies);
    }
}

/// <summary>Purchase as recorded by the shop.</summary>
/// <param name="Landing">Path and query of the page on which the buyer landed.</param>
/// <param name="Visitor">The hidden field <c>atr_vid</c>; empty if the snippet did not set it.</param>
/// <param name="Click">The hidden field <c>atr_cid</c>; empty if the snippet did not set it.</param>
public sealed record Purchase(string Landing, string Visitor, string Click);
