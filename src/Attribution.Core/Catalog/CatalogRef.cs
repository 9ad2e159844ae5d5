namespace Attribution.Core.Catalog;

/// <summary>A reference to a catalog item.</summary>
/// <param name="Kind">The item's kind.</param>
/// <param name="Id">The item's id.</param>
public readonly record struct CatalogRef(CatalogKind Kind, string Id)
{
    /// <summary>Returns <c>kind/id</c>, with the kind as on the wire: <c>utm-rules/spring-mia</c>.</summary>
    public override string ToString() => $"{CatalogKinds.NameOf(Kind)}/{Id}";

    /// <summary>Parses the result of <see cref="ToString"/>.</summary>
    /// <exception cref="FormatException">The text is not <c>kind/id</c>, or the kind is unknown.</exception>
    public static CatalogRef Parse(string text)
    {
        var slash = text.IndexOf('/', StringComparison.Ordinal);
        return slash > 0 && CatalogKinds.TryParse(text[..slash], out var kind)
            ? new(kind.Kind, text[(slash + 1)..])
            : throw new FormatException($"'{text}' is not a reference to a catalog item.");
    }
}
