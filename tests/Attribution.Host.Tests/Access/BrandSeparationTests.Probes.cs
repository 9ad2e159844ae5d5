namespace Attribution.Host.Tests.Access;

/// <content>The requests that each caller makes for what another brand has.</content>
public sealed partial class BrandSeparationTests
{
    /// <summary>Kinds of catalog items that belong to a brand, with a body that names a campaign.</summary>
    private static readonly (string Kind, string Id, string Body)[] Kinds =
    [
        ("brands", "$", """{"name":"Taken"}"""),
        ("campaigns", "$-camp", """{"name":"Taken","brandId":"$"}"""),
        ("links", "$-link", """{"slug":"$-slug","destination":"https://shop.example/","campaignId":"$-camp","creatorId":"mia"}"""),
        ("codes", "$-code", """{"code":"$10","campaignId":"$-camp","creatorId":"mia"}"""),
        ("publishers", "$-publisher", """{"provider":"ref","publisherId":"$","campaignId":"$-camp","creatorId":"mia"}"""),
        ("utm-rules", "$-rule", """{"match":{"campaign":"$"},"campaignId":"$-camp","creatorId":"mia"}"""),
        ("agreements", "$-agre", """{"campaignId":"$-camp","creatorId":"mia","validFrom":"2026-03-01","commission":{"kind":"percent_of_net","rate":"10"}}"""),
        ("costs", "$-cost", """{"campaignId":"$-camp","creatorId":"mia","kind":"fee","currency":"USD","amount":"3.00","recognition":"on_date","on":"2026-10-02"}"""),
        ("monthly-nets", "$-camp.2026-02", """{"campaignId":"$-camp","month":"2026-02","creators":[{"creatorId":"mia","net":"1.00"}]}"""),
    ];

    /// <summary>Kinds of catalog items that all brands share, so that none of them is another brand's.</summary>
    private static readonly string[] SharedKinds = ["creators", "fx-rates"];

    private static IEnumerable<Probe> Probes()
    {
        foreach (var (kind, id, body) in Kinds)
        {
            yield return new("GET", $"/v1/{kind}", $"/v1/{kind}");
            yield return new("GET", $"/v1/{kind}", $"/v1/{kind}?format=ndjson");
            yield return new("GET", $"/v1/{kind}/{{id}}", $"/v1/{kind}/{id}") { Exists = true };
            yield return new("GET", $"/v1/{kind}/{{id}}/history", $"/v1/{kind}/{id}/history") { Exists = true };
            yield return new("PUT", $"/v1/{kind}/{{id}}", $"/v1/{kind}/{id}", body) { IfMatch = "*" };
            yield return new("PUT", $"/v1/{kind}/{{id}}", $"/v1/{kind}/{id}", body) { IfMatch = "\"0123456789ab\"" };
            yield return new("PUT", $"/v1/{kind}/{{id}}", $"/v1/{kind}/{(kind == "brands" ? "$" : "new")}", body);
            yield return new("DELETE", $"/v1/{kind}/{{id}}", $"/v1/{kind}/{id}");
            yield return new("DELETE", $"/v1/{kind}/{{id}}", $"/v1/{kind}/{id}") { IfMatch = "*" };
            yield return new("POST", $"/v1/{kind}/import", $"/v1/{kind}/import", $"{{\"id\":\"{(kind == "brands" ? "$" : "new")}\",{body[1..]}") { Type = "application/x-ndjson" };
        }

        foreach (var kind in SharedKinds)
        {
            yield return new("GET", $"/v1/{kind}", $"/v1/{kind}");
            yield return new("GET", $"/v1/{kind}/{{id}}", $"/v1/{kind}/$");
            yield return new("GET", $"/v1/{kind}/{{id}}/history", $"/v1/{kind}/$/history");
            yield return new("PUT", $"/v1/{kind}/{{id}}", $"/v1/{kind}/$", "{}");
            yield return new("DELETE", $"/v1/{kind}/{{id}}", $"/v1/{kind}/$");
            yield return new("POST", $"/v1/{kind}/import", $"/v1/{kind}/import", """{"id":"$"}""") { Type = "application/x-ndjson" };
        }

        foreach (var probe in ReportProbes().Concat(CommandProbes()).Concat(PageProbes())) yield return probe;
    }

