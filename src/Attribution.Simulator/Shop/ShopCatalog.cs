namespace Attribution.Simulator.Shop;

/// <summary>The catalog of a shop, and what is expected of its creators.</summary>
/// <param name="Items">The items.</param>
/// <param name="Placements">The creators in their campaigns.</param>
/// <param name="VisitorsPerInterest">The expected visitors of a placement and day for an interest of 1.</param>
internal sealed record ShopCatalog(
    MarketCatalog Items, IReadOnlyList<ShopPlacement> Placements, double VisitorsPerInterest);
