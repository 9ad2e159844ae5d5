using Attribution.Contracts.Catalog;
using Attribution.Core.Catalog;
using Attribution.Core.Rollups;
using Attribution.Core.Values;

namespace Attribution.Core.Costs;

/// <summary>
/// What the catalog's costs add to the rollups: a pure function of the catalog, so a change of costs or rates is the function after,
/// less the function before. A cost stands on its date, or is spread over its days to the cent (equal shares by largest remainder, the
/// earlier days taking what is left over). A cost in another currency takes each day's rate; where one is missing, that day's amount
/// waits and the row is marked by <see cref="Measure.RateGaps"/>.
/// </summary>
public static class CostMeasures
{
    /// <summary>
    /// The measures of all costs of a catalog, on the key of their placement. One that names no creator stands on the key of its campaign, or,
    /// where the campaign shares such costs, on those of its creators (<see cref="CostSharing"/>), to whom it sums.
    /// </summary>
    public static MeasureSums Of(CatalogSnapshot catalog) => Of(catalog, catalog.Items<CostItem>());

    /// <summary>What the measures of all costs change by from one catalog to another.</summary>
    public static MeasureSums Between(CatalogSnapshot before, CatalogSnapshot after)
    {
        var deltas = Of(after);
        deltas.Add(Of(before), -1);
        return deltas.DropZeros();
    }

    /// <summary>The measures of some costs of a catalog.</summary>
    public static MeasureSums Of(CatalogSnapshot catalog, IEnumerable<CostItem> costs)
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
            var isOwn = currency.Code == brand.Currency.Code;
            var rate = isOwn ? 1 : catalog.FindRate(currency.Code, brand, day);
            if (rate is null) sums.AddUnmatched(brand.Id, day, UnmatchedKind.Rate, currency.Code, 1);
            var counted = isOwn ? share : rate is { } known ? brand.Currency.ToNearestMinor(currency.ToMajor(share) * known) : 0;
            foreach (var (creator, part) in cost.CreatorId is { } named ? [(named, counted)] : sharing.Value.Share(cost.CampaignId, day, counted))
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
            return [(cost.On ?? throw new InvalidOperationException($"Cost {cost.Id} names no day."), amount)];

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
        _ => throw new InvalidOperationException($"No cost is of kind '{kind}'."),
    };
}
