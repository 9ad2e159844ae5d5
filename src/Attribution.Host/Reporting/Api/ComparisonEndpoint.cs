using System.ComponentModel;
using Attribution.Core.Identity;
using Attribution.Core.Journeys;
using Attribution.Core.Rollups;
using Attribution.Core.Statistics;
using Attribution.Core.Values;
using Attribution.Host.Hosting;
using Attribution.Host.Reporting.Queries.Rollups;
using Attribution.Storage.Journeys;
using Attribution.Storage.Rollups;

namespace Attribution.Host.Reporting.Api;

/// <summary><c>GET /v1/compare</c>: two creators, campaigns or posts as an A/B.</summary>
internal static class ComparisonEndpoint
{
    public static void MapComparison(this IEndpointRouteBuilder routes) =>
        routes.MapGet("/v1/compare", async (
                [Description("Needed. The one: creators/mia, campaigns/spring or posts/ig-123.")] string? a,
                [Description("Needed. The other, of the same kind.")] string? b,
                [Description("Needed. First local day, inside: 2026-03-01.")] string? from,
                [Description("Needed. Last local day, inside.")] string? to,
                [Description("The brand; default when absent.")] string? brand,
                [Description("Creators in this campaign only.")] string? campaign,
                HttpContext http, CatalogCache source, IRollupStore rollups, IJourneyStore journeys, TimeProvider time, CancellationToken cancellation) =>
            {
                var (query, fault) = RollupQuery.Parse(http.Request.Query, await source.RefreshAsync(cancellation), Timestamp.From(time.GetUtcNow()));
                return query is null ? fault! : await AnswerAsync(query, a, b, rollups, journeys, cancellation);
            })
            .AllowQueryParameters("a", "b", "from", "to", "brand", "campaign")
            .WithTags("Report").WithName("Compare").WithSummary("Two creators, two campaigns or two posts as an A/B, with the interval of the difference.")
            .WithDescription("Creators and campaigns are compared by conversionRate (conversions of unique visitors, by the books), posts by engagementRate (likes, comments, shares and saves of reach). The interval of each is Wilson's, that of the difference Newcombe's; where it holds 0, chance alone may have made the difference.")
            .Produces<CompareAnswer>().ProducesProblem(StatusCodes.Status400BadRequest);

    /// <summary>The answer, or the problem.</summary>
    public static async Task<IResult> AnswerAsync(RollupQuery query, string? a, string? b, IRollupStore rollups, IJourneyStore journeys, CancellationToken cancellation)
    {
        if (ParseKind(a) is not { } kind) return ApiProblems.BadParameter("a", "Is needed: creators/{id}, campaigns/{id} or posts/{id}");
        if (ParseKind(b) != kind) return ApiProblems.BadParameter("b", $"Is needed, of the same kind: {kind}/{{id}}");
        var sides = new List<CompareSide>();
        foreach (var (parameter, name) in new[] { ("a", a!), ("b", b!) })
        {
            if (await ReadSideAsync(kind, name, query, rollups, journeys, cancellation) is not { } side)
                return ApiProblems.BadParameter(parameter, kind == "posts" ? "No counters were reported for the post" : $"The brand '{query.Brand.Id}' knows no {name}");
            sides.Add(side);
        }

        var difference = Proportion.Difference95(sides[0].SuccessMicros, sides[0].Trials, sides[1].SuccessMicros, sides[1].Trials);
        var isFew = sides.Any(side => side.SuccessMicros < Proportion.MinConversions * 1_000_000L);
        return Results.Json(
            new CompareAnswer(
                kind == "posts" ? "engagementRate" : "conversionRate", sides[0], sides[1],
                difference is var (value, low, high) ? new(RollupRow.FormatRatio(value)!, RollupRow.FormatRatio(low)!, RollupRow.FormatRatio(high)!) : null,
                difference is not { } told ? "not_comparable" : isFew ? "too_few_to_tell" : told.Low > 0 ? "a_is_higher" : told.High < 0 ? "b_is_higher" : "cannot_tell_apart"),
            ReportJson.Options);
    }

