using Attribution.Core.Models;
using Attribution.Core.Models.Fitting;
using Attribution.Core.Values;

namespace Attribution.Core.Crediting;

/// <summary>The six policies: which evidence counts, and what each piece weighs under a model. Pure.</summary>
internal static class Weighing
{
    private const decimal ShareUnit = 1_000_000;

    /// <summary>Weighs the evidence of a conversion.</summary>
    /// <param name="policy">The brand's.</param>
    /// <param name="model">Any model.</param>
    /// <param name="evidence">Touches and codes in the running.</param>
    /// <param name="fit">Needed by the fitted models, and by them alone.</param>
    /// <param name="row">Receives what each claim weighs.</param>
    /// <returns>The claims that count, in order; none when nobody is credited.</returns>
    public static Claims Weigh(Policy policy, Model model, Evidence evidence, Fit? fit, WeightRow row) =>
        Weigh(policy, new Weigher(model, evidence.Parties, fit, row), evidence);

    private static Claims Weigh(Policy policy, Weigher model, Evidence evidence) => policy.Kind switch
    {
        PolicyKind.CodeFirst => evidence.Codes.Length > 0 ? model.Evenly(evidence.Codes) : model.Weigh(evidence.Touches),
        PolicyKind.TouchFirst => evidence.Touches.Length > 0 ? model.Weigh(evidence.Touches) : model.Evenly(evidence.Codes),
        PolicyKind.IfInvolved => CodesOf(evidence, creator => evidence.Touches.Parties.Any(party => evidence.Parties[party].Creator == creator), model),
        PolicyKind.IfWinner => Winner(model, evidence) is { } winner ? CodesOf(evidence, creator => creator == winner, model) : Claims.None,
        PolicyKind.Split => Split(policy.CodeShare, model, evidence),
        PolicyKind.AllEvidence => model.Weigh(evidence.All),
        _ => throw new ArgumentOutOfRangeException(nameof(policy), policy.Kind, "No such policy."),
    };

    private static Claims CodesOf(Evidence evidence, Func<string, bool> counts, Weigher model)
    {
        int[] codes = [.. evidence.Codes.Parties.Where(party => counts(evidence.Parties[party].Creator))];
        return codes.Length > 0 ? model.Evenly(new(evidence.Codes.Times[..codes.Length], codes, Touches: 0)) : model.Weigh(evidence.Touches);
    }

    /// <summary>The creator whose touches weigh most; of equals the one with the later touch. Null when there is no touch.</summary>
    private static string? Winner(Weigher model, Evidence evidence)
    {
        var sums = new Dictionary<string, (Int128 Weight, int Last)>();
        var weights = model.Weigh(evidence.Touches).Length == 0 ? [] : model.Row.ToArray();
        for (var i = 0; i < weights.Length; i++)
        {
            var creator = evidence.Parties[evidence.Touches.Parties[i]].Creator;
            sums[creator] = (sums.GetValueOrDefault(creator).Weight + weights[i], i);
        }

        return sums.Count == 0 ? null : sums.MaxBy(sum => sum.Value).Key;
    }

    /// <summary>p to the codes evenly, 1 − p to the touches by weight, brought to one scale of integers.</summary>
    private static Claims Split(decimal share, Weigher model, Evidence evidence)
    {
        if (evidence.Codes.Length == 0) return model.Weigh(evidence.Touches);
        if (evidence.Touches.Length == 0) return model.Evenly(evidence.Codes);

        model.Weigh(evidence.Touches);
        var (touchSum, touchParts) = (Int128.Zero, (Int128)((1 - share) * ShareUnit));
        for (var run = 0; run < model.Row.Runs; run++)
        {
            ref var weight = ref model.Row.Weights[run];
            touchSum += weight * model.Row.Lengths[run];
            weight *= touchParts * evidence.Codes.Length;
        }

        model.Row.Add((Int128)(share * ShareUnit) * touchSum, evidence.Codes.Length);
        return evidence.All;
    }

    /// <summary>A model over claims in order, and the row it fills.</summary>
    private readonly record struct Weigher(Model Model, Parties Parties, Fit? Fit, WeightRow Row)
    {
        public Claims Evenly(Claims claims)
        {
            Row.Clear().Add(1, claims.Length);
            return claims;
        }

        public Claims Weigh(Claims claims)
        {
            if (claims.Length == 0) return claims;
            var parties = Parties;
            if (Model.IsFitted())
                FittedWeights.Fill(Model, Array.ConvertAll(claims.Parties, party => parties[party]), Fit ?? throw new ArgumentException($"The model {Model} needs a fit."), Row);
            else
                ModelWeights.Fill(Model, claims.Times, Row);
            return claims;
        }
    }
}
