using System.Collections.Immutable;
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
    /// <summary>Gathers what may earn a conversion from the contenders of its journey.</summary>
    public static Evidence For(ConversionFacts conversion, Contender[] contenders, CreditTerms terms, BrandSettings brand, Catalog.Catalog catalog)
    {
        var claims = new List<Claim>();
        for (var i = FirstFrom(conversion.At - brand.LongestLookback, contenders); i < contenders.Length && contenders[i].At <= conversion.At; i++)
            if (contenders[i].BarredFrom(conversion, terms, catalog) is null)
                claims.Add(new(contenders[i].Placement, contenders[i].At, IsCode: false));

        var codes = new List<Claim>();
        foreach (var code in conversion.Codes)
            if (OfCode(code, conversion, brand, catalog, out var assignment) is null && !codes.Exists(claim => claim.Placement == assignment!.Placement))
                codes.Add(new(assignment!.Placement, conversion.At, IsCode: true));

        return new(claims, codes);
    }

    /// <summary>The place of the first contender that is not before an instant.</summary>
    private static int FirstFrom(Timestamp at, Contender[] contenders)
    {
        var (from, to) = (0, contenders.Length);
        while (from < to)
        {
            var middle = (from + to) / 2;
            if (contenders[middle].At < at) from = middle + 1;
            else to = middle;
        }

        return from;
    }

    /// <summary>Why a touch is out of the running; null when it is in.</summary>
    public static Outcome? OfTouch(Touch touch, ConversionFacts conversion, CreditTerms terms, Catalog.Catalog catalog) => touch.Role switch
    {
        TouchRole.Unmatched => Outcome.Unmatched,
        TouchRole.SameTouch => Outcome.SameTouch,
        TouchRole.OfClick => Outcome.OfClick,
        TouchRole.Labelled or TouchRole.OfLabelledClick => Outcome.Invalid,
        _ => Contender.Of(touch, catalog).BarredFrom(conversion, terms, catalog),
    };

    /// <summary>Why a code is out of the running; null when it is in. A code is valid by its intervals alone.</summary>
    public static Outcome? OfCode(string code, ConversionFacts conversion, BrandSettings brand, Catalog.Catalog catalog, out Assignment? assignment)
    {
        assignment = catalog.MatchCode(brand.Id, code, conversion.At, out var known);
        if (assignment is null) return known ? Outcome.CodeExpired : Outcome.CodeUnknown;
        if (assignment.IsQuarantinedAt(conversion.At)) return Outcome.CodeQuarantined;
        return catalog.IsOwnKey(assignment.Placement.Creator, conversion.CustomerKey) ? Outcome.SelfPurchase : null;
    }
}

/// <summary>A touch of its own, and what of the catalog decides whether it may earn, whatever the conversion.</summary>
/// <param name="At">When.</param>
/// <param name="Kind">Click or visit.</param>
/// <param name="Placement">Who would be credited.</param>
/// <param name="Lookback">Its campaign's own lookback for its kind; null: the terms'.</param>
/// <param name="Barred">Why it earns no conversion at all; null where it may.</param>
internal readonly record struct Contender(Timestamp At, TouchKind Kind, Placement Placement, TimeSpan? Lookback, Outcome? Barred)
{
    /// <summary>The contenders among a journey's evaluated touches, in order.</summary>
    public static Contender[] Among(ImmutableArray<Touch> touches, Catalog.Catalog catalog)
    {
        var contenders = new List<Contender>(touches.Length);
        foreach (var touch in touches)
            if (touch.Role == TouchRole.Kept)
                contenders.Add(Of(touch, catalog));
        return [.. contenders];
    }

    /// <summary>A kept touch as contender.</summary>
    public static Contender Of(Touch touch, Catalog.Catalog catalog)
    {
        var campaign = catalog.Campaign(touch.Placement!.Campaign)!;
        return new(
            touch.At, touch.Kind, touch.Placement, touch.Kind == TouchKind.Click ? campaign.ClickLookback : campaign.VisitLookback,
            !campaign.Covers(touch.Day) ? Outcome.OutsideCampaign
                : !catalog.IsActive(touch.Placement.Creator, touch.At) ? Outcome.CreatorInactive
                : null);
    }

    /// <summary>Why it is out of the running for a conversion; null when it is in.</summary>
    public Outcome? BarredFrom(ConversionFacts conversion, CreditTerms terms, Catalog.Catalog catalog)
    {
        if (At > conversion.At) return Outcome.AfterConversion;
        if (At < conversion.At - (Lookback ?? (Kind == TouchKind.Click ? terms.ClickLookback : terms.VisitLookback))) return Outcome.OutsideWindow;
        return Barred ?? (catalog.IsOwnKey(Placement.Creator, conversion.CustomerKey) ? Outcome.SelfPurchase : null);
    }
}
