using System.Globalization;
using System.Text;
using System.Text.Json.Nodes;
using Attribution.Contracts.Catalog;
using Attribution.Core.Catalog;
using Attribution.Host.Access;
using Attribution.Host.Jobs;
using Attribution.Host.Reporting.CatalogEditing;
using Attribution.Host.Reporting.Queries;
using Attribution.Host.Reporting.Queries.Rollups;
using Attribution.Storage.Access;

namespace Attribution.Host.Reporting.Pages.Forms;

/// <summary>
/// The first steps of an installation: the brand, a creator with code and link, a cost, and a test order. Every write uses
/// the rules of the API.
/// </summary>
internal static class StartForms
{
    /// <summary>Address of the page.</summary>
    public const string Path = "/start";

    private const string TestOrder = "test-order";

    public static void MapStart(this IEndpointRouteBuilder routes)
    {
        routes.MapPage<StartPage>(Path, async page => await StartModel.ReadAsync(page));
        routes.MapForm<StartPage>($"{Path}/brand", KeyScopes.Admin, SaveBrandAsync);
        routes.MapForm<StartPage>($"{Path}/creator", KeyScopes.Edit, SaveCreatorAsync);
        routes.MapForm<StartPage>($"{Path}/cost", KeyScopes.Edit, SaveCostAsync);
        routes.MapForm<StartPage>($"{Path}/order", KeyScopes.Admin, SendOrderAsync);
    }

    private static Task<object> SaveBrandAsync(PageContext page, IFormCollection form)
    {
        var brand = page.Scope.FindItem<BrandItem>(CatalogKind.Brands, page.Scope.Brand.Id)!;
        var item = CatalogPageItems.ToJson(brand);
        foreach (var member in new[] { "name", "currency", "timeZone" }) item[member] = form.TextOrNull(member);
        return SaveAsync(page, form, (CatalogKind.Brands, brand.Id, item));
    }

    private static Task<object> SaveCreatorAsync(PageContext page, IFormCollection form)
    {
        var (name, campaign, code, destination) =
            (form.TextOrNull("creator"), form.TextOrNull("campaign"), form.TextOrNull("code"), form.TextOrNull("destination"));
        var (creatorId, campaignId) = (form.TextOrNull("id") ?? CreateId(name), CreateId(campaign));
        var placement = new JsonObject { ["campaignId"] = campaignId, ["creatorId"] = creatorId };
        var items = new List<(CatalogKind, string, JsonObject)>();
        if (!page.Scope.Catalog.HasCreator(creatorId)) items.Add((CatalogKind.Creators, creatorId, new() { ["name"] = name }));
        if (page.Scope.Catalog.FindCampaign(campaignId) is null)
            items.Add((CatalogKind.Campaigns, campaignId, new() { ["name"] = campaign, ["brandId"] = page.Scope.Brand.Id }));
        if (code is not null)
            items.Add((CatalogKind.Codes, $"{creatorId}-{campaignId}", With(placement, ("code", code))));
        if (destination is not null)
            items.Add((CatalogKind.Links, $"{creatorId}-{campaignId}", With(
                placement, ("slug", $"{creatorId}-{campaignId}"), ("destination", destination))));
        return SaveAsync(page, form, [.. items]);
    }

    private static async Task<object> SaveCostAsync(PageContext page, IFormCollection form)
    {
        var model = await StartModel.ReadAsync(page);
        return await SaveAsync(page, form, (CatalogKind.Costs, $"{model.Code?.CreatorId ?? model.Link?.CreatorId}-fee", new()
        {
            ["campaignId"] = model.Code?.CampaignId ?? model.Link?.CampaignId,
            ["creatorId"] = model.Code?.CreatorId ?? model.Link?.CreatorId,
            ["kind"] = "fee", ["currency"] = page.Scope.Brand.Currency.Code, ["amount"] = form.TextOrNull("amount"),
            ["on"] = PageFormat.IsoDay(page.Scope.Today),
        }));
    }

    /// <summary>Sends an order with the creator's code, or cancels it.</summary>
    private static async Task<object> SendOrderAsync(PageContext page, IFormCollection form)
    {
        if (page.Http.RequestServices.GetService<IngestEvent>() is not { } ingest)
            return new QueryProblem(
                StatusCodes.Status404NotFound, "Not available here",
                "This process takes no events. Send them to a process with the role ingest.");
        var model = await StartModel.ReadAsync(page);
        var cancels = form["cancel"] == "true";
        var json = new JsonObject
        {
            ["type"] = cancels ? "refund" : "redemption",
            ["id"] = string.Create(CultureInfo.InvariantCulture, $"{TestOrder}-{page.Now.UnixMilliseconds}"),
            ["occurredAt"] = page.Now.ToString(), ["orderId"] = TestOrder, ["currency"] = page.Scope.Brand.Currency.Code,
        };
        if (cancels) (json["kind"], json["refundId"]) = ("cancel", "cancel");
        else (json["codes"], json["gross"]) = (new JsonArray(model.Code?.Code), form.TextOrNull("gross"));
        var caller = new Caller("default", page.Scope.Brand.Id, MaySpeakForOthers: false);
        var fault = await ingest(Encoding.UTF8.GetBytes(json.ToJsonString()), caller, page.Cancellation);
        return fault is null
            ? new PageRedirect(page.Scope.LinkTo(Path))
            : model with { Faults = [fault], Form = form };
    }

