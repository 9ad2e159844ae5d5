using System.ComponentModel;
using Attribution.Core.Models;
using Attribution.Core.Values;
using Attribution.Host.Hosting;

namespace Attribution.Host.Report.Conversions;

/// <summary>The models there are.</summary>
internal static class ModelsEndpoint
{
    public static void MapModels(this IEndpointRouteBuilder routes) =>
        routes.MapGet("/v1/models", async (
                [Description("The brand whose book model is marked; default when absent.")] string? brand,
                CatalogSource source, TimeProvider time, CancellationToken cancellation) =>
            {
                var catalog = await source.RefreshAsync(cancellation);
                if (catalog.Brand(brand ?? "default") is not { } settings) return ReportProblems.BadParameter("brand", $"There is no brand '{brand}'");
                var book = settings.TermsAt(Timestamp.From(time.GetUtcNow())).BookModel;
                return Results.Json(
                    new ModelsAnswer([.. ModelNames.Served.Select(model => new ModelAnswer(ModelNames.NameOf(model), model >= Model.Markov, model == book))]),
                    ReportJson.Options);
            })
            .TakesQuery("brand")
            .WithTags("Report").WithName("ListModels").WithSummary("The attribution models served.")
            .Produces<ModelsAnswer>().ProducesProblem(StatusCodes.Status400BadRequest);
}

/// <summary>The models served.</summary>
internal sealed record ModelsAnswer(IReadOnlyList<ModelAnswer> Models);

/// <summary>A model.</summary>
/// <param name="Name">Its name.</param>
/// <param name="Fitted">Whether its weights are fitted over all paths by a job.</param>
/// <param name="Book">Whether it writes the brand's ledger and pays, for conversions of now.</param>
internal sealed record ModelAnswer(string Name, bool Fitted, bool Book);
