using Attribution.Core.Catalog;
using Attribution.Core.Journeys;
using Attribution.Core.Values;

namespace Attribution.Core.Crediting;

/// <summary>Something that may earn a share of a conversion.</summary>
/// <param name="Placement">Who would be credited.</param>
/// <param name="At">When.</param>
/// <param name="IsCode">A code's claim, not a touch's.</param>
internal readonly record struct Claim(Placement Placement, Timestamp At, bool IsCode);

/// <summary>The touches and codes in the running for one conversion, each in order.</summary>
/// <param name="Touches">By (time, kind, source, id).</param>
/// <param name="Codes">In the order's own sequence, one a placement.</param>
internal sealed record Evidence(IReadOnlyList<Claim> Touches, IReadOnlyList<Claim> Codes)
{
    /// <summary>Gathers what may earn a conversion from its journey's evaluated touches.</summary>
    public static Evidence For(ConversionFacts conversion, IReadOnlyList<Touch> touches, CreditTerms terms, BrandSettings brand, Catalog.Catalog catalog)
    {
        var claims = new List<Claim>();
        foreach (var touch in touches)
            if (OfTouch(touch, conversion, terms, catalog) is null)
                claims.Add(new(touch.Placement!, touch.At, IsCode: false));

        var codes = new List<Claim>();
        foreach (var code in conversion.Codes)
            if (OfCode(code, conversion, brand, catalog, out var assignment) is null && !codes.Exists(claim => claim.Placement == assignment!.Placement))
                codes.Add(new(assignment!.Placement, conversion.At, IsCode: true));

        return new(claims, codes);
    }

    /// <summary>Why a touch is out of the running; null when it is in.</summary>
    public static Outcome? OfTouch(Touch touch, ConversionFacts conversion, CreditTerms terms, Catalog.Catalog catalog)
    {
        switch (touch.Role)
        {
            case TouchRole.Unmatched: return Outcome.Unmatched;
            case TouchRole.SameTouch: return Outcome.SameTouch;
            case TouchRole.OfClick: return Outcome.OfClick;
            case TouchRole.Labelled or TouchRole.OfLabelledClick: return Outcome.Invalid;
        }

        if (touch.At > conversion.At) return Outcome.AfterConversion;
        var campaign = catalog.Campaign(touch.Placement!.Campaign)!;
        var lookback = touch.Kind == TouchKind.Click ? campaign.ClickLookback ?? terms.ClickLookback : campaign.VisitLookback ?? terms.VisitLookback;
        if (touch.At < conversion.At - lookback) return Outcome.OutsideWindow;
        if (!campaign.Covers(touch.Day)) return Outcome.OutsideCampaign;
        if (!catalog.IsActive(touch.Placement.Creator, touch.At)) return Outcome.CreatorInactive;
        return catalog.IsOwnKey(touch.Placement.Creator, conversion.CustomerKey) ? Outcome.SelfPurchase : null;
    }

    /// <summary>Why a code is out of the running; null when it is in. A code is valid by its intervals alone.</summary>
    public static Outcome? OfCode(string code, ConversionFacts conversion, BrandSettings brand, Catalog.Catalog catalog, out Assignment? assignment)
    {
        assignment = catalog.MatchCode(brand.Id, code, conversion.At, out var known);
        if (assignment is null) return known ? Outcome.CodeExpired : Outcome.CodeUnknown;
        if (assignment.IsQuarantinedAt(conversion.At)) return Outcome.CodeQuarantined;
        return catalog.IsOwnKey(assignment.Placement.Creator, conversion.CustomerKey) ? Outcome.SelfPurchase : null;
    }
}
