using Attribution.Host.Access;
using Attribution.Host.Reporting.Queries;
using Attribution.Host.Reporting.Queries.Payouts;
using Attribution.Storage.Access;
using Attribution.Storage.Payouts;

namespace Attribution.Host.Reporting.Pages.Forms;

/// <summary>Forms that approve, close and pay statements, by the commands of the API.</summary>
internal static class PayoutForms
{
    public static void MapPayoutForms(this IEndpointRouteBuilder routes)
    {
        routes.MapForm<PayoutStatementsPage>("/statements/close", KeyScopes.Admin, CloseMonthAsync, "month");
        foreach (var (verb, handler) in new (string, Func<PageContext, IFormCollection, Task<object>>)[]
        {
            ("approve", ApproveAsync), ("close", CloseAsync), ("paid", PayAsync),
        })
            routes.MapForm<PayoutStatementPage>($"/creators/{{id}}/statements/{{month}}/{verb}", KeyScopes.Admin, handler);
    }

    private static async Task<object> CloseMonthAsync(PageContext page, IFormCollection form)
    {
        var month = page.Scope.GetParameter("month") ?? "";
        var closed = await PayoutStatementCommands.CloseAsync(
            new(month, null, page.Scope.Brand.Id), Caller.FromContext(page.Http), page.Scope.Catalog,
            page.GetService<IPayoutStatementStore>(), page.GetService<PayoutStatementService>(), page.Cancellation);
        return Redirect(closed, page.Scope.LinkTo("/statements", ("month", month)));
    }

    private static async Task<object> CloseAsync(PageContext page, IFormCollection form) =>
        Redirect(
            await PayoutStatementCommands.CloseAsync(
                new(Month(page), Creator(page), page.Scope.Brand.Id), Caller.FromContext(page.Http), page.Scope.Catalog,
                page.GetService<IPayoutStatementStore>(), page.GetService<PayoutStatementService>(), page.Cancellation),
            StatementLink(page));

    private static async Task<object> ApproveAsync(PageContext page, IFormCollection form) =>
        Redirect(
            await PayoutStatementCommands.ApproveAsync(
                new(Creator(page), Month(page), Items: null, page.Scope.Brand.Id), Caller.FromContext(page.Http), page.Scope.Catalog,
                page.GetService<PayoutStatementService>(), page.Cancellation),
            StatementLink(page));

    /// <summary>Records the payment of the statement that the form shows, by its number.</summary>
    private static async Task<object> PayAsync(PageContext page, IFormCollection form)
    {
        var reference = form["reference"].ToString().Trim();
        return Redirect(
            await PayoutStatementCommands.PayAsync(
                form["number"].ToString(), new(reference.Length == 0 ? null : reference, page.Scope.Brand.Id),
                Caller.FromContext(page.Http), page.Scope.Catalog, page.GetService<PayoutStatementService>(), page.Cancellation),
            StatementLink(page));
    }

    private static object Redirect<T>(QueryResult<T> result, string url) where T : class =>
        result.Problem is { } problem ? problem : new PageRedirect(url);

    private static string Creator(PageContext page) => page.GetRouteValue("id")!;

    private static string Month(PageContext page) => page.GetRouteValue("month")!;

    private static string StatementLink(PageContext page) =>
        page.Scope.LinkTo($"/creators/{Creator(page)}/statements/{Month(page)}");
}