    private static IEnumerable<Probe> ReportProbes()
    {
        yield return new("GET", "/v1/links/{id}/qr", "/v1/links/$-link/qr") { Exists = true };
        foreach (var route in new[] { "/v1/rollups/daily", "/v1/roi", "/v1/ranking", "/v1/posts", "/v1/conversions", "/v1/restatements" })
        {
            yield return new("GET", route, $"{route}?{Days}");
            if (route == "/v1/conversions") yield return new("GET", route, $"{route}?{Days}&credit=none");
            yield return new("GET", route, $"{route}?{Days}&campaign=$-camp") { Exists = true };
            yield return new("GET", route, $"{route}?{Days}&campaign=$-cam");
            if (route != "/v1/ranking") yield return new("GET", route, $"{route}?{Days}&creator=$-creator");
        }

        foreach (var filter in new[] { "", "&campaign=$-cam", "&creator=$-creator" })
            yield return new("GET", "/v1/changes", $"/v1/changes?{Days}&previousFrom=2026-09-01&previousTo=2026-09-30{filter}");
        yield return new("GET", "/v1/changes", $"/v1/changes?{Days}&previousFrom=2026-09-01&previousTo=2026-09-30&campaign=$-camp") { Exists = true };
        yield return new("GET", "/v1/compare", $"/v1/compare?{Days}&a=campaigns/$-camp&b=campaigns/our-camp");
        yield return new("GET", "/v1/compare", $"/v1/compare?{Days}&a=posts/$-post&b=posts/$-post2");
        yield return new("GET", "/v1/compare", $"/v1/compare?{Days}&a=creators/mia&b=creators/tom&campaign=$-camp");
        yield return new("GET", "/v1/budget", "/v1/budget?campaign=$-camp") { Exists = true };
        yield return new("GET", "/v1/conversions/{id}", "/v1/conversions/$-order") { Exists = true };
        yield return new("GET", "/v1/conversions", "/v1/conversions?id=$-order") { Exists = true };
        foreach (var id in new[] { "visitor=$-visitor", "customer=$-customer", "order=$-order" })
            yield return new("GET", "/v1/journeys", $"/v1/journeys?{id}") { Exists = true };
        yield return new("GET", "/v1/export/ledger", "/v1/export/ledger");
        yield return new("GET", "/v1/export/rollups", "/v1/export/rollups");
        foreach (var route in new[] { "/v1/models", "/v1/fits", "/v1/unmatched", "/v1/code-usage", "/v1/rejections", "/v1/quality" }) yield return new("GET", route, route);
        foreach (var filter in new[] { "", "&campaign=$-cam", "&creator=$-creator" }) 
            foreach (var route in new[] { "/v1/products", "/v1/cohorts" }) yield return new("GET", route, $"{route}?{Days}{filter}");
        yield return new("GET", "/v1/rejections", "/v1/rejections?status=resolved&cursor=~C");
        yield return new("GET", "/v1/statements", "/v1/statements?creator=mia&month=2026-10");
        yield return new("GET", "/v1/statements", "/v1/statements?creator=$&month=2026-10");
        yield return new("GET", "/v1/statements/months/{month}", "/v1/statements/months/2026-10");
        yield return new("GET", "/v1/statements/{number}", "/v1/statements/~N") { Exists = true };
        yield return new("GET", "/v1/what-if/{id}", "/v1/what-if/~W") { Exists = true };
        yield return new("GET", "/v1/what-if/{id}", "/v1/what-if/~W?format=csv");
        yield return new("GET", "/v1/audit", "/v1/audit");
        yield return new("GET", "/v1/reconcile/{id}", "/v1/reconcile/~W");
        yield return new("GET", "/v1/rebuild/{id}", "/v1/rebuild/~W");
    }

