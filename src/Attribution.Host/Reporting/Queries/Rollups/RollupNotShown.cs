using Attribution.Core.Models;

namespace Attribution.Host.Reporting.Queries.Rollups;

/// <summary>A period for which a model has no numbers and no rows.</summary>
/// <param name="Model">The model.</param>
/// <param name="From">First local day (inclusive).</param>
/// <param name="To">Last local day (inclusive).</param>
/// <param name="Reason"><c>no_fit</c>: no fit of the model credits these days.</param>
/// <param name="Detail">The reason as text.</param>
internal sealed record RollupNotShown(string Model, DateOnly From, DateOnly To, string Reason, string Detail)
{
    /// <summary>Returns the periods of a query that have no numbers.</summary>
    public static IReadOnlyList<RollupNotShown> ForQuery(RollupQuery query)
    {
        if (query.FittedFrom <= query.From) return [];
        var to = query.FittedFrom is { } first && first <= query.To ? first.AddDays(-1) : query.To;
        var detail = query.FittedFrom is { } day ? $"The first fit credits {day:O} and later days"
            : "There is no fit yet; GET /v1/models returns the result of the latest attempt";
        return [.. query.Models.Where(model => model.IsFitted())
            .Select(model => new RollupNotShown(ModelNames.NameOf(model), query.From, to, "no_fit", detail))];
    }

    public override string ToString() => $"{Model} {From:O}..{To:O} {Reason}";
}
