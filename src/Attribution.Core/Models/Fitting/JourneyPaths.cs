using Attribution.Core.Catalog;
using Attribution.Core.Crediting;
using Attribution.Core.Journeys;
using Attribution.Core.Values;

namespace Attribution.Core.Models.Fitting;

/// <summary>
/// Extracts the paths of a journey by the rules of crediting. A conversion's path contains everything that its model
/// could share it among: its eligible touches, and under the policy <c>all_evidence</c> also its codes. Other effects
/// of the policy are ignored. Pure.
/// </summary>
public static class JourneyPaths
{
    /// <summary>
    /// Adds a converting path for each conversion of the days that was not canceled and has eligible touchpoints. Adds
    /// a non-converting path for the touches of the days that are eligible for no such conversion. A touch can be in
    /// the paths of several conversions. Touches that have not led to a conversion yet are non-converting; the next fit
    /// evaluates them again.
    /// </summary>
    /// <param name="counts">Receives the paths.</param>
    /// <param name="journey">The evaluated journey.</param>
    /// <param name="from">First local day, inclusive.</param>
    /// <param name="to">Last local day, inclusive.</param>
    /// <param name="catalog">The catalog that the journey was evaluated with.</param>
    public static void AddJourney(
        this PathCounts counts, Journey journey, DateOnly from, DateOnly to, CatalogSnapshot catalog)
    {
        var brand = catalog.FindBrand(journey.Brand) 
            ?? throw new InvalidOperationException($"The catalog does not contain the brand '{journey.Brand}'.");
        var used = new bool[journey.Touches.Length];
        var path = new List<Placement>();
        foreach (var conversion in ConversionFacts.FromJourney(journey, brand, catalog))
        {
            if (conversion.CanceledOn is not null) continue;
            var terms = brand.TermsAt(conversion.At);
            path.Clear();
            var sequence = default(ClaimSequence);
            for (var i = 0; i < used.Length; i++)
            {
                if (Evidence.TouchExclusion(journey.Touches[i], conversion, terms, catalog, ref sequence) is not null) continue;
                used[i] = true;
                path.Add(journey.Touches[i].Placement!);
            }

            if (conversion.Day < from || conversion.Day > to) continue;
            if (terms.Policy.Kind == PolicyKind.AllEvidence)
            {
                var evidence = Evidence.ForConversion(conversion, CandidateTouches.None, terms, brand, catalog);
                path.AddRange(evidence.Codes.Claimants.Select(claimant => evidence.Claimants[claimant]));
            }

            counts.Add(path, 1, 0);
        }

        path.Clear();
        for (var i = 0; i < used.Length; i++)
        {
            var touch = journey.Touches[i];
            if (!used[i] && !touch.IsEvidenceOnly && touch.Role == TouchRole.Kept && touch.Kind != TouchKind.Referral && from <= touch.Day && touch.Day <= to
                && catalog.FindCampaign(touch.Placement!.Campaign)!.Covers(touch.Day)
                && catalog.IsActive(touch.Placement.Creator, touch.At))
                path.Add(touch.Placement);
        }

        counts.Add(path, 0, 1);
    }
}
