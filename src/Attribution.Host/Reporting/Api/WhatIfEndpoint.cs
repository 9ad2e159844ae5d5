using System.ComponentModel;
using System.Text.Json;
using Attribution.Contracts.Catalog;
using Attribution.Core.Catalog;
using Attribution.Core.Values;
using Attribution.Host.Access;
using Attribution.Host.Hosting;
using Attribution.Host.Jobs;
using Attribution.Host.Reporting.CatalogEditing;
using Attribution.Host.Reporting.Export;
using Attribution.Host.Reporting.Queries;
using Attribution.Host.Reporting.Queries.Rollups;
using Attribution.Host.Reporting.Queries.WhatIf;
using Attribution.Storage.Runs;

namespace Attribution.Host.Reporting.Api;

/// <summary>What would the books say, had the brand another model, policy or lookback? Asked for here, worked out in the background.</summary>
internal static class WhatIfEndpoint
{
    private const int MaxBodyBytes = 64 * 1024;
    private const int MaxUnfinishedRuns = 20;
    private static readonly TimeSpan RunRetention = TimeSpan.FromDays(30);

    public static void MapWhatIf(this IEndpointRouteBuilder routes)
    {
        routes.MapPost("/v1/what-if", async (HttpContext http, CatalogCache source, IRunStore store, IdGenerator ids, TimeProvider time, CancellationToken cancellation) =>
            {
                var (body, tooLong) = await RequestBody.ReadAsync(http.Request, MaxBodyBytes, cancellation);
                if (tooLong is not null) return tooLong;
                var (run, fault) = await StartAsync(body, Caller.FromContext(http), source, store, ids, time, cancellation);
                return fault ?? Results.Json(RunAnswer.FromDocument(run!), ReportJson.Options, statusCode: StatusCodes.Status202Accepted);
            })
            .AllowQueryParameters()
            .WithTags("Report").WithName("AskWhatIf").WithSummary("Works out what the books would say with another model, policy or lookback.")
            .WithDescription("Answers at once with the id of a run; GET /v1/what-if/{id} tells its progress, then its rows. The books are not touched. Commission has tiers, caps and guarantees in it, as they stand today; fees have no part in it. Campaigns with lookbacks of their own keep them. Runs are kept for 30 days.")
            .Accepts<WhatIfRequest>("application/json").Produces<RunAnswer>(StatusCodes.Status202Accepted)
            .ProducesProblem(StatusCodes.Status400BadRequest).ProducesProblem(StatusCodes.Status422UnprocessableEntity).ProducesProblem(StatusCodes.Status429TooManyRequests);
        routes.MapGet("/v1/what-if/{id}", async (
                [Description("The id that the question was answered with.")] string id,
                [Description("json or csv; by the header Accept when absent, else json.")] string? format,
                HttpContext http, IRunStore store, CancellationToken cancellation) =>
            {
                if (!CsvFormat.TryReadFormat(http.Request, out var csv, out var fault)) return fault;
                if (await FindAsync(id, Caller.FromContext(http), store, cancellation) is not { } found) return RunNotFound();
                var run = RunAnswer.FromDocument(found);
                if (!csv) return Results.Json(run, ReportJson.Options);
                return ReadResult(run) is { } result
                    ? await CsvTable.WriteAsync(http.Response, $"what-if-{run.Id}.csv", WhatIfCsvRow.FromAnswer(result), cancellation)
                    : ApiProblems.Create(StatusCodes.Status409Conflict, "No rows yet", "The run has no rows; ask without format=csv how far it is");
            })
            .AllowQueryParameters("format")
            .WithTags("Report").WithName("GetWhatIf").WithSummary("Progress of a what-if run, then its rows side by side with the book.")
            .WithDescription("CSV has the rows, then those that nobody is credited with (attributed is false); it is there when the run is done.")
            .Produces<RunAnswer>(StatusCodes.Status200OK, "application/json", "text/csv").ProducesProblem(StatusCodes.Status400BadRequest)
            .ProducesProblem(StatusCodes.Status404NotFound).ProducesProblem(StatusCodes.Status409Conflict);
    }

