using System.Security.Cryptography;
using Attribution.Core.Values;
using Attribution.Storage.Access;

namespace Attribution.Host.Access;

/// <summary>Request for a shop's secret, from the command line or the page. Both use the same rules.</summary>
/// <param name="Vendor">Name of the vendor in the webhook's URL.</param>
/// <param name="Source">Name of the shop in the webhook's URL.</param>
/// <param name="Brand">Brand of the shop's orders.</param>
/// <param name="Amounts">Unit of the amounts, for <c>generic</c> only; null for major units.</param>
internal sealed record WebhookSecretRequest(string Vendor, string Source, string Brand, string? Amounts)
{
    private bool IsMinor => Amounts == AmountUnits.Minor;

    /// <summary>Adds each invalid member with its fault to <paramref name="errors"/>.</summary>
    /// <param name="formats">The vendors.</param>
    /// <param name="brands">The ids of all brands.</param>
    /// <param name="keys">All keys, with which those of a source agree on the unit of amounts.</param>
    /// <param name="secrets">The secrets that the caller may know of, likewise.</param>
    /// <param name="errors">Receives the faults.</param>
    public void FindFaults(
        WebhookSecretFormats formats, IReadOnlySet<string> brands, IReadOnlyList<ApiKeyDocument> keys,
        IReadOnlyList<WebhookSecretDocument> secrets, ICollection<(string Member, string Fault)> errors)
    {
        if (!formats.HasVendor(Vendor))
        {
            errors.Add((
                "vendor",
                $"unknown vendor '{Vendor}'{SimilarNames.Suggest(Vendor, formats.Names)}; the vendors are {string.Join(", ", formats.Names)}."));
            return;
        }

        if (!IsSource(Source))
            errors.Add(("source", "must be 1 to 64 of a-z 0-9 . _ -, because it is part of the webhook's URL."));
        if (!brands.Contains(Brand)) errors.Add(("brand", $"unknown brand '{Brand}'."));
        var units = new List<string>();
        AmountUnits.Parse(Amounts, units);
        if (Vendor != "generic" && Amounts is not null)
            units.Add($"the units of {Vendor} are known; leave it out.");
        else if (Vendor == "generic" && AmountUnits.FindContradiction(IsMinor, Source, Brand, keys, secrets) is { } contradiction)
            units.Add(contradiction);
        foreach (var unit in units) errors.Add(("amounts", unit));
        var existing = secrets.FirstOrDefault(known => known.Vendor == Vendor && known.Source == Source && known.IsValid);
        if (existing is not null && existing.Brand != Brand)
            errors.Add(("brand", $"the shop {Vendor}/{Source} belongs to the brand '{existing.Brand}'; specify another source."));
    }

    /// <summary>Indicates whether a text can be the name of a shop, which is part of the webhook's URL.</summary>
    public static bool IsSource(string text) =>
        text is not ("." or "..") && text.Length is > 0 and <= 64
        && text.All(c => char.IsAsciiLetterLower(c) || char.IsAsciiDigit(c) || c is '.' or '_' or '-');

    /// <summary>Generates a secret, for vendors that accept one.</summary>
    public static string GenerateSecret() => "whsec_" + Convert.ToBase64String(RandomNumberGenerator.GetBytes(32));

    /// <summary>Creates the stored secret of a request without faults.</summary>
    public WebhookSecretDocument Create(string secret, Timestamp now) => new()
    {
        Id = RandomText.CreateId(), Vendor = Vendor, Source = Source, Brand = Brand,
        Secret = secret, SendsMinorUnits = IsMinor, CreatedAt = now,
    };
}
