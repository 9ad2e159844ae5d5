using Attribution.Core.Crediting;
using Attribution.Core.Identity;
using Attribution.Core.Journeys;
using Attribution.Core.Ledger;
using Attribution.Core.Models;
using Attribution.Core.Planning;
using Attribution.Host.Reporting.Queries;
using Attribution.Host.Reporting.Queries.Rollups;
using Attribution.Storage.Journeys;
using Attribution.Storage.Ledger;

namespace Attribution.Host.Reporting.Pages;

/// <summary>Contents of the list of orders: conversions as <c>GET /v1/conversions</c> returns them, with their details.</summary>
/// <param name="List">The page of conversions and the totals of all pages.</param>
/// <param name="Details">Details of each conversion of the page, in the order of the list.</param>
/// <param name="Unattributed">Orders that are credited to no creator. They are not in the list.</param>
/// <param name="SearchedTooMany">Indicates whether the filter needs fewer days: more conversions than it can search.</param>
internal sealed record OrderListModel(
    ConversionList List, IReadOnlyList<OrderDetail> Details, RollupRest? Unattributed, bool SearchedTooMany)
{
    /// <summary>The parameters of the page in addition to those of every page.</summary>
    public static readonly string[] Parameters = ["creator", "campaign", "code", "only", "cursor"];

    /// <summary>The value of the parameter <c>only</c> for conversions that are credited to no creator.</summary>
    public const string UnattributedKind = "unattributed";

    /// <summary>The values of the parameter <c>only</c>, with their words.</summary>
    public static readonly IReadOnlyList<(string Value, string Name)> Kinds =
    [
        ("orders", "orders, without sign-ups and leads"),
        (UnattributedKind, "credited to no creator"),
        ("refunded", "refunded or canceled"), ("changed", "credit changed later"), ("new", "new customers"),
        ("returning", "returning customers"), ("waiting", "waiting for an exchange rate"),
    ];

    private const int PageSize = 50;

    // Each conversion that a filter searches is read on its own.
    private const int MaxSearched = 1_000;

    /// <summary>Reads the page that the address requests, or returns the problem of a parameter.</summary>
    public static async Task<object> ReadAsync(PageContext page)
    {
        var (scope, brand) = (page.Scope, page.Scope.Brand);
        var (creator, campaign) = (scope.GetParameter("creator"), scope.GetParameter("campaign"));
        var (code, only) = (scope.GetParameter("code"), scope.GetParameter("only"));
        if (creator is not null && !scope.Catalog.HasCreator(creator))
            return QueryProblem.BadParameter("creator", $"There is no creator '{creator}'");
        if (campaign is not null && scope.Catalog.FindCampaign(campaign)?.Brand != brand.Id)
            return QueryProblem.BadParameter("campaign", $"The brand '{brand.Id}' has no campaign '{campaign}'");
        if (only is not null && !Kinds.Any(kind => kind.Value == only))
            return QueryProblem.BadParameter("only", $"Must be one of {string.Join(", ", Kinds.Select(kind => kind.Value))}");
        if (!PageRequest.Parse(null, scope.GetParameter("cursor")).TryGet(out var request, out var problem)) return problem;

        if (only == UnattributedKind && (creator ?? campaign) is not null)
            return QueryProblem.BadParameter("only", "Orders that are credited to no creator have neither creator nor campaign. Remove these filters");
        var sums = only == UnattributedKind
            ? await ConversionListQuery.SumUnattributedAsync(
                brand.Id, scope.Query.From, scope.Query.To, page.GetService<IJourneyStore>(), page.Cancellation)
            : await page.GetService<ILedgerStore>().SumByConversionAsync(
                brand.Id, scope.Query.From, scope.Query.To, campaign, creator, page.Cancellation);
        if (only == UnattributedKind) only = null;
        if (only == "orders")
            (sums, only) = ([.. sums.Where(sum => IdentityRules.IsOrderKey(sum.Conversion))], null);
        var isTooMany = (code ?? only) is not null && sums.Count > MaxSearched;
        var found = new Dictionary<string, OrderDetail>(StringComparer.Ordinal);
        if ((code ?? only) is not null && !isTooMany)
        {
            foreach (var sum in sums)
                if (await ReadDetailAsync(page, sum.Conversion) is var detail && Matches(detail, code, only))
                    found[sum.Conversion] = detail;
            sums = [.. sums.Where(sum => found.ContainsKey(sum.Conversion))];
        }

        if (!ConversionListQuery.FromSums(brand, isTooMany ? [] : sums, request with { Limit = PageSize })
            .TryGet(out var list, out problem)) return problem;
        var details = new List<OrderDetail>();
        foreach (var key in list.Items.Select(GetKey))
            details.Add(found.GetValueOrDefault(key) ?? await ReadDetailAsync(page, key));
        var totals = await page.SumRollupsAsync(scope.Query with { GroupBy = PageGrouping.Total });
        return new OrderListModel(
            list, details, totals.Unattributed is [{ Orders: > 0 } rest, ..] ? rest : null, isTooMany);
    }

    private static string GetKey(CreditedConversion item) =>
        item.Kind == "order" ? IdentityRules.OrderAlias(item.Id) : IdentityRules.NonOrderAlias(item.Id);

    private static bool Matches(OrderDetail detail, string? code, string? only) =>
        (code is null || detail.Codes.Contains(code, StringComparer.OrdinalIgnoreCase))
        && only switch
        {
            null => true,
            "refunded" => detail.Conversion is { Refunds: not 0 } or { IsCanceled: true },
            "changed" => detail.ChangedBecause is not null,
            "new" => detail.Conversion?.Customer == CustomerStatus.New,
            "returning" => detail.Conversion?.Customer == CustomerStatus.Returning,
            _ => detail.Conversion?.MissingRateCurrency is not null,
        };

    private static async Task<OrderDetail> ReadDetailAsync(PageContext page, string key)
    {
        var brand = page.Scope.Brand;
        var stored = await page.GetService<IJourneyStore>().FindByAliasAsync(new AliasKey(brand.Id, key), page.Cancellation);
        var conversion = stored?.Journey.Conversions.FirstOrDefault(known => known.Key == key);
        var ledger = await page.GetService<ILedgerStore>().ReadLedgerAsync(brand.Id, key, page.Cancellation);
        return new(
            conversion,
            [
                .. (stored?.Journey.ReportedConversions ?? [])
                    .Where(reported => reported.ConversionId == key[2..])
                    .SelectMany(reported => reported.Codes ?? []).Distinct(StringComparer.OrdinalIgnoreCase),
            ],
            [
                .. (conversion?.Credits ?? []).Where(credit => credit.Models.Contains(conversion!.BookModel))
                    .Select(credit => credit.Placement.Creator).Distinct(StringComparer.Ordinal),
            ],
            ledger.LastOrDefault(entry => !IsOrdinary(entry.Reason))?.Reason);
    }

    private static bool IsOrdinary(LedgerReason reason) =>
        reason is LedgerReason.Conversion or LedgerReason.Refund or LedgerReason.Cancel or LedgerReason.Chargeback;
}

/// <summary>Details of a conversion in a list.</summary>
/// <param name="Conversion">The conversion; null if its journey is not stored any more.</param>
/// <param name="Codes">The codes that were entered.</param>
/// <param name="Creators">The creators with credit under the book model.</param>
/// <param name="ChangedBecause">Reason of the latest later change of the credit; null if there was none.</param>
internal sealed record OrderDetail(
    Conversion? Conversion, IReadOnlyList<string> Codes, IReadOnlyList<string> Creators, LedgerReason? ChangedBecause);
