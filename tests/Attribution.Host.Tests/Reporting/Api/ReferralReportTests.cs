using System.Net;
using Attribution.Host.Tests.Fixtures;

namespace Attribution.Host.Tests.Reporting.Api;

/// <summary>Claims of referral in answers and on pages.</summary>
public sealed class ReferralReportTests : IAsyncLifetime
{
    private PipelineHost books = null!;

    public async ValueTask InitializeAsync()
    {
        books = await PipelineHost.StartAsync("2026-03-08T06:00:00Z");
        await books.PutCatalogAsync(
            ("/v1/creators/mia", """{"name":"Mia"}"""), ("/v1/campaigns/spring", """{"name":"Spring"}"""),
            ("/v1/publishers/mia", """{"provider":"Impact.com","publisherId":"pub_1","campaignId":"spring","creatorId":"mia"}"""));
        await books.ProcessAsync(
            """{"type":"referral","id":"f-1","occurredAt":"2026-03-06T09:00:00Z","orderId":"1","provider":"impact.com","publisherId":"pub_1","token":"ht_0123456789abcdefghijkl"}""",
            """{"type":"referral","id":"f-2","occurredAt":"2026-03-06T10:00:00Z","orderId":"1","provider":"impact.com","publisherId":"pub_1","verified":true}""",
            """{"type":"referral","id":"f-3","occurredAt":"2026-03-06T10:00:00Z","orderId":"2","provider":"awin.com","providerCampaignId":"camp_7"}""",
            """{"type":"referral","id":"f-4","occurredAt":"2026-03-06T10:00:00Z","orderId":"2","parameters":"utm_source=ig&ref=lea"}""",
            """{"type":"conversion","id":"o-1","occurredAt":"2026-03-06T10:00:00Z","kind":"order","orderId":"1","currency":"USD","gross":"80.00"}""",
            """{"type":"conversion","id":"o-2","occurredAt":"2026-03-06T10:00:00Z","kind":"order","orderId":"2","currency":"USD","gross":"20.00"}""");
    }

    public ValueTask DisposeAsync() => books.DisposeAsync();

    [Fact]
    public async Task First_claim_is_credited_as_unverified_and_the_second_is_shown()
    {
        var candidates = (await books.GetAsync("/v1/conversions/1"))["decision"]!["candidates"]!.AsArray();

        candidates.Select(one => $"{one!["kind"]} {one["outcome"]} {one["claim"]!["provider"]} {one["claim"]!["publisherId"]} {one["claim"]!["verified"]}")
            .ShouldBe(["referral credited impact.com pub_1 false", "referral other_claim impact.com pub_1 true"]);
        candidates[0]!["claim"]!["token"]!.ToString().ShouldBe("ht_0123456789abcdefghijkl");

        var page = WebUtility.HtmlDecode(await books.GetPageAsync("/orders/1"));
        page.ShouldContain("earned 100 % of the conversion by an unverified claim");
        page.ShouldContain("by impact.com pub_1");
        page.ShouldContain("came with the same order as an earlier claim, which counts");
    }

    [Fact]
    public async Task Claims_are_counted_apart_from_visits()
    {
        var row = (await books.GetAsync("/v1/rollups/daily?from=2026-03-06&to=2026-03-06"))["rows"]!.AsArray().Single(one => (string?)one!["creatorId"] == "mia")!;
        (row["referrals"]!.GetValue<long>(), row["visits"]!.GetValue<long>(), row["uniqueVisitors"]!.GetValue<long>(), row["orders"]!.GetValue<long>()).ShouldBe((2, 0, 0, 1));
    }

    [Fact]
    public async Task Claim_without_a_creator_leads_to_the_form_of_a_publisher()
    {
        (await books.GetAsync("/v1/unmatched?kind=referral"))["items"]!.AsArray().Select(name => $"{name!["kind"]} {name["name"]} {name["count"]}")
            .ShouldBe(["referral awin.com//camp_7 1", "referral source=IG&ref=lea 1"], ignoreOrder: true);

        var quality = WebUtility.HtmlDecode(await books.GetPageAsync("/quality"));
        quality.ShouldContain("/catalog/publishers/item?");
        (await FormAsync("awin.com//camp_7")).ShouldBe(["awin.com", "", "camp_7", ""]);
        (await FormAsync("source=IG&ref=lea")).ShouldBe(["ref", "lea", "", ""]);

        async Task<IEnumerable<string>> FormAsync(string name)
        {
            var form = WebUtility.HtmlDecode(await books.GetPageAsync("/catalog/publishers/item?assign=" + Uri.EscapeDataString(name)));
            return new[] { "provider", "publisherId", "providerCampaignId", "subId" }
                .Select(member => System.Text.RegularExpressions.Regex.Match(form, $"name=\"{member}\"[^>]*?value=\"([^\"]*)\"").Groups[1].Value);
        }
    }
}
