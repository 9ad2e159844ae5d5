using Attribution.Core.Values;

namespace Attribution.Core.Catalog;

/// <summary>An assignment of a link, code or UTM rule to a placement for an interval of time.</summary>
/// <param name="Item">The catalog item that makes the assignment.</param>
/// <param name="Placement">The placement that the item names.</param>
/// <param name="From">Start (inclusive).</param>
/// <param name="To">End (exclusive).</param>
public sealed record Assignment(CatalogRef Item, Placement Placement, Timestamp From, Timestamp To)
{
    /// <summary>Gets the item as <c>kind/id</c>.</summary>
    public string Name { get; } = Item.ToString();

    /// <summary>
    /// Gets the interval <c>[From, To)</c> in which the assignment is in effect but earns no credit; null: none.
    /// </summary>
    public (Timestamp From, Timestamp To)? Quarantine { get; init; }

    /// <summary>Returns true if the assignment is in effect at an instant: <c>[From, To)</c>.</summary>
    public bool IsActiveAt(Timestamp at) => From <= at && at < To;

    /// <summary>Returns true if the assignment is in quarantine at an instant.</summary>
    public bool IsQuarantinedAt(Timestamp at) =>
        Quarantine is { } quarantine && quarantine.From <= at && at < quarantine.To;
}
