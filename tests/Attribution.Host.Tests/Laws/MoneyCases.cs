using Attribution.Contracts;
using Attribution.Contracts.Catalog;
using Attribution.Core.Values;

namespace Attribution.Host.Tests.Laws;

/// <summary>
/// Month of a case: the instant of evaluation, the catalog from then on, and the events reported by then.
/// </summary>
internal sealed record MoneyMonth(DateOnly Month, DateTimeOffset Now, IReadOnlyList<ICatalogItem> Puts, IReadOnlyList<object> Events);

/// <summary>
/// Generator of five months of a brand that pays two creators. Cases contain orders and leads in several currencies,
/// corrected and merged by customers with several devices; refunds of every kind and delay; posts; agreements that
/// change and follow each other; exchange rates that arrive late and are corrected; campaign costs under different
/// sharing rules, and the monthly nets that they are shared by. The same seed always creates the same case.
/// </summary>
internal sealed class MoneyCases
{
    public static readonly string[] Creators = ["mia", "ben"];

    private static readonly string?[] Rules = [null, "evenly", "by_fee", "by_net", "by_net", "by_net"];

    private static readonly string[] Currencies = ["USD", "EUR", "JPY", "KWD"];

    private readonly Random dice;
    private readonly Random spending;
    private readonly string currency;
    private readonly Dictionary<string, (DateOnly From, DateOnly Turn, DateOnly? To)> days = [];
    private int orders;

    private MoneyCases(int seed)
    {
        (dice, spending) = (new Random(seed), new Random(~seed));
        currency = Pick(Currencies);
        foreach (var creator in Creators)
            days[creator] = (new(2026, 1, 1 + dice.Next(9)), new DateOnly(2026, 2, 1).AddDays(dice.Next(40)), Chance(50) ? new DateOnly(2026, 4, 1).AddDays(dice.Next(75)) : null);
    }

    public static IReadOnlyList<MoneyMonth> Create(int seed) => [.. new MoneyCases(seed).Months()];

    private IEnumerable<MoneyMonth> Months()
    {
        for (var month = new DateOnly(2026, 1, 1); month.Month <= 5; month = month.AddMonths(1))
        {
            List<ICatalogItem> puts = month.Month == 1 ? InitialCatalog() : [];
            foreach (var creator in Creators)
                if (month.Month > 1 && Chance(35)) puts.Add(Agreement(creator, Pick([1, 2])));
            foreach (var from in Currencies.Where(from => from != currency))
                for (var day = month.AddDays(-20); day < month.AddMonths(1); day = day.AddDays(5))
                    if (Chance(25)) puts.Add(Rate(day, from));
            puts.AddRange(Costs(month));
            yield return new(month, new DateTimeOffset(month.AddMonths(1).AddDays(dice.Next(5)), new TimeOnly(9, 0), TimeSpan.Zero), puts, [.. Events(month)]);
        }
    }

    private List<ICatalogItem> InitialCatalog() =>
    [
        new BrandItem("default", "Glow", currency, Pick(["Europe/Berlin", "America/New_York"]), BookModel: Pick(["last_touch", "linear"]), RateMaxAgeDays: Pick<int?>([null, 3, 31])),
        new CreatorItem("zoe", "Zoe"),
        .. Creators.SelectMany(creator => new ICatalogItem[]
        {
            new CreatorItem(creator, creator), new LinkItem(creator, creator, "https://shop.example/", "spring", creator), new CodeItem(creator, creator, "spring", creator),
            Agreement(creator, 1), Agreement(creator, 2),
        }),
    ];

    /// <summary>
    /// Creates costs without or with a creator, for a day or over several months, occasionally corrected; monthly nets,
    /// also corrected; and sometimes a different sharing rule.
    /// </summary>
    private IEnumerable<ICatalogItem> Costs(DateOnly month)
    {
        decimal Amount(int least, int most) => Currency.Parse(currency).ToMajor(spending.Next(least, most));
        if (month.Month == 1 || spending.Next(6) == 0) yield return new CampaignItem("spring", "Spring", CostSharing: Rules[spending.Next(Rules.Length)]);
        foreach (var number in Enumerable.Range(0, 6).Where(_ => spending.Next(3) == 0))
        {
            var (day, kind) = (month.AddDays(spending.Next(-40, 28)), new[] { "fee", "production", "management", "gift", "shipping", "other" }[spending.Next(6)]);
            var cost = new CostItem($"cost-{number}", "spring", kind, currency, Amount(-9_000, 90_000), spending.Next(4) == 0 ? Creators[spending.Next(2)] : null, On: day);
            yield return spending.Next(2) == 0 ? cost : cost with { Recognition = "spread", On = null, From = day, To = day.AddDays(spending.Next(70)) };
        }

        foreach (var of in Enumerable.Range(-3, 3).Select(month.AddMonths).Where(_ => spending.Next(2) == 0))
            yield return new MonthlyNetItem(
                $"spring.{of:yyyy-MM}", "spring", $"{of:yyyy-MM}",
                [.. new[] { "zoe", "mia", "ben" }.Where(_ => spending.Next(4) > 0).Select(creator => new CreatorNetItem(creator, spending.Next(4) == 0 ? 0 : Amount(-20_000, 60_000)))]);
    }

