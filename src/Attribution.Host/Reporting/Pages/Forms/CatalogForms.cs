using System.Text;
using System.Text.Json;
using Attribution.Contracts.Catalog;
using Attribution.Core.Catalog;
using Attribution.Core.Rollups;
using Attribution.Host.Access;
using Attribution.Host.Reporting.CatalogEditing;
using Attribution.Host.Reporting.Queries;
using Attribution.Storage.Access;
using Attribution.Storage.Rollups;
using Microsoft.AspNetCore.Mvc;

namespace Attribution.Host.Reporting.Pages.Forms;

/// <summary>
/// Catalog pages: the kinds, the items of each kind, a form per item, and imports. Every write uses the same commands
/// as the API.
/// </summary>
internal static class CatalogForms
{
    // Allows 1 MiB for the framing of the multipart body.
    private const int MaxFormBytes = CatalogImporter.MaxImportBytes + (1 << 20);

    public static void MapCatalogForms(this IEndpointRouteBuilder routes)
    {
        routes.MapPage<CatalogPage>("/catalog", page => Task.FromResult<object>(CreateOverviewModel(page)));

        // Brands have routes of their own because writing them requires another scope.
        foreach (var (kind, scope) in new[] { ("brands", KeyScopes.Admin), ("{kind}", KeyScopes.Edit) })
        {
            routes.MapPage<CatalogKindPage>(
                $"/catalog/{kind}", page => Task.FromResult(ShowKind(page)), "q", "after", "done");
            routes.MapPage<CatalogItemPage>(
                $"/catalog/{kind}/item", ShowItemAsync, "id", "saved", "assign");
            routes.MapForm<CatalogItemPage>($"/catalog/{kind}/item", scope, SaveAsync, "id", "saved", "assign");
            routes.MapForm<CatalogItemPage>($"/catalog/{kind}/delete", scope, DeleteAsync, "id");
            routes.MapForm<CatalogKindPage>($"/catalog/{kind}/import", scope, ImportAsync)
                .WithMetadata(new RequestSizeLimitAttribute(MaxFormBytes));
        }
    }

    /// <summary>
    /// Returns the address of the form that registers an unmatched name; null for a kind of name that no item
    /// registers.
    /// </summary>
    public static string? GetAssignLink(PageScope scope, UnmatchedKind kind, string name) => kind switch
    {
        UnmatchedKind.Code => scope.LinkTo("/catalog/codes/item", ("assign", name)),
        UnmatchedKind.Link => scope.LinkTo("/catalog/links/item", ("assign", name)),
        UnmatchedKind.Referral => scope.LinkTo(
            CatalogPageItems.IsPublisherName(name) ? "/catalog/publishers/item" : "/catalog/utm-rules/item", ("assign", name)),
        UnmatchedKind.Utm => scope.LinkTo("/catalog/utm-rules/item", ("assign", name)),
        _ => null,
    };

    private static CatalogOverviewModel CreateOverviewModel(PageContext page) =>
        new([.. CatalogKinds.All.Select(kind => (kind.Name, CatalogPageItems.GetVisible(page, kind).Count()))]);

    private static object ShowKind(PageContext page) =>
        FindKind(page) is { } kind ? CatalogPageItems.CreateKindModel(page, kind) : KindNotFound(page);

    private static async Task<object> ShowItemAsync(PageContext page)
    {
        if (FindKind(page) is not { } kind) return KindNotFound(page);
        if (page.Scope.GetParameter("id") is not { } id)
            return new CatalogItemModel(kind, "", CatalogPageItems.CreateBlank(page, kind), null);
        return CatalogPageItems.Find(page, kind, id) is { } item
            ? new CatalogItemModel(kind, id, CatalogPageItems.ToJson(item), WritePrecondition.ComputeETag(item))
            {
                OrdersKnownSince = await FindHistoryStartAsync(page, item),
            }
            : CatalogVisibility.ItemNotFound(kind, id);
    }

    /// <summary>
    /// Returns the day since which new customers are known, for an agreement that pays for them only; otherwise null.
    /// </summary>
    private static async Task<DateOnly?> FindHistoryStartAsync(PageContext page, ICatalogItem item)
    {
        if (item is not AgreementItem { NewCustomersOnly: true } agreement
            || page.Scope.Catalog.FindCampaign(agreement.CampaignId) is not { } campaign
            || page.Scope.Catalog.FindBrand(campaign.Brand) is not { } brand) return null;
        return await OrderHistory.FindStartAsync(brand, page.GetService<IRollupStore>(), page.Cancellation);
    }

    private static CatalogKindInfo? FindKind(PageContext page) =>
        CatalogKinds.TryParse(page.GetRouteValue("kind") ?? "brands", out var kind) ? kind : null;

    private static QueryProblem KindNotFound(PageContext page)
    {
        var kinds = string.Join(", ", CatalogKinds.All.Select(kind => kind.Name));
        return QueryProblem.NotFound($"There is no kind '{page.GetRouteValue("kind")}'. The catalog has: {kinds}.");
    }

