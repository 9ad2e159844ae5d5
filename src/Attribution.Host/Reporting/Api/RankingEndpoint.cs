using System.ComponentModel;
using Attribution.Contracts.Catalog;
using Attribution.Core.Catalog;
using Attribution.Core.Models;
using Attribution.Core.Rollups;
using Attribution.Core.Statistics;
using Attribution.Core.Values;
using Attribution.Host.Hosting;
using Attribution.Host.Reporting.Export;
using Attribution.Host.Reporting.Queries.Rollups;
using Attribution.Storage.Rollups;

namespace Attribution.Host.Reporting.Api;

/// <summary><c>GET /v1/ranking</c>: creators by what they return, each beside her tier.</summary>
internal static class RankingEndpoint
{
    public static void MapRanking(this IEndpointRouteBuilder routes) =>
        routes.MapGet("/v1/ranking", async (
                [Description("Needed. First local day, inside: 2026-03-01.")] string? from,
                [Description("Needed. Last local day, inside.")] string? to,
                [Description("The brand; default when absent.")] string? brand,
                [Description("In this campaign only.")] string? campaign,
                [Description("A model's name, or book; the brand's book model when absent.")] string? model,
                [Description("cohort (default) or cash, as in the rollups.")] string? view,
                [Description("json or csv; by the header Accept when absent, else json.")] string? format,
                HttpContext http, CatalogCache source, IRollupStore store, TimeProvider time, CancellationToken cancellation) =>
            {
                var now = Timestamp.From(time.GetUtcNow());
                var (query, fault) = RollupQuery.Parse(http.Request.Query, await source.RefreshAsync(cancellation), now);
                if (query is null) return fault!;
                if (query.AllModels) return ApiProblems.BadParameter("model", "A ranking is by one model");
                if (!CsvFormat.TryReadFormat(http.Request, out var csv, out fault)) return fault;
                var answer = await AnswerAsync(query, store, cancellation);
                return csv ? await CsvTable.WriteAsync(http.Response, $"ranking-{query.From:O}-{query.To:O}.csv", answer.Rows, cancellation) : Results.Json(answer, ReportJson.Options);
            })
            .AllowQueryParameters("from", "to", "brand", "campaign", "model", "view", "format")
            .WithTags("Report").WithName("GetRanking").WithSummary("Creators by ROI drawn towards the mean of their tier, with the tiers and the benchmarks they meet or miss.")
            .WithDescription($"rankedRoiPercent is ROI as though {Shrinkage.PriorConversions} more conversions had come, each bringing and costing what one of the creator's tier does on average (the row of the tier): one lucky order does not lead the list, nor does one creator without luck end it. The more was spent on a creator, the more her own return weighs. Tiers are by followers on the platform where a creator has most; who has no tier is compared with the others without. Tiers and benchmarks, by tier and platform, are the brand's (members tiers, benchmarks).")
            .Produces<RankingAnswer>(StatusCodes.Status200OK, "application/json", "text/csv").ProducesProblem(StatusCodes.Status400BadRequest);

