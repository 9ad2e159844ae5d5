using Attribution.Contracts.Catalog;

namespace Attribution.Host.Reporting.CatalogEditing;

/// <summary>A request to generate items for each of several creators.</summary>
internal interface IGenerationRequest
{
    IReadOnlyList<string> CreatorIds { get; }

    long PerCreator { get; }

    long? Length { get; }

    string? Prefix { get; }

    /// <summary>Creates an item with a random part.</summary>
    ICatalogItem CreateItem(string creator, string random);
}

/// <summary>
/// A request to generate codes. For codes that are valid for one order each, generate as many as there will be orders
/// and let the shop accept each once.
/// </summary>
/// <param name="CampaignId">Campaign of the codes.</param>
/// <param name="CreatorIds">Creators of the codes.</param>
/// <param name="PerCreator">Number of codes per creator.</param>
/// <param name="Length">Number of random characters, 8 to 32. Defaults to 10.</param>
/// <param name="Prefix">Prefix of each code, for example <c>GLOW-</c>.</param>
/// <param name="ValidFrom">Start of validity (inclusive).</param>
/// <param name="ValidTo">End of validity (exclusive).</param>
internal sealed record CodeGeneration(
    string CampaignId, IReadOnlyList<string> CreatorIds, long PerCreator = 1, long? Length = null,
    string? Prefix = null,
    DateTimeOffset? ValidFrom = null, DateTimeOffset? ValidTo = null) : IGenerationRequest
{
    /// <inheritdoc/>
    public ICatalogItem CreateItem(string creator, string random) =>
        new CodeItem($"g-{random.ToLowerInvariant()}", Prefix + random, CampaignId, creator, ValidFrom, ValidTo);
}

/// <summary>A request to generate links.</summary>
/// <param name="CampaignId">Campaign of the links.</param>
/// <param name="CreatorIds">Creators of the links.</param>
/// <param name="Destination">Address to which the links redirect.</param>
/// <param name="PerCreator">Number of links per creator.</param>
/// <param name="Length">Number of random characters of the slug, 8 to 32. Defaults to 10.</param>
/// <param name="Prefix">Prefix of each slug.</param>
/// <param name="Platform">Platform on which the links are posted.</param>
/// <param name="Utm">UTM parameters; <c>{creator}</c> in a value is replaced by the id of the creator.</param>
/// <param name="ValidFrom">Start of validity (inclusive).</param>
/// <param name="ValidTo">End of validity (exclusive).</param>
/// <param name="Fallback">Address to which expired links redirect.</param>
internal sealed record LinkGeneration(
    string CampaignId, IReadOnlyList<string> CreatorIds, string Destination, long PerCreator = 1, long? Length = null,
    string? Prefix = null, string? Platform = null,
    UtmItem? Utm = null, DateTimeOffset? ValidFrom = null, DateTimeOffset? ValidTo = null,
    string? Fallback = null) : IGenerationRequest
{
    /// <inheritdoc/>
    public ICatalogItem CreateItem(string creator, string random)
    {
        string? Fill(string? value) => value?.Replace("{creator}", creator, StringComparison.Ordinal);
        var slug = random.ToLowerInvariant();
        var utm = Utm is null ? null : new UtmItem(
            Fill(Utm.Source), Fill(Utm.Medium), Fill(Utm.Campaign), Fill(Utm.Content), Fill(Utm.Term), Fill(Utm.Id));
        return new LinkItem($"g-{slug}", Prefix + slug, Destination, CampaignId, creator, Platform, null, utm,
            ValidFrom, ValidTo, Fallback);
    }
}

/// <summary>The generated items.</summary>
/// <param name="Generated">Number of items.</param>
/// <param name="Items">Items by creator, in the order of the request.</param>
internal sealed record GenerationAnswer<TItem>(int Generated, IReadOnlyList<TItem> Items);
