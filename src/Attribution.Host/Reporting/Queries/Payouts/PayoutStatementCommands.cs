using Attribution.Core.Catalog;
using Attribution.Core.Values;
using Attribution.Host.Access;
using Attribution.Storage.Payouts;

namespace Attribution.Host.Reporting.Queries.Payouts;

/// <summary>The commands that close, approve and pay statements.</summary>
internal static class PayoutStatementCommands
{
    private const int MaxReferenceLength = 200;
    private const int MaxListedItems = 10;

    /// <summary>Closes a month for one creator or for all creators.</summary>
    public static async Task<QueryResult<StatementsAnswer>> CloseAsync(
        CloseRequest request, Caller caller, CatalogSnapshot catalog, IPayoutStatementStore store,
        PayoutStatementService statements, CancellationToken cancellation)
    {
        if (!FindBrand(request.BrandId, caller, catalog).TryGet(out var brand, out var problem)) return problem;
        if (!PayoutStatementService.TryParseMonth(request.Month, out var month)) return InvalidMonth();
        if (request.CreatorId is { } single && !catalog.HasCreator(single)) return UnknownCreator(single);
        if (!statements.HasEnded(brand, month))
            return QueryProblem.Conflict(
                "The month has not ended",
                $"{request.Month} ends on {CalendarMonth.LastOf(month):O}. Close it on a later day of "
                + $"{brand.Calendar.TimeZone}");
        var answers = new List<StatementAnswer>();
        foreach (var creator in request.CreatorId is null ? await store.ListEarningCreatorsAsync(
            brand.Id, cancellation) : [request.CreatorId])
        {
            var (closed, later) = await statements.CloseAsync(
                brand, creator, month, caller.Name, caller.KeyId, cancellation);
            if (later is { } laterMonth && request.CreatorId is not null)
                return QueryProblem.Conflict(
                    "A later month is closed",
                    $"The closed statement of {laterMonth:yyyy-MM} already contains the amounts of {request.Month}, "
                    + "which can no longer be separated");
            if (closed is not null)
                answers.Add(StatementAnswer.FromStatement(brand, creator, closed.Statement, closed));
        }
        return new StatementsAnswer(answers);
    }

    /// <summary>Approves commission of a creator that waits for manual approval.</summary>
    public static async Task<QueryResult<ApproveAnswer>> ApproveAsync(
        ApproveRequest request, Caller caller, CatalogSnapshot catalog, PayoutStatementService statements,
        CancellationToken cancellation)
    {
        if (!FindBrand(request.BrandId, caller, catalog).TryGet(out var brand, out var problem)) return problem;
        if (!PayoutStatementService.TryParseMonth(request.Month, out var month)) return InvalidMonth();
        if (!catalog.HasCreator(request.CreatorId)) return UnknownCreator(request.CreatorId);
        var (approved, unknown) = await statements.ApproveAsync(
            brand, request.CreatorId, month, request.Items, caller.Name, caller.KeyId, cancellation);
        return unknown.Count == 0
            ? new ApproveAnswer(approved)
            : QueryProblem.BadRequest(
                "Not waiting for approval",
                $"These items of {request.CreatorId} do not wait for approval at the end of {request.Month}: "
                    + $"{string.Join(", ", unknown.Take(MaxListedItems))}. "
                + "Nothing was approved. The member notYet of the statement lists the waiting items");
    }

    /// <summary>Records the payment of a closed statement.</summary>
    public static async Task<QueryResult<StatementAnswer>> PayAsync(
        string numberText, PaidRequest request, Caller caller, CatalogSnapshot catalog,
        PayoutStatementService statements, CancellationToken cancellation)
    {
        if (!FindBrand(request.BrandId, caller, catalog).TryGet(out var brand, out var problem)) return problem;
        if (!PayoutStatementQueries.TryParseNumber(numberText, out var number))
            return PayoutStatementQueries.NumberNotFound(numberText);
        if (request.Reference is { Length: 0 or > MaxReferenceLength })
            return QueryProblem.BadRequest(
                "Invalid reference", $"The reference must have 1 to {MaxReferenceLength} characters, or be omitted");
        var closed = await statements.PayAsync(brand, number, request.Reference, caller.Name, caller.KeyId, cancellation);
        return PayoutStatementQueries.FromClosed(brand, number, closed);
    }

    private static QueryResult<BrandSettings> FindBrand(string? requested, Caller caller, CatalogSnapshot catalog)
    {
        if (!CallerBrand.Resolve(caller, requested).TryGet(out var id, out var problem)) return problem;
        return catalog.FindBrand(id) is { } brand ? brand
            : QueryProblem.BadRequest("Unknown brand", $"There is no brand '{id}'");
    }

    private static QueryProblem InvalidMonth() =>
        QueryProblem.BadRequest("Invalid month", "The member month must be a month, for example 2026-03");

    private static QueryProblem UnknownCreator(string id) =>
        QueryProblem.BadRequest("Unknown creator", $"There is no creator '{id}'");
}

/// <summary>A request to close a month.</summary>
/// <param name="Month">The month, for example 2026-03.</param>
/// <param name="CreatorId">
/// Restricts closing to this creator. If omitted, the statements of all creators with anything to state are closed.
/// </param>
/// <param name="BrandId">The brand. Defaults to the brand of the key, otherwise to <c>default</c>.</param>
internal sealed record CloseRequest(string Month, string? CreatorId = null, string? BrandId = null);

/// <summary>A request to approve commission.</summary>
/// <param name="CreatorId">The creator.</param>
/// <param name="Month">The month; commission accrued by its end is approved.</param>
/// <param name="Items">
/// Restricts approval to these items, as named in <c>notYet</c> of the statement. If omitted, all waiting items are
/// approved.
/// </param>
/// <param name="BrandId">The brand. Defaults to the brand of the key, otherwise to <c>default</c>.</param>
internal sealed record ApproveRequest(
    string CreatorId, string Month, IReadOnlyList<string>? Items = null, string? BrandId = null);

/// <summary>The result of an approval.</summary>
/// <param name="Approved">Number of items approved by the request; items approved before are not counted.</param>
internal sealed record ApproveAnswer(long Approved);

/// <summary>A payment.</summary>
/// <param name="Reference">Reference of the payment, for example the bank's; at most 200 characters.</param>
/// <param name="BrandId">The brand. Defaults to the brand of the key, otherwise to <c>default</c>.</param>
internal sealed record PaidRequest(string? Reference = null, string? BrandId = null);

/// <summary>The statements of a month.</summary>
/// <param name="Statements">Statements by creator.</param>
internal sealed record StatementsAnswer(IReadOnlyList<StatementAnswer> Statements);