    /// <summary>The answer to a query, whatever it keeps apart.</summary>
    public static async Task<RankingAnswer> AnswerAsync(RollupQuery asked, IRollupStore store, CancellationToken cancellation)
    {
        var query = asked with { GroupBy = new(Day: false, Campaign: false, Creator: true), Creator = null };
        var groups = new RollupAggregation(query, await RollupAnswer.OpenReadingAsync(query, store, cancellation));
        var standing = CreatorBenchmarks.FromBrand((BrandItem)query.Catalog.Contents.Items[new(CatalogKind.Brands, query.Brand.Id)]);
        var creators = new List<(RollupGroupResult Shown, HandleItem? Handle, string? Tier)>();
        await foreach (var shown in groups.ReadResultsAsync(cancellation))
        {
            if (shown.Key is not { Attributed: true, Creator: { } id }) continue;
            var handle = CreatorBenchmarks.PrimaryHandle(query.Catalog.Contents.Items.GetValueOrDefault(new(CatalogKind.Creators, id)) as CreatorItem);
            creators.Add((shown, handle, standing.TierOf(handle?.Followers)));
        }

        var names = standing.Tiers.Select(tier => tier.Name).ToList();
        var tiers = creators.GroupBy(creator => creator.Tier).OrderBy(tier => tier.Key is null ? int.MaxValue : names.IndexOf(tier.Key))
            .Select(tier => (Name: tier.Key, Creators: tier.Count(), Sum: SumGroups(tier.Select(creator => creator.Shown)))).ToList();
        var rows = new List<RankedCreator>();
        foreach (var (shown, handle, tier) in creators)
        {
            var (own, mean) = (Figures(shown), Figures(tiers.Single(each => each.Name == tier).Sum));
            var row = Row(shown);
            var (meets, misses) = standing.Evaluate(tier, handle?.Platform, ratio => RollupRow.ParseRatio(row.GetRatio(ratio)));
            rows.Add(new(tier, handle?.Platform, handle?.Followers, RollupRow.FormatRatio(Shrinkage.RoiPercent(own.Net, own.Cost, mean.Net, mean.Cost, mean.ConversionMicros)), meets, misses, row));
        }

        return new(
            [.. rows.OrderBy(row => row.RankedRoiPercent is null).ThenByDescending(row => RollupRow.ParseRatio(row.RankedRoiPercent)).ThenBy(row => row.Row.CreatorId, StringComparer.Ordinal)],
            [.. tiers.Select(tier => new RankedTier(tier.Name, standing.Tiers.FirstOrDefault(each => each.Name == tier.Name)?.FromFollowers, tier.Creators, Row(tier.Sum)))],
            standing.Benchmarks);

        RollupFigures Figures(RollupGroupResult shown) => RollupFigures.FromCell(shown.Cell, shown.Model, query.View);

        RollupRow Row(RollupGroupResult shown) => RollupRow.FromGroup(query, shown, groups.ClosedThrough);
    }

    private static RollupGroupResult SumGroups(IEnumerable<RollupGroupResult> members)
    {
        var (cell, amount, hasMargin, model) = (new MeasureCell(), 0m, true, default(Model));
        foreach (var member in members)
        {
            cell.Add(member.Cell);
            amount += member.Earnings.Amount;
            hasMargin &= member.Earnings.HasMargin;
            model = member.Model;
        }
        return new(new(null, null, null, Attributed: true), model, cell, new(amount, hasMargin, PaybackDay: null));
    }
}

/// <summary>Creators ranked.</summary>
/// <param name="Rows">By ranked ROI, the greatest first; who has none comes last.</param>
/// <param name="Tiers">The tiers that they are of, the smallest first; the last, of no name, holds who has none.</param>
/// <param name="Benchmarks">The brand's.</param>
internal sealed record RankingAnswer(IReadOnlyList<RankedCreator> Rows, IReadOnlyList<RankedTier> Tiers, IReadOnlyList<BenchmarkItem> Benchmarks);

/// <summary>A creator ranked.</summary>
/// <param name="Tier">Her tier; null where her followers are not known, or fewer than the least tier's.</param>
/// <param name="Platform">Where she has most followers; null where no account of hers is known.</param>
/// <param name="Followers">Her followers on the platform where she has most.</param>
/// <param name="RankedRoiPercent">Her ROI drawn towards her tier's; null where she cost nothing, or the tier has no conversions.</param>
/// <param name="Meets">Benchmarks that she meets.</param>
/// <param name="Misses">Benchmarks that she does not meet; those without a value are in neither.</param>
/// <param name="Row">Her row of the rollups.</param>
internal sealed record RankedCreator(string? Tier, string? Platform, long? Followers, string? RankedRoiPercent, IReadOnlyList<string> Meets, IReadOnlyList<string> Misses, RollupRow Row);

/// <summary>A tier.</summary>
/// <param name="Name">Its name; null: of the creators without one.</param>
/// <param name="FromFollowers">Fewest followers.</param>
/// <param name="Creators">How many of it have a row.</param>
/// <param name="Row">Their sum.</param>
internal sealed record RankedTier(string? Name, long? FromFollowers, int Creators, RollupRow Row);
