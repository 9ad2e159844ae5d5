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

    private static void CheckAgreement(List<CatalogFault> faults, CatalogDraft current, AgreementItem agreement)
    {
        CheckInterval(faults, "/validTo", agreement.ValidFrom, agreement.ValidTo);
        CheckList(faults, "/excludedCodes", agreement.ExcludedCodes, (pointer, code) => CheckText(faults, pointer, code));
        var currency = CurrencyOf(current, agreement.CampaignId);
        CheckCommission(faults, agreement.Commission, currency);
        CheckTiers(faults, agreement, currency);
        CheckPeriod(faults, agreement);
        CheckAmount(faults, "/cap", agreement.Cap, currency);
        CheckAmount(faults, "/guarantee", agreement.Guarantee, currency);
        CheckAmount(faults, "/fee", agreement.Fee, currency);
        CheckAmount(faults, "/feePerPost", agreement.FeePerPost, currency);
        if (agreement.HoldingDays is < 0 or > 400) faults.Add(new(OutOfRange, "/holdingDays", "A number of days from 0 to 400"));
        CheckKeyword(faults, "/approval", agreement.Approval ?? "rule", Approvals);
        if (agreement.Fee > 0 && agreement.ValidFrom is null) faults.Add(new(MemberMissing, "/validFrom", "A fee is paid on the agreement's first day: say which"));
    }

    private static void CheckTiers(List<CatalogFault> faults, AgreementItem agreement, Currency? currency)
    {
        CheckKeyword(faults, "/tiersBy", agreement.TiersBy ?? "net", TierMeasures);
        CheckKeyword(faults, "/tierMode", agreement.TierMode ?? "marginal", TierModes);
        if (agreement.Tiers is null or [])
        {
            if (agreement.TiersBy is not null) faults.Add(new(MemberNotAllowed, "/tiersBy", "There are no tiers; leave it out or null"));
            if (agreement.TierMode is not null) faults.Add(new(MemberNotAllowed, "/tierMode", "There are no tiers; leave it out or null"));
            return;
        }

        var before = -1m;
        CheckList(faults, "/tiers", agreement.Tiers, (pointer, tier) =>
        {
            if (tier is { Rate: null, Amount: null }) faults.Add(new(MemberMissing, pointer, "Say what the tier pays: rate, amount or both"));
            CheckRate(faults, $"{pointer}/rate", tier.Rate);
            CheckAmount(faults, $"{pointer}/amount", tier.Amount, currency);
            if (tier.From <= before) faults.Add(new(OutOfRange, $"{pointer}/from", before < 0 ? "Must not be negative" : "Must lie above that of the tier before"));
            else if (agreement.TiersBy != AgreementItem.ByOrders) CheckAmount(faults, $"{pointer}/from", tier.From, currency);
            else if (tier.From != decimal.Truncate(tier.From) || tier.From > 1_000_000_000) faults.Add(new(OutOfRange, $"{pointer}/from", "A whole number of orders, at most 1000000000"));
            before = Math.Max(before, tier.From);
        });
    }

    private static void CheckPeriod(List<CatalogFault> faults, AgreementItem agreement)
    {
        CheckKeyword(faults, "/period", agreement.Period ?? "agreement", Periods);
        if (agreement is { Period: not null, Tiers: null or [], Cap: null, Guarantee: null })
            faults.Add(new(MemberNotAllowed, "/period", "A period is of tiers, a cap or a guarantee, and there are none; leave it out or null"));
        if (agreement.Guarantee > agreement.Cap) faults.Add(new(OutOfRange, "/guarantee", "Must not lie above the cap"));
        if (agreement.Guarantee > 0 && agreement.ValidFrom is null) faults.Add(new(MemberMissing, "/validFrom", "A guarantee is for each period from the agreement's first day on: say which"));
        if (agreement.Guarantee > 0 && agreement.Period != AgreementItem.Month && agreement.ValidTo is null)
            faults.Add(new(MemberMissing, "/validTo", "The guarantee is due when the agreement ends: say when, or guarantee it for each month (period)"));
    }

    private static void CheckCommission(List<CatalogFault> faults, CommissionItem commission, Currency? currency)
    {
        CheckKeyword(faults, "/commission/kind", commission.Kind, CommissionKinds);
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
        CheckRate(faults, "/commission/rate", commission.Rate);
        CheckAmount(faults, "/commission/amount", commission.Amount, currency);
        CheckAmount(faults, "/commission/leadAmount", commission.LeadAmount, currency);
    }

    private static void CheckRate(List<CatalogFault> faults, string pointer, decimal? rate)
    {
        if (rate is < 0 or > 100) faults.Add(new(OutOfRange, pointer, "A percentage from 0 to 100: 10 is a tenth"));
        else if (rate is { Scale: > 6 }) faults.Add(new(OutOfRange, pointer, "At most 6 decimals"));
    }

    /// <summary>An amount of the brand's currency that is not negative; where the campaign is not known, that is the fault.</summary>
    private static void CheckAmount(List<CatalogFault> faults, string pointer, decimal? amount, Currency? currency)
    {
        if (amount < 0) faults.Add(new(OutOfRange, pointer, "Must not be negative"));
        else if (amount is { } sum && currency is { } known) CheckMoney(faults, pointer, known, sum);
    }
}
