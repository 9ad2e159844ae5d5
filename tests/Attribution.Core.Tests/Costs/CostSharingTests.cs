using System.Collections.Immutable;
using Attribution.Contracts.Catalog;
using Attribution.Core.Catalog;
using Attribution.Core.Costs;
using Attribution.Core.Rollups;

namespace Attribution.Core.Tests.Costs;

/// <summary>
/// Tests that the costs of a campaign are shared among its creators in the right proportion, to the cent.
/// </summary>
public sealed class CostSharingTests
{
    private static readonly DateOnly First = new(2026, 3, 1);

    private static readonly ICatalogItem[] Creators = [new BrandItem("default", "Glow"), new CreatorItem("mia", "Mia"), new CreatorItem("ben", "Ben"), new CreatorItem("zoe", "Zoe"), new CreatorItem("out", "Out")];

    [Fact]
    public void Without_a_rule_costs_stay_with_the_campaign() =>
        Describe(ShareCosts(Campaign(null), Fee("mia", 300), CampaignCost(100))).ShouldBe(["1  0 10000", "1 mia 30000 0"]);

    [Fact]
    public void Evenly_shares_among_all_participants_however_they_are_named()
    {
        var sums = ShareCosts(
            Campaign("evenly"), CampaignCost(100), Fee("mia", 300), new CodeItem("b", "BEN", "spring", "ben"),
            new LinkItem("z", "z", "https://shop.example/", "spring", "zoe"), new CampaignItem("autumn", "Autumn"), new CodeItem("o", "OUT", "autumn", "out"));
        Describe(sums).ShouldBe(["1 ben 0 3333", "1 mia 30000 3334", "1 zoe 0 3333"], ignoreOrder: true);
        Describe(ShareCosts(Campaign("evenly"), CampaignCost(100), new UtmRuleItem("r", new("x"), "spring", "zoe"))).ShouldBe(["1 zoe 0 10000"]);
        Describe(ShareCosts(Campaign("evenly"), CampaignCost(100), new AgreementItem("a", "spring", "zoe", new("percent_of_net", 10)))).ShouldBe(["1 zoe 0 10000"]);
    }

    [Fact]
    public void Without_participants_costs_stay_with_the_campaign() => Describe(ShareCosts(Campaign("evenly"), CampaignCost(100))).ShouldBe(["1  0 10000"]);

    [Fact]
    public void By_fee_shares_in_the_ratio_of_fees_in_the_brands_currency()
    {
        var sums = ShareCosts(
            Campaign("by_fee"), CampaignCost(100_000), Fee("mia", 300), Fee("ben", 100, "EUR"), new FxRateItem("r", First, "EUR", "USD", 2),
            new CostItem("gift", "spring", "gift", "USD", 1_000, "ben", "on_date", First), new CodeItem("z", "ZOE", "spring", "zoe"));
        Describe(sums).ShouldBe(["1 ben 20000 4000000", "1 mia 30000 6000000"], ignoreOrder: true);
        Describe(ShareCosts(Campaign("by_fee"), CampaignCost(100), Fee("mia", 300), new AgreementItem("a", "spring", "zoe", new("percent_of_net", 10), First, Fee: 100))).ShouldBe(["1 mia 30000 7500", "1 zoe 0 2500"]);
        Describe(ShareCosts(Campaign("by_fee"), CampaignCost(100), new CodeItem("z", "ZOE", "spring", "zoe"), new CodeItem("m", "MIA", "spring", "mia"))).ShouldBe(["1 mia 0 5000", "1 zoe 0 5000"]); // no fees at all
    }

