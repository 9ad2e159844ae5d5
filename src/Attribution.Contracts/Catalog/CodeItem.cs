namespace Attribution.Contracts.Catalog;

/// <summary>
/// A discount code assigned to a creator for an interval. The same code can be reassigned; intervals of one code do not
/// overlap.
/// </summary>
/// <param name="Id">The assignment's id.</param>
/// <param name="Code">The code as printed. Compared trimmed and case-insensitively.</param>
/// <param name="CampaignId">Campaign that orders are credited to.</param>
/// <param name="CreatorId">Creator that orders are credited to.</param>
/// <param name="ValidFrom">Start (inclusive). Null: no start.</param>
/// <param name="ValidTo">End (exclusive). Null: no end.</param>
/// <param name="QuarantinedFrom">
/// Start of quarantine (inclusive). Orders with the code earn nothing during quarantine, for example because the code
/// has leaked.
/// </param>
/// <param name="QuarantinedTo">
/// End of quarantine (exclusive). The code is quarantined if either limit is specified; the other one is open if null.
/// </param>
public sealed record CodeItem(
    string Id, string Code, string CampaignId, string CreatorId,
    DateTimeOffset? ValidFrom = null, DateTimeOffset? ValidTo = null,
    DateTimeOffset? QuarantinedFrom = null, DateTimeOffset? QuarantinedTo = null) : ICatalogItem;