    private static string? ParseKind(string? name) =>
        name?.Split('/', 2) is [("creators" or "campaigns" or "posts") and var kind, { Length: > 0 }] ? kind : null;

    private static async Task<CompareSide?> ReadSideAsync(string kind, string name, RollupQuery query, IRollupStore rollups, IJourneyStore journeys, CancellationToken cancellation)
    {
        var id = name[(kind.Length + 1)..];
        if (kind == "posts")
        {
            if (await journeys.FindByAliasAsync(new(query.Brand.Id, IdentityRules.PostAlias(id)), cancellation) is not { Journey.PostDays: { IsEmpty: false } days }) return null;
            var shown = days.Where(day => day.Day >= query.From && day.Day <= query.To).ToList();
            return CompareSide.FromCounts(name, shown.Sum(day => PostCounters.Engagements(day)) * 1_000_000, shown.Sum(PostCounters.Reach));
        }

        if (kind == "creators" ? !query.Catalog.HasCreator(id) : query.Catalog.FindCampaign(id)?.Brand != query.Brand.Id) return null;
        var side = query with { Creator = kind == "creators" ? id : null, Campaign = kind == "creators" ? query.Campaign : id };
        var figures = await RollupAggregation.ReadBookTotalsAsync(side, rollups, cancellation);
        return CompareSide.FromCounts(name, figures.ConversionMicros, figures.UniqueVisitors);
    }
}

/// <summary>What a post's counters grew by on a day, by the place that each has in <see cref="PostDay.Growth"/>.</summary>
internal static class PostCounters
{
    public static long Reach(PostDay day) => day.Growth[Measure.Reach - Measure.Impressions];

    public static long Engagements(PostDay day) =>
        day.Growth[Measure.Likes - Measure.Impressions] + day.Growth[Measure.Comments - Measure.Impressions] + day.Growth[Measure.Shares - Measure.Impressions] + day.Growth[Measure.Saves - Measure.Impressions];
}

/// <summary>Two of a kind, compared.</summary>
/// <param name="Measure"><c>conversionRate</c> or <c>engagementRate</c>.</param>
/// <param name="A">The one.</param>
/// <param name="B">The other.</param>
/// <param name="Difference">The rate of the one less that of the other, with Newcombe's 95 % interval; null where one of them is no proportion.</param>
/// <param name="Verdict"><c>a_is_higher</c>, <c>b_is_higher</c>, <c>cannot_tell_apart</c> (the interval holds 0), <c>too_few_to_tell</c> (either has fewer than 10) or <c>not_comparable</c> (either has no visitors or reach, or fewer than conversions or engagements).</param>
internal sealed record CompareAnswer(string Measure, CompareSide A, CompareSide B, CompareDifference? Difference, string Verdict);

/// <summary>A difference of rates and where the true one lies in 95 of 100 cases, both ends inside.</summary>
internal sealed record CompareDifference(string Value, string Low, string High);

/// <summary>One side.</summary>
/// <param name="Name">As asked for.</param>
/// <param name="Successes">Conversions, or engagements.</param>
/// <param name="Trials">Unique visitors, or reach.</param>
/// <param name="Rate">Successes ÷ trials; null without trials.</param>
/// <param name="Interval">Wilson's 95 % interval; null where it is no proportion.</param>
internal sealed record CompareSide(string Name, string Successes, long Trials, string? Rate, RollupInterval? Interval)
{
    /// <summary>Successes in millionths.</summary>
    [System.Text.Json.Serialization.JsonIgnore]
    public long SuccessMicros { get; private init; }

    public static CompareSide FromCounts(string name, long successMicros, long trials) => new(
        name, RollupRow.FormatShare(successMicros), trials, RollupRow.FormatRatio(Ratios.ConversionRate(successMicros, trials)),
        Proportion.Interval95(successMicros, trials) is var (low, high) ? new(RollupRow.FormatRatio(low)!, RollupRow.FormatRatio(high)!) : null) { SuccessMicros = successMicros };
}
