namespace Attribution.Contracts.Catalog;

/// <summary>
/// A brand's settings from an instant onward. Absent settings are inherited from the previous version.
/// </summary>
/// <param name="ValidFrom">Start (inclusive). The version is in effect until the next one begins.</param>
/// <param name="Policy">The policy that weighs codes against touches.</param>
/// <param name="BookModel">The model that writes the ledger and determines payouts.</param>
/// <param name="Lookback">Default lookbacks of the brand's campaigns.</param>
/// <param name="Referrals">The claims of referral that can earn credit.</param>
public sealed record BrandVersionItem(
    DateTimeOffset ValidFrom, PolicyItem? Policy = null, string? BookModel = null, LookbackItem? Lookback = null,
    string? Referrals = null);