    /// <summary>Has a question of UTF-8 JSON worked out. Exactly one of the answers is not null.</summary>
    internal static async Task<(RunDocument? Run, IResult? Fault)> StartAsync(
        ReadOnlyMemory<byte> body, Caller caller, CatalogCache source, IRunStore store, IdGenerator ids, TimeProvider time, CancellationToken cancellation)
    {
        var (record, faults) = ItemReader.ReadRecord(typeof(WhatIfRequest), body);
        if (record is not WhatIfRequest request) return (null, ApiProblems.ValidationFailed(StatusCodes.Status400BadRequest, "The question cannot be read", faults));
        if (caller.OnlyBrand is { } own)
        {
            if ((request.Brand ?? own) != own) return (null, ApiProblems.Create(StatusCodes.Status403Forbidden, "Not your brand", $"The API key is of the brand '{own}' and may not ask for '{request.Brand}'"));
            request = request with { Brand = own };
        }
        faults = Validate(request, await source.RefreshAsync(cancellation));
        if (faults.Count > 0) return (null, ApiProblems.ValidationFailed(StatusCodes.Status422UnprocessableEntity, "The question cannot be answered", faults));

        var now = Timestamp.From(time.GetUtcNow());
        await store.DeleteEndedRunsAsync(WhatIfRun.KindName, now - RunRetention, cancellation);
        var run = new RunDocument
        {
            Id = ids.Next(), Kind = WhatIfRun.KindName, Request = [.. JsonSerializer.SerializeToUtf8Bytes(request, ReportJson.Options)], CreatedAt = now, UpdatedAt = now,
        };
        return await store.TryAddRunAsync(run, MaxUnfinishedRuns, cancellation) ? (run, null)
            : (null, ApiProblems.Create(StatusCodes.Status429TooManyRequests, "Too many questions at once", $"{MaxUnfinishedRuns} what-if runs wait or go on; ask again when one has ended"));
    }

    /// <summary>A run that the caller may see; null where there is none.</summary>
    internal static async Task<RunDocument?> FindAsync(string id, Caller caller, IRunStore store, CancellationToken cancellation) =>
        Guid.TryParse(id, out var run) && await store.FindRunAsync(WhatIfRun.KindName, run, cancellation) is { } found && IsVisibleTo(caller, found) ? found : null;

    /// <summary>What a run answers; null until it is done.</summary>
    internal static WhatIfAnswer? ReadResult(RunAnswer run) => run.Result?.Deserialize<WhatIfAnswer>(ReportJson.Options);

    internal static IResult RunNotFound() => ApiProblems.NotFound("There is no such run; POST /v1/what-if begins one, and it is kept for 30 days");

    private static bool IsVisibleTo(Caller caller, RunDocument run) =>
        caller.OnlyBrand is not { } own || JsonSerializer.Deserialize<WhatIfRequest>(run.Request.AsSpan(), ReportJson.Options)!.GetBrandId() == own;

    private static List<CatalogFault> Validate(WhatIfRequest request, CatalogSnapshot catalog)
    {
        var faults = new List<CatalogFault>();
        if (request.To < request.From) faults.Add(new(CatalogFaultReason.OutOfRange, "/to", $"Lies before from ({request.From:O})"));
        else if (request.To.DayNumber - request.From.DayNumber >= QueryScope.MaxDays) faults.Add(new(CatalogFaultReason.OutOfRange, "/to", $"At most {QueryScope.MaxDays} days at once; ask in parts"));
        if (RollupQuery.ParseGrouping(request.GroupBy ?? "campaign,creator") is null) faults.Add(new(CatalogFaultReason.ValueUnknown, "/groupBy", "A list of day, campaign, creator, each at most once, such as campaign,creator"));
        if (request.GetTerms() == new WhatIfTerms(null, null, null, null)) faults.Add(new(CatalogFaultReason.MemberMissing, "", "Name at least one of model, policy, lookback"));
        var brand = new CatalogRef(CatalogKind.Brands, request.GetBrandId());
        if (!catalog.Contents.Items.TryGetValue(brand, out var item)) faults.Add(new(CatalogFaultReason.ReferenceUnknown, "/brand", "There is no such brand"));
        else
            faults.AddRange(CatalogRules.Check(catalog.Contents, request.GetTerms().ApplyTo((BrandItem)item) with { Versions = null })
                .Select(fault => fault.Pointer.StartsWith("/bookModel", StringComparison.Ordinal) ? fault with { Pointer = "/model" } : fault));
        return faults;
    }
}

/// <summary>A question: the books of these days, had the brand other settings. What is absent stays as it is.</summary>
/// <param name="From">First local day, inside.</param>
/// <param name="To">Last local day, inside.</param>
/// <param name="Brand">The brand; <c>default</c> when absent.</param>
/// <param name="Model">Another book model.</param>
/// <param name="Policy">Another credit policy.</param>
/// <param name="Lookback">Other default lookbacks.</param>
/// <param name="GroupBy">What rows keep apart, of day, campaign, creator; campaign and creator when absent.</param>
internal sealed record WhatIfRequest(
    DateOnly From, DateOnly To, string? Brand = null, string? Model = null, PolicyItem? Policy = null, LookbackItem? Lookback = null, string? GroupBy = null)
{
    public string GetBrandId() => Brand ?? BrandSettings.DefaultId;

    public WhatIfTerms GetTerms() => new(Model, Policy, Lookback?.Click, Lookback?.Visit);
}
