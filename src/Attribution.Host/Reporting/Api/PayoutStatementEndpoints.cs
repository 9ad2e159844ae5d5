using System.ComponentModel;
using System.Globalization;
using Attribution.Contracts.Catalog;
using Attribution.Core.Catalog;
using Attribution.Core.Values;
using Attribution.Host.Access;
using Attribution.Host.Hosting;
using Attribution.Host.Reporting.CatalogEditing;
using Attribution.Host.Reporting.Export;
using Attribution.Host.Reporting.Queries;
using Attribution.Host.Reporting.Queries.Payouts;
using Attribution.Storage.Access;
using Attribution.Storage.Payouts;

namespace Attribution.Host.Reporting.Api;

/// <summary>What creators are paid, month by month.</summary>
internal static class PayoutStatementEndpoints
{
    private const int MaxBodyBytes = 1024 * 1024;

    public static void MapPayoutStatements(this IEndpointRouteBuilder routes)
    {
        routes.MapGet("/v1/statements", async (
                [Description("Needed. The creator.")] string? creator,
                [Description("Needed. The month: 2026-03.")] string? month,
                [Description("The brand; default when absent.")] string? brand,
                [Description("json or csv; by the header Accept when absent, else json.")] string? format,
                HttpContext http, CatalogCache source, PayoutStatementService book, CancellationToken cancellation) =>
                !CsvFormat.TryReadFormat(http.Request, out var csv, out var fault) ? fault : await GetStatementAsync(creator, month, brand, csv ? http.Response : null, source, book, cancellation))
            .AllowQueryParameters("creator", "month", "brand", "format")
            .WithTags("Statements").WithName("GetStatement").WithSummary("A creator's statement of a month: as closed, or as it would be closed now.")
            .WithDescription("A line is what became payable of an order or adjustment by the month's last day, less what earlier statements said; so a refund of what was stated is a claw-back, and a negative total is carried to the next.")
            .Produces<StatementAnswer>(StatusCodes.Status200OK, "application/json", "text/csv").ProducesProblem(StatusCodes.Status400BadRequest);
        routes.MapGet("/v1/statements/months/{month}", async (
                [Description("The month: 2026-03.")] string month, [Description("The brand; default when absent.")] string? brand,
                [Description("json or csv; by the header Accept when absent, else json.")] string? format,
                HttpContext http, CatalogCache source, PayoutStatementService book, CancellationToken cancellation) =>
                !CsvFormat.TryReadFormat(http.Request, out var csv, out var fault) ? fault : await ListMonthAsync(month, brand, csv ? http.Response : null, source, book, cancellation))
            .AllowQueryParameters("brand", "format")
            .WithTags("Statements").WithName("ListStatements").WithSummary("Every creator's statement of a month in a row, and what they come to together: who is to be paid what.")
            .WithDescription("By creator; those with neither anything to state nor anything that waits are left out. The lines of one: GET /v1/statements?creator=…&month=….")
            .Produces<StatementMonth>(StatusCodes.Status200OK, "application/json", "text/csv").ProducesProblem(StatusCodes.Status400BadRequest);
        routes.MapGet("/v1/statements/{number}", async (
                [Description("The brand's number of it.")] string number, [Description("The brand; default when absent.")] string? brand,
                CatalogCache source, IPayoutStatementStore store, CancellationToken cancellation) =>
                !QueryScope.TryFindBrand(brand, await source.RefreshAsync(cancellation), out var settings, out var fault) || !TryParseNumber(number, out var known, out fault) ? fault
                : ToResult(settings, known, await store.FindStatementAsync(settings.Id, known, cancellation)))
            .AllowQueryParameters("brand")
            .WithTags("Statements").WithName("GetStatementByNumber").WithSummary("A closed statement by its number.")
            .Produces<StatementAnswer>().ProducesProblem(StatusCodes.Status404NotFound);
        routes.MapPost("/v1/statements/close", CloseAsync).AllowQueryParameters().RequireScope(KeyScopes.Admin)
            .WithTags("Statements").WithName("CloseStatements").WithSummary("Closes a month for a creator, or for all: the statements get numbers and never change again.")
            .WithDescription("A month closes when it is over, and before those after it. Statements that are closed already are answered as they are; of creators without anything to state none is made.")
            .Accepts<CloseRequest>("application/json").Produces<StatementsAnswer>().ProducesProblem(StatusCodes.Status400BadRequest).ProducesProblem(StatusCodes.Status409Conflict);
        routes.MapPost("/v1/statements/approve", ApproveAsync).AllowQueryParameters().RequireScope(KeyScopes.Admin)
            .WithTags("Statements").WithName("ApproveCommission").WithSummary("Approves commission of agreements whose approval is manual: of a creator all that accrued by a month's end, or the items named.")
            .Accepts<ApproveRequest>("application/json").Produces<ApproveAnswer>().ProducesProblem(StatusCodes.Status400BadRequest);
        routes.MapPost("/v1/statements/{number}/paid", PayAsync).AllowQueryParameters().RequireScope(KeyScopes.Admin)
            .WithTags("Statements").WithName("PayStatement").WithSummary("Notes that a closed statement was paid: who says so, when, and the payment's reference.")
            .WithDescription("What was noted first stays. What is taken back later is a negative line of a later statement.")
            .Accepts<PaidRequest>("application/json").Produces<StatementAnswer>().ProducesProblem(StatusCodes.Status400BadRequest).ProducesProblem(StatusCodes.Status404NotFound);
    }

