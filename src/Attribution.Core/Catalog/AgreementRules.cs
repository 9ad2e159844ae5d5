using Attribution.Contracts.Catalog;
using Attribution.Core.Payouts;
using Attribution.Core.Values;
using static Attribution.Core.Catalog.CatalogFaultReason;

namespace Attribution.Core.Catalog;

/// <summary>The rules of agreements.</summary>
internal static class AgreementRules
{
    /// <summary>The kinds of commission.</summary>
    public static readonly string[] CommissionKinds =
        ["percent_of_net", "fixed_per_conversion", "fixed_per_lead", "hybrid"];

    /// <summary>The measures that tiers can be based on.</summary>
    public static readonly string[] TierMeasures = ["net", AgreementItem.ByOrders];

    /// <summary>The modes of tiers.</summary>
    public static readonly string[] TierModes = ["marginal", AgreementItem.WholeTiers];

    /// <summary>The periods of settlement.</summary>
    public static readonly string[] Periods = ["agreement", AgreementItem.Month];

    /// <summary>The terms for conversions of unknown customers.</summary>
    public static readonly string[] UnknownCustomerTerms = ["hold", AgreementItem.PayUnknown];

    private static readonly string[] Approvals = ["rule", AgreementItem.ApprovedByHand];

    /// <summary>Returns true if an agreement contains an amount in the brand's currency.</summary>
    public static bool HasAmounts(AgreementItem agreement) =>
        agreement is not
        {
            Commission: { Amount: null, LeadAmount: null }, Tiers: null or [], Cap: null, Guarantee: null, Fee: null,
            FeePerPost: null,
        };

    /// <summary>Checks an agreement.</summary>
    /// <param name="faults">Receives the faults.</param>
    /// <param name="currency">The brand's currency; null if the campaign is unknown.</param>
    /// <param name="agreement">The agreement.</param>
    public static void Check(FaultCollector faults, Currency? currency, AgreementItem agreement)
    {
        faults.CheckInterval("/validTo", agreement.ValidFrom, agreement.ValidTo);
        faults.CheckList("/excludedCodes", agreement.ExcludedCodes, faults.CheckText);
        CheckLineTerms(faults, agreement);
        CheckCommission(faults, agreement.Commission, currency);
        CheckTiers(faults, agreement, currency);
        CheckPeriod(faults, agreement);
        faults.CheckAmount("/cap", agreement.Cap, currency);
        faults.CheckAmount("/guarantee", agreement.Guarantee, currency);
        faults.CheckAmount("/fee", agreement.Fee, currency);
        faults.CheckAmount("/feePerPost", agreement.FeePerPost, currency);
        if (agreement.HoldingDays is < 0 or > 400)
            faults.Add(OutOfRange, "/holdingDays", "A number of days from 0 to 400");
        faults.CheckKeyword("/unknownCustomers", agreement.UnknownCustomers ?? "hold", UnknownCustomerTerms);
        if (agreement.Renewals is { } renewals && !RenewalTerms.TryParse(renewals, out _))
            faults.Add(
                OutOfRange, "/renewals",
                "none, all, a number of renewals from 1 to 1000, or a time from the first order: P12M, P1Y, P8W or P90D, at most 100 years");
        faults.CheckKeyword("/approval", agreement.Approval ?? "rule", Approvals);
        if (agreement.Fee > 0 && agreement.ValidFrom is null)
            faults.Add(MemberMissing, "/validFrom", "A fee is paid on the agreement's first day: specify the day");
    }

    private static void CheckCommission(FaultCollector faults, CommissionItem commission, Currency? currency)
    {
        faults.CheckKeyword("/commission/kind", commission.Kind, CommissionKinds);
        (string Member, string OfKind, decimal? Value)[] parts =
        [
            ("rate", "percent_of_net", commission.Rate),
            ("amount", "fixed_per_conversion", commission.Amount),
            ("leadAmount", "fixed_per_lead", commission.LeadAmount),
        ];
        foreach (var (member, kind, value) in parts)
        {
            if (commission.Kind == kind && value is null)
                faults.Add(MemberMissing, $"/commission/{member}", $"{kind} requires {member}");
            if (commission.Kind != kind && commission.Kind != "hybrid" && CommissionKinds.Contains(commission.Kind) && value is not null)
                faults.Add(
                    MemberNotAllowed, $"/commission/{member}",
                    $"{commission.Kind} has no {member}; hybrid can have both");
        }

        if (commission.Kind == "hybrid" && parts.Count(part => part.Value is not null) < 2)
            faults.Add(MemberMissing, "/commission", "hybrid requires two or three of rate, amount and leadAmount");
        CheckRate(faults, "/commission/rate", commission.Rate);
        faults.CheckAmount("/commission/amount", commission.Amount, currency);
        faults.CheckAmount("/commission/leadAmount", commission.LeadAmount, currency);
    }

