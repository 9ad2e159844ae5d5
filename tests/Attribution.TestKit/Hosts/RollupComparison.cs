using System.Globalization;
using System.Text.Json;
using Attribution.Simulator;

namespace Attribution.TestKit.Hosts;

/// <summary>
/// A comparison of a host's daily rollups, in both views, with the simulator's ground truth. The unattributed part and
/// the totals have fewer measures than a row; the truth is reduced to the same measures. Totals cover all days and are
/// compared under the first day of the market.
/// </summary>
public static class RollupComparison
{
    private static readonly (string Measure, string Path, Unit Unit)[] Measures =
    [
        ("clicks", "clicks", Unit.Count), ("uniqueVisitors", "uniqueVisitors", Unit.Count),
        ("convertedVisitors", "convertedVisitors", Unit.Count), ("visits", "visits", Unit.Count),
        ("invalidTouches", "invalidTouches", Unit.Count), ("assistantTouches", "assistantTouches", Unit.Count),
        ("referrals", "referrals", Unit.Count), ("orders", "orders", Unit.Count),
        ("conversions", "conversions", Unit.Micros), ("leads", "leads", Unit.Micros),
        ("redemptions", "redemptions", Unit.Count), ("newCustomers", "newCustomers", Unit.Count),
        ("unknownCustomers", "unknownCustomers", Unit.Count),
        ("gross", "gross", Unit.Money), ("discount", "discount", Unit.Money), ("refunds", "refunds", Unit.Money),
        ("net", "net", Unit.Money),
        ("cost.fee", "cost.fee", Unit.Money), ("cost.production", "cost.production", Unit.Money),
        ("cost.management", "cost.management", Unit.Money), ("cost.gift", "cost.gift", Unit.Money),
        ("cost.shipping", "cost.shipping", Unit.Money), ("cost.other", "cost.other", Unit.Money),
        ("cost.commission", "cost.commission", Unit.Money),
        ("impressions", "engagement.impressions", Unit.Count), ("reach", "engagement.reach", Unit.Count),
        ("likes", "engagement.likes", Unit.Count), ("comments", "engagement.comments", Unit.Count),
        ("shares", "engagement.shares", Unit.Count), ("saves", "engagement.saves", Unit.Count),
        ("views", "engagement.views", Unit.Count),
    ];

    private static readonly string[] CashMeasures = ["refunds", "cost.commission"];

    private enum Unit { Count, Micros, Money }

    /// <summary>
    /// Returns one line per cell that differs between a host and a market's truth; empty if all cells are equal.
    /// </summary>
    /// <param name="host">The host.</param>
    /// <param name="market">The market.</param>
    /// <param name="model">Attribution model.</param>
    /// <param name="cancellation">Cancels the operation.</param>
    /// <param name="daysAfter">Number of days to read after the last day of the market; they must be empty.</param>
    /// <param name="without">Measures that are not compared, because traffic after the market changes them.</param>
    public static async Task<IReadOnlyList<string>> DifferencesAsync(
        HostProcess host, Market market, string model, CancellationToken cancellation, int daysAfter = 2, params string[] without)
    {
        var truth = WithNet(GroundTruth.CalculateRollups(market, model), market.LastDay.AddDays(daysAfter));
        var (reported, served) = (new GroundTruthTable(), new HashSet<(string Part, string Measure)>());
        foreach (var view in (string[])["cohort", "cash"])
        {
            var days = string.Create(
                CultureInfo.InvariantCulture,
                $"from={market.FirstDay.AddDays(-2):yyyy-MM-dd}&to={market.LastDay.AddDays(daysAfter):yyyy-MM-dd}");
            var path = $"/v1/rollups/daily?{days}&brand={market.BrandId}&model={model}&view={view}";
            using var answer = await host.GetAsync(path, cancellation);
            foreach (var row in answer.RootElement.GetProperty("rows").EnumerateArray())
            {
                var (campaign, creator) = (row.GetProperty("campaignId").GetString()!, row.GetProperty("creatorId").GetString());
                Read(row, Day(row), campaign, creator ?? "", "row");
            }

            foreach (var row in answer.RootElement.GetProperty("unattributed").EnumerateArray())
                Read(row, Day(row), "", "", "unattributed");
            Read(answer.RootElement.GetProperty("totals"), market.FirstDay, GroundTruthTable.Total, "", "totals");

            void Read(JsonElement row, DateOnly day, string campaign, string creator, string part)
            {
                foreach (var (measure, member, unit) in Measures)
                {
                    if (without.Contains(measure)) continue;
                    if (view == "cash" && !CashMeasures.Contains(measure)) continue;
                    var name = view == "cash" ? measure + ".cash" : measure;
                    var found = Find(row, member);
                    // Absent if there are none.
                    if (found is not null || measure is "unknownCustomers" or "assistantTouches" or "referrals") served.Add((part, name));
                    if (found is not { } value) continue;
                    reported.Add(day, campaign, creator, name, Number(value, unit, market.CurrencyDigits));
                }
            }
        }

        var expected = new GroundTruthTable();
        foreach (var (cell, value) in truth.Cells)
        {
            if (!served.Contains((PartOf(cell), cell.Measure))) continue;
            var day = cell.Campaign == GroundTruthTable.Total ? market.FirstDay : cell.Day;
            expected.Add(day, cell.Campaign, cell.Creator, cell.Measure, value);
        }

        // A response without rows must not pass because there is nothing to compare.
        var missing = Measures.Where(m => !without.Contains(m.Measure) && !served.Contains(("row", m.Measure))).Select(m => $"no row has {m.Measure}");
        return [.. missing, .. expected.DifferencesTo(reported)];
    }

    private static string PartOf(GroundTruthCell cell) => cell.Campaign switch
    {
        "" => "unattributed",
        GroundTruthTable.Total => "totals",
        _ => "row",
    };

    /// <summary>Returns the truth with net. Costs can be spread over days after the last one that is read.</summary>
    private static GroundTruthTable WithNet(GroundTruthTable truth, DateOnly lastDay)
    {
        var table = new GroundTruthTable();
        foreach (var (cell, value) in truth.Cells.Where(cell => cell.Key.Day <= lastDay))
        {
            table.Add(cell.Day, cell.Campaign, cell.Creator, cell.Measure, value);
            if (cell.Measure is "gross" or "discount" or "refunds")
                table.Add(cell.Day, cell.Campaign, cell.Creator, "net", cell.Measure == "gross" ? value : -value);
        }

        return table;
    }

    private static DateOnly Day(JsonElement row) => DateOnly.Parse(row.GetProperty("day").GetString()!, CultureInfo.InvariantCulture);

    private static JsonElement? Find(JsonElement row, string path)
    {
        foreach (var name in path.Split('.'))
            if (row.ValueKind != JsonValueKind.Object || !row.TryGetProperty(name, out row)) return null;
        return row;
    }

    private static long Number(JsonElement value, Unit unit, int digits)
    {
        if (unit == Unit.Count) return value.GetInt64();
        var scale = unit == Unit.Micros ? 1_000_000m : (decimal)Math.Pow(10, digits);
        var number = decimal.Parse(value.GetString()!, CultureInfo.InvariantCulture) * scale;
        return number == decimal.Truncate(number) ? (long)number : throw new FormatException($"{value} has too many decimals.");
    }
}
