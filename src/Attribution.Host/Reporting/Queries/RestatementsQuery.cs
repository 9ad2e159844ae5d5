using System.Runtime.CompilerServices;
using Attribution.Storage.Ledger;

namespace Attribution.Host.Reporting.Queries;

/// <summary>The query for changes of days that were already closed.</summary>
internal static class RestatementsQuery
{
    private const int ChunkSize = 500;

    /// <summary>Creates the filter of a query.</summary>
    /// <param name="scope">Local days of recording, brand, campaign and creator.</param>
    /// <param name="view"><c>cash</c> or <c>cohort</c>; null for <c>cash</c>.</param>
    public static QueryResult<RestatementFilter> CreateFilter(QueryScope scope, string? view)
    {
        if (view is not (null or "cash" or "cohort"))
            return QueryProblem.BadParameter(
                "view", "Must be cash (the day of the entry was closed) or cohort (the order's day was closed)");
        return new RestatementFilter(
            scope.Brand.Id, scope.Brand.Calendar.StartOf(scope.From), scope.Brand.Calendar.EndOf(scope.To),
            view == "cohort" ? RestatedDay.OrderDay : RestatedDay.EntryDay, scope.Campaign, scope.Creator);
    }

    /// <summary>Reads a page; the first page includes the summary.</summary>
    public static async Task<QueryResult<RestatementsAnswer>> RunAsync(
        QueryScope scope, string? view, PageRequest page, ILedgerStore store, CancellationToken cancellation)
    {
        if (!CreateFilter(scope, view).TryGet(out var filter, out var problem)) return problem;
        var currency = scope.Brand.Currency;
        try
        {
            var (lines, next) = await store.ListRestatementsAsync(filter, page.Position, page.Limit, cancellation);
            var summary = page.Position is null
                ? RestatementSummary.FromSums(await store.SumRestatementsAsync(filter, cancellation), currency) : null;
            return new RestatementsAnswer(
                [.. lines.Select(line => RestatementLine.FromRestatement(line, filter.Day, currency))], next is null
                    ? null : PageRequest.EncodeCursor(next),
                currency.Code, summary);
        }
        catch (ArgumentException)
        {
            return QueryProblem.UnknownCursor();
        }
    }

    /// <summary>Reads all lines.</summary>
    public static async IAsyncEnumerable<RestatementLine> ReadAllAsync(
        QueryScope scope, RestatementFilter filter, ILedgerStore store,
        [EnumeratorCancellation] CancellationToken cancellation)
    {
        string? cursor = null;
        do
        {
            (var lines, cursor) = await store.ListRestatementsAsync(filter, cursor, ChunkSize, cancellation);
            foreach (var line in lines) yield return RestatementLine.FromRestatement(
                line, filter.Day, scope.Brand.Currency);
        }
        while (cursor is not null);
    }
}
