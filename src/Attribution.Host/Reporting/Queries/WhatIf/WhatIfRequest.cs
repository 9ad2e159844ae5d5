using Attribution.Contracts.Catalog;
using Attribution.Core.Catalog;

namespace Attribution.Host.Reporting.Queries.WhatIf;

/// <summary>
/// A request to recompute the ledger of a period with other settings of the brand. Omitted settings stay unchanged.
/// </summary>
/// <param name="From">First local day (inclusive).</param>
/// <param name="To">Last local day (inclusive).</param>
/// <param name="Brand">The brand. Defaults to <c>default</c>.</param>
/// <param name="Model">Another book model.</param>
/// <param name="Policy">Another credit policy.</param>
/// <param name="Lookback">Other default lookbacks.</param>
/// <param name="GroupBy">
/// Comma-separated list of day, campaign and creator by which rows are grouped. Defaults to campaign and creator.
/// </param>
internal sealed record WhatIfRequest(
    DateOnly From, DateOnly To, string? Brand = null, string? Model = null, PolicyItem? Policy = null,
    LookbackItem? Lookback = null, string? GroupBy = null)
{
    private const string DefaultGrouping = "campaign,creator";

    /// <summary>Returns the id of the brand.</summary>
    public string GetBrandId() => Brand ?? BrandSettings.DefaultId;

    /// <summary>Returns the settings to change.</summary>
    public WhatIfTerms GetTerms() => new(Model, Policy, Lookback?.Click, Lookback?.Visit);

    /// <summary>Returns the grouping; null if it is invalid.</summary>
    public Rollups.RollupGrouping? FindGrouping() => Rollups.RollupGrouping.Parse(GroupBy ?? DefaultGrouping);
}