    private static async Task<object> SaveAsync(
        PageContext page, IFormCollection form, params (CatalogKind Kind, string Id, JsonObject Json)[] items)
    {
        var faults = new List<string>();
        var parsed = new List<ICatalogItem>();
        foreach (var (kind, id, json) in items)
        {
            json["id"] = id;
            var info = CatalogKinds.All.Single(known => known.Kind == kind);
            var (item, found) = ItemReader.Read(info.ItemType, Encoding.UTF8.GetBytes(json.ToJsonString()), id);
            faults.AddRange(found.Select(fault => Describe(info, fault)));
            if (item is not null) parsed.Add(item);
        }

        var (writer, caller) = (page.GetService<CatalogWriter>(), Caller.FromContext(page.Http));
        // First without writing, so that all items are written or none.
        foreach (var dryRun in new[] { true, false })
        {
            if (faults.Count > 0) break;
            faults.AddRange(await writer.EditAsync(caller, edit => parsed
                .SelectMany(item => edit.Put(item).Faults.Select(fault => $"{item.Id}: {fault.Detail}")).ToList(), page.Cancellation, dryRun));
        }

        return faults.Count == 0
            ? new PageRedirect(page.Scope.LinkTo(Path))
            : await StartModel.ReadAsync(page) with { Faults = faults, Form = form };
    }

    private static string Describe(CatalogKindInfo kind, CatalogFault fault) => $"{kind.Name}{fault.Pointer}: {fault.Detail}";

    private static JsonObject With(JsonObject placement, params (string Name, string Value)[] members)
    {
        var item = placement.DeepClone().AsObject();
        foreach (var (name, value) in members) item[name] = value;
        return item;
    }

    private static string CreateId(string? name) => CatalogPageItems.CreateId(name ?? "");
}

/// <summary>Contents of the page of the first steps.</summary>
/// <param name="Code">The first code of the brand; null without one.</param>
/// <param name="Link">The first link of the brand; null without one.</param>
/// <param name="HasCost">Indicates whether the brand has a cost.</param>
/// <param name="Activity">What arrived on the days of the page; null for nothing.</param>
/// <param name="Orders">Number of orders that arrived, with or without credit.</param>
/// <param name="HasAdministrator">Indicates whether an administrator exists.</param>
internal sealed record StartModel(
    CodeItem? Code, LinkItem? Link, bool HasCost, RollupRow? Activity, long Orders, bool HasAdministrator)
{
    /// <summary>Gets the errors of the form; empty if there are none.</summary>
    public IReadOnlyList<string> Faults { get; init; } = [];

    /// <summary>Gets a value indicating whether this process takes events and redirects links.</summary>
    public bool TakesEvents { get; init; }

    /// <summary>Gets the form as entered; null if none was refused.</summary>
    public IFormCollection? Form { get; init; }

    /// <summary>Reads the contents.</summary>
    public static async Task<StartModel> ReadAsync(PageContext page)
    {
        var (catalog, brand) = (page.Scope.Catalog, page.Scope.Brand.Id);
        var answer = await page.SumRollupsAsync(page.Scope.Query with { GroupBy = PageGrouping.Total });
        return new(
            catalog.Items<CodeItem>().Where(code => IsOfBrand(code.CampaignId)).OrderBy(code => code.Id, StringComparer.Ordinal).FirstOrDefault(),
            catalog.Items<LinkItem>().Where(link => IsOfBrand(link.CampaignId)).OrderBy(link => link.Id, StringComparer.Ordinal).FirstOrDefault(),
            catalog.Items<CostItem>().Any(cost => IsOfBrand(cost.CampaignId)),
            answer.Rows is [var row, ..] ? row : null, answer.Totals.Orders,
            await page.GetService<UserAdministration>().HasAdministratorAsync(page.Cancellation))
        {
            TakesEvents = page.Http.RequestServices.GetService<IngestEvent>() is not null,
        };

        bool IsOfBrand(string campaign) => catalog.FindCampaign(campaign)?.Brand == brand;
    }
}
