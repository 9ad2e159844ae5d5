using System.Globalization;
using Attribution.Contracts.Catalog;
using Attribution.Core.Catalog;
using Attribution.Storage.Payouts;

namespace Attribution.Host.Reporting.Queries.Payouts;

/// <summary>The queries for payout statements.</summary>
internal static class PayoutStatementQueries
{
    /// <summary>Returns a creator's statement of a month.</summary>
    /// <param name="creator">Id of the creator; null is rejected.</param>
    /// <param name="monthText">The month; null is rejected.</param>
    /// <param name="brandId">Id of the brand; null for <c>default</c>.</param>
    /// <param name="catalog">The catalog.</param>
    /// <param name="statements">The statements.</param>
    /// <param name="cancellation">Cancels the query.</param>
    public static async Task<QueryResult<StatementAnswer>> FindAsync(
        string? creator, string? monthText, string? brandId, CatalogSnapshot catalog, PayoutStatementService statements,
        CancellationToken cancellation)
    {
        if (!QueryScope.FindBrand(brandId, catalog).TryGet(out var brand, out var problem)) return problem;
        if (creator is null) return QueryProblem.BadParameter("creator", "Required: the id of the creator");
        if (!catalog.HasCreator(creator))
            return QueryProblem.BadParameter("creator", $"There is no creator '{creator}'");
        if (!PayoutStatementService.TryParseMonth(monthText, out var month))
            return QueryProblem.BadParameter("month", "Required: a month, for example 2026-03");
        var (statement, closed) = await statements.GetAsync(brand, creator, month, cancellation);
        return StatementAnswer.FromStatement(brand, creator, statement, closed);
    }

    /// <summary>Returns a closed statement by its number.</summary>
    public static async Task<QueryResult<StatementAnswer>> FindClosedAsync(
        string numberText, string? brandId, CatalogSnapshot catalog, IPayoutStatementStore store,
        CancellationToken cancellation)
    {
        if (!QueryScope.FindBrand(brandId, catalog).TryGet(out var brand, out var problem)) return problem;
        if (!TryParseNumber(numberText, out var number)) return NumberNotFound(numberText);
        return FromClosed(brand, number, await store.FindStatementAsync(brand.Id, number, cancellation));
    }

    /// <summary>Returns the statements of all creators for a month.</summary>
    public static async Task<QueryResult<StatementMonth>> ListAsync(
        string monthText, string? brandId, CatalogSnapshot catalog, PayoutStatementService statements,
        CancellationToken cancellation)
    {
        if (!QueryScope.FindBrand(brandId, catalog).TryGet(out var brand, out var problem)) return problem;
        if (!PayoutStatementService.TryParseMonth(monthText, out var month))
            return QueryProblem.BadParameter("month", "Must be a month, for example 2026-03");
        var (rows, sums) = (new List<StatementRow>(), StatementSums.Zero(brand.Currency));
        await foreach (var (creator, statement, closed) in statements.ListAsync(brand, month, cancellation))
        {
            var name = (catalog.Contents.Items.GetValueOrDefault(
                new(CatalogKind.Creators, creator)) as CreatorItem)?.Name ?? creator;
            var row = StatementRow.FromStatement(brand, creator, name, statement, closed);
            sums += row.Amounts;
            rows.Add(row);
        }
        return new StatementMonth(monthText, brand.Currency.Code, rows, sums);
    }

    /// <summary>Creates the answer for a closed statement; a problem if there is none.</summary>
    public static QueryResult<StatementAnswer> FromClosed(
        BrandSettings brand, long number, ClosedPayoutStatement? closed) => closed is null
        ? QueryProblem.NotFound(
            string.Create(CultureInfo.InvariantCulture, $"The brand '{brand.Id}' has no closed statement {number}"))
        : StatementAnswer.FromStatement(brand, closed.Creator, closed.Statement, closed);

    /// <summary>Reads the number of a statement.</summary>
    public static bool TryParseNumber(string text, out long number) =>
        long.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out number);

    /// <summary>Creates the problem of a text that is not the number of a statement.</summary>
    public static QueryProblem NumberNotFound(string text) =>
        QueryProblem.NotFound(
            $"'{text}' is not the number of a statement. To find the statements of a creator, use GET "
            + "/v1/statements?creator=…&month=…");
}
