using System.Numerics;
using Attribution.Core.Models.Fitting;

namespace Attribution.Core.Tests.Models.Fitting;

/// <summary>
/// The closed form of the Shapley value against the definition: every order in which a coalition can grow, and every
/// coalition.
/// </summary>
public sealed class ShapleyTests
{
    [Fact]
    public void Even_share_equals_the_average_contribution_over_all_orders()
    {
        for (var seed = 0; seed < 15; seed++)
        {
            var rows = PathRow.Random(seed, placements: 2 + (seed % 5), paths: 4 + seed);
            string[] players = [.. rows.SelectMany(row => row.Path).Distinct()];
            var counts = PathRow.Count(rows);
            var sums = players.ToDictionary(player => player, _ => 0.0);
            var orders = 0;
            foreach (var order in Orders(players))
            {
                orders++;
                for (var i = 0; i < order.Count; i++) sums[order[i]] += Worth(rows, order.Take(i + 1)) - Worth(rows, order.Take(i));
            }

            foreach (var player in players) counts.ShapleyOf(PathRow.Placement(player)).ShouldBe(sums[player] / orders, 1e-9 * Math.Max(1, sums[player] / orders), $"seed {seed}, {player}");
        }
    }

    [Fact]
    public void Even_share_equals_the_weighted_sum_over_every_coalition()
    {
        for (var seed = 100; seed < 115; seed++)
        {
            var rows = PathRow.Random(seed, placements: 6, paths: 60);
            string[] players = [.. rows.SelectMany(row => row.Path).Distinct()];
            var counts = PathRow.Count(rows);
            for (var p = 0; p < players.Length; p++)
            {
                var expected = 0.0;
                for (uint set = 0; set < 1u << players.Length; set++)
                {
                    if ((set >> p & 1) == 1) continue;
                    var others = players.Where((_, i) => (set >> i & 1) == 1).ToArray();
                    var size = BitOperations.PopCount(set);
                    expected += (Worth(rows, [.. others, players[p]]) - Worth(rows, others)) * Factorial(size) * Factorial(players.Length - size - 1) / Factorial(players.Length);
                }

                counts.ShapleyOf(PathRow.Placement(players[p])).ShouldBe(expected, 1e-9 * Math.Max(1, expected), $"seed {seed}");
            }
        }
    }

    [Fact]
    public void Values_sum_to_the_conversions_and_report_the_number_of_paths()
    {
        var counts = PathRow.Count([PathRow.Parse("a b a", 4, 2), PathRow.Parse("b", 1, 0), PathRow.Parse("c", 0, 7)]);
        (counts.Conversions, counts.NonConverting).ShouldBe((5, 9));
        Fit.Calculate(counts, true).Select(value => (value.Placement.Creator, value.Paths, value.Conversions, value.Shapley))
            .ShouldBe([("a", 6, 4, 2_000_000), ("b", 7, 5, 3_000_000), ("c", 7, 0, 0)]);
    }

    [Fact]
    public void Empty_path_is_ignored()
    {
        var counts = new PathCounts(1);
        counts.Add([], 3, 4);
        (counts.Conversions, counts.NonConverting, counts.Placements.Count).ShouldBe((0, 0, 0));
    }

    private static double Worth(IEnumerable<PathRow> rows, IEnumerable<string> coalition)
    {
        var within = coalition.ToHashSet();
        return rows.Where(row => row.Path.All(within.Contains)).Sum(row => row.Conversions);
    }

    private static IEnumerable<List<string>> Orders(string[] players) =>
        players.Length == 0 ? [[]] : players.SelectMany(first => Orders([.. players.Where(other => other != first)]).Select(rest => (List<string>)[first, .. rest]));

    private static double Factorial(int n) => n <= 1 ? 1 : n * Factorial(n - 1);
}
