using System.Numerics;
using Attribution.Contracts.Catalog;

namespace Attribution.TestKit.Twin;

/// <summary>A touch or code that earns credit, with its weight.</summary>
internal sealed record TwinEvidence(TwinPlacement Placement, long At, BigInteger Weight);

/// <summary>Determines the evidence that earns a conversion under a model and the brand's policy.</summary>
internal static class TwinCredit
{
    /// <summary>Returns the weighed evidence in order; empty if no one is credited.</summary>
    public static List<TwinEvidence> Weigh(TwinConversion conversion, List<TwinTouch> kept, TwinCatalog catalog, string model)
    {
        var terms = catalog.TermsAt(conversion.Brand, conversion.At);
        var touches = Eligible(conversion, kept, terms, catalog).ConvertAll(touch => new TwinEvidence(touch.Placement, touch.At, 0));
        var codes = Codes(conversion, catalog)
            .Where(code => !TwinCatalog.IsQuarantined(code, conversion.At) && !catalog.IsOwnCustomerKey(code.CreatorId, conversion.Customer))
            .Select(code => new TwinEvidence(new(code.CampaignId, code.CreatorId), conversion.At, 1)).DistinctBy(code => code.Placement).ToList();
        var policy = terms.Policy;
        switch (policy?.Name ?? "code_first")
        {
            case "code_first":
                return codes.Count > 0 ? codes : Modelled(touches, model);
            case "touch_first":
                return touches.Count > 0 ? Modelled(touches, model) : codes;
            case "if_involved":
                var involved = codes.FindAll(code => touches.Exists(touch => touch.Placement.Creator == code.Placement.Creator));
                return involved.Count > 0 ? involved : Modelled(touches, model);
            case "if_winner":
                var winner = Winner(Modelled(touches, model));
                var winning = codes.FindAll(code => code.Placement.Creator == winner);
                return winning.Count > 0 ? winning : Modelled(touches, model);
            case "split":
                return touches.Count == 0 ? codes : codes.Count == 0 ? Modelled(touches, model) : Shared(Modelled(touches, model), codes, policy!.CodeShare!.Value);
            case "all_evidence":
                return Modelled([.. touches, .. codes], model);
            default:
                throw new ArgumentException(policy!.Name);
        }
    }

    /// <summary>Returns the valid codes of an order, in its own sequence.</summary>
    public static IEnumerable<CodeItem> Codes(TwinConversion conversion, TwinCatalog catalog) =>
        conversion.Codes.Select(code => catalog.Code(conversion.Brand, code, conversion.At)).OfType<CodeItem>();

    /// <summary>Returns the touches that can earn; of the claims of one order only the first that can.</summary>
    private static List<TwinTouch> Eligible(TwinConversion conversion, List<TwinTouch> kept, TwinTerms terms, TwinCatalog catalog)
    {
        var eligible = kept.FindAll(touch => CanEarn(touch, conversion, terms, catalog));
        return eligible.FindAll(touch => touch.Claim is not { } claim || eligible.Find(other => other.Claim?.OrderId == claim.OrderId) == touch);
    }

    private static bool CanEarn(TwinTouch touch, TwinConversion conversion, TwinTerms terms, TwinCatalog catalog) =>
        touch.At <= conversion.At
        && touch.At >= conversion.At - (touch.Claim is null
            ? catalog.Lookback(terms, touch.Placement.Campaign, touch.IsClick) : catalog.ReferralLookback(terms, touch.Placement.Campaign))
        && (touch.Claim is not { } claim || (terms.Referrals != "ignored" && (terms.Referrals == "all" || claim.Verified == true)
            && !(claim.ExpiresAt?.ToUnixTimeMilliseconds() < conversion.At)))
        && catalog.Runs(touch.Placement.Campaign, catalog.DayOf(conversion.Brand, touch.At))
        && !catalog.IsInactive(touch.Placement.Creator, touch.At)
        && !catalog.IsOwnCustomerKey(touch.Placement.Creator, conversion.Customer);

    private static List<TwinEvidence> Modelled(List<TwinEvidence> evidence, string model)
    {
        if (evidence.Count == 0) return [];
        var weights = TwinShares.Weights(model, evidence.ConvertAll(piece => piece.At));
        return [.. evidence.Select((piece, i) => piece with { Weight = weights[i] })];
    }

    /// <summary>Returns the creator with the greatest weight; of equal ones, the one with the later touch.</summary>
    private static string? Winner(List<TwinEvidence> touches) => touches.GroupBy(touch => touch.Placement.Creator)
        .OrderByDescending(creator => creator.Aggregate(BigInteger.Zero, (sum, touch) => sum + touch.Weight))
        .ThenByDescending(creator => touches.FindLastIndex(touch => touch.Placement.Creator == creator.Key))
        .FirstOrDefault()?.Key;

    /// <summary>
    /// Gives the share p to the codes evenly and 1 − p to the touches by weight, with a common denominator.
    /// </summary>
    private static List<TwinEvidence> Shared(List<TwinEvidence> touches, List<TwinEvidence> codes, decimal codeShare)
    {
        var whole = BigInteger.Pow(10, 9);
        var share = new BigInteger(codeShare * 1_000_000_000m);
        var weightOfTouches = touches.Aggregate(BigInteger.Zero, (sum, touch) => sum + touch.Weight);
        return
        [
            .. touches.Select(touch => touch with { Weight = touch.Weight * (whole - share) * codes.Count }),
            .. codes.Select(code => code with { Weight = share * weightOfTouches }),
        ];
    }
}
