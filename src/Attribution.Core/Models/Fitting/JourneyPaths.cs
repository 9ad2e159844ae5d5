using Attribution.Core.Catalog;
using Attribution.Core.Crediting;
using Attribution.Core.Journeys;
using Attribution.Core.Values;

namespace Attribution.Core.Models.Fitting;

/// <summary>
/// The paths of a journey, by the rules that credit it: a conversion's path is what its model would share it among (its eligible touches;
/// under the policy <c>all_evidence</c> its codes too), whatever the policy then makes of them. Pure.
/// </summary>
public static class JourneyPaths
{
    /// <summary>
    /// Adds a path for each standing conversion of the days, of any kind, that has anything to share; and one, not converting, of
    /// the touches of the days that are in no standing conversion's running. A touch may be in the paths of several conversions. Touches that
    /// have not converted yet count as not converting: the next fit sees them again.
    /// </summary>
    /// <param name="counts">Takes the paths.</param>
    /// <param name="journey">The journey, as last evaluated.</param>
    /// <param name="from">First local day, inside.</param>
    /// <param name="to">Last local day, inside.</param>
    /// <param name="catalog">The catalog it was evaluated with.</param>
    public static void AddJourney(this PathCounts counts, Journey journey, DateOnly from, DateOnly to, CatalogSnapshot catalog)
    {
        var brand = catalog.FindBrand(journey.Brand) ?? throw new InvalidOperationException($"The catalog has no brand '{journey.Brand}'.");
        var used = new bool[journey.Touches.Length];
        var path = new List<Placement>();
        foreach (var conversion in ConversionFacts.FromJourney(journey, brand, catalog))
        {
            if (conversion.CanceledOn is not null) continue;
            var terms = brand.TermsAt(conversion.At);
            path.Clear();
            for (var i = 0; i < used.Length; i++)
            {
                if (Evidence.TouchExclusion(journey.Touches[i], conversion, terms, catalog) is not null) continue;
                used[i] = true;
                path.Add(journey.Touches[i].Placement!);
            }

            if (conversion.Day < from || conversion.Day > to) continue;
            if (terms.Policy.Kind == PolicyKind.AllEvidence)
            {
                var evidence = Evidence.ForConversion(conversion, CandidateTouches.None, terms, brand, catalog);
                path.AddRange(evidence.Codes.Claimants.Select(party => evidence.Claimants[party]));
            }

            counts.Add(path, 1, 0);
        }

        path.Clear();
        for (var i = 0; i < used.Length; i++)
        {
            var touch = journey.Touches[i];
            if (!used[i] && !touch.IsEvidenceOnly && touch.Role == TouchRole.Kept && from <= touch.Day && touch.Day <= to
                && catalog.FindCampaign(touch.Placement!.Campaign)!.Covers(touch.Day) && catalog.IsActive(touch.Placement.Creator, touch.At))
                path.Add(touch.Placement);
        }

        counts.Add(path, 0, 1);
    }
}
