using Attribution.Core.Models;
using Attribution.Core.Rollups;

namespace Attribution.Host.Tests.Fixtures;

/// <summary>The documented example: its catalog, and the measures of its events.</summary>
internal static class DocumentedExample
{
    public static readonly (string Path, string Body)[] Catalog =
    [
        ("/v1/brands/default", """{"id":"default","name":"Glow","currency":"USD","timeZone":"Europe/Berlin","bookModel":"last_touch","policy":{"name":"code_first","codeShare":null},"lookback":{"click":"P30D","visit":"P7D"}}"""),
        ("/v1/creators/mia", """{"id":"mia","name":"Mia","niche":"beauty","region":"DE","status":"active","handles":[{"platform":"instagram","handle":"mia.glow","followers":36000}],"customerKeys":["cus_mia"]}"""),
        ("/v1/campaigns/spring", """{"id":"spring","brandId":"default","name":"Spring","startsOn":"2026-03-01","endsOn":"2026-04-30","lookback":null,"goals":[{"measure":"net","target":50000}]}"""),
        ("/v1/links/mia-spring", """{"id":"mia-spring","slug":"mia-spring","destination":"https://shop.example/spring","campaignId":"spring","creatorId":"mia","platform":"instagram","postId":"ig-123","utm":{"source":"instagram","medium":"influencer","campaign":"spring","content":"mia"},"validFrom":null,"validTo":null,"fallback":null}"""),
        ("/v1/codes/mia10-2026", """{"id":"mia10-2026","code":"MIA10","campaignId":"spring","creatorId":"mia","validFrom":"2026-03-01T00:00:00Z","validTo":null}"""),
        ("/v1/utm-rules/spring-mia", """{"id":"spring-mia","match":{"campaign":"spring","content":"mia*"},"campaignId":"spring","creatorId":"mia","validFrom":null,"validTo":null}"""),
        ("/v1/agreements/mia-spring-1", """{"id":"mia-spring-1","campaignId":"spring","creatorId":"mia","validFrom":"2026-03-01","validTo":null,"commission":{"kind":"percent_of_net","rate":"10"},"tiers":[],"cap":null,"newCustomersOnly":false}"""),
        ("/v1/costs/fee-1", """{"id":"fee-1","campaignId":"spring","creatorId":"mia","kind":"fee","currency":"USD","amount":"300.00","recognition":"on_date","on":"2026-03-02","from":null,"to":null}"""),
        ("/v1/fx-rates/2026-03-02-EUR-USD", """{"id":"2026-03-02-EUR-USD","on":"2026-03-02","from":"EUR","to":"USD","rate":"1.0832"}"""),
        ("/v1/monthly-nets/spring.2026-02", """{"id":"spring.2026-02","campaignId":"spring","month":"2026-02","creators":[{"creatorId":"mia","net":"120.00"}]}"""),
    ];

    public static readonly DateOnly ClickDay = new(2026, 3, 2);
    public static readonly DateOnly OrderDay = new(2026, 3, 3);
    public static readonly DateOnly PostDay = new(2026, 3, 4);
    public static readonly DateOnly RefundDay = new(2026, 3, 9);

    /// <summary>Measures without the fee, which a write of the catalog adds.</summary>
    public static MeasureSums Measures()
    {
        var sums = new MeasureSums();
        RollupKey Mia(DateOnly day) => new("default", day, "spring", "mia");
        sums.Add(Mia(ClickDay), Measure.Clicks, 1);
        sums.Add(Mia(ClickDay), Measure.Visits, 1);
        sums.Add(Mia(ClickDay), Measure.UniqueVisitors, 1);
        sums.Add(Mia(ClickDay), Measure.ConvertedVisitors, 1);
        sums.Add(Mia(OrderDay), Measure.Redemptions, 1);
        sums.Add(Mia(OrderDay), Measure.Commission, 450);
        sums.Add(Mia(OrderDay), Measure.CommissionRefunded, 450);
        sums.Add(Mia(RefundDay), Measure.CommissionReversed, 450);
        sums.Add(Mia(PostDay), Measure.Impressions, 41_000);
        sums.Add(Mia(PostDay), Measure.Likes, 1_900);
        foreach (var model in ModelNames.Heuristic)
        {
            foreach (var key in new[] { Mia(OrderDay), RollupKey.Total("default", OrderDay) })
            {
                sums.Add(key, model, CreditMeasure.Orders, 1);
                sums.Add(key, model, CreditMeasure.ConversionMicros, 1_000_000);
                sums.Add(key, model, CreditMeasure.LeadMicros, 1_000_000);
                sums.Add(key, model, CreditMeasure.NewCustomers, 1);
                sums.Add(key, model, CreditMeasure.Gross, 10_000);
                sums.Add(key, model, CreditMeasure.Discount, 1_000);
                sums.Add(key, model, CreditMeasure.Refunds, 4_500);
                sums.Add(key with { Day = RefundDay }, model, CreditMeasure.RefundsCash, 4_500);
            }
            foreach (var key in new[] { RollupKey.Unattributed("default", OrderDay), RollupKey.Total("default", OrderDay) })
            {
                sums.Add(key, model, CreditMeasure.Orders, 1);
                sums.Add(key, model, CreditMeasure.ConversionMicros, 1_000_000);
                sums.Add(key, model, CreditMeasure.Gross, 8_000);
            }
        }
        return sums;
    }
}
