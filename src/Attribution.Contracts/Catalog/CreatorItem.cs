namespace Attribution.Contracts.Catalog;

/// <summary>A person who promotes brands. Creators are shared by all brands.</summary>
/// <param name="Id">The creator's id.</param>
/// <param name="Name">Name shown in reports.</param>
/// <param name="Niche">Free text.</param>
/// <param name="Region">Free text.</param>
/// <param name="Status">
/// <c>active</c> or <c>inactive</c>. Touches after the creator became inactive earn nothing.
/// </param>
/// <param name="InactiveSince">Time at which the status became <c>inactive</c>. Set by the server if absent.</param>
/// <param name="Handles">Accounts on platforms.</param>
/// <param name="CustomerKeys">
/// The creator's own customer keys, in the same form as in events. They are stored and returned hashed. Orders placed
/// with these keys earn the creator nothing.
/// </param>
public sealed record CreatorItem(
    string Id, string Name, string? Niche = null, string? Region = null, string Status = "active",
    DateTimeOffset? InactiveSince = null,
    IReadOnlyList<HandleItem>? Handles = null, IReadOnlyList<string>? CustomerKeys = null) : ICatalogItem;