    /// <summary>Checks the terms for products and categories: each product and category has one term.</summary>
    private static void CheckLineTerms(FaultCollector faults, AgreementItem agreement)
    {
        var known = new HashSet<(string Kind, string? Name)>();
        faults.CheckList("/excludedProducts", agreement.ExcludedProducts, (pointer, name) => faults.CheckProduct(pointer, "product", name, known));
        faults.CheckList("/excludedCategories", agreement.ExcludedCategories, (pointer, name) => faults.CheckProduct(pointer, "category", name, known));
        faults.CheckProducts(
            "/productRates", agreement.ProductRates, rate => (rate.Product, rate.Category),
            (pointer, rate) => CheckRate(faults, $"{pointer}/rate", rate.Rate), known);
        if (agreement is { ProductRates: { Count: > 0 }, Tiers: { Count: > 0 } })
            faults.Add(MemberNotAllowed, "/productRates", "Not allowed with tiers, which replace the rate of all lines; excluded products are allowed");
    }

    private static void CheckTiers(FaultCollector faults, AgreementItem agreement, Currency? currency)
    {
        faults.CheckKeyword("/tiersBy", agreement.TiersBy ?? "net", TierMeasures);
        faults.CheckKeyword("/tierMode", agreement.TierMode ?? "marginal", TierModes);
        if (agreement.Tiers is null or [])
        {
            const string Detail = "Not allowed without tiers; omit it or set it to null";
            if (agreement.TiersBy is not null) faults.Add(MemberNotAllowed, "/tiersBy", Detail);
            if (agreement.TierMode is not null) faults.Add(MemberNotAllowed, "/tierMode", Detail);
            return;
        }

        var previous = -1m;
        faults.CheckList("/tiers", agreement.Tiers, (pointer, tier) =>
        {
            if (tier is { Rate: null, Amount: null })
                faults.Add(MemberMissing, pointer, "Specify the tier's pay: rate, amount or both");
            CheckRate(faults, $"{pointer}/rate", tier.Rate);
            faults.CheckAmount($"{pointer}/amount", tier.Amount, currency);
            CheckTierStart(faults, $"{pointer}/from", tier.From, previous, agreement.TiersBy, currency);
            previous = Math.Max(previous, tier.From);
        });
    }

    private static void CheckTierStart(
        FaultCollector faults, string pointer, decimal from, decimal previous, string? tiersBy, Currency? currency)
    {
        if (from <= previous)
            faults.Add(
                OutOfRange, pointer,
                previous < 0 ? "Must not be negative" : "Must be greater than in the previous tier");
        else if (tiersBy != AgreementItem.ByOrders)
            faults.CheckAmount(pointer, from, currency);
        else if (from != decimal.Truncate(from) || from > 1_000_000_000)
            faults.Add(OutOfRange, pointer, "A whole number of orders, at most 1000000000");
    }

    private static void CheckPeriod(FaultCollector faults, AgreementItem agreement)
    {
        faults.CheckKeyword("/period", agreement.Period ?? "agreement", Periods);
        if (agreement is { Period: not null, Tiers: null or [], Cap: null, Guarantee: null })
            faults.Add(
                MemberNotAllowed, "/period",
                "A period requires tiers, a cap or a guarantee, and there are none; omit it or set it to null");
        if (agreement.Guarantee > agreement.Cap) faults.Add(OutOfRange, "/guarantee", "Must not exceed the cap");
        if (agreement.Guarantee > 0 && agreement.ValidFrom is null)
            faults.Add(
                MemberMissing, "/validFrom",
                "A guarantee applies to each period, starting with the agreement's first day: specify the day");
        if (agreement.Guarantee > 0 && agreement.Period != AgreementItem.Month && agreement.ValidTo is null)
            faults.Add(
                MemberMissing, "/validTo",
                "The guarantee is due when the agreement ends: specify the end, or set period to month for a guarantee per month");
    }

    private static void CheckRate(FaultCollector faults, string pointer, decimal? rate)
    {
        if (rate is < 0 or > 100)
            faults.Add(OutOfRange, pointer, "A percentage from 0 to 100, for example 10 for a tenth");
        else if (rate is { Scale: > 6 }) faults.Add(OutOfRange, pointer, "At most 6 decimals");
    }
}
