namespace Attribution.Simulator;

/// <summary>An item of the catalog, ready to be sent.</summary>
/// <param name="Kind">Kind as in the URL: <c>creators</c>, <c>links</c>, …</param>
/// <param name="Id">Id of the item.</param>
/// <param name="Json">The body as one line of JSON.</param>
public sealed record MarketItem(string Kind, string Id, string Json);
