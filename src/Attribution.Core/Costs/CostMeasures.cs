using Attribution.Contracts.Catalog;
using Attribution.Core.Catalog;
using Attribution.Core.Rollups;
using Attribution.Core.Values;

namespace Attribution.Core.Costs;

/// <summary>
/// The measures that the catalog's costs add to the rollups. They are a pure function of the catalog, so that the
/// effect of a change is the difference between the results after and before. A cost is recognized on its date, or
/// spread over its days to the cent (in equal parts by largest remainder, with the remainder on the earlier days). A
/// cost in another currency uses the rate of each day. If a rate is missing, the amount of the day is omitted and the
/// row is marked by <see cref="Measure.RateGaps"/>.
/// </summary>
public static class CostMeasures
{
    /// <summary>
    /// Returns the measures of all costs of a catalog, by placement. A cost without a creator is assigned to its
    /// campaign or, if the campaign shares such costs, to its creators (<see cref="CostSharing"/>); the shares add up
    /// to the cost.
    /// </summary>
    public static MeasureSums Calculate(CatalogSnapshot catalog) => Calculate(catalog, catalog.Items<CostItem>());

    /// <summary>Returns the changes in the measures of all costs from one catalog to another.</summary>
    public static MeasureSums Between(CatalogSnapshot before, CatalogSnapshot after)
    {
        var deltas = Calculate(after);
        deltas.Add(Calculate(before), -1);
        return deltas.DropZeros();
    }

    /// <summary>Returns the measures of some costs of a catalog.</summary>
    public static MeasureSums Calculate(CatalogSnapshot catalog, IEnumerable<CostItem> costs)
    {
        var sums = new MeasureSums();
        var sharing = new Lazy<CostSharing>(() => CostSharing.FromCatalog(catalog));
        foreach (var cost in costs) Add(sums, cost, catalog, sharing);
        return sums;
    }

    private static void Add(MeasureSums sums, CostItem cost, CatalogSnapshot catalog, Lazy<CostSharing> sharing)
    {
        var brand = catalog.FindBrand(catalog.FindCampaign(cost.CampaignId)!.Brand)!;
        var currency = Currency.Parse(cost.Currency);
        if (!currency.TryToMinor(cost.Amount, out var amount))
            throw new InvalidOperationException($"Cost {cost.Id}: {cost.Amount} has more decimals than {currency.Code}.");

        foreach (var (day, share) in Recognize(cost, amount))
        {
            var isBrandCurrency = currency.Code == brand.Currency.Code;
            var rate = isBrandCurrency ? 1 : catalog.FindRate(currency.Code, brand, day);
            if (rate is null) sums.AddUnmatched(brand.Id, day, UnmatchedKind.Rate, currency.Code, 1);
            var converted = isBrandCurrency ? share
                : rate is { } known ? brand.Currency.ToNearestMinor(currency.ToMajor(share) * known)
                : 0;
            var parts = cost.CreatorId is { } creatorId
                ? [(creatorId, converted)]
                : sharing.Value.Share(cost.CampaignId, day, converted);
            foreach (var (creator, part) in parts)
            {
                var key = new RollupKey(brand.Id, day, cost.CampaignId, creator);
                if (rate is null) sums.Add(key, Measure.RateGaps, 1);
                else sums.Add(key, MeasureOf(cost.Kind), part);
            }
        }
    }

    private static IEnumerable<(DateOnly Day, long Amount)> Recognize(CostItem cost, long amount)
    {
        if (cost.Recognition == "on_date")
            return [(cost.On ?? throw new InvalidOperationException($"Cost {cost.Id} has no day."), amount)];

        var (from, to) = (cost.From!.Value, cost.To!.Value);
        var shares = LargestRemainder.Split(amount, new Int128[to.DayNumber - from.DayNumber + 1]);
        return shares.Select((share, day) => (from.AddDays(day), share));
    }

    private static Measure MeasureOf(string kind) => kind switch
    {
        "fee" => Measure.CostFee,
        "production" => Measure.CostProduction,
        "management" => Measure.CostManagement,
        "gift" => Measure.CostGift,
        "shipping" => Measure.CostShipping,
        "other" => Measure.CostOther,
        _ => throw new InvalidOperationException($"Unknown kind of cost '{kind}'."),
    };
}
