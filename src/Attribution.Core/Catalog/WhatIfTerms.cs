using Attribution.Contracts.Catalog;

namespace Attribution.Core.Catalog;

/// <summary>
/// Hypothetical settings of a brand for its entire history. A null setting is unchanged in every version. Lookbacks of
/// campaigns and the terms of referrals are unchanged.
/// </summary>
/// <param name="BookModel">The hypothetical model of the ledger.</param>
/// <param name="Policy">The hypothetical policy that weighs codes against touches.</param>
/// <param name="ClickLookback">Default lookback of clicks, as an ISO 8601 duration.</param>
/// <param name="VisitLookback">Default lookback of visits without a click, as an ISO 8601 duration.</param>
public sealed record WhatIfTerms(string? BookModel, PolicyItem? Policy, string? ClickLookback, string? VisitLookback)
{
    /// <summary>Returns the brand's item with these terms.</summary>
    public BrandItem ApplyTo(BrandItem brand) => brand with
    {
        BookModel = BookModel ?? brand.BookModel,
        Policy = Policy ?? brand.Policy,
        Lookback = new(ClickLookback ?? brand.Lookback?.Click, VisitLookback ?? brand.Lookback?.Visit, brand.Lookback?.Referral),
        // Versions keep only the settings that these terms leave unchanged.
        Versions = brand.Versions?.Select(version => version with
        {
            BookModel = BookModel is null ? version.BookModel : null,
            Policy = Policy is null ? version.Policy : null,
            Lookback = new(
                ClickLookback is null ? version.Lookback?.Click : null, VisitLookback is null ? version.Lookback?.Visit : null,
                version.Lookback?.Referral),
        }).ToList(),
    };

    /// <summary>Returns the catalog with the brand under these terms, for evaluating journeys with it. Pure.</summary>
    public CatalogSnapshot ApplyTo(CatalogSnapshot catalog, string brand)
    {
        var key = new CatalogRef(CatalogKind.Brands, brand);
        return CatalogSnapshot.Create(catalog.Contents with
        {
            // Not a version of the store, so that an evaluation does not reuse results of the real catalog.
            Version = -1,
            Items = catalog.Contents.Items.SetItem(key, ApplyTo((BrandItem)catalog.Contents.Items[key])),
        });
    }
}
