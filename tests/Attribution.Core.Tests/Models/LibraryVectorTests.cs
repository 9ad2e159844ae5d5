using System.Text.Json.Nodes;
using Attribution.Core.Models;
using Attribution.Core.Models.Fitting;
using Attribution.Core.Tests.Models.Fitting;
using Attribution.Core.Values;
using Attribution.TestKit;

namespace Attribution.Core.Tests.Models;

/// <summary>
/// Tests published cases of other libraries and textbook games; <c>tests/testdata/CONVENTIONS.md</c> lists those left
/// out, with reasons.
/// </summary>
public sealed class LibraryVectorTests
{
    private const double Tolerance = 1e-9;

    // Their parameters or models differ from ours.
    private static readonly string[] ExcludedCases = ["positional_decay", "position two touches 30/70"];

    public static TheoryData<string> Cases =>
        [.. Read("library_test_vectors/cases.json").Select(Name).Where(name => !ExcludedCases.Any(left => name.Contains(left, StringComparison.Ordinal)))];

    [Fact]
    public void All_cases_except_the_excluded_ones_are_tested() => Cases.Count.ShouldBe(20);

    [Theory]
    [MemberData(nameof(Cases))]
    public void Credit_equals_the_published_values(string name)
    {
        var published = Read("library_test_vectors/cases.json").Single(each => Name(each) == name);
        PathRow[] rows = [.. published["journeys"]!.AsArray().Select(row => new PathRow([.. row!["path"]!.AsArray().Select(word => word!.GetValue<string>())], row["conversions"]!.GetValue<long>(), row["nulls"]!.GetValue<long>()))];
        var expected = published["correct"] ?? published["expected"]!;
        var model = published["model"]!.GetValue<string>();
        var credit = model switch
        {
            "markov" => Shared(PathRow.Effects(rows), rows.Sum(row => row.Conversions)),
            "markov_removal_effect" => PathRow.Effects(rows),
            "markov_transition_matrix" => PathRow.Effects(rows),
            "shapley" => PathRow.Count(rows).Placements.ToDictionary(counted => counted.Placement.Creator, counted => PathRow.Count(rows).ShapleyOf(counted.Placement)),
            _ => Heuristic(model, rows),
        };
        foreach (var (placement, value) in model == "markov_transition_matrix" ? Effects(expected.AsObject()) : expected.AsObject().ToDictionary(pair => pair.Key, pair => pair.Value!.GetValue<double>()))
            credit.GetValueOrDefault(placement).ShouldBe(value, Tolerance, placement);
        if (model == "markov_transition_matrix") return;
        credit.Keys.Where(placement => !expected.AsObject().ContainsKey(placement)).ShouldAllBe(placement => credit[placement] == 0);
    }

    public static TheoryData<string> Games => [.. Read("worked_examples/cases.json").Select(game => game["id"]!.GetValue<string>())];

    /// <summary>
    /// Every game is a weighted sum of unanimity games, which correspond to paths; those with a negative weight are
    /// subtracted.
    /// </summary>
    [Theory]
    [MemberData(nameof(Games))]
    public void Shapley_values_of_textbook_games_equal_the_published_ones(string id)
    {
        var game = Read("worked_examples/cases.json").Single(each => each["id"]!.GetValue<string>() == id);
        var worths = game["v"]!.AsObject().ToDictionary(pair => pair.Key.Split(',').ToHashSet(), pair => pair.Value!.GetValue<double>(), HashSet<string>.CreateSetComparer());
        var (given, taken) = (new PathCounts(1), new PathCounts(1));
        foreach (var (coalition, _) in worths)
        {
            var dividend = (long)worths.Where(within => within.Key.IsSubsetOf(coalition)).Sum(within => ((coalition.Count - within.Key.Count) % 2 == 0 ? 1 : -1) * within.Value);
            (dividend > 0 ? given : taken).Add([.. coalition.Select(PathRow.Placement)], Math.Abs(dividend), 0);
        }

        foreach (var (player, value) in game["expected"]!.AsObject())
            (given.ShapleyOf(PathRow.Placement(player)) - taken.ShapleyOf(PathRow.Placement(player))).ShouldBe(value!.GetValue<double>(), Tolerance, player);
    }

    internal static IEnumerable<JsonNode> Read(string file) => JsonNode.Parse(File.ReadAllText(TestData.Path(file)))!.AsArray().Select(each => each!);

    private static string Name(JsonNode published) => $"{published["library"]}: {published["id"]} ({published["model"]})";

    private static Dictionary<string, double> Heuristic(string model, IEnumerable<PathRow> rows)
    {
        ModelNames.TryParse(model, out var known).ShouldBeTrue(model);
        var credit = new Dictionary<string, double>(StringComparer.Ordinal);
        foreach (var row in rows)
        {
            var weightRow = new Weights();
            ModelWeights.Fill(known, [.. row.Path.Select((_, i) => new Timestamp(i))], weightRow);
            var weights = weightRow.ToArray();
            var sum = weights.Sum(weight => (double)weight);
            foreach (var (word, weight) in row.Path.Zip(weights)) credit[word] = credit.GetValueOrDefault(word) + ((double)weight / sum * row.Conversions);
        }

        return credit;
    }

    private static Dictionary<string, double> Shared(Dictionary<string, double> effects, long conversions) =>
        effects.ToDictionary(pair => pair.Key, pair => pair.Value / effects.Values.Sum() * conversions, StringComparer.Ordinal);

    /// <summary>Calculates the removal effects of a published chain without cycles.</summary>
    private static Dictionary<string, double> Effects(JsonObject matrix)
    {
        double Converts(string state, string? without) => state == without ? 0
            : state == "(conversion)" ? 1
            : matrix[state] is not JsonObject steps ? 0
            : steps.Sum(step => step.Value!.GetValue<double>() * Converts(step.Key, without));
        var whole = Converts("(start)", null);
        return matrix.Select(state => state.Key).Where(state => state != "(start)").ToDictionary(state => state, state => 1 - (Converts("(start)", state) / whole));
    }
}
