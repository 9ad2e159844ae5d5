using Attribution.Storage.Jobs;
using System.ComponentModel;
using System.Text.Json.Serialization;
using Attribution.Core.Catalog;
using Attribution.Core.Models;
using Attribution.Core.Models.Fitting;
using Attribution.Core.Values;
using Attribution.Host.Hosting;

namespace Attribution.Host.Reporting.Api;

/// <summary>The models there are.</summary>
internal static class ModelsEndpoint
{
    public static void MapModels(this IEndpointRouteBuilder routes) =>
        routes.MapGet("/v1/models", async (
                [Description("The brand whose book model is marked; default when absent.")] string? brand,
                CatalogCache source, IJobStore jobs, TimeProvider time, CancellationToken cancellation) =>
            {
                var catalog = await source.RefreshAsync(cancellation);
                if (catalog.FindBrand(brand ?? BrandSettings.DefaultId) is not { } settings) return ApiProblems.BadParameter("brand", $"There is no brand '{brand}'");
                var book = settings.TermsAt(Timestamp.From(time.GetUtcNow())).BookModel;
                var fit = ModelFit.FromFits(catalog.FitsOf(settings.Id), await jobs.ReadLastFitAttemptAsync(settings.Id, cancellation));
                return Results.Json(
                    new ModelsAnswer([.. ModelNames.Served.Select(model => new ModelAnswer(ModelNames.NameOf(model), model.IsFitted(), model == book) { Fit = model.IsFitted() ? fit : null })]),
                    ReportJson.Options);
            })
            .AllowQueryParameters("brand")
            .WithTags("Report").WithName("ListModels").WithSummary("The attribution models served, and of the fitted ones the fit that open days are credited by.")
            .Produces<ModelsAnswer>().ProducesProblem(StatusCodes.Status400BadRequest);
}

/// <summary>The models served.</summary>
internal sealed record ModelsAnswer(IReadOnlyList<ModelAnswer> Models);

/// <summary>A model.</summary>
/// <param name="Name">Its name.</param>
/// <param name="Fitted">Whether its weights are fitted over all paths by a job.</param>
/// <param name="Book">Whether it writes the brand's ledger and pays, for conversions of now.</param>
internal sealed record ModelAnswer(string Name, bool Fitted, bool Book)
{
    /// <summary>Of a fitted model: the newest fit, or why there is none. Absent of the others.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public ModelFit? Fit { get; init; }
}

/// <summary>The newest fit of a brand, and what became of the latest attempt at another. Members of a fit are absent where there is none.</summary>
internal sealed record ModelFit
{
    /// <summary>1 for the brand's first, one more for each later.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public int? Number { get; init; }

    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public string? FittedAt { get; init; }

    /// <summary>The first local day that it credits.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public DateOnly? From { get; init; }

    /// <summary>Paths that it rests on.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public long? Paths { get; init; }

    /// <summary>Those of them that converted.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public long? Conversions { get; init; }

    /// <summary>The local days of the paths, both inside.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public FitWindow? Window { get; init; }

    /// <summary>Why there is no fit, or no newer one; absent where the latest attempt found enough paths.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public string? Reason { get; init; }

    /// <summary>When a fit was last tried; null before the first attempt.</summary>
    public required string? TriedAt { get; init; }

    public static ModelFit FromFits(IReadOnlyList<Fit> fits, FitAttempt? attempt)
    {
        var (triedAt, reason) = attempt is null ? (null, fits.Count > 0 ? null : NoAttemptReason) : (attempt.At.ToString(), attempt.Refusal);
        return fits is not [.., var last]
            ? new() { TriedAt = triedAt, Reason = reason }
            : new()
            {
                Number = last.Number, FittedAt = last.FittedAt.ToString(), From = last.From, Paths = last.Conversions + last.NonConverting,
                Conversions = last.Conversions, Window = new(last.WindowFrom, last.WindowTo), TriedAt = triedAt, Reason = reason,
            };
    }

    private const string NoAttemptReason = "No fit was tried yet; a job tries one each night";
}

/// <summary>Local days, both inside.</summary>
internal sealed record FitWindow(DateOnly From, DateOnly To);