    [Fact]
    public void Spread_cost_sums_to_the_cent_each_day_and_rotates_odd_cents()
    {
        ICatalogItem[] items = [Campaign("evenly"), new CostItem("own", "spring", "production", "USD", 100.01m, null, "spread", null, First, First.AddDays(29)), new CodeItem("m", "MIA", "spring", "mia"), new CodeItem("b", "BEN", "spring", "ben"), new CodeItem("z", "ZOE", "spring", "zoe")];
        var shared = ShareCosts(items);
        var whole = ShareCosts([Campaign(null), .. items[1..]]);
        foreach (var (key, cell) in whole.Cells) shared.Cells.Where(each => each.Key.Day == key.Day).Sum(each => each.Value[Measure.CostProduction]).ShouldBe(cell[Measure.CostProduction]);
        var totals = shared.Cells.GroupBy(cell => cell.Key.Creator).Select(creator => creator.Sum(cell => cell.Value[Measure.CostProduction])).ToList();
        totals.Sum().ShouldBe(10_001);
        (totals.Max() - totals.Min()).ShouldBeLessThanOrEqualTo(3); // without rotation, up to 30
    }

    [Fact]
    public void Credit_note_is_shared_and_a_missing_rate_marks_every_bearer()
    {
        Describe(ShareCosts(Campaign("evenly"), CampaignCost(-0.03m), new CodeItem("m", "MIA", "spring", "mia"), new CodeItem("b", "BEN", "spring", "ben"))).ShouldBe(["1 ben 0 -2", "1 mia 0 -1"], ignoreOrder: true);
        var gaps = ShareCosts(Campaign("evenly"), new CostItem("own", "spring", "production", "EUR", 5, null, "on_date", First), new CodeItem("m", "MIA", "spring", "mia"), new CodeItem("b", "BEN", "spring", "ben"));
        gaps.Cells.Where(cell => !cell.Key.IsUnmatched).Select(cell => $"{cell.Key.Creator} {cell.Value[Measure.RateGaps]}").ShouldBe(["ben 1", "mia 1"], ignoreOrder: true);
        gaps.Cells.Single(cell => cell.Key.IsUnmatched).Value[Measure.RateGaps].ShouldBe(1); // one amount is missing, not two
    }

    [Fact]
    public void By_net_spread_cost_uses_each_months_ratio_and_waits_for_open_months()
    {
        // 310.00 over four days, two in each month: 77.50 per day. In the ratio 3 : 1 this is 58.125 and 19.375; the
        // odd cent alternates between the creators.
        ICatalogItem[] items =
        [
            Campaign("by_net"), new CostItem("own", "spring", "production", "USD", 310, null, "spread", null, new(2026, 3, 30), new(2026, 4, 2)),
            new CodeItem("z", "ZOE", "spring", "zoe"), Net("2026-03", ("mia", 300), ("ben", 100), ("out", -50)),
        ];
        Describe(ShareCosts(items)).ShouldBe(["1  0 7750", "2  0 7750", "30 ben 0 1938", "30 mia 0 5812", "31 ben 0 1937", "31 mia 0 5813"]);
        // April: mia's refunds exceed sales, ben sold a cent, zoe nothing.
        Describe(ShareCosts([.. items, Net("2026-04", ("zoe", 0), ("mia", -120.50m), ("ben", 0.01m))]))
            .ShouldBe(["1 ben 0 7750", "2 ben 0 7750", "30 ben 0 1938", "30 mia 0 5812", "31 ben 0 1937", "31 mia 0 5813"]);
    }

    [Fact]
    public void By_net_without_positive_net_shares_evenly_or_stays_with_the_campaign()
    {
        Describe(ShareCosts(Campaign("by_net"), CampaignCost(100), new CodeItem("z", "ZOE", "spring", "zoe"), Net("2026-03", ("mia", -5), ("ben", 0)))).ShouldBe(["1 ben 0 5000", "1 mia 0 5000"]);
        Describe(ShareCosts(Campaign("by_net"), CampaignCost(100), new CodeItem("z", "ZOE", "spring", "zoe"), Net("2026-03"))).ShouldBe(["1  0 10000"]);
        Describe(ShareCosts(Campaign("by_net"), CampaignCost(100), new CodeItem("z", "ZOE", "spring", "zoe"))).ShouldBe(["1  0 10000"]);
        Describe(ShareCosts(Campaign("evenly"), CampaignCost(100), new CodeItem("z", "ZOE", "spring", "zoe"), Net("2026-03", ("mia", 5)))).ShouldBe(["1 zoe 0 10000"]); // other rules ignore it
        Describe(ShareCosts(Campaign("by_net"), CampaignCost(100), new CampaignItem("autumn", "Autumn"), Net("2026-03", ("mia", 5)) with { Id = "autumn.2026-03", CampaignId = "autumn" })).ShouldBe(["1  0 10000"]);
    }

