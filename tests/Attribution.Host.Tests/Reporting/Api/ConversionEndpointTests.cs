using System.Text.Json.Nodes;
using Attribution.Core.Catalog;
using Attribution.Core.Events;
using Attribution.Core.Identity;
using Attribution.Core.Journeys;
using Attribution.Core.Ledger;
using Attribution.Core.Planning;
using Attribution.Core.Rollups;
using Attribution.Core.Values;
using Attribution.Host.Tests.Fixtures;
using Attribution.Storage.Journeys;
using Microsoft.Extensions.DependencyInjection;

namespace Attribution.Host.Tests.Reporting.Api;

public sealed class ConversionEndpointTests : IAsyncLifetime
{
    private ReportingHost host = null!;

    public async ValueTask InitializeAsync()
    {
        host = await ReportingHost.StartAsync();
        await host.PutCatalogAsync(DocumentedExample.Catalog);
        await StoreAsync();
    }

    public ValueTask DisposeAsync() => host.DisposeAsync();

    [Fact]
    public async Task Order_shows_its_money_credits_refunds_and_ledger()
    {
        var (status, order) = await host.GetAsync("/v1/conversions/1001");
        status.ShouldBe(200);
        Line(order!, "kind", "status", "day", "gross", "discount", "refunds", "net", "newCustomer").ShouldBe("order standing 2026-03-03 100.00 10.00 90.00 0.00 true");
        order!["credits"]!.AsArray().Select(credit => Line(credit!, "model", "creatorId", "share", "net")).ShouldContain("last_touch mia 1.000000 0.00");
        order["credits"]!.AsArray().Select(credit => credit!["model"]!.GetValue<string>()).ShouldBeInOrder();
        order["refundStatements"]!.AsArray().Select(refund => Line(refund!, "refundId", "kind", "amount", "currency", "applied", "outcome")).ShouldBe(
            ["r-1 refund 45.00 USD 45.00 applied", "r-2 refund 20.00 EUR 0.00 other_currency", "r-3 refund 45.01 USD 45.00 capped"]);
        order["refundStatements"]![2]!["inWords"]!.GetValue<string>().ShouldContain("only what was left");
        order["refundDays"]!.AsArray().Select(day => Line(day!, "day", "amount")).ShouldBe(["2026-03-09 45.00", "2026-03-11 45.00"]);
        order["commissions"]!.AsArray().Select(line => Line(line!, "agreementId", "amount")).ShouldBe(["mia-spring-1 0.00"]);
        order["ledger"]!.AsArray().Sum(line => decimal.Parse(line!["amount"]!.GetValue<string>(), System.Globalization.CultureInfo.InvariantCulture)).ShouldBe(0.00m);
    }

    [Fact]
    public async Task Decision_lists_every_candidate_with_its_outcome()
    {
        var decision = (await host.GetAsync("/v1/conversions/1001")).Body!["decision"]!;
        Line(decision, "policy", "model").ShouldBe("code_first last_touch");
        decision["candidates"]!.AsArray().Select(candidate => Line(candidate!, "kind", "creatorId", "outcome", "weight"))
            .ShouldBe(["click mia lost_to_code 0.000000", "code mia credited 1.000000", "code null code_unknown 0.000000"]);
    }

    [Fact]
    public async Task Decision_explains_the_booked_credits_and_names_both_versions_after_a_catalog_change()
    {
        var booked = (await host.GetAsync("/v1/conversions/1001")).Body!["decision"]!;
        Line(booked, "evaluatedWith").ShouldBe(Line(booked, "catalogVersion"));

        // From now on the code is not Mia's at the order's time. The stored journey is not evaluated again here.
        await host.PutCatalogAsync(("/v1/codes/mia10-2026", """{"code":"MIA10","campaignId":"spring","creatorId":"mia","validFrom":"2026-03-05T00:00:00Z"}"""));

        var order = (await host.GetAsync("/v1/conversions/1001")).Body!;
        var decision = order["decision"]!;
        var (current, evaluatedWith) = (decision["catalogVersion"]!.GetValue<long>(), decision["evaluatedWith"]!.GetValue<long>());
        current.ShouldBe(evaluatedWith + 1);
        Line(decision, "summary").ShouldBe(Line(booked, "summary"));
        decision["candidates"]!.ToJsonString().ShouldBe(booked["candidates"]!.ToJsonString());
        order["refundStatements"]!.AsArray().Count.ShouldBe(3);

        var page = await host.Http.GetStringAsync("/orders/1001", ReportingHost.Token);
        page.ShouldContain("earned 100 % of the conversion");
        page.ShouldContain($"catalog version {evaluatedWith}; the current version is {current}.");
    }

