using System.Text.Json.Serialization;
using Attribution.Contracts;
using Attribution.Core.Catalog;
using Attribution.Core.Values;
using Attribution.Host.Reporting.Queries.Values;
using Attribution.Storage.Journeys;

namespace Attribution.Host.Reporting.Queries.Codes;

/// <summary>Compares a shop's list of codes with the catalog and with the orders. Nothing of the list is stored.</summary>
internal static class CodeComparison
{
    /// <summary>Compares a list.</summary>
    /// <param name="brandId">Id of the brand; null for <c>default</c>.</param>
    /// <param name="shop">The shop's codes.</param>
    /// <param name="now">The time.</param>
    /// <param name="catalog">The catalog.</param>
    /// <param name="journeys">The journeys.</param>
    /// <param name="cancellation">Cancels the query.</param>
    public static async Task<QueryResult<CodeComparisonAnswer>> RunAsync(
        string? brandId, IReadOnlyList<ShopCode> shop, DateTimeOffset now, CatalogSnapshot catalog, IJourneyStore journeys, CancellationToken cancellation)
    {
        if (!QueryScope.FindBrand(brandId, catalog).TryGet(out var brand, out var problem)) return problem;
        var usage = await CodeUsageQuery.ListAsync(brand, catalog, journeys, cancellation);
        return new CodeComparisonAnswer(shop.Count, [.. Compare(shop, usage, now, brand.Currency)]);
    }

    /// <summary>Returns the differences, those of a code together, codes with the greatest net first.</summary>
    internal static IEnumerable<CodeDifference> Compare(
        IReadOnlyList<ShopCode> shop, IReadOnlyList<CodeUsage> usage, DateTimeOffset now, Currency currency)
    {
        var byCode = usage.ToLookup(item => TextNormalizer.Code(item.Code), StringComparer.Ordinal);
        var inShop = shop.GroupBy(code => TextNormalizer.Code(code.Code), StringComparer.Ordinal).ToDictionary(group => group.Key, group => group.Last());
        return inShop.Keys.Union(byCode.Select(group => group.Key))
            .SelectMany(code => CompareCode(inShop.GetValueOrDefault(code), [.. byCode[code]], now, currency))
            .OrderByDescending(difference => difference.Net.Minor).ThenBy(difference => difference.Code, StringComparer.Ordinal);
    }

    private static IEnumerable<CodeDifference> CompareCode(ShopCode? listed, IReadOnlyList<CodeUsage> usage, DateTimeOffset now, Currency currency)
    {
        var owned = usage.Where(item => item.CodeId is not null).ToList();
        var item = owned.Find(one => IsValid(one, now)) ?? owned.LastOrDefault();
        var (orders, net) = (usage.Sum(one => one.Orders), usage.Aggregate((Int128)0, (sum, one) => sum + one.Net.Minor));
        if (listed is null)
        {
            if (item is not null && IsValid(item, now)) yield return Create(CodeDifferenceKind.NotInShop);
            yield break;
        }

        if (item is null)
        {
            if (listed.IsActive || orders > 0) yield return Create(CodeDifferenceKind.Unowned);
            yield break;
        }

        var (isAccepted, isOwned) = (listed.IsActive && !(listed.EndsAt <= now), IsValid(item, now));
        if (isAccepted != isOwned) yield return Create(isAccepted ? CodeDifferenceKind.NotValid : CodeDifferenceKind.InactiveInShop);
        if (listed.EndsAt != item.ValidTo) yield return Create(CodeDifferenceKind.EndDiffers);
        if (listed.Limit is { } limit) yield return Create(listed.Uses >= limit ? CodeDifferenceKind.LimitReached : CodeDifferenceKind.Limited);
        if (listed.Uses is { } uses && uses != orders) yield return Create(CodeDifferenceKind.UsesDiffer);

        CodeDifference Create(CodeDifferenceKind kind) => new(
            item?.Code ?? listed?.Code ?? "", kind, item?.CodeId, item?.CampaignId, item?.CreatorId, listed?.EndsAt, item?.ValidTo, listed?.Limit, listed?.Uses,
            orders, currency.Code, new(net, currency));
    }

    private static bool IsValid(CodeUsage item, DateTimeOffset now) => !(item.ValidFrom > now) && !(item.ValidTo <= now);
}

/// <summary>The differences between a shop's codes and the catalog.</summary>
/// <param name="Listed">Number of codes in the list.</param>
/// <param name="Items">The differences.</param>
internal sealed record CodeComparisonAnswer(int Listed, IReadOnlyList<CodeDifference> Items);

/// <summary>A difference of a code.</summary>
/// <param name="Code">The code.</param>
/// <param name="Difference">
/// <c>unowned</c>: the shop accepts it and it is not in the catalog; <c>not_in_shop</c>: it is valid here and not in the
/// list; <c>not_valid</c>: the shop accepts it, and here it is not valid now; <c>inactive_in_shop</c>: the reverse;
/// <c>end_differs</c>; <c>limited</c> and <c>limit_reached</c>: the shop limits its uses; <c>uses_differ</c>: the shop
/// counted another number of uses than orders are known here.
/// </param>
/// <param name="CodeId">Id of the catalog item; null if there is none.</param>
/// <param name="CampaignId">Its campaign.</param>
/// <param name="CreatorId">Its creator.</param>
/// <param name="EndsInShop">End in the shop; null without one.</param>
/// <param name="ValidTo">End of the item's validity, exclusive; null without one.</param>
/// <param name="Limit">Greatest number of uses in the shop; null without one.</param>
/// <param name="UsesInShop">Uses that the shop counted; null if it did not state it.</param>
/// <param name="Orders">Orders with the code that are known here, without canceled ones.</param>
/// <param name="Currency">Currency of the brand.</param>
/// <param name="Net">Net revenue of these orders.</param>
internal sealed record CodeDifference(
    string Code, [property: JsonConverter(typeof(SnakeCaseEnumConverter<CodeDifferenceKind>))] CodeDifferenceKind Difference,
    string? CodeId, string? CampaignId, string? CreatorId, DateTimeOffset? EndsInShop, DateTimeOffset? ValidTo, long? Limit, long? UsesInShop,
    long Orders, string Currency, Money Net);

/// <summary>A kind of difference; <see cref="CodeDifference"/> explains each.</summary>
internal enum CodeDifferenceKind
{
    /// <summary>The shop accepts the code, or orders used it, and it is not in the catalog.</summary>
    Unowned,

    /// <summary>The code is valid here and not in the list.</summary>
    NotInShop,

    /// <summary>The shop accepts the code, and here it is not valid now.</summary>
    NotValid,

    /// <summary>The code is valid here, and the shop does not accept it.</summary>
    InactiveInShop,

    /// <summary>The ends differ.</summary>
    EndDiffers,

    /// <summary>The shop limits the uses.</summary>
    Limited,

    /// <summary>The shop's limit is reached.</summary>
    LimitReached,

    /// <summary>The shop counted another number of uses than orders are known here.</summary>
    UsesDiffer,
}
