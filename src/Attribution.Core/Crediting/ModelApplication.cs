using Attribution.Core.Models;
using Attribution.Core.Models.Fitting;
using Attribution.Core.Values;

namespace Attribution.Core.Crediting;

/// <summary>The six policies: which evidence counts, and what each piece weighs under a model. Pure.</summary>
internal static class ModelApplication
{
    private const decimal ShareUnit = 1_000_000;

    /// <summary>Weighs the evidence of a conversion.</summary>
    /// <param name="policy">The brand's.</param>
    /// <param name="model">Any model.</param>
    /// <param name="evidence">Touches and codes in the running.</param>
    /// <param name="fit">Needed by the fitted models, and by them alone.</param>
    /// <param name="row">Receives what each claim weighs.</param>
    /// <returns>The claims that count, in order; none when nobody is credited.</returns>
    public static EligibleTouchpoints Apply(Policy policy, Model model, Evidence evidence, Fit? fit, Weights row) =>
        Apply(policy, new AppliedModel(model, evidence.Claimants, fit, row), evidence);

    private static EligibleTouchpoints Apply(Policy policy, AppliedModel model, Evidence evidence) => policy.Kind switch
    {
        PolicyKind.CodeFirst => evidence.Codes.Count > 0 ? model.WeighEvenly(evidence.Codes) : model.WeighByModel(evidence.Touches),
        PolicyKind.TouchFirst => evidence.Touches.Count > 0 ? model.WeighByModel(evidence.Touches) : model.WeighEvenly(evidence.Codes),
        PolicyKind.IfInvolved => ApplyToCodesWhere(evidence, creator => evidence.Touches.Claimants.Any(party => evidence.Claimants[party].Creator == creator), model),
        PolicyKind.IfWinner => LeadingCreator(model, evidence) is { } winner ? ApplyToCodesWhere(evidence, creator => creator == winner, model) : EligibleTouchpoints.None,
        PolicyKind.Split => ApplySplit(policy.CodeShare, model, evidence),
        PolicyKind.AllEvidence => model.WeighByModel(evidence.All),
        _ => throw new ArgumentOutOfRangeException(nameof(policy), policy.Kind, "No such policy."),
    };

    private static EligibleTouchpoints ApplyToCodesWhere(Evidence evidence, Func<string, bool> counts, AppliedModel model)
    {
        int[] codes = [.. evidence.Codes.Claimants.Where(party => counts(evidence.Claimants[party].Creator))];
        return codes.Length > 0 ? model.WeighEvenly(new(evidence.Codes.Times[..codes.Length], codes, TouchCount: 0)) : model.WeighByModel(evidence.Touches);
    }

    /// <summary>The creator whose touches weigh most; of equals the one with the later touch. Null when there is no touch.</summary>
    private static string? LeadingCreator(AppliedModel model, Evidence evidence)
    {
        var sums = new Dictionary<string, (Int128 Weight, int Last)>();
        var weights = model.WeighByModel(evidence.Touches).Count == 0 ? [] : model.Weights.ToArray();
        for (var i = 0; i < weights.Length; i++)
        {
            var creator = evidence.Claimants[evidence.Touches.Claimants[i]].Creator;
            sums[creator] = (sums.GetValueOrDefault(creator).Weight + weights[i], i);
        }

        return sums.Count == 0 ? null : sums.MaxBy(sum => sum.Value).Key;
    }

    /// <summary>p to the codes evenly, 1 − p to the touches by weight, brought to one scale of integers.</summary>
    private static EligibleTouchpoints ApplySplit(decimal share, AppliedModel model, Evidence evidence)
    {
        if (evidence.Codes.Count == 0) return model.WeighByModel(evidence.Touches);
        if (evidence.Touches.Count == 0) return model.WeighEvenly(evidence.Codes);

        model.WeighByModel(evidence.Touches);
        var (touchSum, touchParts) = (Int128.Zero, (Int128)((1 - share) * ShareUnit));
        for (var run = 0; run < model.Weights.RunCount; run++)
        {
            ref var weight = ref model.Weights.RunWeights[run];
            touchSum += weight * model.Weights.RunLengths[run];
            weight *= touchParts * evidence.Codes.Count;
        }

        model.Weights.Add((Int128)(share * ShareUnit) * touchSum, evidence.Codes.Count);
        return evidence.All;
    }

    /// <summary>A model over claims in order, and the row it fills.</summary>
    private readonly record struct AppliedModel(Model Model, Claimants Claimants, Fit? Fit, Weights Weights)
    {
        public EligibleTouchpoints WeighEvenly(EligibleTouchpoints claims)
        {
            Weights.Clear().Add(1, claims.Count);
            return claims;
        }

        public EligibleTouchpoints WeighByModel(EligibleTouchpoints claims)
        {
            if (claims.Count == 0) return claims;
            var parties = Claimants;
            if (Model.IsFitted())
                FittedWeights.Fill(Model, Array.ConvertAll(claims.Claimants, party => parties[party]), Fit ?? throw new ArgumentException($"The model {Model} needs a fit."), Weights);
            else
                ModelWeights.Fill(Model, claims.Times, Weights);
            return claims;
        }
    }
}