    [Fact]
    public async Task Refunds_not_counted_as_reported_appear_in_data_quality()
    {
        while (await host.Store.Rollups.FoldAsync(100, () => ReportingHost.Now, ReportingHost.Token) > 0) { }
        var data = (await host.GetAsync("/v1/quality")).Body!["data"]!;
        Line(data, "brandId").ShouldBe("default");
        data["refundsCapped"]!.ToJsonString().ShouldBe("""{"count":1,"days":[{"day":"2026-03-03","count":1}]}""");
        data["refundsInOtherCurrency"]!.ToJsonString().ShouldBe("""{"count":1,"days":[{"day":"2026-03-03","count":1}]}""");
        data["refundsWaiting"]!.ToJsonString().ShouldBe("""{"count":1,"days":[{"day":"2026-03-09","count":1}]}""");
        data["ratesMissing"]!.ToJsonString().ShouldBe("""{"count":0,"days":[]}""");
        (await host.GetAsync("/v1/quality?brand=glow")).Status.ShouldBe(400);
    }

    [Fact]
    public async Task Sign_up_is_found_by_its_id_and_an_unknown_id_is_reported()
    {
        Line((await host.GetAsync("/v1/conversions/s-5")).Body!, "kind", "net").ShouldBe("signup 0.00");
        (await host.GetAsync("/v1/conversions/1003")).Status.ShouldBe(404);
        (await host.GetAsync("/v1/conversions/1001?brand=glow")).Status.ShouldBe(400);
        var waiting = (await host.GetAsync("/v1/conversions/waiting")).Body!;
        waiting["detail"]!.GetValue<string>().ShouldContain("wait");
        waiting["refunds"]!.AsArray().Select(refund => Line(refund!, "refundId", "kind", "applied", "outcome")).ShouldBe(["r cancel null waits_for_order"]);
    }

    [Fact]
    public async Task Journey_is_found_by_exactly_one_of_visitor_customer_or_order()
    {
        foreach (var by in new[] { "visitor=v-77", "customer=cus_9f", "order=1001" })
        {
            var (_, journey) = await host.GetAsync($"/v1/journeys?{by}");
            journey!["touches"]!.AsArray().Select(touch => Line(touch!, "kind", "creatorId", "role", "matchedBy")).ShouldBe(["click mia kept links/mia-spring"]);
            journey["conversions"]!.AsArray().Select(conversion => Line(conversion!, "id", "net")).ShouldBe(["s-5 0.00", "1001 0.00"], ignoreOrder: true);
        }
        (await host.GetAsync("/v1/journeys")).Status.ShouldBe(400);
        (await host.GetAsync("/v1/journeys?visitor=v-77&order=1001")).Status.ShouldBe(400);
        (await host.GetAsync("/v1/journeys?visitor=nobody")).Status.ShouldBe(404);
    }

    [Fact]
    public async Task Served_models_are_listed_with_the_book_model_marked()
    {
        var models = (await host.GetAsync("/v1/models")).Body!["models"]!.AsArray();
        models.Count(model => model!["book"]!.GetValue<bool>()).ShouldBe(1);
        models.Select(model => Line(model!, "name", "fitted", "book")).ShouldContain("last_touch false true");
        models.Count.ShouldBe(10);
    }

