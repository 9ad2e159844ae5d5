using Attribution.Core.Values;

namespace Attribution.Core.Payouts;

/// <summary>The approval of an item.</summary>
/// <param name="By">
/// Name of the API key; <see cref="Rule"/> if the agreement approves automatically after the holding period.
/// </param>
/// <param name="At">
/// Time of the approval; for an automatic one, the beginning of the local day on which the holding period has passed,
/// or null before that.
/// </param>
public sealed record Approval(string By, Timestamp? At)
{
    /// <summary>Name of the automatic approver.</summary>
    public const string Rule = "rule";
}
