using Attribution.Contracts.Catalog;
using Attribution.Core.Costs;
using Attribution.Core.Values;
using static Attribution.Core.Catalog.CatalogFaultReason;

namespace Attribution.Core.Catalog;

/// <summary>The rules of costs, monthly nets and exchange rates.</summary>
internal static class CostRules
{
    private const int MaxSpreadDays = 3_660;

    /// <summary>The kinds of cost.</summary>
    public static readonly string[] Kinds = ["fee", "production", "management", "gift", "shipping", "other"];

    /// <summary>The ways of recognizing a cost.</summary>
    public static readonly string[] Recognitions = ["on_date", "spread"];

    /// <summary>Checks a cost.</summary>
    public static void CheckCost(FaultCollector faults, CostItem cost)
    {
        faults.CheckKeyword("/kind", cost.Kind, Kinds);
        faults.CheckText("/postId", cost.PostId);
        if (faults.TryGetCurrency("/currency", cost.Currency, out var currency))
            faults.CheckMoney("/amount", currency, cost.Amount);
        faults.CheckKeyword("/recognition", cost.Recognition, Recognitions);
        if (cost.Recognition == "on_date") CheckDate(faults, cost);
        else if (cost.Recognition == "spread") CheckSpread(faults, cost);
    }

    /// <summary>Checks the nets of a campaign's month.</summary>
    /// <param name="faults">Receives the faults.</param>
    /// <param name="currency">The brand's currency; null if the campaign is unknown.</param>
    /// <param name="net">The item.</param>
    public static void CheckMonthlyNet(FaultCollector faults, Currency? currency, MonthlyNetItem net)
    {
        if (!CalendarMonth.TryParse(net.Month, out _))
            faults.Add(
                ValueUnknown, "/month",
                $"'{FaultCollector.Abbreviate(net.Month)}' is not a month such as 2026-03");
        var id = MonthlyNets.IdOf(net.CampaignId, net.Month);
        if (net.Id != id)
            faults.Add(
                IdInvalid, "/id",
                $"The id must be composed of the campaign and the month: {FaultCollector.Abbreviate(id)}");
        var seen = new HashSet<string>(StringComparer.Ordinal);
        faults.CheckList(
            "/creators", net.Creators, (pointer, share) =>
            {
                if (!seen.Add(share.CreatorId))
                    faults.Add(OutOfRange, $"{pointer}/creatorId", "The creator is already listed");
                if (currency is { } known && !known.TryToMinorSum(share.Net, out _)) faults.CheckMoney($"{pointer}/net", known, share.Net);
            },
            MonthlyNets.MaxCreators);
    }

    /// <summary>Checks an exchange rate.</summary>
    public static void CheckFxRate(FaultCollector faults, FxRateItem rate)
    {
        var known = faults.TryGetCurrency("/from", rate.From, out var from) & faults.TryGetCurrency("/to", rate.To, out var to);
        if (known && from == to) faults.Add(OutOfRange, "/to", "A rate requires two different currencies");
        if (rate.Rate is < 0.000_000_001m or > 1_000_000_000)
            faults.Add(OutOfRange, "/rate", "Must be from 0.000000001 to 1000000000");
    }

    private static void CheckDate(FaultCollector faults, CostItem cost)
    {
        const string Detail = "on_date has a day (on) and no range";
        if (cost.On is null) faults.Add(MemberMissing, "/on", "on_date requires the local day of the cost");
        if (cost.From is not null) faults.Add(MemberNotAllowed, "/from", Detail);
        if (cost.To is not null) faults.Add(MemberNotAllowed, "/to", Detail);
    }

    private static void CheckSpread(FaultCollector faults, CostItem cost)
    {
        if (cost.On is not null) faults.Add(MemberNotAllowed, "/on", "spread has a range (from, to) and no day");
        if (cost.From is null) faults.Add(MemberMissing, "/from", "spread requires the first local day");
        if (cost.To is null) faults.Add(MemberMissing, "/to", "spread requires the last local day");
        faults.CheckDays("/to", cost.From, cost.To);
        if (cost is { To: { } to, From: { } from } && to.DayNumber - from.DayNumber >= MaxSpreadDays)
            faults.Add(OutOfRange, "/to", $"A cost can be spread over at most {MaxSpreadDays} days");
    }
}
