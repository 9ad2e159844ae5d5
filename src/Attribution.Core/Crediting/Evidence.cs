using System.Collections.Immutable;
using Attribution.Core.Catalog;
using Attribution.Core.Journeys;
using Attribution.Core.Values;

namespace Attribution.Core.Crediting;

/// <summary>What may earn a share of a conversion, in order: touches, codes, or touches and then codes.</summary>
/// <param name="Times">When each was; of a code, the conversion's time.</param>
/// <param name="Claimants">Whose each is: the placement's number among the parties of its journey.</param>
/// <param name="TouchCount">How many of them, from the first, are touches.</param>
internal sealed record EligibleTouchpoints(Timestamp[] Times, int[] Claimants, int TouchCount)
{
    /// <summary>Nothing.</summary>
    public static readonly EligibleTouchpoints None = new([], [], 0);

    /// <summary>How many there are.</summary>
    public int Count => Times.Length;
}

/// <summary>The touches and codes in the running for one conversion, each in order.</summary>
/// <param name="Touches">By (time, kind, source, id).</param>
/// <param name="Codes">In the order's own sequence, one a placement.</param>
/// <param name="Claimants">Whoever may earn in the journey, by number.</param>
internal sealed record Evidence(EligibleTouchpoints Touches, EligibleTouchpoints Codes, Claimants Claimants)
{
    private EligibleTouchpoints? all;

    /// <summary>The touches, then the codes.</summary>
    public EligibleTouchpoints All => Codes.Count == 0 ? Touches : Touches.Count == 0 ? Codes
        : all ??= new([.. Touches.Times, .. Codes.Times], [.. Touches.Claimants, .. Codes.Claimants], Touches.Count);

    /// <summary>Gathers what may earn a conversion from the contenders of its journey.</summary>
    public static Evidence ForConversion(ConversionFacts conversion, CandidateTouches contenders, CreditTerms terms, BrandSettings brand, CatalogSnapshot catalog)
    {
        var within = contenders.Between(conversion.At - brand.MaxLookback, conversion.At);
        var (times, parties, count) = (new Timestamp[within.Length], new int[within.Length], 0);
        foreach (ref readonly var contender in within)
            if (contender.ExclusionFor(conversion, terms, catalog) is null)
                (times[count], parties[count++]) = (contender.At, contender.ClaimantIndex);
        Array.Resize(ref times, count);
        Array.Resize(ref parties, count);
        return new(new(times, parties, count), EligibleCodes(conversion, contenders.Claimants, brand, catalog), contenders.Claimants);
    }

    /// <summary>The codes in the running, one a placement.</summary>
    private static EligibleTouchpoints EligibleCodes(ConversionFacts conversion, Claimants parties, BrandSettings brand, CatalogSnapshot catalog)
    {
        if (conversion.Codes.Count == 0) return EligibleTouchpoints.None;
        var codes = new List<int>();
        foreach (var code in conversion.Codes)
            if (CodeExclusion(code, conversion, brand, catalog, out var assignment) is null && parties.GetOrAddIndex(assignment!.Placement) is var party && !codes.Contains(party))
                codes.Add(party);
        return new([.. codes.Select(_ => conversion.At)], [.. codes], TouchCount: 0);
    }

    /// <summary>Why a touch is out of the running; null when it is in.</summary>
    public static Outcome? TouchExclusion(Touch touch, ConversionFacts conversion, CreditTerms terms, CatalogSnapshot catalog) => touch.Role switch
    {
        TouchRole.Unmatched => Outcome.Unmatched,
        TouchRole.SameTouch => Outcome.SameTouch,
        TouchRole.OfClick => Outcome.OfClick,
        TouchRole.Labelled or TouchRole.OfLabelledClick => Outcome.Invalid,
        _ => CandidateTouch.FromTouch(touch, catalog, party: 0).ExclusionFor(conversion, terms, catalog),
    };

    /// <summary>Why a code is out of the running; null when it is in. A code is valid by its intervals alone.</summary>
    public static Outcome? CodeExclusion(string code, ConversionFacts conversion, BrandSettings brand, CatalogSnapshot catalog, out Assignment? assignment)
    {
        assignment = catalog.MatchCode(brand.Id, code, conversion.At, out var known);
        if (assignment is null) return known ? Outcome.CodeExpired : Outcome.CodeUnknown;
        if (assignment.IsQuarantinedAt(conversion.At)) return Outcome.CodeQuarantined;
        return catalog.IsOwnCustomerKey(assignment.Placement.Creator, conversion.CustomerKey) ? Outcome.SelfPurchase : null;
    }
}

