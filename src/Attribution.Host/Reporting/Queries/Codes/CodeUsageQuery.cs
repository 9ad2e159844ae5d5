using System.Text.Json.Serialization;
using Attribution.Contracts;
using Attribution.Contracts.Catalog;
using Attribution.Core.Catalog;
using Attribution.Core.Customers;
using Attribution.Core.Events;
using Attribution.Core.Journeys;
using Attribution.Core.Values;
using Attribution.Host.Reporting.Queries.Values;
using Attribution.Storage.Journeys;

namespace Attribution.Host.Reporting.Queries.Codes;

/// <summary>
/// The query for codes that orders used and no one owns, and codes that are owned and no order used, with the money behind
/// them. Reads every order of the brand.
/// </summary>
internal static class CodeUsageQuery
{
    private const string CodePrefix = "codes/";

    /// <summary>Reads the codes of a brand.</summary>
    /// <param name="brandId">Id of the brand; null for <c>default</c>.</param>
    /// <param name="status">Name of the only status; null for all.</param>
    /// <param name="catalog">The catalog.</param>
    /// <param name="journeys">The journeys.</param>
    /// <param name="cancellation">Cancels the query.</param>
    public static async Task<QueryResult<CodeUsageAnswer>> RunAsync(
        string? brandId, string? status, CatalogSnapshot catalog, IJourneyStore journeys, CancellationToken cancellation)
    {
        if (!QueryScope.FindBrand(brandId, catalog).TryGet(out var brand, out var problem)) return problem;
        if (status is not (null or "unowned" or "not_valid" or "unused" or "used"))
            return QueryProblem.BadParameter("status", "Must be unowned, not_valid, unused or used");
        var items = await ListAsync(brand, catalog, journeys, cancellation);
        return new CodeUsageAnswer([.. items.Where(item => status is null || SnakeCase(item.Status) == status)]);
    }

    /// <summary>Reads the codes of a brand: unowned ones first, and within a status those with the greatest net.</summary>
    public static async Task<IReadOnlyList<CodeUsage>> ListAsync(
        BrandSettings brand, CatalogSnapshot catalog, IJourneyStore journeys, CancellationToken cancellation)
    {
        var owned = catalog.Items<CodeItem>().Where(code => catalog.FindCampaign(code.CampaignId)!.Brand == brand.Id).ToList();
        var known = owned.Select(code => TextNormalizer.Code(code.Code)).ToHashSet(StringComparer.Ordinal);
        var creators = owned.ToDictionary(code => code.Id, code => code.CreatorId, StringComparer.Ordinal);
        var (byId, byText) = (new Dictionary<string, Use>(StringComparer.Ordinal), new Dictionary<string, Use>(StringComparer.Ordinal));
        await journeys.ScanBrandAsync(
            brand.Id,
            journey =>
            {
                var customers = new KnownCustomers(journey, brand);
                foreach (var order in journey.Conversions.Where(conversion => conversion is { Kind: ConversionKind.Order, IsCanceled: false }))
                {
                    foreach (var code in order.UnmatchedCodes) Add(byText, code, order, wasKnown: false);
                    foreach (var item in order.MatchedBy.Distinct())
                    {
                        if (!item.StartsWith(CodePrefix, StringComparison.Ordinal)) continue;
                        var id = item[CodePrefix.Length..];
                        Add(byId, id, order, creators.TryGetValue(id, out var creator) && customers.WasKnownBefore(order, creator));
                    }
                }
            },
            cancellation);
        return
        [
            .. byText.Select(code => Create(code.Key, known.Contains(code.Key) ? CodeStatus.NotValid : CodeStatus.Unowned, null, code.Value, brand))
                .Concat(owned.Select(code => byId.TryGetValue(code.Id, out var use)
                    ? Create(code.Code, CodeStatus.Used, code, use, brand) : Create(code.Code, CodeStatus.Unused, code, null, brand)))
                .OrderBy(item => item.Status).ThenByDescending(item => item.Net.Minor).ThenBy(item => item.Code, StringComparer.Ordinal),
        ];
    }

    /// <summary>Returns the name of a status on the wire.</summary>
    private static string SnakeCase(CodeStatus status) => System.Text.Json.JsonNamingPolicy.SnakeCaseLower.ConvertName(status.ToString());

    private static void Add(Dictionary<string, Use> uses, string key, Conversion order, bool wasKnown)
    {
        var net = order.GetNet();
        uses[key] = uses.TryGetValue(key, out var use)
            ? new(
                use.Orders + 1, use.KnownBefore + (wasKnown ? 1 : 0), use.Net + net, use.First < order.Day ? use.First : order.Day,
                use.Last > order.Day ? use.Last : order.Day)
            : new(1, wasKnown ? 1 : 0, net, order.Day, order.Day);
    }

    private static CodeUsage Create(string code, CodeStatus status, CodeItem? item, Use? use, BrandSettings brand) => new(
        code, status, item?.Id, item?.CampaignId, item?.CreatorId, use?.Orders ?? 0, brand.Currency.Code, new(use?.Net ?? 0, brand.Currency),
        use?.First, use?.Last, item?.ValidFrom, item?.ValidTo, use?.KnownBefore ?? 0);

    private sealed record Use(long Orders, long KnownBefore, Int128 Net, DateOnly First, DateOnly Last);
}

/// <summary>The codes of a brand.</summary>
/// <param name="Items">The codes: unowned ones first, and within a status those with the greatest net.</param>
internal sealed record CodeUsageAnswer(IReadOnlyList<CodeUsage> Items);

/// <summary>A code, who owns it, and the orders that used it.</summary>
/// <param name="Code">The code; normalized if it is not in the catalog.</param>
/// <param name="Status">
/// <c>unowned</c>: not in the catalog; <c>not_valid</c>: in the catalog, but not at the time of these orders; <c>unused</c>:
/// in the catalog, without an order; <c>used</c>.
/// </param>
/// <param name="CodeId">Id of the catalog item; null if there is none.</param>
/// <param name="CampaignId">Its campaign.</param>
/// <param name="CreatorId">Its creator.</param>
/// <param name="Orders">Number of orders that used it, without canceled ones.</param>
/// <param name="Currency">Currency of the brand.</param>
/// <param name="Net">Net revenue of these orders. An order with several codes counts for each.</param>
/// <param name="FirstSeen">Day of the first order.</param>
/// <param name="LastSeen">Day of the last order.</param>
/// <param name="ValidFrom">Start of the item's validity, inclusive.</param>
/// <param name="ValidTo">End of the item's validity, exclusive.</param>
/// <param name="KnownBefore">
/// Number of these orders whose customer had ordered before the creator's first touch with them, or without one before the
/// order. 0 for codes that no one owns.
/// </param>
internal sealed record CodeUsage(
    string Code, [property: JsonConverter(typeof(SnakeCaseEnumConverter<CodeStatus>))] CodeStatus Status,
    string? CodeId, string? CampaignId, string? CreatorId, long Orders, string Currency, Money Net, DateOnly? FirstSeen, DateOnly? LastSeen,
    DateTimeOffset? ValidFrom, DateTimeOffset? ValidTo, long KnownBefore);

/// <summary>A code's status.</summary>
internal enum CodeStatus
{
    /// <summary>Orders used it, and it is not in the catalog.</summary>
    Unowned,

    /// <summary>Orders used it at a time at which no catalog item with it was valid.</summary>
    NotValid,

    /// <summary>It is in the catalog, and no order used it.</summary>
    Unused,

    /// <summary>It is in the catalog, and orders used it.</summary>
    Used,
}
