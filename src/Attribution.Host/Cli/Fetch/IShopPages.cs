using System.Text.Json;

namespace Attribution.Host.Cli.Fetch;

/// <summary>The pages of a vendor's API that list changed orders.</summary>
internal interface IShopPages
{
    /// <summary>Gets the vendor's name.</summary>
    string Vendor { get; }

    /// <summary>Gets the format of the documents, as for an import.</summary>
    string Format { get; }

    /// <summary>Creates the request for the next page, with the key.</summary>
    HttpRequestMessage CreateRequest(FetchState state);

    /// <summary>Reads a page.</summary>
    /// <param name="state">The state that the page was requested with.</param>
    /// <param name="response">The response.</param>
    /// <param name="body">Its body.</param>
    /// <returns>The documents, and the position of the next page; null on the last page.</returns>
    (IReadOnlyList<JsonElement> Documents, string? Next) Read(FetchState state, HttpResponseMessage response, JsonElement body);
}

/// <summary>
/// Shopify's Admin REST API: orders changed since a time, by pages of 250. A page names the next one by a link.
/// </summary>
/// <param name="shop">Address of the shop.</param>
/// <param name="key">Access token of an app.</param>
internal sealed class ShopifyPages(Uri shop, string key) : IShopPages
{
    private const string ApiVersion = "2026-07";
    private const string PageInfo = "page_info=";

    public string Vendor => "shopify";

    public string Format => "shopify-orders";

    public HttpRequestMessage CreateRequest(FetchState state)
    {
        var query = state.Next is { } next
            ? $"limit=250&{PageInfo}{Uri.EscapeDataString(next)}"
            : $"limit=250&status=any&updated_at_min={ShopTime.Format(state.Since)}";
        var request = new HttpRequestMessage(HttpMethod.Get, new Uri(shop, $"/admin/api/{ApiVersion}/orders.json?{query}"));
        request.Headers.Add("X-Shopify-Access-Token", key);
        return request;
    }

    public (IReadOnlyList<JsonElement> Documents, string? Next) Read(FetchState state, HttpResponseMessage response, JsonElement body)
    {
        var links = response.Headers.TryGetValues("Link", out var values) ? string.Join(',', values) : "";
        var next = links.Split(',').FirstOrDefault(link => link.Contains("rel=\"next\"", StringComparison.Ordinal));
        // Only the position is taken from the link: its address must not receive the key.
        var position = next is not null && next.IndexOf(PageInfo, StringComparison.Ordinal) is >= 0 and var at
            ? Uri.UnescapeDataString(next[(at + PageInfo.Length)..].Split('&', '>')[0]) : null;
        return ([.. body.GetProperty("orders").EnumerateArray()], position);
    }
}

/// <summary>
/// WooCommerce's REST API: orders changed since a time, by pages of 100. They are ordered by id, so that an order that
/// changes meanwhile moves no other to a page that was read before.
/// </summary>
/// <param name="shop">Address of the shop.</param>
/// <param name="key">Consumer key and secret, separated by a colon.</param>
internal sealed class WooCommercePages(Uri shop, string key) : IShopPages
{
    private const int PageSize = 100;

    public string Vendor => "woocommerce";

    public string Format => "woocommerce-orders";

    public HttpRequestMessage CreateRequest(FetchState state)
    {
        var path = $"{shop.AbsolutePath.TrimEnd('/')}/wp-json/wc/v3/orders?per_page={PageSize}&page={state.Next ?? "1"}&orderby=id&order=asc&status=any"
            + $"&dates_are_gmt=true&modified_after={ShopTime.Format(state.Since)}";
        var request = new HttpRequestMessage(HttpMethod.Get, new Uri(shop, path));
        request.Headers.Authorization = new("Basic", Convert.ToBase64String(System.Text.Encoding.UTF8.GetBytes(key)));
        return request;
    }

    public (IReadOnlyList<JsonElement> Documents, string? Next) Read(FetchState state, HttpResponseMessage response, JsonElement body)
    {
        var orders = body.EnumerateArray().ToList();
        var page = int.Parse(state.Next ?? "1", System.Globalization.CultureInfo.InvariantCulture);
        return (orders, orders.Count < PageSize ? null : (page + 1).ToString(System.Globalization.CultureInfo.InvariantCulture));
    }
}

/// <summary>Stripe's list of events, newest first, by pages of 100. Stripe keeps events for 30 days.</summary>
/// <param name="api">Address of the API.</param>
/// <param name="key">Secret or restricted key.</param>
internal sealed class StripePages(Uri api, string key) : IShopPages
{
    /// <summary>Time for which Stripe keeps events.</summary>
    public static readonly TimeSpan Retention = TimeSpan.FromDays(30);

    private static readonly string[] Types =
    [
        "checkout.session.completed", "checkout.session.async_payment_succeeded", "invoice.paid", "invoice_payment.paid", "charge.succeeded",
        "refund.created", "refund.updated", "refund.failed", "charge.dispute.closed",
    ];

    public string Vendor => "stripe";

    public string Format => "stripe-events";

    public HttpRequestMessage CreateRequest(FetchState state)
    {
        var query = $"limit=100&created[gte]={state.Since.ToUnixTimeSeconds()}{string.Concat(Types.Select(type => $"&types[]={type}"))}"
            + (state.Next is { } next ? $"&starting_after={Uri.EscapeDataString(next)}" : "");
        var request = new HttpRequestMessage(HttpMethod.Get, new Uri(api, $"/v1/events?{query}"));
        request.Headers.Authorization = new("Bearer", key);
        return request;
    }

    public (IReadOnlyList<JsonElement> Documents, string? Next) Read(FetchState state, HttpResponseMessage response, JsonElement body)
    {
        var events = body.GetProperty("data").EnumerateArray().ToList();
        return (events, body.GetProperty("has_more").GetBoolean() ? events[^1].GetProperty("id").GetString() : null);
    }
}

/// <summary>Times as vendors' APIs take them.</summary>
internal static class ShopTime
{
    /// <summary>Formats a time in UTC to the second, for a query.</summary>
    public static string Format(DateTimeOffset time) =>
        Uri.EscapeDataString(time.UtcDateTime.ToString("yyyy-MM-dd'T'HH:mm:ss'Z'", System.Globalization.CultureInfo.InvariantCulture));
}