    private static IEnumerable<Probe> CommandProbes()
    {
        foreach (var kind in new[] { "links", "codes" })
            yield return new("POST", $"/v1/{kind}/generate", $"/v1/{kind}/generate", $$"""{"campaignId":"$-camp","creatorIds":["mia"]{{(kind == "links" ? ",\"destination\":\"https://shop.example/\"" : "")}}}""");
        yield return new("POST", "/v1/what-if", "/v1/what-if", """{"brand":"$","from":"2026-10-01","to":"2026-10-31","model":"linear"}""");
        foreach (var (route, body) in new[]
        {
            ("close", """{"month":"2026-10","brandId":"$"}"""), ("close", """{"month":"2026-10","creatorId":"$"}"""),
            ("approve", """{"month":"2026-10","creatorId":"mia","items":["o:$-order"]}"""), ("approve", """{"month":"2026-10","creatorId":"mia","brandId":"$"}"""),
        })
            yield return new("POST", $"/v1/statements/{route}", $"/v1/statements/{route}", body);
        yield return new("POST", "/v1/statements/{number}/paid", "/v1/statements/~N/paid", """{"reference":"x"}""");
        yield return new("POST", "/v1/statements/{number}/paid", "/v1/statements/~N/paid", """{"brandId":"$"}""");
        yield return new("POST", "/v1/erase", "/v1/erase", """{"visitorId":"$-visitor","brandId":"$"}""");
        yield return new("POST", "/v1/erase", "/v1/erase", """{"visitorId":"$-visitor"}""");
        yield return new("POST", "/v1/rejections/replay", "/v1/rejections/replay", """{"ids":["~R"]}""");
        yield return new("POST", "/v1/rejections/replay", "/v1/rejections/replay", """{"brand":"$"}""");
        yield return new("POST", "/v1/events", "/v1/events", """{"type":"click","id":"c","occurredAt":"2026-11-30T00:00:00Z","link":"x","brandId":"$"}""");
        yield return new("POST", "/v1/code-usage/compare", "/v1/code-usage/compare?list=stripe-promotion-codes", "[]");
        yield return new("POST", "/v1/orders/import", "/v1/orders/import?format=woocommerce-orders&source=shop&brand=$", "{}") { Type = "application/x-ndjson" };
        yield return new("POST", "/v1/visits", "/v1/visits", """{"id":"v","url":"https://$.example/"}""") { Origin = "https://$.example" };
    }