/// <summary>The placements that may earn in a journey, numbered from 0 as they turn up, so that shares can be added up by number.</summary>
internal sealed class Claimants
{
    private readonly Dictionary<Placement, int> indexes = [];
    private readonly List<Placement> placements = [];
    private int[] inOrder = [];

    /// <summary>How many there are.</summary>
    public int Count => placements.Count;

    /// <summary>The placement of a number.</summary>
    public Placement this[int party] => placements[party];

    /// <summary>The numbers by (campaign, creator), ordinal.</summary>
    public IReadOnlyList<int> Sorted =>
        inOrder.Length == Count ? inOrder
        : inOrder = [.. Enumerable.Range(0, Count).OrderBy(party => placements[party].Campaign, StringComparer.Ordinal).ThenBy(party => placements[party].Creator, StringComparer.Ordinal)];

    /// <summary>A placement's number, given when it turns up first.</summary>
    public int GetOrAddIndex(Placement placement)
    {
        if (indexes.TryGetValue(placement, out var number)) return number;
        placements.Add(placement);
        return indexes[placement] = placements.Count - 1;
    }
}

/// <summary>The touches of a journey that may earn, in order, and all who may.</summary>
internal sealed class CandidateTouches
{
    private readonly CandidateTouch[] touches;

    private CandidateTouches(CandidateTouch[] inOrder, Claimants parties) => (this.touches, Claimants) = (inOrder, parties);

    /// <summary>No touches.</summary>
    public static CandidateTouches None => new([], new());

    /// <summary>Whoever may earn in the journey: of the touches, and of the codes seen meanwhile.</summary>
    public Claimants Claimants { get; }

    /// <summary>The contenders among a journey's evaluated touches.</summary>
    public static CandidateTouches FromTouches(ImmutableArray<Touch> touches, CatalogSnapshot catalog)
    {
        var (contenders, parties) = (new List<CandidateTouch>(touches.Length), new Claimants());
        foreach (var touch in touches)
            if (touch.Role == TouchRole.Kept)
                contenders.Add(CandidateTouch.FromTouch(touch, catalog, parties.GetOrAddIndex(touch.Placement!)));
        return new([.. contenders], parties);
    }

    /// <summary>Those from an instant to another, both inside.</summary>
    public ReadOnlySpan<CandidateTouch> Between(Timestamp from, Timestamp to)
    {
        var (first, end) = (IndexOfFirstFrom(from), IndexOfFirstFrom(new(to.UnixMilliseconds + 1)));
        return touches.AsSpan(first, end - first);
    }

    /// <summary>The place of the first contender that is not before an instant.</summary>
    private int IndexOfFirstFrom(Timestamp at)
    {
        var (from, to) = (0, touches.Length);
        while (from < to)
        {
            var middle = (from + to) / 2;
            if (touches[middle].At < at) from = middle + 1;
            else to = middle;
        }

        return from;
    }
}

/// <summary>A touch of its own, and what of the catalog decides whether it may earn, whatever the conversion.</summary>
/// <param name="At">When.</param>
/// <param name="Kind">Click or visit.</param>
/// <param name="Placement">Who would be credited.</param>
/// <param name="Lookback">Its campaign's own lookback for its kind; null: the terms'.</param>
/// <param name="Exclusion">Why it earns no conversion at all; null where it may.</param>
/// <param name="ClaimantIndex">The placement's number among the parties of its journey.</param>
internal readonly record struct CandidateTouch(Timestamp At, TouchKind Kind, Placement Placement, TimeSpan? Lookback, Outcome? Exclusion, int ClaimantIndex)
{
    /// <summary>A kept touch as contender.</summary>
    public static CandidateTouch FromTouch(Touch touch, CatalogSnapshot catalog, int party)
    {
        var campaign = catalog.FindCampaign(touch.Placement!.Campaign)!;
        return new(
            touch.At, touch.Kind, touch.Placement, touch.Kind == TouchKind.Click ? campaign.ClickLookback : campaign.VisitLookback,
            !campaign.Covers(touch.Day) ? Outcome.OutsideCampaign
                : !catalog.IsActive(touch.Placement.Creator, touch.At) ? Outcome.CreatorInactive
                : null,
            party);
    }

    /// <summary>Why it is out of the running for a conversion; null when it is in.</summary>
    public Outcome? ExclusionFor(ConversionFacts conversion, CreditTerms terms, CatalogSnapshot catalog)
    {
        if (At > conversion.At) return Outcome.AfterConversion;
        if (At < conversion.At - (Lookback ?? (Kind == TouchKind.Click ? terms.ClickLookback : terms.VisitLookback))) return Outcome.OutsideWindow;
        return Exclusion ?? (catalog.IsOwnCustomerKey(Placement.Creator, conversion.CustomerKey) ? Outcome.SelfPurchase : null);
    }
}