    /// <summary>The statement, or the problem.</summary>
    /// <param name="creator">As given; null when absent.</param>
    /// <param name="monthText">As given; null when absent.</param>
    /// <param name="brandId">As given; null: the default brand.</param>
    /// <param name="csv">Where CSV is written to; null: not asked for.</param>
    /// <param name="source">The catalog.</param>
    /// <param name="book">The statements.</param>
    /// <param name="cancellation">Gives up.</param>
    internal static async Task<IResult> GetStatementAsync(
        string? creator, string? monthText, string? brandId, HttpResponse? csv, CatalogCache source, PayoutStatementService book, CancellationToken cancellation)
    {
        var catalog = await source.RefreshAsync(cancellation);
        if (!QueryScope.TryFindBrand(brandId, catalog, out var brand, out var fault)) return fault;
        if (creator is null || !catalog.HasCreator(creator)) return ApiProblems.BadParameter("creator", creator is null ? "Is needed: whose statement" : $"There is no creator '{creator}'");
        if (!PayoutStatementService.TryParseMonth(monthText, out var month)) return ApiProblems.BadParameter("month", "Is needed: a month such as 2026-03");
        var (statement, closed) = await book.GetAsync(brand, creator, month, cancellation);
        var answer = StatementAnswer.FromStatement(brand, creator, statement, closed);
        if (csv is null) return Results.Json(answer, ReportJson.Options);
        await using var text = CsvFormat.OpenWriter(csv, $"statement-{creator}-{monthText}.csv");
        await text.WriteLineAsync(StatementAnswer.CsvHeader.AsMemory(), cancellation);
        foreach (var line in answer.ToCsvLines()) await text.WriteLineAsync(line.AsMemory(), cancellation);
        return Results.Empty;
    }

