namespace Attribution.Core.Crediting;

/// <summary>The claims of referral that can earn credit. On the wire in small letters.</summary>
public enum ReferralPolicy
{
    /// <summary>All claims; those that are not verified are shown as such.</summary>
    All = 0,

    /// <summary>Claims that the shop had confirmed by the network.</summary>
    Verified,

    /// <summary>No claims.</summary>
    Ignored,
}

/// <summary>
/// The order in which the claims of one conversion's journey are considered: of several claims that were stated with one
/// order, the earliest one that can earn counts. Not thread-safe.
/// </summary>
internal struct ClaimSequence
{
    private HashSet<string>? orders;

    /// <summary>Returns the reason why the next touch in order cannot earn a conversion; null if it can.</summary>
    public Outcome? ExclusionFor(
        in CandidateTouch touch, ConversionFacts conversion, Catalog.CreditTerms terms, Catalog.CatalogSnapshot catalog)
    {
        if (touch.ExclusionFor(conversion, terms, catalog) is { } exclusion) return exclusion;
        return touch.Claim is null || (orders ??= new(StringComparer.Ordinal)).Add(touch.Claim.OrderId) ? null : Outcome.OtherClaim;
    }
}