    private async Task StoreAsync()
    {
        Timestamp At(string time) => Timestamp.From(DateTimeOffset.Parse(time, System.Globalization.CultureInfo.InvariantCulture));
        var customer = host.Services.GetRequiredService<CustomerKeyHasher>().Hash("cus_9f");
        var journey = new Journey
        {
            Id = Guid.CreateVersion7(), Brand = "default",
            Touches = [new Touch { Id = new("default", "c-1"), At = At("2026-03-02T10:15:00Z"), Kind = TouchKind.Click, Slug = "mia-spring", VisitorId = "v-77", ClickId = "k-1" }],
            ReportedConversions =
            [
                new ReportedConversion
                {
                    Id = new("default", "e-1"), Brand = "default", At = At("2026-03-03T09:00:00Z"), Kind = ConversionKind.Order, ConversionId = "1001", Currency = "USD",
                    Gross = 10_000, Discount = 1_000, Codes = ["MIA10", "NOBODY"], CustomerKey = customer, IsNewCustomer = true, VisitorId = "v-77",
                },
                new ReportedConversion
                {
                    Id = new("default", "e-3"), Brand = "default", At = At("2026-03-03T09:05:00Z"), Kind = ConversionKind.Signup, ConversionId = "s-5", VisitorId = "v-77",
                },
            ],
            ReportedRefunds =
            [
                new ReportedRefund
                {
                    Id = new("default", "e-4"), Brand = "default", At = At("2026-03-09T12:00:00Z"), OrderId = "1001", RefundId = "r-1", Kind = RefundKind.Refund, Currency = "USD", Amount = 4_500,
                },
                new ReportedRefund
                {
                    Id = new("default", "e-6"), Brand = "default", At = At("2026-03-10T12:00:00Z"), OrderId = "1001", RefundId = "r-2", Kind = RefundKind.Refund, Currency = "EUR", Amount = 2_000,
                },
                new ReportedRefund
                {
                    Id = new("default", "e-7"), Brand = "default", At = At("2026-03-11T12:00:00Z"), OrderId = "1001", RefundId = "r-3", Kind = RefundKind.Refund, Currency = "USD", Amount = 4_501,
                },
            ],
        };
        var waiting = new Journey
        {
            Id = Guid.CreateVersion7(), Brand = "default",
            ReportedRefunds = [new ReportedRefund { Id = new("default", "e-5"), Brand = "default", At = At("2026-03-09T12:00:00Z"), OrderId = "waiting", RefundId = "r", Kind = RefundKind.Cancel }],
        };
        var catalog = CatalogSnapshot.Create(await host.Store.Catalog.LoadCatalogAsync(ReportingHost.Token));
        journey = journey.Evaluate(catalog);
        waiting = waiting.Evaluate(catalog);
        var measures = new MeasureSums();
        measures.Add(journey, 1);
        measures.Add(waiting, 1);
        string[] aliases = [IdentityRules.VisitorAlias("v-77"), IdentityRules.CustomerAlias(customer), IdentityRules.OrderAlias("1001"), IdentityRules.NonOrderAlias("s-5")];
        var outcome = await host.Store.Journeys.CommitAsync(
            new JourneyCommit
            {
                CatalogVersion = catalog.Version, Journeys = [new(journey, 0), new(waiting, 0)], At = ReportingHost.Now, Deltas = measures,
                Aliases = [.. aliases.Select(alias => KeyValuePair.Create(new AliasKey("default", alias), journey.Id)), new(new AliasKey("default", IdentityRules.OrderAlias("waiting")), waiting.Id)],
                Ledger = [.. LedgerLines.ForChange([], journey, new LedgerCause([journey.ReportedConversions[0]], Merged: false), ReportingHost.Now)],
            },
            ReportingHost.Token);
        outcome.ShouldBe(CommitOutcome.Committed);
    }

    private static string Line(JsonNode node, params string[] members) => string.Join(' ', members.Select(member => node[member]?.ToString() ?? "null"));
}
