using Attribution.Core.Models.Fitting;

namespace Attribution.Core.Catalog;

/// <summary>A fit as part of the catalog.</summary>
/// <param name="Fit">The fit.</param>
/// <param name="CatalogVersion">
/// The catalog version that added the fit. A journey evaluated with a lower version did not use it.
/// </param>
public sealed record StoredFit(Fit Fit, long CatalogVersion);
