using System.Text.Json;
using Attribution.Core.Journeys;
using Attribution.Core.Values;
using Attribution.Host.Hosting;
using Attribution.Host.Jobs;
using Attribution.Storage.Journeys;
using Attribution.Storage.Runs;

namespace Attribution.Host.Reporting.Queries.WhatIf;

/// <summary>
/// The background run of a what-if request. It evaluates every journey of the brand with the other settings and
/// compares the result with the ledger. Both sides are sums of the same measures over the same journeys, read in one
/// transaction, and include amounts that agreements settle per period, except fees, which no setting changes. Only the
/// rows and the accruals under these agreements are held in memory.
/// </summary>
internal sealed class WhatIfRun(IJourneyStore store, CatalogCache catalogs, TimeProvider time) : IBackgroundRun
{
    public const string KindName = "what-if";

    /// <summary>
    /// Maximum number of rows. A request with more rows fails; a long period grouped by day may have many.
    /// </summary>
    private const int MaxRows = 100_000;

    public string Name => KindName;

    public async Task<byte[]> RunAsync(RunDocument run, RunProgress progress, CancellationToken cancellation)
    {
        var request = JsonSerializer.Deserialize<WhatIfRequest>(run.Request.AsSpan(), ReportJson.Options)!;
        var catalog = await catalogs.RefreshAsync(cancellation);
        if (catalog.FindBrand(request.GetBrandId()) is not { } brand)
            throw new RunRefusedException($"The brand '{request.GetBrandId()}' no longer exists.");
        var other = request.GetTerms().ApplyTo(catalog, brand.Id);
        var comparison = new WhatIfComparison(request.From, request.To, request.FindGrouping()!, MaxRows);

        await store.ScanAsync(
            (journey, done, total) =>
            {
                progress.Report(done, total);
                if (journey.Brand != brand.Id || journey.ReportedConversions.IsEmpty) return;
                comparison.Add(journey, journey.Evaluate(other));
            },
            cancellation);
        var today = brand.Calendar.DayOf(Timestamp.From(time.GetUtcNow()));
        foreach (var agreement in catalog.Agreements.Where(
            agreement => agreement.Brand == brand.Id)) comparison.AddSettlement(agreement, today);
        progress.Report(progress.Current.Total, progress.Current.Total);
        return JsonSerializer.SerializeToUtf8Bytes(comparison.ToAnswer(brand.Currency), ReportJson.Options);
    }
}
