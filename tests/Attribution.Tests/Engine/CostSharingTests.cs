using System.Collections.Immutable;
using Attribution.Contracts.Catalog;
using Attribution.Core.Catalog;
using Attribution.Core.Costs;
using Attribution.Core.Rollups;

namespace Attribution.Tests.Engine;

/// <summary>Costs of a campaign as a whole, borne by its creators: who, in which ratio, and to the cent.</summary>
public sealed class CostSharingTests
{
    private static readonly DateOnly First = new(2026, 3, 1);

    private static readonly ICatalogItem[] Creators = [new BrandItem("default", "Glow"), new CreatorItem("mia", "Mia"), new CreatorItem("ben", "Ben"), new CreatorItem("zoe", "Zoe"), new CreatorItem("out", "Out")];

    [Fact]
    public void Without_a_rule_they_stay_the_campaigns_own() =>
        Shown(Of(Campaign(null), Fee("mia", 300), Own(100))).ShouldBe(["1  0 10000", "1 mia 30000 0"]);

    [Fact]
    public void Evenly_among_all_who_take_part_by_whatever_names_them()
    {
        var sums = Of(
            Campaign("evenly"), Own(100), Fee("mia", 300), new CodeItem("b", "BEN", "spring", "ben"),
            new LinkItem("z", "z", "https://shop.example/", "spring", "zoe"), new CampaignItem("autumn", "Autumn"), new CodeItem("o", "OUT", "autumn", "out"));
        Shown(sums).ShouldBe(["1 ben 0 3333", "1 mia 30000 3334", "1 zoe 0 3333"], ignoreOrder: true);
        Shown(Of(Campaign("evenly"), Own(100), new UtmRuleItem("r", new("x"), "spring", "zoe"))).ShouldBe(["1 zoe 0 10000"]);
        Shown(Of(Campaign("evenly"), Own(100), new AgreementItem("a", "spring", "zoe", new("percent_of_net", 10)))).ShouldBe(["1 zoe 0 10000"]);
    }

    [Fact]
    public void With_nobody_to_share_them_they_stay_the_campaigns_own() => Shown(Of(Campaign("evenly"), Own(100))).ShouldBe(["1  0 10000"]);

    [Fact]
    public void By_fee_in_the_ratio_of_fees_in_the_brands_currency_whatever_else_a_creator_costs()
    {
        var sums = Of(
            Campaign("by_fee"), Own(100_000), Fee("mia", 300), Fee("ben", 100, "EUR"), new FxRateItem("r", First, "EUR", "USD", 2),
            new CostItem("gift", "spring", "gift", "USD", 1_000, "ben", "on_date", First), new CodeItem("z", "ZOE", "spring", "zoe"));
        Shown(sums).ShouldBe(["1 ben 20000 4000000", "1 mia 30000 6000000"], ignoreOrder: true);
        Shown(Of(Campaign("by_fee"), Own(100), Fee("mia", 300), new AgreementItem("a", "spring", "zoe", new("percent_of_net", 10), First, Fee: 100))).ShouldBe(["1 mia 30000 7500", "1 zoe 0 2500"]);
        Shown(Of(Campaign("by_fee"), Own(100), new CodeItem("z", "ZOE", "spring", "zoe"), new CodeItem("m", "MIA", "spring", "mia"))).ShouldBe(["1 mia 0 5000", "1 zoe 0 5000"]); // no fees at all
    }

    [Fact]
    public void Every_day_of_a_spread_sums_to_the_cent_and_the_odd_cents_go_round()
    {
        ICatalogItem[] items = [Campaign("evenly"), new CostItem("own", "spring", "production", "USD", 100.01m, null, "spread", null, First, First.AddDays(29)), new CodeItem("m", "MIA", "spring", "mia"), new CodeItem("b", "BEN", "spring", "ben"), new CodeItem("z", "ZOE", "spring", "zoe")];
        var shared = Of(items);
        var whole = Of([Campaign(null), .. items[1..]]);
        foreach (var (key, cell) in whole.Cells) shared.Cells.Where(each => each.Key.Day == key.Day).Sum(each => each.Value[Measure.CostProduction]).ShouldBe(cell[Measure.CostProduction]);
        var totals = shared.Cells.GroupBy(cell => cell.Key.Creator).Select(creator => creator.Sum(cell => cell.Value[Measure.CostProduction])).ToList();
        totals.Sum().ShouldBe(10_001);
        (totals.Max() - totals.Min()).ShouldBeLessThanOrEqualTo(3); // without taking turns it would be up to 30
    }

    [Fact]
    public void A_credit_note_is_shared_too_and_a_missing_rate_marks_everyone_who_would_bear_it()
    {
        Shown(Of(Campaign("evenly"), Own(-0.03m), new CodeItem("m", "MIA", "spring", "mia"), new CodeItem("b", "BEN", "spring", "ben"))).ShouldBe(["1 ben 0 -2", "1 mia 0 -1"], ignoreOrder: true);
        var gaps = Of(Campaign("evenly"), new CostItem("own", "spring", "production", "EUR", 5, null, "on_date", First), new CodeItem("m", "MIA", "spring", "mia"), new CodeItem("b", "BEN", "spring", "ben"));
        gaps.Cells.Where(cell => !cell.Key.IsUnmatched).Select(cell => $"{cell.Key.Creator} {cell.Value[Measure.RateGaps]}").ShouldBe(["ben 1", "mia 1"], ignoreOrder: true);
        gaps.Cells.Single(cell => cell.Key.IsUnmatched).Value[Measure.RateGaps].ShouldBe(1); // one amount waits, not two
    }

    private static CampaignItem Campaign(string? rule) => new("spring", "Spring", CostSharing: rule);

    private static CostItem Own(decimal amount) => new("own", "spring", "production", "USD", amount, null, "on_date", First);

    private static CostItem Fee(string creator, decimal amount, string currency = "USD") => new($"fee-{creator}", "spring", "fee", currency, amount, creator, "on_date", First);

    private static MeasureSums Of(params ICatalogItem[] items) =>
        CostMeasures.Of(Catalog.From(new(1, Creators.Concat(items).ToImmutableDictionary(CatalogKinds.RefOf), [])));

    private static IEnumerable<string> Shown(MeasureSums sums) =>
        sums.Cells.Select(cell => $"{cell.Key.Day.Day} {cell.Key.Creator} {cell.Value[Measure.CostFee]} {cell.Value[Measure.CostProduction]}").Order(StringComparer.Ordinal);
}
