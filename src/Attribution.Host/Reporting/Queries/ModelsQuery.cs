using System.Text.Json.Serialization;
using Attribution.Core.Catalog;
using Attribution.Core.Models;
using Attribution.Core.Models.Fitting;
using Attribution.Core.Values;
using Attribution.Storage.Jobs;

namespace Attribution.Host.Reporting.Queries;

/// <summary>The query for the attribution models.</summary>
internal static class ModelsQuery
{
    /// <summary>Lists the models, with the newest fit of the fitted ones.</summary>
    public static async Task<QueryResult<ModelsAnswer>> RunAsync(
        string? brandId, CatalogSnapshot catalog, IJobStore jobs, Timestamp now, CancellationToken cancellation)
    {
        if (!QueryScope.FindBrand(brandId, catalog).TryGet(out var brand, out var problem)) return problem;
        var book = brand.TermsAt(now).BookModel;
        var fit = ModelFit.FromFits(
            catalog.FitsOf(brand.Id), await jobs.ReadLastFitAttemptAsync(brand.Id, cancellation));
        return new ModelsAnswer(
            [.. ModelNames.Served.Select(model => new ModelAnswer(
                ModelNames.NameOf(model), model.IsFitted(), model == book) { Fit = model.IsFitted() ? fit : null })]);
    }
}

/// <summary>The attribution models.</summary>
internal sealed record ModelsAnswer(IReadOnlyList<ModelAnswer> Models);

/// <summary>An attribution model.</summary>
/// <param name="Name">Name of the model.</param>
/// <param name="Fitted">True if a job fits the weights of the model to all paths.</param>
/// <param name="Book">
/// True if the model writes the brand's ledger and determines commission for current conversions.
/// </param>
internal sealed record ModelAnswer(string Name, bool Fitted, bool Book)
{
    /// <summary>Fitted models: the newest fit, or the reason why there is none. Absent for other models.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public ModelFit? Fit { get; init; }
}

/// <summary>
/// The newest fit of a brand, and the result of the latest attempt. Without a fit, the members of a fit are absent.
/// </summary>
internal sealed record ModelFit
{
    private const string NoAttemptReason = "No fit was attempted yet. A job attempts one each night";

    /// <summary>Number of the fit within the brand, starting with 1.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public int? Number { get; init; }

    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public string? FittedAt { get; init; }

    /// <summary>First local day that the fit credits.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public DateOnly? From { get; init; }

    /// <summary>Number of paths used.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public long? Paths { get; init; }

    /// <summary>Number of these paths that converted.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public long? Conversions { get; init; }

    /// <summary>Local days of the paths (inclusive).</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public FitWindow? Window { get; init; }

    /// <summary>Reason why there is no fit, or no newer one; absent if the latest attempt found enough paths.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public string? Reason { get; init; }

    /// <summary>Time of the latest attempt; null before the first attempt.</summary>
    public required string? TriedAt { get; init; }

    /// <summary>Creates the answer from the fits of a brand and the latest attempt.</summary>
    public static ModelFit FromFits(IReadOnlyList<Fit> fits, FitAttempt? attempt)
    {
        var (triedAt, reason) = attempt is null ? (null, fits.Count > 0 ? null : NoAttemptReason)
            : (attempt.At.ToString(), attempt.Refusal);
        return fits is not [.., var last]
            ? new() { TriedAt = triedAt, Reason = reason }
            : new()
            {
                Number = last.Number, FittedAt = last.FittedAt.ToString(), From = last.From, Paths = last.Conversions
                    + last.NonConverting,
                Conversions = last.Conversions, Window = new(last.WindowFrom, last.WindowTo), TriedAt = triedAt,
                Reason = reason,
            };
    }
}

/// <summary>A period of local days (both inclusive).</summary>
internal sealed record FitWindow(DateOnly From, DateOnly To);
