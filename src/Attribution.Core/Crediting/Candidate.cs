using Attribution.Core.Events;
using Attribution.Core.Values;

namespace Attribution.Core.Crediting;

/// <summary>A touch or code that was considered for a conversion.</summary>
/// <param name="Kind"><c>click</c>, <c>visit</c>, <c>referral</c> or <c>code</c>.</param>
/// <param name="At">Time of the touch; for a code, the conversion's time.</param>
/// <param name="Event">The touch's event as <c>source/id</c>; null for a code.</param>
/// <param name="Placement">The placement that would be credited; null if nothing matched.</param>
/// <param name="MatchedBy">The catalog item that matched, as <c>kind/id</c>; null if nothing matched.</param>
/// <param name="Code">The normalized code; null for a touch.</param>
/// <param name="Outcome">The outcome.</param>
/// <param name="Micros">The share under the book model, in millionths.</param>
public sealed record Candidate(
    string Kind, Timestamp At, string? Event, Placement? Placement, string? MatchedBy, string? Code, Outcome Outcome, long Micros)
{
    /// <summary>Gets the claim of a referral; null for other candidates.</summary>
    public ReferralClaim? Claim { get; init; }

    /// <summary>Describes the outcome in one sentence.</summary>
    public string Description => Outcome switch
    {
        Outcome.Credited when Claim is { IsVerified: false } => $"earned {Decision.FormatPercent(Micros)} of the conversion by an unverified claim",
        Outcome.Credited => $"earned {Decision.FormatPercent(Micros)} of the conversion",
        Outcome.OtherClaim => "came with the same order as an earlier claim, which counts",
        Outcome.Unverified => "is not verified, and the brand credits verified claims only",
        Outcome.ClaimExpired => "had expired when the order was placed",
        Outcome.ClaimIgnored => "is a claim, which the brand ignores",
        Outcome.Outweighed => "was eligible, but the model gave it no share",
        Outcome.LostToCode => "was eligible, but the policy gave the conversion to a discount code",
        Outcome.LostToTouch => "was valid, but the policy gave the conversion to the touches",
        Outcome.OutsideWindow => "happened longer before the conversion than the lookback allows",
        Outcome.AfterConversion => "happened after the conversion",
        Outcome.OutsideCampaign => "happened on a day outside its campaign",
        Outcome.Invalid => "was not made by a person (bot, prefetch or HEAD request)",
        Outcome.SameTouch => "repeats a touch of the preceding 30 minutes",
        Outcome.OfClick => "belongs to a click, which is a candidate itself",
        Outcome.Unmatched when Claim is not null => "named no publisher, link or UTM rule of the catalog",
        Outcome.Unmatched => "matched no link and no UTM rule",
        Outcome.CodeUnknown => "is not a creator's code",
        Outcome.CodeExpired => "is a known code that belonged to no creator at the order's time",
        Outcome.CodeQuarantined => "was in quarantine at the order's time",
        Outcome.SameCode => "names the same placement as an earlier code of the order",
        Outcome.CreatorInactive => "happened while the creator was inactive",
        Outcome.Assistant => "was made by an assistant, which earns nothing unless the brand or campaign credits assistants",
        Outcome.SelfPurchase => "belongs to the buyer's own creator account",
        _ => throw new InvalidOperationException($"The outcome {Outcome} has no description."),
    };
}
