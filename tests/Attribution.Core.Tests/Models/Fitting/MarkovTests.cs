using Attribution.Core.Models.Fitting;

namespace Attribution.Core.Tests.Models.Fitting;

/// <summary>
/// Removal effects against numbers derived by hand and against a naive twin that takes a placement out and solves the
/// matrix anew.
/// </summary>
public sealed class MarkovTests
{
    private const double Tolerance = 1e-9;

    [Fact]
    public void Loop_is_followed_until_it_converges()
    {
        // a leads to b, to an order and to nothing alike; b always back to a. v(a) = 1/3 + v(a)/3 = 1/2; without b it is 1/3.
        var effects = PathRow.Effects([PathRow.Parse("a b a", conversions: 1), PathRow.Parse("a", nulls: 1)]);
        effects["a"].ShouldBe(1, Tolerance);
        effects["b"].ShouldBe(1 / 3.0, Tolerance);
    }

    [Fact]
    public void Slow_loop_is_as_exact_as_a_fast_one()
    {
        // Of 1,000 touches of a 999 lead to b and back. v(a) = 1/1000 + 999/1000·v(a)·1/2 (b leads back or to nothing).
        var rows = new[] { PathRow.Parse("a", conversions: 1), PathRow.Parse(string.Join(' ', Enumerable.Repeat("a b", 999)), nulls: 1) };
        var (ofA, fromB) = (999.0 / 1000, 998.0 / 999);
        var value = 1 / 1000.0 / (1 - ofA * fromB);
        var effects = PathRow.Effects(rows);
        effects["b"].ShouldBe(1 - (1 / 1000.0 / value), 1e-11);
        effects["a"].ShouldBe(1, Tolerance);
    }

    [Fact]
    public void First_order_forgets_the_origin_of_a_path_and_second_order_does_not()
    {
        PathRow[] rows = [PathRow.Parse("a b", conversions: 1), PathRow.Parse("b a", nulls: 1)];
        // v(a) = v(b)/2, v(b) = 1/2 + v(a)/2: 1/3 and 2/3. Half begin at a. Without a: 1/4 of 1/2.
        PathRow.Effects(rows, order: 1)["a"].ShouldBe(0.5, Tolerance);
        PathRow.Effects(rows, order: 1)["b"].ShouldBe(1, Tolerance);
        PathRow.Effects(rows, order: 2).Values.ShouldAllBe(effect => Math.Abs(effect - 1) < Tolerance);
    }

    [Fact]
    public void Third_order_remembers_one_step_more_than_the_second()
    {
        PathRow[] rows = [PathRow.Parse("a b c", conversions: 1), PathRow.Parse("d b c", nulls: 1)];
        PathRow.Effects(rows, order: 2)["a"].ShouldBe(0.5, Tolerance);
        PathRow.Effects(rows, order: 2)["d"].ShouldBe(0.5, Tolerance);
        PathRow.Effects(rows, order: 3)["a"].ShouldBe(1, Tolerance);
        PathRow.Effects(rows, order: 3)["d"].ShouldBe(0, Tolerance);
    }

    [Fact]
    public void Without_null_paths_the_effect_is_the_probability_of_a_visit()
    {
        PathRow[] rows = [PathRow.Parse("a b", conversions: 3, nulls: 5), PathRow.Parse("a", conversions: 1), PathRow.Parse("x", nulls: 9)];
        var effects = PathRow.Effects(rows, nulls: false);
        effects["a"].ShouldBe(1, Tolerance);
        effects["b"].ShouldBe(0.75, Tolerance);
        effects["x"].ShouldBe(0);
    }

    [Fact]
    public void Repeated_placement_is_one_step() =>
        PathRow.Effects([PathRow.Parse("a a a b b", 2, 1), PathRow.Parse("b", 0, 3)], order: 2).ShouldBe(PathRow.Effects([PathRow.Parse("a b", 2, 1), PathRow.Parse("b", 0, 3)], order: 2));

    [Fact]
    public void Paths_without_conversions_and_no_paths_have_no_effects()
    {
        PathRow.Effects([PathRow.Parse("a b", nulls: 4)]).Values.ShouldAllBe(effect => effect == 0);
        PathRow.Effects([PathRow.Parse("a b", nulls: 4)], nulls: false).Values.ShouldAllBe(effect => effect == 0);
        PathRow.Effects([]).ShouldBeEmpty();
    }

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    public void Effects_equal_those_of_a_twin_that_solves_each_matrix(int order)
    {
        for (var seed = 0; seed < 60; seed++)
            foreach (var nulls in new[] { true, false })
            {
                var rows = PathRow.Random(seed, placements: 2 + (seed % 8), paths: 3 + seed);
                var effects = PathRow.Effects(rows, order, nulls);
                foreach (var (placement, expected) in MarkovTwin.Effects(rows, order, nulls))
                    effects[placement].ShouldBe(expected, Tolerance * Math.Max(expected, 1e-3), $"seed {seed}, nulls {nulls}, {placement}");
            }
    }

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    public void Order_of_paths_does_not_change_a_single_bit(int order)
    {
        for (var seed = 0; seed < 40; seed++)
        {
            var rows = PathRow.Random(seed, placements: 9, paths: 50);
            var shuffled = rows.SelectMany(row => Enumerable.Repeat(row with { Nulls = 0, Conversions = 1 }, (int)row.Conversions)
                .Concat(Enumerable.Repeat(row with { Nulls = 1, Conversions = 0 }, (int)row.Nulls))).ToArray();
            new Random(seed).Shuffle(shuffled);
            Fit.Calculate(PathRow.Count(shuffled, order), true).ShouldBe(Fit.Calculate(PathRow.Count(rows, order), true), $"seed {seed}");
        }
    }

    [Fact]
    public void Tripling_every_path_keeps_effects_and_triples_Shapley_values()
    {
        for (var seed = 0; seed < 20; seed++)
        {
            var rows = PathRow.Random(seed, placements: 6, paths: 30);
            var thrice = rows.ConvertAll(row => row with { Conversions = row.Conversions * 3, Nulls = row.Nulls * 3 });
            PathRow.Effects(thrice, 2).ShouldBe(PathRow.Effects(rows, 2));
            foreach (var counted in PathRow.Count(rows).Placements)
                PathRow.Count(thrice).ShapleyOf(counted.Placement).ShouldBe(3 * PathRow.Count(rows).ShapleyOf(counted.Placement), Tolerance);
        }
    }

    [Fact]
    public void Order_with_too_many_steps_falls_back_to_the_next_lower_order()
    {
        var rows = PathRow.Random(3, placements: 4, paths: 80);
        var second = PathRow.Count(rows, order: 2);
        foreach (var sorted in new[] { rows, [.. rows.AsEnumerable().Reverse()] })
        {
            var counts = PathRow.Count(sorted, order: 3, maxSteps: 100);
            counts.Order.ShouldBe(2);
            Fit.Calculate(counts, true).ShouldBe(Fit.Calculate(second, true));
        }
        PathRow.Count(rows, order: 3, maxSteps: 1).Order.ShouldBe(1);
    }
}