    /// <summary>
    /// Creates exchange rates, some direct, some to be crossed over the euro. A second rate for the same day is a
    /// correction.
    /// </summary>
    private FxRateItem Rate(DateOnly day, string from)
    {
        var to = from == "EUR" || Chance(50) ? currency : "EUR";
        return new($"{day:yyyy-MM-dd}-{from}-{to}", day, from, to, Pick([1m, 1.0832m, 0.5m, 110.25m, 0.0091m, 3.25m]));
    }

    private AgreementItem Agreement(string creator, int which)
    {
        var (from, turn, to) = days[creator];
        var commission = dice.Next(4) switch
        {
            0 => new CommissionItem("percent_of_net", 12.5m),
            1 => new CommissionItem("fixed_per_conversion", Amount: Money(500)),
            2 => new CommissionItem("percent_of_net", 33.333m),
            _ => new CommissionItem("hybrid", 7m, Money(500), Money(300)),
        };
        var item = new AgreementItem(
            $"{creator}-{which}", "spring", creator, commission, which == 1 ? from : turn, which == 1 ? turn : to, NewCustomersOnly: Chance(10), ExcludedCodes: Chance(10) ? ["ben"] : null,
            HoldingDays: Pick<int?>([null, 10, 40]), Approval: Chance(30) ? "manual" : null);
        if (Chance(25)) return item;
        var byOrders = Chance(50);
        var tiers = Enumerable.Range(0, dice.Next(4)).Select(i => new TierItem(
            byOrders ? (i * 2) + dice.Next(2) : Currency.Parse(currency).ToMajor((i * 30_000) + dice.Next(25_000)), Chance(35) ? null : 5m * (i + 2), Money(900))).ToList();
        var monthly = Chance(50);
        var cap = Chance(40) ? Money(15_000) : (decimal?)null;
        var guarantee = Chance(40) && (monthly || item.ValidTo is not null) ? Math.Min(Money(12_000), cap ?? decimal.MaxValue) : (decimal?)null;
        return item with
        {
            Tiers = tiers, TiersBy = tiers.Count > 0 && byOrders ? "orders" : null, TierMode = tiers.Count > 0 && Chance(40) ? "whole" : null, Cap = cap, Guarantee = guarantee,
            Period = monthly && (tiers.Count > 0 || cap is not null || guarantee is not null) ? "month" : null, Fee = Chance(50) ? Money(9_000) : null, FeePerPost = Chance(50) ? Money(900) : null,
        };
    }

    private IEnumerable<object> Events(DateOnly month)
    {
        // Most events of the month, and some of the previous month, reported late.
        DateTimeOffset At() => new(month.AddDays(dice.Next(28) - (Chance(25) ? 31 : 0)), new TimeOnly(dice.Next(24), dice.Next(60)), TimeSpan.Zero);
        for (var i = dice.Next(3, 8); i > 0; i--)
        {
            orders++;
            var (visitor, customer) = Person();
            yield return new ClickEvent($"k{orders}", At(), Pick(Creators), VisitorId: $"v{dice.Next(6)}");
            IReadOnlyList<string> codes = Pick<string[]>([["mia"], ["ben"], ["mia", "ben"], [], ["nobody"]]);
            var paidIn = Chance(60) ? currency : Pick(Currencies);
            for (var times = Chance(15) ? 2 : 1; times > 0; times--)
                yield return new RedemptionEvent(
                    $"o{orders}-{times}", At(), $"{orders}", codes, paidIn, Currency.Parse(paidIn).ToMajor(dice.Next(900, 60_000)), Discount: Chance(20) ? Currency.Parse(paidIn).ToMajor(dice.Next(900)) : null,
                    CustomerKey: customer, IsNewCustomer: Chance(30), VisitorId: visitor);
            var back = dice.Next(1, orders + 1);
            var backIn = Chance(90) ? paidIn : Pick(Currencies);
            if (Chance(45)) yield return new RefundEvent($"r{orders}", At(), $"{back}", $"{orders}", Pick(["refund", "refund", "chargeback"]), backIn, Currency.Parse(backIn).ToMajor(dice.Next(1, 40_000)));
            if (Chance(10)) yield return new RefundEvent($"x{orders}", At(), $"{back}", $"x{orders}", "cancel");
            if (Chance(25)) yield return new EngagementEvent($"g{orders}", At(), $"{dice.Next(5)}", "instagram", CreatorId: Pick(Creators), CampaignId: "spring", Likes: orders);
            var (lead, who) = Person();
            if (Chance(25)) yield return new ConversionEvent($"l{orders}", At(), Pick(["lead", "signup"]), ConversionId: $"{orders}", CustomerKey: who, VisitorId: lead);
        }
    }

    /// <summary>
    /// Returns a person by visitor id, customer key or both, which links them: at most two customers per visitor, well
    /// below the link limits.
    /// </summary>
    private (string? Visitor, string? Customer) Person()
    {
        var number = dice.Next(6);
        return (Chance(70) ? $"v{number}" : null, Chance(50) ? $"c{(number + dice.Next(2)) % 6}" : null);
    }

    private decimal Money(int most) => Currency.Parse(currency).ToMajor(dice.Next(most) + 1);

    private bool Chance(int percent) => dice.Next(100) < percent;

    private T Pick<T>(T[] from) => from[dice.Next(from.Length)];
}