    /// <summary>The list of a month, or the problem.</summary>
    /// <param name="monthText">As given.</param>
    /// <param name="brandId">As given; null: the default brand.</param>
    /// <param name="csv">Where CSV is written to; null: not asked for.</param>
    /// <param name="source">The catalog.</param>
    /// <param name="book">The statements.</param>
    /// <param name="cancellation">Gives up.</param>
    internal static async Task<IResult> ListMonthAsync(string monthText, string? brandId, HttpResponse? csv, CatalogCache source, PayoutStatementService book, CancellationToken cancellation)
    {
        var catalog = await source.RefreshAsync(cancellation);
        if (!QueryScope.TryFindBrand(brandId, catalog, out var brand, out var fault)) return fault;
        if (!PayoutStatementService.TryParseMonth(monthText, out var month)) return ApiProblems.BadParameter("month", "A month such as 2026-03");
        var (rows, sums) = (new List<StatementRow>(), new long[StatementSums.AmountCount]);
        await foreach (var (creator, statement, closed) in book.ListAsync(brand, month, cancellation))
        {
            var amounts = StatementSums.GetAmounts(statement);
            for (var i = 0; i < sums.Length; i++) sums[i] += amounts[i];
            rows.Add(StatementRow.FromStatement(brand, creator, (catalog.Contents.Items.GetValueOrDefault(new(CatalogKind.Creators, creator)) as CreatorItem)?.Name ?? creator, statement, closed));
        }

        var answer = new StatementMonth(monthText, brand.Currency.Code, rows, StatementSums.FromAmounts(brand.Currency, sums));
        if (csv is null) return Results.Json(answer, ReportJson.Options);
        await using var text = CsvFormat.OpenWriter(csv, $"statements-{monthText}.csv");
        await text.WriteLineAsync(StatementMonth.CsvHeader.AsMemory(), cancellation);
        foreach (var line in answer.ToCsvLines()) await text.WriteLineAsync(line.AsMemory(), cancellation);
        return Results.Empty;
    }

    private static async Task<IResult> CloseAsync(HttpContext http, CatalogCache source, IPayoutStatementStore store, PayoutStatementService book, CancellationToken cancellation)
    {
        var (asked, brand, fault) = await ReadRequestAsync<CloseRequest>(http, source, asked => asked.BrandId, cancellation);
        if (asked is null || brand is null) return fault!;
        if (!PayoutStatementService.TryParseMonth(asked.Month, out var month)) return ApiProblems.BadRequest("No month", "month is a month such as 2026-03");
        if (asked.CreatorId is { } one && !source.Current.HasCreator(one)) return ApiProblems.BadRequest("Unknown creator", $"There is no creator '{one}'");
        if (!book.HasEnded(brand, month)) return ApiProblems.Create(StatusCodes.Status409Conflict, "The month is not over", $"{asked.Month} ends on {CalendarMonth.LastOf(month):O}; close it on a later day of {brand.Calendar.TimeZone}");
        var (statements, caller) = (new List<StatementAnswer>(), Caller.FromContext(http));
        foreach (var creator in asked.CreatorId is null ? await store.ListEarningCreatorsAsync(brand.Id, cancellation) : [asked.CreatorId])
        {
            var (closed, later) = await book.CloseAsync(brand, creator, month, caller.Name, caller.KeyId, cancellation);
            if (later is { } than && asked.CreatorId is not null)
                return ApiProblems.Create(StatusCodes.Status409Conflict, "A later month is closed", $"The statement of {than:yyyy-MM} is closed and says all that {asked.Month} would; nothing of it can be parted now");
            if (closed is not null) statements.Add(StatementAnswer.FromStatement(brand, creator, closed.Statement, closed));
        }

        return Results.Json(new StatementsAnswer(statements), ReportJson.Options);
    }

    private static async Task<IResult> ApproveAsync(HttpContext http, CatalogCache source, PayoutStatementService book, CancellationToken cancellation)
    {
        var (asked, brand, fault) = await ReadRequestAsync<ApproveRequest>(http, source, asked => asked.BrandId, cancellation);
        if (asked is null || brand is null) return fault!;
        if (!PayoutStatementService.TryParseMonth(asked.Month, out var month)) return ApiProblems.BadRequest("No month", "month is a month such as 2026-03");
        if (!source.Current.HasCreator(asked.CreatorId)) return ApiProblems.BadRequest("Unknown creator", $"There is no creator '{asked.CreatorId}'");
        var caller = Caller.FromContext(http);
        var (approved, unknown) = await book.ApproveAsync(brand, asked.CreatorId, month, asked.Items, caller.Name, caller.KeyId, cancellation);
        return unknown.Count == 0
            ? Results.Json(new ApproveAnswer(approved), ReportJson.Options)
            : ApiProblems.BadRequest("Not waiting for approval", $"Of {asked.CreatorId} by the end of {asked.Month}: {string.Join(", ", unknown.Take(10))}. Nothing was approved; notYet of the statement lists what waits");
    }

