using Attribution.Core.Identity;
using Attribution.Core.Journeys;
using Attribution.Core.Rollups;
using Attribution.Core.Values;
using Attribution.Host.Reporting.Queries.Rollups;
using Attribution.Host.Reporting.Queries.Values;
using Attribution.Storage.Journeys;
using Attribution.Storage.Rollups;

namespace Attribution.Host.Reporting.Queries;

/// <summary>The query that compares two creators, campaigns or posts as an A/B test.</summary>
internal static class ComparisonQuery
{
    /// <summary>Compares two items of the same kind.</summary>
    /// <param name="query">Days, brand and campaign.</param>
    /// <param name="a">The first item, for example <c>creators/mia</c>.</param>
    /// <param name="b">The second item.</param>
    /// <param name="rollups">The rollups.</param>
    /// <param name="journeys">The journeys, which contain the counters of posts.</param>
    /// <param name="cancellation">Cancels the query.</param>
    public static async Task<QueryResult<CompareAnswer>> RunAsync(
        RollupQuery query, string? a, string? b, IRollupStore rollups, IJourneyStore journeys,
        CancellationToken cancellation)
    {
        if (ParseKind(a) is not { } kind)
            return QueryProblem.BadParameter("a", "Required: creators/{id}, campaigns/{id} or posts/{id}");
        if (ParseKind(b) != kind) return QueryProblem.BadParameter("b", $"Required, of the same kind: {kind}/{{id}}");
        var sides = new List<CompareSide>();
        foreach (var (parameter, name) in new[] { ("a", a!), ("b", b!) })
        {
            if (await ReadSideAsync(kind, name, query, rollups, journeys, cancellation) is not { } side)
                return QueryProblem.BadParameter(
                    parameter,
                    kind == "posts" ? "No counters were reported for the post" : $"The brand '{query.Brand.Id}' has no {name}");
            sides.Add(side);
        }

        var difference = Proportion.Difference95(
            sides[0].Successes.Micros, sides[0].Trials, sides[1].Successes.Micros, sides[1].Trials);
        var isFew = sides.Any(side => side.Successes.Micros < Proportion.MinConversions * 1_000_000L);
        return new CompareAnswer(
            kind == "posts" ? "engagementRate" : "visitorConversionRate", sides[0], sides[1],
            difference is var (value, low, high) ? new(new(value), new(low), new(high)) : null,
            difference switch
            {
                null => "not_comparable",
                _ when isFew => "too_few_to_tell",
                { Low: > 0 } => "a_is_higher",
                { High: < 0 } => "b_is_higher",
                _ => "cannot_tell_apart",
            });
    }

    private static string? ParseKind(string? name) =>
        name?.Split('/', 2) is [("creators" or "campaigns" or "posts") and var kind, { Length: > 0 }] ? kind : null;

    private static async Task<CompareSide?> ReadSideAsync(
        string kind, string name, RollupQuery query, IRollupStore rollups, IJourneyStore journeys,
        CancellationToken cancellation)
    {
        var id = name[(kind.Length + 1)..];
        if (kind == "posts")
        {
            var stored = await journeys.FindByAliasAsync(new(query.Brand.Id, IdentityRules.PostAlias(id)), cancellation);
            if (stored is not { Journey.PostDays: { IsEmpty: false } days }) return null;
            var selected = days.Where(day => day.Day >= query.From && day.Day <= query.To).ToList();
            return CompareSide.FromCounts(
                name, selected.SumWide(day => PostCounters.Engagements(day)) * 1_000_000,
                selected.SumWide(day => PostCounters.Reach(day)));
        }

        var isCreator = kind == "creators";
        if (isCreator ? !query.Catalog.HasCreator(id) : query.Catalog.FindCampaign(id)?.Brand != query.Brand.Id) return null;
        var side = isCreator ? query with { Creator = id } : query with { Creator = null, Campaign = id };
        var figures = await RollupAggregation.ReadBookTotalsAsync(side, rollups, cancellation);
        return CompareSide.FromCounts(name, figures.ConvertedMicros, figures.UniqueVisitors);
    }
}

/// <summary>
/// Access to the growth of a post's counters on a day, by their position in <see cref="PostDay.Growth"/>.
/// </summary>
internal static class PostCounters
{
    /// <summary>Returns the growth of the reach.</summary>
    public static long Reach(PostDay day) => Growth(day, Measure.Reach);

    /// <summary>Returns the growth of likes, comments, shares and saves together.</summary>
    public static long Engagements(PostDay day) => Growth(day, Measure.Likes) + Growth(day, Measure.Comments)
        + Growth(day, Measure.Shares) + Growth(day, Measure.Saves);

    private static long Growth(PostDay day, Measure measure) => day.Growth[measure - Measure.Impressions];
}

/// <summary>A comparison of two items of the same kind.</summary>
/// <param name="Measure"><c>visitorConversionRate</c> or <c>engagementRate</c>.</param>
/// <param name="A">The first item.</param>
/// <param name="B">The second item.</param>
/// <param name="Difference">
/// Rate of the first minus rate of the second, with Newcombe's 95 % interval; null if one of the rates is not a
/// proportion.
/// </param>
/// <param name="Verdict">
/// <c>a_is_higher</c>, <c>b_is_higher</c>, <c>cannot_tell_apart</c> (the interval contains 0), <c>too_few_to_tell</c>
/// (one side has fewer than 10 successes) or <c>not_comparable</c> (one side has no visitors or reach, or less reach than
/// engagements).
/// </param>
internal sealed record CompareAnswer(
    string Measure, CompareSide A, CompareSide B, CompareDifference? Difference, string Verdict);

/// <summary>
/// A difference of rates and the interval that contains the true difference in 95 of 100 cases (both bounds inclusive).
/// </summary>
internal sealed record CompareDifference(Ratio Value, Ratio Low, Ratio High);

/// <summary>One side of a comparison.</summary>
/// <param name="Name">Name as requested.</param>
/// <param name="Successes">Number of converted visitors or engagements.</param>
/// <param name="Trials">Number of unique visitors, or reach.</param>
/// <param name="Rate">Successes ÷ trials; null without trials.</param>
/// <param name="Interval">Wilson's 95 % interval; null if the rate is not a proportion.</param>
internal sealed record CompareSide(string Name, Share Successes, Int128 Trials, Ratio? Rate, RollupInterval? Interval)
{
    /// <summary>Creates a side from its counts.</summary>
    public static CompareSide FromCounts(string name, Int128 successMicros, Int128 trials) => new(
        name, new(successMicros), trials, Ratio.FromNullable(Ratios.ConversionRate(successMicros, trials)),
        RollupInterval.FromBounds(Proportion.Interval95(successMicros, trials)));
}
