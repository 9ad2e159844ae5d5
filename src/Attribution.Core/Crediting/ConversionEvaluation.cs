using Attribution.Core.Catalog;
using Attribution.Core.Models.Fitting;

namespace Attribution.Core.Crediting;

/// <summary>
/// One conversion under a catalog, before it is split. Both the credits and their explanation are made from it, so the
/// explanation cannot differ from the booking.
/// </summary>
/// <param name="Facts">The merged reports and refunds.</param>
/// <param name="Terms">The brand's credit terms at the time of the conversion's origin.</param>
/// <param name="Evidence">The touches and codes that can earn the conversion: those of its origin.</param>
/// <param name="Fit">The fit of the origin's day; null if the day has none.</param>
/// <param name="Brand">The brand.</param>
/// <param name="Catalog">The catalog.</param>
internal readonly record struct ConversionEvaluation(
    ConversionFacts Facts, CreditTerms Terms, Evidence Evidence, Fit? Fit, BrandSettings Brand, CatalogSnapshot Catalog)
{
    /// <summary>Evaluates a conversion against the candidates of its journey.</summary>
    public static ConversionEvaluation Create(
        ConversionFacts facts, CandidateTouches candidates, BrandSettings brand, CatalogSnapshot catalog)
    {
        var origin = facts.Origin;
        var terms = brand.TermsAt(origin.At);
        var evidence = Evidence.ForConversion(origin, candidates, terms, brand, catalog);
        return new(facts, terms, evidence, catalog.FitOn(brand.Id, origin.Day), brand, catalog);
    }
}