    private static async Task<object> SaveAsync(PageContext page, IFormCollection form)
    {
        if (FindKind(page) is not { } kind) return KindNotFound(page);
        var (item, etag) = (ItemForm.Read(kind.ItemType, form), form["etag"].ToString());
        var storedId = page.Scope.GetParameter("id");
        // An item without an id is validated with an empty one, so that the error names the allowed characters.
        var id = storedId ?? item["id"]?.ToString() ?? "";
        item["id"] = id;
        var condition = storedId is null
            ? new WritePrecondition(null, NoneMatch: true)
            : new WritePrecondition([etag], NoneMatch: false);
        var result = await CatalogItemCommands.WriteAsync(
            kind, id, JsonSerializer.SerializeToUtf8Bytes(item), condition, Caller.FromContext(page.Http),
            page.GetService<CatalogWriter>(), page.Cancellation);
        if (result.Item is null)
        {
            return new CatalogItemModel(kind, id, item, storedId is null ? null : etag)
            {
                IsStored = storedId is not null,
                Faults = result.Faults,
                Message = DescribeRefusedSave(result, kind, id, isNew: storedId is null),
            };
        }

        return new PageRedirect(page.Scope.GetParameter("assign") is { } name
            ? page.Scope.LinkTo("/quality", ("assigned", name))
            : page.Scope.LinkTo($"/catalog/{kind.Name}/item", ("id", id), ("saved", "1")));
    }

    private static string DescribeRefusedSave(CatalogWriteResult result, CatalogKindInfo kind, string id, bool isNew)
    {
        if (result.Faults.Count > 0) return "Nothing was saved. The errors are shown at their fields.";
        return isNew
            ? $"{kind.Name}/{id} already exists. Choose another id, or edit the existing item."
            : "Nothing was saved: another user has changed or deleted the item since you opened this form. "
                + "Open it again and repeat your change.";
    }

    private static async Task<object> DeleteAsync(PageContext page, IFormCollection form)
    {
        if (FindKind(page) is not { } kind) return KindNotFound(page);
        var id = page.Scope.GetParameter("id") ?? "";
        var condition = new WritePrecondition([form["etag"].ToString()], NoneMatch: false);
        var result = await CatalogItemCommands.DeleteAsync(
            new(kind.Kind, id), condition, Caller.FromContext(page.Http), page.GetService<CatalogWriter>(),
            page.Cancellation);
        if (result.Item is not null)
            return new PageRedirect(page.Scope.LinkTo($"/catalog/{kind.Name}", ("done", $"{id} was deleted.")));
        if (result.Known is not { } item) return CatalogVisibility.ItemNotFound(kind, id);
        return new CatalogItemModel(kind, id, CatalogPageItems.ToJson(item), WritePrecondition.ComputeETag(item))
        {
            Faults = result.Faults,
            Message = result.Faults.Count > 0
                ? "This item cannot be deleted."
                : "Nothing was deleted: another user has changed the item since you opened this form. "
                    + "Check the current values, then delete it.",
        };
    }

    private static async Task<object> ImportAsync(PageContext page, IFormCollection form)
    {
        if (FindKind(page) is not { } kind) return KindNotFound(page);
        var lines = form["lines"].ToString();
        using var body = new MemoryStream();
        if (form.Files["file"] is { Length: > 0 } file) await file.CopyToAsync(body, page.Cancellation);
        else body.Write(Encoding.UTF8.GetBytes(lines));
        var (answer, problem) = await CatalogImporter.ImportAsync(
            kind, body.ToArray(), isCsv: null, form["dryRun"] == "true", Caller.FromContext(page.Http),
            page.GetService<CatalogWriter>(), page.Cancellation);
        if (answer is { Rejected: 0, DryRun: false })
        {
            var done = DescribeImport(page.Scope, answer);
            return new PageRedirect(page.Scope.LinkTo($"/catalog/{kind.Name}", ("done", done)));
        }

        var model = CatalogPageItems.CreateKindModel(page, kind) with
        {
            Import = answer,
            ImportFault = problem?.Detail,
            Lines = lines,
        };
        return answer is { Rejected: 0 } ? new FormCompleted(model) : model;
    }

    /// <summary>Returns the result of an import as a sentence.</summary>
    public static string DescribeImport(PageScope scope, ImportAnswer answer)
    {
        var accepted = $"{scope.Format.Number(answer.Accepted)} {(answer.Accepted == 1 ? "line" : "lines")}";
        var done = answer.DryRun ? $"{accepted} can be imported" : $"{accepted} imported";
        var leftOut = answer.LeftOutDays == 0 ? ""
            : $" {scope.Format.Number(answer.LeftOutDays)} days before {answer.LeftOutBefore:yyyy-MM-dd} were left out.";
        return $"{done}, {scope.Format.Number(answer.Rejected)} rejected.{leftOut}";
    }
}
