using Attribution.Contracts.Catalog;

namespace Attribution.Core.Catalog;

/// <summary>Other settings of a brand, for all of its history; what is null stays as it is, version by version. Lookbacks of campaigns stay theirs.</summary>
/// <param name="BookModel">The model that would write the ledger.</param>
/// <param name="Policy">What codes would be worth against touches.</param>
/// <param name="ClickLookback">ISO 8601 duration: default lookback of clicks.</param>
/// <param name="VisitLookback">ISO 8601 duration: default lookback of visits without a click.</param>
public sealed record WhatIfTerms(string? BookModel, PolicyItem? Policy, string? ClickLookback, string? VisitLookback)
{
    /// <summary>The brand's item under these terms.</summary>
    public BrandItem ApplyTo(BrandItem brand) => brand with
    {
        BookModel = BookModel ?? brand.BookModel,
        Policy = Policy ?? brand.Policy,
        Lookback = new(ClickLookback ?? brand.Lookback?.Click, VisitLookback ?? brand.Lookback?.Visit),
        // A version says only what the terms leave open.
        Versions = brand.Versions?.Select(version => version with
        {
            BookModel = BookModel is null ? version.BookModel : null,
            Policy = Policy is null ? version.Policy : null,
            Lookback = new(ClickLookback is null ? version.Lookback?.Click : null, VisitLookback is null ? version.Lookback?.Visit : null),
        }).ToList(),
    };

    /// <summary>The catalog as it would be with the brand under these terms; a journey evaluated with it is what it would be. Pure.</summary>
    public CatalogSnapshot ApplyTo(CatalogSnapshot catalog, string brand)
    {
        var key = new CatalogRef(CatalogKind.Brands, brand);
        return CatalogSnapshot.Create(catalog.Contents with
        {
            // None of the store's, so that an evaluation takes nothing over from what the books' catalog came to.
            Version = -1,
            Items = catalog.Contents.Items.SetItem(key, ApplyTo((BrandItem)catalog.Contents.Items[key])),
        });
    }
}
