namespace Attribution.Contracts.Catalog;

/// <summary>The maximum age of a touch before a conversion (inclusive). A day is 24 hours.</summary>
/// <param name="Click">ISO 8601 duration for clicks. Absent: the brand's lookback, by default <c>P30D</c>.</param>
/// <param name="Visit">
/// ISO 8601 duration for visits without a click. Absent: the brand's lookback, by default <c>P7D</c>.
/// </param>
/// <param name="Referral">
/// ISO 8601 duration for claims of referral. Absent: the brand's lookback, by default <c>P7D</c>.
/// </param>
public sealed record LookbackItem(string? Click = null, string? Visit = null, string? Referral = null);
