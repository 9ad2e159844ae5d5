using Attribution.Core.Models;
using Attribution.Core.Models.Fitting;
using Attribution.Core.Values;

namespace Attribution.Core.Crediting;

/// <summary>Applies a policy and a model to the evidence of a conversion. Pure.</summary>
internal static class ModelApplication
{
    private const decimal ShareUnit = 1_000_000;

    /// <summary>Selects the touchpoints that count and weighs them.</summary>
    /// <param name="policy">The brand's policy.</param>
    /// <param name="model">Any model.</param>
    /// <param name="evidence">The eligible touches and codes.</param>
    /// <param name="fit">Required by the fitted models; ignored by the others.</param>
    /// <param name="weights">Receives the weight of each touchpoint that counts.</param>
    /// <returns>The touchpoints that count, in order; empty if no one is credited.</returns>
    public static EligibleTouchpoints Apply(Policy policy, Model model, Evidence evidence, Fit? fit, Weights weights) =>
        Apply(policy, new AppliedModel(model, evidence.Claimants, fit, weights), evidence);

    private static EligibleTouchpoints Apply(Policy policy, AppliedModel model, Evidence evidence)
    {
        switch (policy.Kind)
        {
            case PolicyKind.CodeFirst:
                return evidence.Codes.Count > 0
                    ? model.WeighEvenly(evidence.Codes)
                    : model.WeighByModel(evidence.Touches);
            case PolicyKind.TouchFirst:
                return evidence.Touches.Count > 0
                    ? model.WeighByModel(evidence.Touches)
                    : model.WeighEvenly(evidence.Codes);
            case PolicyKind.IfInvolved:
                return ApplyToCodesOf(
                    evidence, creator => evidence.Touches.Claimants.Any(claimant => evidence.Claimants[claimant].Creator == creator), model);
            case PolicyKind.IfWinner:
                return LeadingCreator(model, evidence) is { } winner
                    ? ApplyToCodesOf(evidence, creator => creator == winner, model) : EligibleTouchpoints.None;
            case PolicyKind.Split:
                return ApplySplit(policy.CodeShare, model, evidence);
            case PolicyKind.AllEvidence:
                return model.WeighByModel(evidence.All);
            default:
                throw new ArgumentOutOfRangeException(nameof(policy), policy.Kind, "Unknown policy.");
        }
    }

    /// <summary>
    /// Splits evenly among the codes of the selected creators; by the model among the touches if there is no such code.
    /// </summary>
    private static EligibleTouchpoints ApplyToCodesOf(
        Evidence evidence, Func<string, bool> isSelected, AppliedModel model)
    {
        int[] codes = [.. evidence.Codes.Claimants.Where(claimant => isSelected(evidence.Claimants[claimant].Creator))];
        return codes.Length > 0
            // Every code has the time of the conversion, so the first times are those of any codes.
            ? model.WeighEvenly(new(evidence.Codes.Times[..codes.Length], codes, TouchCount: 0))
            : model.WeighByModel(evidence.Touches);
    }

    /// <summary>
    /// Returns the creator whose touches weigh most; of equal ones, the one with the later touch. Null if there is no
    /// touch.
    /// </summary>
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

    /// <summary>
    /// Gives the share p to the codes evenly and 1 − p to the touches by weight; both are scaled to common integer
    /// weights.
    /// </summary>
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

    /// <summary>A model and the weights that it fills.</summary>
    private readonly record struct AppliedModel(Model Model, Claimants Claimants, Fit? Fit, Weights Weights)
    {
        public EligibleTouchpoints WeighEvenly(EligibleTouchpoints touchpoints)
        {
            Weights.Clear().Add(1, touchpoints.Count);
            return touchpoints;
        }

        public EligibleTouchpoints WeighByModel(EligibleTouchpoints touchpoints)
        {
            if (touchpoints.Count == 0) return touchpoints;
            if (!Model.IsFitted())
            {
                ModelWeights.Fill(Model, touchpoints.Times, Weights);
                return touchpoints;
            }

            var claimants = Claimants;
            var fit = Fit ?? throw new ArgumentException($"The model {Model} needs a fit.");
            FittedWeights.Fill(
                Model, Array.ConvertAll(touchpoints.Claimants, claimant => claimants[claimant]), fit, Weights);
            return touchpoints;
        }
    }
}
