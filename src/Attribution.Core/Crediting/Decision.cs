using System.Globalization;
using Attribution.Core.Catalog;
using Attribution.Core.Journeys;
using Attribution.Core.Models;
using Attribution.Core.Values;

namespace Attribution.Core.Crediting;

/// <summary>Why a conversion went where it went: every candidate and what became of it, derived anew from the stored journey by the functions that credit.</summary>
/// <param name="Terms">The brand's settings at the conversion's time.</param>
/// <param name="CatalogVersion">Version of the catalog it was derived with.</param>
/// <param name="Candidates">Touches by (time, kind, source, id), then codes in the order's own sequence.</param>
/// <param name="Refunds">Every refund as stated, by (time, source, id), with what became of it.</param>
public sealed record Decision(CreditTerms Terms, long CatalogVersion, IReadOnlyList<Candidate> Candidates, IReadOnlyList<AppliedRefund> Refunds)
{
    /// <summary>The decision in a sentence.</summary>
    public string Description
    {
        get
        {
            var shares = Candidates.Where(candidate => candidate.Outcome == Outcome.Credited).GroupBy(candidate => candidate.Placement!)
                .Select(placement => $"{FormatPercent(placement.Sum(candidate => candidate.Micros))} to {placement.Key.Creator} in {placement.Key.Campaign}").ToList();
            if (shares.Count > 0) return $"By the policy {Terms.Policy} and the model {ModelNames.NameOf(Terms.BookModel)}: {string.Join(", ", shares)}.";
            return Candidates.Count == 0 ? "Nobody is credited: no touch is known of the buyer, and no code was used."
                : "Nobody is credited: none of the touches and codes below was in the running.";
        }
    }

    /// <summary>Explains a conversion of a journey.</summary>
    /// <param name="journey">The journey as stored.</param>
    /// <param name="key">The conversion's key.</param>
    /// <param name="catalog">The catalog to explain with.</param>
    /// <returns>Null when the journey has no such conversion.</returns>
    public static Decision? Explain(Journey journey, string key, CatalogSnapshot catalog)
    {
        var brand = catalog.FindBrand(journey.Brand) ?? throw new InvalidOperationException($"The catalog has no brand '{journey.Brand}'.");
        var evaluated = journey.Evaluate(catalog);
        if (ConversionFacts.FromJourney(evaluated, brand, catalog, known => known == key).SingleOrDefault() is not { } facts) return null;

        var terms = brand.TermsAt(facts.At);
        var evidence = Evidence.ForConversion(facts, CandidateTouches.FromTouches(evaluated.Touches, catalog), terms, brand, catalog);
        var weights = new Weights();
        var claims = ModelApplication.Apply(terms.Policy, terms.BookModel, evidence, fit: null, weights);
        var shares = claims.Count == 0 ? [] : LargestRemainder.Split(CreditSplitter.WholeMicros, weights.ToArray());

        var taken = new bool[claims.Count];
        long? ShareOf(Placement placement, Timestamp at, bool isCode)
        {
            for (var i = 0; i < taken.Length; i++)
            {
                if (taken[i] || i >= claims.TouchCount != isCode || claims.Times[i] != at || evidence.Claimants[claims.Claimants[i]] != placement) continue;
                taken[i] = true;
                return shares[i];
            }

            return null;
        }

        var candidates = new List<Candidate>();
        foreach (var touch in evaluated.Touches)
        {
            var outcome = Evidence.TouchExclusion(touch, facts, terms, catalog);
            var share = outcome is null ? ShareOf(touch.Placement!, touch.At, isCode: false) : null;
            candidates.Add(new(
                touch.Kind == TouchKind.Click ? "click" : "visit", touch.At, $"{touch.Id.Source}/{touch.Id.Id}", touch.Placement, touch.MatchedBy, null,
                outcome ?? OutcomeOf(share, lost: Outcome.LostToCode), share ?? 0));
        }

        var named = new HashSet<Placement>();
        foreach (var code in facts.Codes)
        {
            var outcome = Evidence.CodeExclusion(code, facts, brand, catalog, out var assignment);
            if (outcome is null && !named.Add(assignment!.Placement)) outcome = Outcome.SameCode;
            var share = outcome is null ? ShareOf(assignment!.Placement, facts.At, isCode: true) : null;
            candidates.Add(new(
                "code", facts.At, null, assignment?.Placement, assignment?.Item.ToString(), code,
                outcome ?? OutcomeOf(share, lost: Outcome.LostToTouch), share ?? 0));
        }

        return new(terms, catalog.Version, candidates, facts.Refunds);
    }

    /// <summary>Millionths as a percentage, to as many decimals as it has.</summary>
    internal static string FormatPercent(long micros) => string.Create(CultureInfo.InvariantCulture, $"{micros / 10_000m:0.####} %");

    private static Outcome OutcomeOf(long? share, Outcome lost) => share switch
    {
        null => lost,
        0 => Outcome.Outweighed,
        _ => Outcome.Credited,
    };
}

/// <summary>A touch or code that could have earned the conversion.</summary>
/// <param name="Kind"><c>click</c>, <c>visit</c> or <c>code</c>.</param>
/// <param name="At">When; of a code, the order's time.</param>
/// <param name="Event">The touch's event as <c>source/id</c>; null of a code.</param>
/// <param name="Placement">Who would be credited; null when nothing matched.</param>
/// <param name="MatchedBy">The catalog item that matched, as <c>kind/id</c>.</param>
/// <param name="Code">The code, normalised; null of a touch.</param>
/// <param name="Outcome">What became of it.</param>
/// <param name="Micros">Its share under the book model, in millionths.</param>
public sealed record Candidate(
    string Kind, Timestamp At, string? Event, Placement? Placement, string? MatchedBy, string? Code, Outcome Outcome, long Micros)
{
    /// <summary>The outcome in a sentence.</summary>
    public string Description => Outcome switch
    {
        Outcome.Credited => $"earned {Decision.FormatPercent(Micros)} of the conversion",
        Outcome.Outweighed => "was in the running, and the model gave it nothing",
        Outcome.LostToCode => "was in the running, and the policy gave the conversion to a discount code",
        Outcome.LostToTouch => "was valid, and the policy gave the conversion to the touches",
        Outcome.OutsideWindow => "lies further before the conversion than the lookback reaches",
        Outcome.AfterConversion => "came after the conversion",
        Outcome.OutsideCampaign => "happened on a day outside its campaign",
        Outcome.Invalid => "was no person's act (bot, prefetch or HEAD request)",
        Outcome.SameTouch => "is the same touch as one up to 30 minutes before",
        Outcome.OfClick => "belongs to a click, which is a candidate itself",
        Outcome.Unmatched => "matched no link and no UTM rule",
        Outcome.CodeUnknown => "is no creator's code",
        Outcome.CodeExpired => "is a known code that was nobody's at the order's time",
        Outcome.CodeQuarantined => "was in quarantine at the order's time",
        Outcome.SameCode => "names the same placement as a code before it",
        Outcome.CreatorInactive => "happened when the creator was inactive",
        Outcome.SelfPurchase => "belongs to the buyer's own creator account",
        _ => throw new InvalidOperationException($"No words for {Outcome}."),
    };
}
