namespace Attribution.Host.Access;

/// <summary>The vendors of shop software, with the format of their secrets.</summary>
/// <param name="vendors">A check of a secret's format, by the vendor's name in addresses.</param>
internal sealed class WebhookSecretFormats(IReadOnlyDictionary<string, Func<string, bool>> vendors)
{
    private const int MaxLength = 512;

    /// <summary>Gets the names of the vendors, in order.</summary>
    public IEnumerable<string> Names => vendors.Keys.Order(StringComparer.Ordinal);

    /// <summary>Indicates whether a vendor exists.</summary>
    public bool HasVendor(string name) => vendors.ContainsKey(name);

    /// <summary>Indicates whether a text, which is not empty, has the format of a vendor's secret.</summary>
    public bool IsSecret(string vendor, string text) => text.Length is > 0 and <= MaxLength && vendors[vendor](text);
}