    private static async Task<IResult> PayAsync([Description("The brand's number of it.")] string number, HttpContext http, CatalogCache source, PayoutStatementService book, CancellationToken cancellation)
    {
        var (asked, brand, fault) = await ReadRequestAsync<PaidRequest>(http, source, asked => asked.BrandId, cancellation);
        if (asked is null || brand is null || !TryParseNumber(number, out var known, out fault)) return fault!;
        if (asked.Reference is { Length: 0 or > 200 }) return ApiProblems.BadRequest("Reference", "1 to 200 characters, or none at all");
        var caller = Caller.FromContext(http);
        return ToResult(brand, known, await book.PayAsync(brand, known, asked.Reference, caller.Name, caller.KeyId, cancellation));
    }

    private static bool TryParseNumber(string text, out long number, out IResult fault)
    {
        var whole = long.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out number);
        fault = whole ? Results.Empty : ApiProblems.NotFound($"'{text}' is no statement's number; statements of a creator: GET /v1/statements?creator=…&month=…");
        return whole;
    }

    private static IResult ToResult(BrandSettings brand, long number, ClosedPayoutStatement? closed) => closed is null
        ? ApiProblems.NotFound(string.Create(CultureInfo.InvariantCulture, $"The brand '{brand.Id}' has no closed statement {number}"))
        : Results.Json(StatementAnswer.FromStatement(brand, closed.Creator, closed.Statement, closed), ReportJson.Options);

    /// <summary>Reads a body, and the brand that it and the key name.</summary>
    private static async Task<(T? Asked, BrandSettings? Brand, IResult? Fault)> ReadRequestAsync<T>(HttpContext http, CatalogCache source, Func<T, string?> brandOf, CancellationToken cancellation) where T : class
    {
        var (body, tooLong) = await RequestBody.ReadAsync(http.Request, MaxBodyBytes, cancellation);
        if (tooLong is not null) return (null, null, tooLong);
        var (record, faults) = ItemReader.ReadRecord(typeof(T), body);
        if (record is not T asked) return (null, null, ApiProblems.ValidationFailed(StatusCodes.Status400BadRequest, "The request cannot be read", faults));
        var id = brandOf(asked) ?? Caller.FromContext(http).OnlyBrand ?? BrandSettings.DefaultId;
        if (Caller.FromContext(http).OnlyBrand is { } own && own != id)
            return (null, null, ApiProblems.Create(StatusCodes.Status403Forbidden, "Not your brand", $"The API key is of the brand '{own}' and may not speak for '{id}'"));
        return (await source.RefreshAsync(cancellation)).FindBrand(id) is { } brand
            ? (asked, brand, null)
            : (null, null, ApiProblems.BadRequest("Unknown brand", $"There is no brand '{id}'"));
    }
}

/// <summary>What to close.</summary>
/// <param name="Month">Such as 2026-03.</param>
/// <param name="CreatorId">Of this creator only; absent: of all who have anything to state.</param>
/// <param name="BrandId">The key's, else <c>default</c>, when absent.</param>
internal sealed record CloseRequest(string Month, string? CreatorId = null, string? BrandId = null);

/// <summary>What to approve.</summary>
/// <param name="CreatorId">Whose.</param>
/// <param name="Month">What accrued by its end.</param>
/// <param name="Items">These only, as <c>notYet</c> of the statement names them; absent: all that wait.</param>
/// <param name="BrandId">The key's, else <c>default</c>, when absent.</param>
internal sealed record ApproveRequest(string CreatorId, string Month, IReadOnlyList<string>? Items = null, string? BrandId = null);

/// <summary>What was approved.</summary>
/// <param name="Approved">How many items; those approved before are not counted.</param>
internal sealed record ApproveAnswer(long Approved);

/// <summary>A payment.</summary>
/// <param name="Reference">The bank's, say; at most 200 characters.</param>
/// <param name="BrandId">The key's, else <c>default</c>, when absent.</param>
internal sealed record PaidRequest(string? Reference = null, string? BrandId = null);

/// <summary>Statements of a month.</summary>
/// <param name="Statements">By creator.</param>
internal sealed record StatementsAnswer(IReadOnlyList<StatementAnswer> Statements);
