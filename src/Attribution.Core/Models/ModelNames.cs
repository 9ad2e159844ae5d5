using System.Collections.Frozen;

namespace Attribution.Core.Models;

/// <summary>The models' names, as they stand in settings, answers and CSV.</summary>
public static class ModelNames
{
    private static readonly string[] Names =
    [
        "first_touch", "last_touch", "linear", "time_decay", "position_based", "j_shaped", "inverse_j", "participation", "markov", "shapley", "book",
    ];

    private static readonly FrozenDictionary<string, Model> ByName =
        Names.Select((name, number) => (name, (Model)number)).ToFrozenDictionary(pair => pair.name, pair => pair.Item2, StringComparer.Ordinal);

    /// <summary>The models there are, by number: each is computed for every conversion, the fitted ones where there is a fit.</summary>
    public static IReadOnlyList<Model> Served { get; } = [.. Enum.GetValues<Model>().Where(model => model != Model.Book)];

    /// <summary>The models that need no fit, by number.</summary>
    public static IReadOnlyList<Model> Heuristic { get; } = [.. Served.Where(model => !model.IsFitted())];

    /// <summary>What rollups are kept under: the models computed, and <see cref="Model.Book"/>.</summary>
    public static IReadOnlyList<Model> Reported { get; } = [.. Served, Model.Book];

    /// <summary>The models that may write the ledger: those whose shares sum to the whole and need no fit.</summary>
    public static IReadOnlyList<Model> Bookable { get; } = [.. Heuristic.Where(model => model != Model.Participation)];

    /// <summary>The name of a model.</summary>
    public static string NameOf(Model model) => Names[(int)model];

    /// <summary>The model of a name, compared ordinally. An unknown name is no model.</summary>
    public static bool TryParse(string name, out Model model) => ByName.TryGetValue(name, out model);

    /// <summary>Whether a model's weights are fitted over all paths by a job.</summary>
    public static bool IsFitted(this Model model) => ModelSet.Fitted.Contains(model);

    /// <summary>The set that holds one model.</summary>
    public static ModelSet ToSet(this Model model) => (ModelSet)(1 << (int)model);

    /// <summary>Whether a set holds a model.</summary>
    public static bool Contains(this ModelSet set, Model model) => (set & model.ToSet()) != 0;
}
