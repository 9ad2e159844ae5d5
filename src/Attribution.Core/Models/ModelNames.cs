using System.Collections.Frozen;

namespace Attribution.Core.Models;

/// <summary>The names of models in settings, answers and CSV.</summary>
public static class ModelNames
{
    private static readonly string[] Names =
    [
        "first_touch", "last_touch", "linear", "time_decay", "position_based", "j_shaped", "inverse_j", "participation", "markov", "shapley", "book",
    ];

    private static readonly FrozenDictionary<string, Model> ByName =
        Names.Select((name, number) => (name, (Model)number)).ToFrozenDictionary(
            pair => pair.name, pair => pair.Item2, StringComparer.Ordinal);

    /// <summary>
    /// Gets the models that conversions are split under, by number; the fitted ones only if there is a fit.
    /// </summary>
    public static IReadOnlyList<Model> Served { get; } = [.. Enum.GetValues<Model>().Where(model => model != Model.Book)];

    /// <summary>Gets the models that need no fit, by number.</summary>
    public static IReadOnlyList<Model> Heuristic { get; } = [.. Served.Where(model => !model.IsFitted())];

    /// <summary>
    /// Gets the models that rollups are stored under: the served models and <see cref="Model.Book"/>.
    /// </summary>
    public static IReadOnlyList<Model> Reported { get; } = [.. Served, Model.Book];

    /// <summary>
    /// Gets the models that can write the ledger: their shares sum to the whole, and they need no fit.
    /// </summary>
    public static IReadOnlyList<Model> Bookable { get; } = [.. Heuristic.Where(model => model != Model.Participation)];

    /// <summary>Returns the name of a model.</summary>
    public static string NameOf(Model model) => Names[(int)model];

    /// <summary>Finds a model by its name (ordinal comparison). Returns false for an unknown name.</summary>
    public static bool TryParse(string name, out Model model) => ByName.TryGetValue(name, out model);

    /// <summary>Returns true if a job fits the model's weights over all paths.</summary>
    public static bool IsFitted(this Model model) => ModelSet.Fitted.Contains(model);

    /// <summary>Returns the set that contains one model.</summary>
    public static ModelSet ToSet(this Model model) => (ModelSet)(1 << (int)model);

    /// <summary>Returns true if a set contains a model.</summary>
    public static bool Contains(this ModelSet set, Model model) => (set & model.ToSet()) != 0;
}