    [Fact]
    public void By_net_handles_zero_decimal_currencies_credit_notes_and_missing_rates()
    {
        var yen = new BrandItem("default", "Glow", "JPY");
        Describe(ShareCosts(yen, Campaign("by_net"), CampaignCost(100) with { Currency = "JPY" }, Net("2026-03", ("mia", 2_000), ("ben", 1_000)))).ShouldBe(["1 ben 0 33", "1 mia 0 67"]);
        Describe(ShareCosts(Campaign("by_net"), CampaignCost(-0.10m), Net("2026-03", ("mia", 2), ("ben", 1)))).ShouldBe(["1 ben 0 -3", "1 mia 0 -7"]);
        var gaps = ShareCosts(Campaign("by_net"), CampaignCost(5) with { Currency = "EUR" }, Net("2026-03", ("mia", 2), ("ben", -1)));
        gaps.Cells.Where(cell => !cell.Key.IsUnmatched).Select(cell => $"{cell.Key.Creator} {cell.Value[Measure.RateGaps]}").ShouldBe(["mia 1"]); // creators without a share have no gap
    }

    [Fact]
    public void Month_is_reported_missing_when_a_shared_cost_has_no_net_for_it()
    {
        var spread = new CostItem("s", "spring", "other", "USD", 1, null, "spread", null, new(2025, 12, 31), new(2026, 2, 1));
        var missing = MonthlyNets.FindMissing(CatalogSnapshot.Create(new(1, Creators.Concat(
            [Campaign("by_net"), CampaignCost(100), CampaignCost(5) with { Id = "again" }, spread, Fee("mia", 3) with { On = new(2026, 5, 1) }, Net("2026-01"), new CampaignItem("autumn", "Autumn", CostSharing: "evenly"), CampaignCost(1) with { Id = "o", CampaignId = "autumn" }])
            .ToImmutableDictionary(CatalogKinds.RefOf), [])));
        missing.ShouldBe([("spring", new(2025, 12, 1)), ("spring", new(2026, 2, 1)), ("spring", new(2026, 3, 1))]);
    }

    private static MonthlyNetItem Net(string month, params (string Creator, decimal Net)[] creators) =>
        new($"spring.{month}", "spring", month, [.. creators.Select(share => new CreatorNetItem(share.Creator, share.Net))]);

    private static CampaignItem Campaign(string? rule) => new("spring", "Spring", CostSharing: rule);

    private static CostItem CampaignCost(decimal amount) => new("own", "spring", "production", "USD", amount, null, "on_date", First);

    private static CostItem Fee(string creator, decimal amount, string currency = "USD") => new($"fee-{creator}", "spring", "fee", currency, amount, creator, "on_date", First);

    private static MeasureSums ShareCosts(params ICatalogItem[] items) =>
        CostMeasures.Calculate(CatalogSnapshot.Create(new(1, Creators.Where(known => !items.Any(item => CatalogKinds.RefOf(item) == CatalogKinds.RefOf(known))).Concat(items).ToImmutableDictionary(CatalogKinds.RefOf), [])));

    private static IEnumerable<string> Describe(MeasureSums sums) =>
        sums.Cells.Select(cell => $"{cell.Key.Day.Day} {cell.Key.Creator} {cell.Value[Measure.CostFee]} {cell.Value[Measure.CostProduction]}").Order(StringComparer.Ordinal);
}