    private static IEnumerable<Probe> PageProbes()
    {
        foreach (var page in new[] { "/", "/campaigns", "/ranking", "/compare", "/statements", "/orders", "/restatements", "/creators", "/creators.csv", "/creators.xlsx", "/quality", "/code-usage", "/products", "/cohorts", "/what-if", "/catalog", "/settings", "/settings/users", "/settings/keys", "/start" })
            yield return new("GET", page, page);
        yield return new("GET", "/campaigns/{id}", "/campaigns/$-camp") { Exists = true };
        yield return new("GET", "/compare", "/compare?a=campaigns/$-camp&b=campaigns/our-camp");
        yield return new("GET", "/creators/{id}", "/creators/$");
        foreach (var text in new[] { "$", "$-camp", "$10", "$-slug", "$-order", "$-link" })
            yield return new("GET", "/search", $"/search?q={text}");
        yield return new("GET", "/orders", "/orders?only=unattributed");
        yield return new("GET", "/creators/{id}", "/creators/mia");
        yield return new("GET", "/creators/{id}/report", "/creators/mia/report");
        yield return new("GET", "/creators/{id}/statements/{month}", "/creators/mia/statements/2026-10");
        yield return new("GET", "/orders", "/orders?visitor=$-visitor") { Exists = true };
        yield return new("GET", "/orders/{id}", "/orders/$-order") { Exists = true };
        yield return new("GET", "/what-if", "/what-if?run=~W") { Exists = true };
        yield return new("GET", "/catalog/brands", "/catalog/brands");
        yield return new("GET", "/catalog/brands/item", "/catalog/brands/item?id=$") { Exists = true };
        yield return new("GET", "/catalog/{kind}", "/catalog/codes?q=$");
        yield return new("GET", "/catalog/{kind}/item", "/catalog/codes/item?id=$-code") { Exists = true };
        yield return new("GET", "/catalog/{kind}/item", "/catalog/links/item");
        foreach (var (kind, pattern, id) in new[] { ("brands", "brands", "$"), ("codes", "{kind}", "$-code") })
        {
            yield return new("POST", $"/catalog/{pattern}/item", $"/catalog/{kind}/item?id={id}", "name=x&code=x&campaignId=our-camp&creatorId=mia&etag=%22x%22") { IsForm = true };
            yield return new("POST", $"/catalog/{pattern}/item", $"/catalog/{kind}/item", $"id={(kind == "brands" ? "$" : "new")}&name=x&code=x&campaignId=$-camp&creatorId=mia") { IsForm = true };
            yield return new("POST", $"/catalog/{pattern}/delete", $"/catalog/{kind}/delete?id={id}", "etag=%22x%22") { IsForm = true };
            yield return new("POST", $"/catalog/{pattern}/import", $"/catalog/{kind}/import", $"dryRun=true&lines=id%2Cname%0A{id}%2Cx") { IsForm = true };
        }

        yield return new("POST", "/settings/keys/revoke", "/settings/keys/revoke", "id=~K") { IsForm = true };
        yield return new("POST", "/settings/webhooks/revoke", "/settings/webhooks/revoke", "id=~S") { IsForm = true };
        yield return new("GET", "/settings/users/{name}", "/settings/users/$-user") { Exists = true };
        foreach (var verb in new[] { "invite", "revoke-invitation", "unlock", "disable", "enable", "permissions", "sign-out", "remove" })
            yield return new("POST", $"/settings/users/{{name}}/{verb}", $"/settings/users/$-user/{verb}", "role=viewer") { IsForm = true };
        foreach (var (method, rest, body) in new[] { ("GET", "", null), ("GET", "/deliveries", null), ("PATCH", "", "{}"), ("POST", "/replay", ""), ("DELETE", "", (string?)null) })
            yield return new(method, $"/v1/webhook-subscriptions/{{id}}{rest}", $"/v1/webhook-subscriptions/~H{rest}", body) { Exists = method == "GET" };
        yield return new("GET", "/v1/webhook-subscriptions", "/v1/webhook-subscriptions") { Exists = true };
        yield return new("POST", "/v1/webhook-subscriptions", "/v1/webhook-subscriptions", """{"url":"https://shop.example/","brandId":"$"}""");
        yield return new("POST", "/quality/replay", "/quality/replay", "id=~R") { IsForm = true };
        yield return new("POST", "/what-if", "/what-if", "from=x") { IsForm = true };
    }

    /// <summary>
    /// Request of a route. <c>$</c> stands for the start of a name, <c>~K</c> for a key, <c>~S</c> for a webhook secret, <c>~H</c> for a webhook subscription, <c>~N</c> for a statement, <c>~R</c> for
    /// a rejection, <c>~C</c> for a cursor and <c>~W</c> for a run.
    /// </summary>
    private sealed record Probe(string Method, string Pattern, string Path, string? Body = null)
    {
        public string Type { get; init; } = "application/json";

        public string? IfMatch { get; init; }

        public string? Origin { get; init; }

        public bool IsForm { get; init; }

        /// <summary>Gets a value indicating whether the other brand's own key is answered 200.</summary>
        public bool Exists { get; init; }
    }
}
