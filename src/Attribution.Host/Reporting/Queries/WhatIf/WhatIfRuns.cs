using System.Text.Json;
using Attribution.Contracts.Catalog;
using Attribution.Core.Catalog;
using Attribution.Core.Values;
using Attribution.Host.Access;
using Attribution.Host.Jobs;
using Attribution.Host.Reporting.CatalogEditing;
using Attribution.Host.Reporting.Queries.Rollups;
using Attribution.Storage.Runs;

namespace Attribution.Host.Reporting.Queries.WhatIf;

/// <summary>The commands and queries for what-if runs.</summary>
internal static class WhatIfRuns
{
    private const int MaxUnfinishedRuns = 20;
    private static readonly TimeSpan RunRetention = TimeSpan.FromDays(30);

    /// <summary>Validates a request of UTF-8 JSON and queues its run.</summary>
    /// <param name="body">The request.</param>
    /// <param name="caller">The caller.</param>
    /// <param name="catalog">The catalog.</param>
    /// <param name="store">The runs.</param>
    /// <param name="ids">Generator of the run's id.</param>
    /// <param name="now">The current time.</param>
    /// <param name="cancellation">Cancels the command.</param>
    public static async Task<QueryResult<RunDocument>> StartAsync(
        ReadOnlyMemory<byte> body, Caller caller, CatalogSnapshot catalog, IRunStore store, IdGenerator ids,
        Timestamp now, CancellationToken cancellation)
    {
        var (record, faults) = ItemReader.ReadRecord(typeof(WhatIfRequest), body);
        if (record is not WhatIfRequest request)
            return QueryProblem.ValidationFailed(StatusCodes.Status400BadRequest, "The request cannot be read", faults);
        if (!CallerBrand.Resolve(caller, request.Brand).TryGet(out var brand, out var problem)) return problem;
        if (caller.OnlyBrand is not null) request = request with { Brand = brand };
        faults = Validate(request, catalog);
        if (faults.Count > 0)
            return QueryProblem.ValidationFailed(
                StatusCodes.Status422UnprocessableEntity, "The request is invalid", faults);

        await store.DeleteEndedRunsAsync(WhatIfRun.KindName, now - RunRetention, cancellation);
        var run = new RunDocument
        {
            Id = ids.Next(), Kind = WhatIfRun.KindName,
            Request = [.. JsonSerializer.SerializeToUtf8Bytes(request, ReportJson.Options)], CreatedAt = now,
            UpdatedAt = now,
        };
        return await store.TryAddRunAsync(run, MaxUnfinishedRuns, cancellation) ? run
            : new QueryProblem(
                StatusCodes.Status429TooManyRequests, "Too many unfinished runs",
                $"{MaxUnfinishedRuns} what-if runs are waiting or running. Try again when one has ended");
    }

    /// <summary>Finds a run that is visible to the caller.</summary>
    public static async Task<QueryResult<RunDocument>> FindAsync(
        string id, Caller caller, IRunStore store, CancellationToken cancellation) =>
        Guid.TryParse(id, out var run) && await store.FindRunAsync(WhatIfRun.KindName, run, cancellation) is { } found
            && IsVisibleTo(caller, found)
            ? found
            : QueryProblem.NotFound("There is no such run. POST /v1/what-if starts one; runs are kept for 30 days");

    /// <summary>Returns the result of a run; null until the run is done.</summary>
    public static WhatIfAnswer? ReadResult(RunAnswer run) => run.Result is { } result ? WhatIfAnswer.Parse(result)
        : null;

    private static bool IsVisibleTo(Caller caller, RunDocument run) =>
        caller.OnlyBrand is not { } own || JsonSerializer.Deserialize<WhatIfRequest>(
            run.Request.AsSpan(), ReportJson.Options)!.GetBrandId() == own;

    private static List<CatalogFault> Validate(WhatIfRequest request, CatalogSnapshot catalog)
    {
        var faults = new List<CatalogFault>();
        if (request.To < request.From)
            faults.Add(new(CatalogFaultReason.OutOfRange, "/to", $"Lies before from ({request.From:O})"));
        else if (request.To.DayNumber - request.From.DayNumber >= QueryScope.MaxDays)
            faults.Add(new(CatalogFaultReason.OutOfRange, "/to",
                $"The maximum is {QueryScope.MaxDays} days. Split the period"));
        if (request.FindGrouping() is null)
            faults.Add(new(CatalogFaultReason.ValueUnknown, "/groupBy", RollupGrouping.Format));
        if (request.GetTerms() == new WhatIfTerms(null, null, null, null))
            faults.Add(new(CatalogFaultReason.MemberMissing, "", "Name at least one of model, policy, lookback"));
        var brand = new CatalogRef(CatalogKind.Brands, request.GetBrandId());
        if (!catalog.Contents.Items.TryGetValue(brand, out var item))
            faults.Add(new(CatalogFaultReason.ReferenceUnknown, "/brand", "There is no such brand"));
        else
            faults.AddRange(CatalogRules.Check(
                catalog.Contents, request.GetTerms().ApplyTo((BrandItem)item) with { Versions = null })
                .Select(fault => fault.Pointer.StartsWith(
                    "/bookModel", StringComparison.Ordinal) ? fault with { Pointer = "/model" } : fault));
        return faults;
    }
}
