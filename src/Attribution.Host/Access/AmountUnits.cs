using Attribution.Core.Catalog;
using Attribution.Storage.Access;

namespace Attribution.Host.Access;

/// <summary>
/// The unit in which a source states amounts. All keys and webhook secrets of a source of a brand agree, revoked ones
/// too, so that whatever the source sent can be read again.
/// </summary>
internal static class AmountUnits
{
    /// <summary>Major units: 78.40 is 78.40 EUR.</summary>
    public const string Major = "major";

    /// <summary>Minor units: 7840 is 78.40 EUR.</summary>
    public const string Minor = "minor";

    // Callers without a key, and users, send for this source.
    private const string SharedSource = "default";

    /// <summary>Returns the name of a unit.</summary>
    public static string NameOf(bool isMinor) => isMinor ? Minor : Major;

    /// <summary>
    /// Returns whether a text names minor units; null means major units. Adds the fault of an unknown name to
    /// <paramref name="errors"/>.
    /// </summary>
    public static bool Parse(string? name, ICollection<string> errors)
    {
        if (name is not (null or Major or Minor)) errors.Add($"unknown unit '{name}'; the units are {Major} and {Minor}.");
        return name == Minor;
    }

    /// <summary>Returns the unit of a source; null when nothing is known of it.</summary>
    public static string? OfSource(
        string source, string brand, IEnumerable<ApiKeyDocument> keys, IEnumerable<WebhookSecretDocument> secrets)
    {
        var known = keys.Where(key => key.Source == source && (key.Brand ?? BrandSettings.DefaultId) == brand && key.Scopes.HasFlag(KeyScopes.Ingest))
            .Select(key => key.SendsMinorUnits)
            .Concat(secrets.Where(secret => secret.Vendor == "generic" && secret.Source == source && secret.Brand == brand)
                .Select(secret => secret.SendsMinorUnits))
            .ToList();
        return known.Count == 0 ? null : NameOf(known.Contains(true));
    }

    /// <summary>Returns why a source cannot state amounts in a unit; null if it can.</summary>
    public static string? FindContradiction(
        bool isMinor, string source, string brand, IEnumerable<ApiKeyDocument> keys, IEnumerable<WebhookSecretDocument> secrets) =>
        isMinor && source == SharedSource
            ? $"callers without a key share the source '{SharedSource}', and state major units; choose a source of its own for minor units."
        : OfSource(source, brand, keys, secrets) is { } known && known != NameOf(isMinor)
            ? $"the source '{source}' states {known} units; a source has one unit, so choose another source or '{known}'."
        : null;
}
