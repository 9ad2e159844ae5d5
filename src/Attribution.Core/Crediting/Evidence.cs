using Attribution.Core.Catalog;
using Attribution.Core.Journeys;
using Attribution.Core.Quality;
using Attribution.Core.Values;

namespace Attribution.Core.Crediting;

/// <summary>The touches and codes that can earn one conversion, each in order.</summary>
/// <param name="Touches">The eligible touches by (time, kind, source, id).</param>
/// <param name="Codes">The eligible codes in the order's own sequence, one per placement.</param>
/// <param name="Claimants">The placements that can earn credit in the journey, by number.</param>
internal sealed record Evidence(EligibleTouchpoints Touches, EligibleTouchpoints Codes, Claimants Claimants)
{
    private EligibleTouchpoints? all;

    /// <summary>Gets the touches followed by the codes.</summary>
    public EligibleTouchpoints All => Codes.Count == 0 ? Touches : Touches.Count == 0 ? Codes
        : all ??= new([.. Touches.Times, .. Codes.Times], [.. Touches.Claimants, .. Codes.Claimants], Touches.Count);

    /// <summary>Selects the touches and codes that can earn a conversion.</summary>
    public static Evidence ForConversion(
        ConversionFacts conversion, CandidateTouches candidates, CreditTerms terms, BrandSettings brand, CatalogSnapshot catalog)
    {
        var inLookback = candidates.Between(conversion.At - brand.MaxLookback, conversion.At);
        var (times, claimants, count) = (new Timestamp[inLookback.Length], new int[inLookback.Length], 0);
        var sequence = default(ClaimSequence);
        foreach (ref readonly var candidate in inLookback)
            if (sequence.ExclusionFor(candidate, conversion, terms, catalog) is null)
                (times[count], claimants[count++]) = (candidate.At, candidate.ClaimantIndex);
        Array.Resize(ref times, count);
        Array.Resize(ref claimants, count);
        var codes = EligibleCodes(conversion, candidates.Claimants, brand, catalog);
        return new(new(times, claimants, count), codes, candidates.Claimants);
    }

    /// <summary>Returns the reason why the next touch in order cannot earn a conversion; null if it can.</summary>
    public static Outcome? TouchExclusion(
        Touch touch, ConversionFacts conversion, CreditTerms terms, CatalogSnapshot catalog, ref ClaimSequence sequence) =>
        touch.Role switch
        {
            TouchRole.Unmatched => Outcome.Unmatched,
            TouchRole.SameTouch => Outcome.SameTouch,
            TouchRole.OfClick => Outcome.OfClick,
            TouchRole.Labelled when touch.Label == TouchLabel.Assistant => Outcome.Assistant,
            TouchRole.Labelled or TouchRole.OfLabelledClick => Outcome.Invalid,
            _ => sequence.ExclusionFor(CandidateTouch.FromTouch(touch, catalog, claimant: 0), conversion, terms, catalog),
        };

    /// <summary>
    /// Returns the reason why a code cannot earn a conversion; null if it can. The validity of a code depends only on
    /// its own intervals, not on campaign dates or lookbacks.
    /// </summary>
    public static Outcome? CodeExclusion(
        string code, ConversionFacts conversion, BrandSettings brand, CatalogSnapshot catalog, out Assignment? assignment)
    {
        assignment = catalog.MatchCode(brand.Id, code, conversion.At, out var known);
        if (assignment is null) return known ? Outcome.CodeExpired : Outcome.CodeUnknown;
        if (assignment.IsQuarantinedAt(conversion.At)) return Outcome.CodeQuarantined;
        return catalog.IsOwnCustomerKey(assignment.Placement.Creator, conversion.CustomerKey) ? Outcome.SelfPurchase : null;
    }

    /// <summary>Returns the eligible codes, one per placement.</summary>
    private static EligibleTouchpoints EligibleCodes(
        ConversionFacts conversion, Claimants claimants, BrandSettings brand, CatalogSnapshot catalog)
    {
        if (conversion.Codes.Count == 0) return EligibleTouchpoints.None;
        var codes = new List<int>();
        foreach (var code in conversion.Codes)
        {
            if (CodeExclusion(code, conversion, brand, catalog, out var assignment) is not null) continue;
            var claimant = claimants.GetOrAddIndex(assignment!.Placement);
            if (!codes.Contains(claimant)) codes.Add(claimant);
        }

        return new([.. codes.Select(_ => conversion.At)], [.. codes], TouchCount: 0);
    }
}
