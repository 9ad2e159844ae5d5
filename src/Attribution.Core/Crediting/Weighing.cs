using Attribution.Core.Models;
using Attribution.Core.Models.Fitting;
using Attribution.Core.Values;

namespace Attribution.Core.Crediting;

/// <summary>Claims in order and what each weighs; empty when nobody is credited.</summary>
internal sealed record Weighed(IReadOnlyList<Claim> Claims, Int128[] Weights)
{
    /// <summary>Nobody.</summary>
    public static readonly Weighed Nobody = new([], []);
}

/// <summary>The six policies: which evidence counts, and what each piece weighs under a model. Pure.</summary>
internal static class Weighing
{
    private const decimal ShareUnit = 1_000_000;

    /// <summary>Weighs the evidence of a conversion.</summary>
    /// <param name="policy">The brand's.</param>
    /// <param name="model">Any model.</param>
    /// <param name="evidence">Touches and codes in the running.</param>
    /// <param name="fit">Needed by the fitted models, and by them alone.</param>
    public static Weighed Weigh(Policy policy, Model model, Evidence evidence, Fit? fit) => Weigh(policy, new Weigher(model, fit), evidence);

    private static Weighed Weigh(Policy policy, Weigher model, Evidence evidence) => policy.Kind switch
    {
        PolicyKind.CodeFirst => evidence.Codes.Count > 0 ? Evenly(evidence.Codes) : model.Weigh(evidence.Touches),
        PolicyKind.TouchFirst => evidence.Touches.Count > 0 ? model.Weigh(evidence.Touches) : Evenly(evidence.Codes),
        PolicyKind.IfInvolved => CodesOf(evidence, creator => evidence.Touches.Any(touch => touch.Placement.Creator == creator), model),
        PolicyKind.IfWinner => CodesOf(evidence, creator => creator == Winner(model.Weigh(evidence.Touches)), model),
        PolicyKind.Split => Split(policy.CodeShare, model, evidence),
        PolicyKind.AllEvidence => model.Weigh([.. evidence.Touches, .. evidence.Codes]),
        _ => throw new ArgumentOutOfRangeException(nameof(policy), policy.Kind, "No such policy."),
    };

    private static Weighed CodesOf(Evidence evidence, Func<string, bool> counts, Weigher model)
    {
        var codes = evidence.Codes.Where(code => counts(code.Placement.Creator)).ToList();
        return codes.Count > 0 ? Evenly(codes) : model.Weigh(evidence.Touches);
    }

    private static Weighed Evenly(IReadOnlyList<Claim> claims)
    {
        var weights = new Int128[claims.Count];
        Array.Fill(weights, 1);
        return new(claims, weights);
    }

    /// <summary>The creator whose touches weigh most; of equals the one with the later touch. Null when there is no touch.</summary>
    private static string? Winner(Weighed touches)
    {
        var sums = new Dictionary<string, (Int128 Weight, int Last)>();
        for (var i = 0; i < touches.Claims.Count; i++)
        {
            var creator = touches.Claims[i].Placement.Creator;
            sums[creator] = (sums.GetValueOrDefault(creator).Weight + touches.Weights[i], i);
        }

        return sums.Count == 0 ? null : sums.MaxBy(sum => sum.Value).Key;
    }

    /// <summary>p to the codes evenly, 1 − p to the touches by weight, brought to one scale of integers.</summary>
    private static Weighed Split(decimal share, Weigher model, Evidence evidence)
    {
        if (evidence.Codes.Count == 0) return model.Weigh(evidence.Touches);
        if (evidence.Touches.Count == 0) return Evenly(evidence.Codes);

        var touches = model.Weigh(evidence.Touches);
        var touchSum = touches.Weights.Aggregate(Int128.Zero, (sum, weight) => sum + weight);
        var codeParts = (Int128)(share * ShareUnit);
        var touchParts = (Int128)((1 - share) * ShareUnit);
        return new(
            [.. evidence.Touches, .. evidence.Codes],
            [
                .. touches.Weights.Select(weight => weight * touchParts * evidence.Codes.Count),
                .. evidence.Codes.Select(_ => codeParts * touchSum),
            ]);
    }

    /// <summary>A model over claims in order.</summary>
    private readonly record struct Weigher(Model Model, Fit? Fit)
    {
        public Weighed Weigh(IReadOnlyList<Claim> claims)
        {
            if (claims.Count == 0) return Weighed.Nobody;
            var weights = new Int128[claims.Count];
            if (Model.IsFitted())
            {
                var placements = new Placement[claims.Count];
                for (var i = 0; i < placements.Length; i++) placements[i] = claims[i].Placement;
                FittedWeights.Fill(Model, placements, Fit ?? throw new ArgumentException($"The model {Model} needs a fit."), weights);
            }
            else
            {
                var times = new Timestamp[claims.Count];
                for (var i = 0; i < times.Length; i++) times[i] = claims[i].At;
                ModelWeights.Fill(Model, times, weights);
            }

            return new(claims, weights);
        }
    }
}
