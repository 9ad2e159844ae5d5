using Attribution.Core.Catalog;
using Attribution.Core.Models.Fitting;

namespace Attribution.Core.Crediting;

/// <summary>
/// One conversion under a catalog, before it is split. Both the credits and their explanation are made from it, so the
/// explanation cannot differ from the booking.
/// </summary>
/// <param name="Facts">The merged reports and refunds.</param>
/// <param name="Terms">The brand's credit terms at the conversion's time.</param>
/// <param name="Evidence">The touches and codes that can earn the conversion.</param>
/// <param name="Fit">The fit of the conversion's day; null if the day has none.</param>
/// <param name="Brand">The brand.</param>
/// <param name="Catalog">The catalog.</param>
internal readonly record struct ConversionEvaluation(
    ConversionFacts Facts, CreditTerms Terms, Evidence Evidence, Fit? Fit, BrandSettings Brand, CatalogSnapshot Catalog)
{
    /// <summary>Evaluates a conversion against the candidates of its journey.</summary>
    public static ConversionEvaluation Create(
        ConversionFacts facts, CandidateTouches candidates, BrandSettings brand, CatalogSnapshot catalog)
    {
        var terms = brand.TermsAt(facts.At);
        var evidence = Evidence.ForConversion(facts, candidates, terms, brand, catalog);
        return new(facts, terms, evidence, catalog.FitOn(brand.Id, facts.Day), brand, catalog);
    }
}
