using Attribution.Contracts.Catalog;
using Attribution.Core.Values;
using static Attribution.Core.Catalog.CatalogFaultReason;

namespace Attribution.Core.Catalog;

/// <content>Rules of agreements.</content>
public static partial class CatalogRules
{
    private static readonly string[] CommissionKinds = ["percent_of_net", "fixed_per_conversion", "fixed_per_lead", "hybrid"];
    private static readonly string[] TierMeasures = ["net", AgreementItem.ByOrders];
    private static readonly string[] TierModes = ["marginal", AgreementItem.WholeTiers];
    private static readonly string[] Approvals = ["rule", AgreementItem.ApprovedByHand];
    private static readonly string[] Periods = ["agreement", AgreementItem.Month];

    private static bool HoldsMoney(AgreementItem agreement) =>
        agreement is not { Commission: { Amount: null, LeadAmount: null }, Tiers: null or [], Cap: null, Guarantee: null, Fee: null, FeePerPost: null };

    private static void Agreement(List<CatalogFault> faults, CatalogDraft current, AgreementItem agreement)
    {
        Interval(faults, "/validTo", agreement.ValidFrom, agreement.ValidTo);
        List(faults, "/excludedCodes", agreement.ExcludedCodes, (pointer, code) => Text(faults, pointer, code));
        var currency = CurrencyOf(current, agreement.CampaignId);
        Commission(faults, agreement.Commission, currency);
        Tiers(faults, agreement, currency);
        Period(faults, agreement);
        Sum(faults, "/cap", agreement.Cap, currency);
        Sum(faults, "/guarantee", agreement.Guarantee, currency);
        Sum(faults, "/fee", agreement.Fee, currency);
        Sum(faults, "/feePerPost", agreement.FeePerPost, currency);
        if (agreement.HoldingDays is < 0 or > 400) faults.Add(new(OutOfRange, "/holdingDays", "A number of days from 0 to 400"));
        Word(faults, "/approval", agreement.Approval ?? "rule", Approvals);
        if (agreement.Fee > 0 && agreement.ValidFrom is null) faults.Add(new(MemberMissing, "/validFrom", "A fee is paid on the agreement's first day: say which"));
    }

    private static void Tiers(List<CatalogFault> faults, AgreementItem agreement, Currency? currency)
    {
        Word(faults, "/tiersBy", agreement.TiersBy ?? "net", TierMeasures);
        Word(faults, "/tierMode", agreement.TierMode ?? "marginal", TierModes);
        if (agreement.Tiers is null or [])
        {
            if (agreement.TiersBy is not null) faults.Add(new(MemberNotAllowed, "/tiersBy", "There are no tiers; leave it out or null"));
            if (agreement.TierMode is not null) faults.Add(new(MemberNotAllowed, "/tierMode", "There are no tiers; leave it out or null"));
            return;
        }

        var before = -1m;
        List(faults, "/tiers", agreement.Tiers, (pointer, tier) =>
        {
            if (tier is { Rate: null, Amount: null }) faults.Add(new(MemberMissing, pointer, "Say what the tier pays: rate, amount or both"));
            Rate(faults, $"{pointer}/rate", tier.Rate);
            Sum(faults, $"{pointer}/amount", tier.Amount, currency);
            if (tier.From <= before) faults.Add(new(OutOfRange, $"{pointer}/from", before < 0 ? "Must not be negative" : "Must lie above that of the tier before"));
            else if (agreement.TiersBy != AgreementItem.ByOrders) Sum(faults, $"{pointer}/from", tier.From, currency);
            else if (tier.From != decimal.Truncate(tier.From) || tier.From > 1_000_000_000) faults.Add(new(OutOfRange, $"{pointer}/from", "A whole number of orders, at most 1000000000"));
            before = Math.Max(before, tier.From);
        });
    }

    private static void Period(List<CatalogFault> faults, AgreementItem agreement)
    {
        Word(faults, "/period", agreement.Period ?? "agreement", Periods);
        if (agreement is { Period: not null, Tiers: null or [], Cap: null, Guarantee: null })
            faults.Add(new(MemberNotAllowed, "/period", "A period is of tiers, a cap or a guarantee, and there are none; leave it out or null"));
        if (agreement.Guarantee > agreement.Cap) faults.Add(new(OutOfRange, "/guarantee", "Must not lie above the cap"));
        if (agreement.Guarantee > 0 && agreement.ValidFrom is null) faults.Add(new(MemberMissing, "/validFrom", "A guarantee is for each period from the agreement's first day on: say which"));
        if (agreement.Guarantee > 0 && agreement.Period != AgreementItem.Month && agreement.ValidTo is null)
            faults.Add(new(MemberMissing, "/validTo", "The guarantee is due when the agreement ends: say when, or guarantee it for each month (period)"));
    }

    private static void Commission(List<CatalogFault> faults, CommissionItem commission, Currency? currency)
    {
        Word(faults, "/commission/kind", commission.Kind, CommissionKinds);
        (string Member, string OfKind, decimal? Value)[] parts =
            [("rate", "percent_of_net", commission.Rate), ("amount", "fixed_per_conversion", commission.Amount), ("leadAmount", "fixed_per_lead", commission.LeadAmount)];
        foreach (var (member, kind, value) in parts)
        {
            if (commission.Kind == kind && value is null) faults.Add(new(MemberMissing, $"/commission/{member}", $"{kind} needs its {member}"));
            if (commission.Kind != kind && commission.Kind != "hybrid" && CommissionKinds.Contains(commission.Kind) && value is not null)
                faults.Add(new(MemberNotAllowed, $"/commission/{member}", $"{commission.Kind} has no {member}; hybrid may have both"));
        }

        if (commission.Kind == "hybrid" && parts.Count(part => part.Value is not null) < 2)
            faults.Add(new(MemberMissing, "/commission", "hybrid needs two or three of rate, amount and leadAmount"));
        Rate(faults, "/commission/rate", commission.Rate);
        Sum(faults, "/commission/amount", commission.Amount, currency);
        Sum(faults, "/commission/leadAmount", commission.LeadAmount, currency);
    }

    private static void Rate(List<CatalogFault> faults, string pointer, decimal? rate)
    {
        if (rate is < 0 or > 100) faults.Add(new(OutOfRange, pointer, "A percentage from 0 to 100: 10 is a tenth"));
        else if (rate is { Scale: > 6 }) faults.Add(new(OutOfRange, pointer, "At most 6 decimals"));
    }

    /// <summary>An amount of the brand's currency that is not negative; where the campaign is not known, that is the fault.</summary>
    private static void Sum(List<CatalogFault> faults, string pointer, decimal? amount, Currency? currency)
    {
        if (amount < 0) faults.Add(new(OutOfRange, pointer, "Must not be negative"));
        else if (amount is { } sum && currency is { } known) Money(faults, pointer, known, sum);
    }
}
