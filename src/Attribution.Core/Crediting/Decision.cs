using System.Collections.Immutable;
using System.Globalization;
using Attribution.Core.Catalog;
using Attribution.Core.Journeys;
using Attribution.Core.Models;
using Attribution.Core.Payouts;
using Attribution.Core.Values;

namespace Attribution.Core.Crediting;

/// <summary>
/// The explanation of a conversion's credits: every candidate with its outcome. It is made from the same evaluation as
/// the credits (<see cref="JourneyEvaluation.EvaluateConversion"/>), so the shares of a placement's candidates sum to
/// its credit.
/// </summary>
/// <param name="Terms">The brand's credit terms at the conversion's time.</param>
/// <param name="CatalogVersion">Version of the catalog that the conversion was evaluated with.</param>
/// <param name="Candidates">Touches by (time, kind, source, id), then codes in the order's own sequence.</param>
/// <param name="Refunds">Every reported refund with its outcome, by (time, source, id).</param>
public sealed record Decision(
    CreditTerms Terms, long CatalogVersion, IReadOnlyList<Candidate> Candidates, IReadOnlyList<AppliedRefund> Refunds)
{
    /// <summary>Gets the status of the customer.</summary>
    public KnownCustomer Customer { get; init; }

    /// <summary>Gets the agreements with credited creators that pay nothing for the conversion, with the reason.</summary>
    public IReadOnlyList<WithheldCommission> Withheld { get; init; } = [];

    /// <summary>Gets the place of a renewal in its subscription; null if the conversion is no renewal.</summary>
    public DecidedRenewal? Renewal { get; init; }

    /// <summary>Gets the lines of the order, with what each earned; empty if it has none.</summary>
    public IReadOnlyList<DecidedLine> Lines { get; init; } = [];

    /// <summary>Gets the rate by which amounts were converted, if it is fixed by law; otherwise null.</summary>
    public AppliedFixedRate? FixedRate { get; init; }

    /// <summary>
    /// Describes the decision in a sentence, and a renewal and a conversion by a fixed rate in another one each.
    /// </summary>
    public string Description => string.Join(
        ' ', new[] { Renewal?.Description, DescribeCredit(), FixedRate?.Description }.OfType<string>());

    private string DescribeCredit()
    {
        var shares = Candidates.Where(candidate => candidate.Outcome == Outcome.Credited).GroupBy(candidate => candidate.Placement!)
            .Select(placement =>
                $"{FormatPercent(placement.Sum(candidate => candidate.Micros))} to {placement.Key.Creator} in {placement.Key.Campaign}")
            .ToList();
        if (shares.Count > 0)
            return $"By the policy {Terms.Policy} and the model {ModelNames.NameOf(Terms.BookModel)}: {string.Join(", ", shares)}.";
        return Candidates.Count == 0 ? "No creator is credited: the buyer has no known touches, and no code was used."
            : "No creator is credited: none of the touches and codes below was eligible.";
    }

    /// <summary>Explains an evaluated conversion.</summary>
    /// <param name="evaluation">The evaluation that the credits are made from.</param>
    /// <param name="touches">The journey's evaluated touches.</param>
    /// <param name="splitter">Splits the conversion.</param>
    internal static Decision FromEvaluation(
        in ConversionEvaluation evaluation, ImmutableArray<Touch> touches, CreditSplitter splitter)
    {
        var (facts, terms, evidence, _, brand, catalog) = evaluation;
        var origin = facts.Origin;
        var (touchpoints, shares) = splitter.SplitByTouchpoint(evaluation, terms.BookModel);

        var candidates = new List<Candidate>(touches.Length + origin.Codes.Count);
        var (eligible, sequence) = (0, default(ClaimSequence));
        foreach (var touch in touches)
        {
            var outcome = Evidence.TouchExclusion(touch, origin, terms, catalog, ref sequence);
            // A policy takes either all eligible touches or none of them.
            long? share = outcome is null && touchpoints.TouchCount > 0 ? shares[eligible++] : null;
            candidates.Add(new(
                touch.Kind switch { TouchKind.Click => "click", TouchKind.Visit => "visit", _ => "referral" }, touch.At, $"{touch.Id.Source}/{touch.Id.Id}",
                touch.Placement, touch.MatchedBy, null, outcome ?? OutcomeOf(share, ifIgnored: Outcome.LostToCode), share ?? 0)
                { Claim = touch.Claim });
        }

        var placements = new HashSet<Placement>();
        foreach (var code in origin.Codes)
        {
            var outcome = Evidence.CodeExclusion(code, origin, brand, catalog, out var assignment);
            if (outcome is null && !placements.Add(assignment!.Placement)) outcome = Outcome.SameCode;
            long? share = null;
            if (outcome is null)
            {
                var claimant = evidence.Claimants.GetOrAddIndex(assignment!.Placement);
                var index = Array.IndexOf(touchpoints.Claimants, claimant, touchpoints.TouchCount);
                if (index >= 0) share = shares[index];
            }

            candidates.Add(new(
                "code", origin.At, null, assignment?.Placement, assignment?.Item.ToString(), code,
                outcome ?? OutcomeOf(share, ifIgnored: Outcome.LostToTouch), share ?? 0));
        }

        var credits = splitter.Split(evaluation);
        return new(terms, catalog.Version, candidates, facts.Refunds)
        {
            FixedRate = facts.FixedRate,
            Customer = facts.Customer,
            Renewal = facts.Renewal is { } renewal ? new(renewal.FirstOrder?.Key, renewal.Number, renewal.FollowsFirstOrder) : null,
            Withheld = Commissions.Withheld(facts, credits, terms.BookModel, catalog),
            Lines = facts.Lines is { } lines ? DecidedLine.FromOrder(facts, lines, credits, terms.BookModel, catalog) : [],
        };
    }

    /// <summary>Formats millionths as a percentage with as many decimals as needed.</summary>
    internal static string FormatPercent(long micros) =>
        string.Create(CultureInfo.InvariantCulture, $"{micros / 10_000m:0.####} %");

    private static Outcome OutcomeOf(long? share, Outcome ifIgnored) => share switch
    {
        null => ifIgnored,
        0 => Outcome.Outweighed,
        _ => Outcome.Credited,
    };
}
