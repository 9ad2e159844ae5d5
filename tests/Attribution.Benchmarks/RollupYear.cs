using System.Diagnostics;
using Attribution.Contracts.Catalog;
using Attribution.Core.Models;
using Attribution.Core.Rollups;
using Attribution.Core.Values;
using Attribution.Storage.Rollups;

namespace Attribution.Benchmarks;

/// <summary>
/// A year of rollups: 2,000 creators, each in two of 20 campaigns, every placement with touches on every day, three in five with orders
/// under every model. Deltas of a day are appended and folded, day by day, as a host would; made up by a seed, the same each time.
/// </summary>
internal static class RollupYear
{
    public const int Creators = 2_000;
    public const int Campaigns = 20;
    public const int Days = 365;
    private const string Brand = "default";

    /// <summary>Campaigns, creators, a link and a code for each placement.</summary>
    public static IReadOnlyList<ICatalogItem> Catalog() =>
    [
        .. Enumerable.Range(0, Campaigns).Select(i => new CampaignItem(CampaignOf(i), $"Campaign {i}")),
        .. Enumerable.Range(0, Creators).Select(i => new CreatorItem(CreatorOf(i), $"Creator {i}", Niche: i % 3 == 0 ? "beauty" : "sports", Handles: [new("instagram", $"creator.{i}", 1_000 + 97L * i)])),
        .. Placements().Select(at => new LinkItem($"{at.Creator}-{at.Campaign}", $"{at.Creator}-{at.Campaign}", "https://shop.example/", at.Campaign, at.Creator)),
        .. Placements().Select(at => new CodeItem($"{at.Creator}-{at.Campaign}", $"{at.Creator}{at.Campaign}".ToUpperInvariant(), at.Campaign, at.Creator)),
    ];

    /// <summary>Fills a store with the days up to one, itself inside, and says what each tenth of it cost.</summary>
    public static async Task FillAsync(IRollupStore store, IReconciliationStore reconciliation, DateOnly last, Timestamp at)
    {
        var (random, placements) = (new Random(1), Placements().ToList());
        var (appending, folding, began) = (TimeSpan.Zero, TimeSpan.Zero, Stopwatch.GetTimestamp());
        for (var i = 0; i < Days; i++)
        {
            var sums = Day(last.AddDays(i + 1 - Days), placements, random);
            var from = Stopwatch.GetTimestamp();
            if (!await reconciliation.AppendCorrectionAsync(sums, generation: null, at, default)) throw new InvalidOperationException("The deltas were not taken.");
            appending += Stopwatch.GetElapsedTime(from);
            from = Stopwatch.GetTimestamp();
            while (await store.FoldAsync(256, () => at, default) > 0)
            {
            }
            folding += Stopwatch.GetElapsedTime(from);
            if ((i + 1) % 73 == 0)
                Console.WriteLine(
                    $"{(i + 1) * placements.Count,10:N0} rollups filled in {Stopwatch.GetElapsedTime(began).TotalSeconds,6:N1} s: appended {appending.TotalSeconds:N1}, folded {folding.TotalSeconds:N1} ({folding.TotalMicroseconds / (i + 1) / placements.Count:N1} µs a rollup), {Environment.WorkingSet >> 20} MiB resident");
        }
    }

    public static string CampaignOf(int i) => $"campaign-{i:00}";

    public static string CreatorOf(int i) => $"creator-{i:0000}";

    private static IEnumerable<Placement> Placements() =>
        from creator in Enumerable.Range(0, Creators)
        from campaign in new[] { creator % Campaigns, (creator + 1 + creator / Campaigns % (Campaigns - 1)) % Campaigns }
        select new Placement(CampaignOf(campaign), CreatorOf(creator));

    private static MeasureSums Day(DateOnly day, List<Placement> placements, Random random)
    {
        var sums = new MeasureSums();
        var (all, nobody) = (sums[RollupKey.Total(Brand, day)], sums[RollupKey.Unattributed(Brand, day)]);
        foreach (var placement in placements)
        {
            var cell = sums[RollupKey.ForPlacement(Brand, day, placement)];
            cell[Measure.Clicks] = 1 + random.Next(60);
            cell[Measure.UniqueVisitors] = 1 + cell[Measure.Clicks] * 4 / 5;
            cell[Measure.Visits] = cell[Measure.UniqueVisitors] / 2;
            cell[Measure.InvalidBot] = random.Next(3);
            if (day.Day == 1) cell[Measure.CostFee] = 20_000 + random.Next(10_000);
            if (random.Next(5) >= 3) continue;
            var orders = 1 + random.Next(3);
            cell[Measure.Redemptions] = random.Next(orders + 1);
            cell[Measure.Commission] = 900 * orders;
            for (var model = 0; model < MeasureCell.ModelCount; model++)
            {
                if (((Model)model).IsFitted()) continue;
                Credit(cell, (Model)model, orders, random);
            }
            Credit(all, Model.LastTouch, orders, random);
        }
        Credit(nobody, Model.LastTouch, 300, random);
        Credit(all, Model.LastTouch, 300, random);
        return sums;
    }

    private static void Credit(MeasureCell cell, Model model, int orders, Random random)
    {
        cell[model, CreditMeasure.Orders] += orders;
        cell[model, CreditMeasure.ConversionMicros] += orders * 1_000_000L - random.Next(500_000);
        cell[model, CreditMeasure.NewCustomers] += orders / 2;
        cell[model, CreditMeasure.Gross] += orders * (5_000L + random.Next(10_000));
        cell[model, CreditMeasure.Discount] += orders * 500L;
        cell[model, CreditMeasure.Refunds] += random.Next(8) == 0 ? 2_000 : 0;
        cell[model, CreditMeasure.RefundsCash] += random.Next(8) == 0 ? 2_000 : 0;
    }
}
