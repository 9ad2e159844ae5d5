using Attribution.Core.Catalog;
using Attribution.Core.Journeys;

namespace Attribution.Core.Planning;

/// <summary>The catalog items that the events of journeys matched.</summary>
internal sealed class MatchedItems
{
    private readonly HashSet<CatalogRef> items = [];
    private readonly HashSet<string> names = new(StringComparer.Ordinal);

    /// <summary>Gets the items.</summary>
    public IReadOnlyCollection<CatalogRef> Items => items;

    /// <summary>Adds the items of an evaluated journey.</summary>
    public void Add(Journey journey)
    {
        items.Add(new(CatalogKind.Brands, journey.Brand));
        foreach (var day in journey.PostDays)
        {
            if (day.Placement is { } placement)
            {
                items.Add(new(CatalogKind.Campaigns, placement.Campaign));
                items.Add(new(CatalogKind.Creators, placement.Creator));
            }

            if (day.FeeAgreement is { } agreement) items.Add(new(CatalogKind.Agreements, agreement));
        }

        foreach (var touch in journey.Touches) AddNamed(touch.MatchedBy);
        foreach (var conversion in journey.Conversions)
        {
            foreach (var name in conversion.MatchedBy) AddNamed(name);
            foreach (var accrual in conversion.Accruals) items.Add(new(CatalogKind.Agreements, accrual.Agreement));
        }
    }

    // The same few names repeat for most touches: parse each only once.
    private void AddNamed(string? name)
    {
        if (name is not null && names.Add(name)) items.Add(CatalogRef.Parse(name));
    }
}
