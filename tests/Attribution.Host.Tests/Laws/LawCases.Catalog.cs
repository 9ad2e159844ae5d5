using Attribution.Contracts;
using Attribution.Contracts.Catalog;

namespace Attribution.Host.Tests.Laws;

internal sealed partial class LawCases
{
    private static readonly string[] Policies = ["code_first", "touch_first", "if_involved", "if_winner", "split", "all_evidence"];
    private static readonly string[] BookModels = ["first_touch", "last_touch", "linear", "time_decay", "position_based", "j_shaped", "inverse_j"];
    private static readonly string[] Patterns = ["insta", "Mia", "mia*", "MIA-1", "tik*", "*", "insta gram", "m*", "mia-*"];
    private static readonly string[] Codes = ["TEN", "mia10", "Glow-5", "x"];

    private readonly List<(string Brand, List<string> Campaigns)> brands = [];
    private readonly List<string> creators = [];

    private void MakeCatalog()
    {
        string[] names = ["ann", "bea", "cyd", "dot"];
        foreach (var name in names.Take(dice.Next(2, 5)))
        {
            creators.Add(name);
            var inactive = Chance(15);
            items.Add(new CreatorItem(
                name, name, Status: inactive ? "inactive" : "active", InactiveSince: inactive ? BoundaryTime() : null,
                CustomerKeys: Chance(30) ? [Pick(["cus_self", "c-1", "c-" + name])] : null));
        }

        MakeBrand("default", zone);
        if (Chance(20)) MakeBrand("other", Pick(Anchors).Zone);
    }

    private void MakeBrand(string brand, string timeZone)
    {
        var currency = Pick(Currencies);
        items.Add(new BrandItem(brand, brand, currency, timeZone, Pick(BookModels), Maybe(90, Policy), Lookback(), Maybe(35, Versions), Pick<int?>([null, 0, 1, 3])));

        var campaigns = Enumerable.Range(1, dice.Next(1, 4)).Select(i => $"{brand}-{i}").ToList();
        brands.Add((brand, campaigns));
        foreach (var campaign in campaigns)
        {
            DateOnly? from = Chance(40) ? anchor.AddDays(dice.Next(-2, 2)) : null;
            DateOnly? to = Chance(40) ? (from ?? anchor).AddDays(dice.Next(0, 4)) : null;
            if (from is { } first) moments.Add(StartOf(timeZone, first));
            if (to is { } last) moments.Add(StartOf(timeZone, last.AddDays(1)));
            items.Add(new CampaignItem(campaign, campaign, brand, from, to, Lookback()));
        }

        for (var i = dice.Next(1, 4); i > 0; i--) MakeLinks(brand, campaigns, i);
        foreach (var code in Codes.Take(dice.Next(1, 4))) MakeCodes(brand, campaigns, code);
        for (var i = dice.Next(0, 5); i > 0; i--)
        {
            var (from, to) = Interval();
            items.Add(new UtmRuleItem($"{brand}-r{dice.Next(90) + 10}{i}", Utm(Patterns), Pick(campaigns), Pick(creators), from, to));
        }

        MakeAgreements(brand, campaigns);
        MakeRates(currency);
    }

    private PolicyItem Policy()
    {
        var name = Pick(Policies);
        return new(name, name == "split" ? Pick([0.5m, 0.3m, 0.333m, 0.01m, 0.99m]) : null);
    }

    private List<BrandVersionItem> Versions() =>
    [
        .. Enumerable.Range(0, dice.Next(1, 3)).Select(_ => BoundaryTime()).Distinct().Order()
            .Select(from => new BrandVersionItem(from, Maybe(60, Policy), Maybe(50, () => Pick(BookModels)), Lookback())),
    ];

    private LookbackItem? Lookback() => Maybe(35, () => new LookbackItem(Maybe(70, Duration), Maybe(70, Duration)));

    private string Duration()
    {
        var (text, length) = Pick(Durations);
        lookbacks.Add(length);
        return text;
    }

    private (DateTimeOffset? From, DateTimeOffset? To) Interval()
    {
        if (Chance(60)) return (null, null);
        var (a, b) = (BoundaryTime(), BoundaryTime());
        return a == b ? (a, null) : (a < b ? a : b, Chance(50) ? null : a < b ? b : a);
    }

    /// <summary>Creates the links of one slug, which belongs to one creator or moves between several.</summary>
    private void MakeLinks(string brand, List<string> campaigns, int i)
    {
        void Add(string id, DateTimeOffset? from, DateTimeOffset? to) => items.Add(new LinkItem(
            id, $"s{i}", "https://shop.example/", Pick(campaigns), Pick(creators), PostId: Maybe(30, () => $"post-{dice.Next(1, 4)}"),
            Utm: Maybe(40, () => Utm(["insta", "Mia", "MIA-1", "insta gram"])), ValidFrom: from, ValidTo: to));
        var (first, last) = Interval();
        if (first is null && Chance(40))
        {
            var turn = BoundaryTime();
            Add($"{brand}-l{i}a", null, turn);
            Add($"{brand}-l{i}b", turn, null);
        }
        else Add($"{brand}-l{i}", first, last);
    }

    private void MakeCodes(string brand, List<string> campaigns, string code)
    {
        void Add(string id, DateTimeOffset? from, DateTimeOffset? to)
        {
            var (leaked, mended) = Chance(50) ? Interval() : (null, null);
            items.Add(new CodeItem($"{brand}-{id}", code, Pick(campaigns), Pick(creators), from, to, leaked, mended));
        }

        var id = code.ToLowerInvariant();
        var (first, last) = Interval();
        if (first is null && Chance(50))
        {
            var turn = BoundaryTime();
            Add(id + "-a", null, turn);
            Add(id + "-b", turn, null);
        }
        else Add(id, first, last);
    }

    private void MakeAgreements(string brand, List<string> campaigns)
    {
        decimal Rate() => Pick([10m, 12.5m, 33.333m, 0.5m, 50m, 100m]);
        decimal Amount() => Pick([1m, 2m, 3m, 5m, 101m]);
        CommissionItem Commission() => dice.Next(100) switch
        {
            < 40 => new("percent_of_net", Rate: Rate()),
            < 60 => new("fixed_per_conversion", Amount: Amount()),
            < 70 => new("fixed_per_lead", LeadAmount: Amount()),
            < 85 => new("hybrid", Rate(), Amount()),
            _ => new("hybrid", Rate(), Amount(), Amount()),
        };
        string[]? Excluded() => Chance(25) ? [Pick(Codes), " never "] : null;
        foreach (var campaign in campaigns)
        foreach (var creator in creators.Where(_ => Chance(50)))
        {
            var id = $"{brand}-{campaign}-{creator}";
            if (Chance(40))
            {
                var day = anchor.AddDays(dice.Next(-1, 2));
                items.Add(new AgreementItem(id + "-a", campaign, creator, Commission(), null, day, NewCustomersOnly: Chance(25), ExcludedCodes: Excluded()));
                items.Add(new AgreementItem(id + "-b", campaign, creator, Commission(), day, null, NewCustomersOnly: Chance(25), ExcludedCodes: Excluded()));
            }
            else items.Add(new AgreementItem(id, campaign, creator, Commission(), NewCustomersOnly: Chance(25), ExcludedCodes: Excluded()));
        }
    }

    /// <summary>
    /// Adds terms about customers: agreements for new customers only, some of which pay for unknown ones, and brands whose
    /// history begins on some day. It has its own dice, so that the markets stay as they are otherwise.
    /// </summary>
    private void AddCustomerTerms(Random own)
    {
        for (var i = 0; i < items.Count; i++)
            items[i] = items[i] switch
            {
                AgreementItem agreement when own.Next(3) == 0 => agreement with
                {
                    NewCustomersOnly = true, UnknownCustomers = own.Next(3) switch { 0 => "pay", 1 => "hold", _ => null },
                },
                BrandItem brand when own.Next(4) == 0 => brand with { HistoryCompleteSince = anchor.AddDays(own.Next(-2, 3)) },
                var other => other,
            };
    }

    /// <summary>Adds touches of assistants, and brands and campaigns that credit or ignore them.</summary>
    private void AddAssistants(Random own)
    {
        string? Terms() => own.Next(3) switch { 0 => "credited", 1 => "ignored", _ => null };
        (string? Label, string? UserAgent) Assistant() => own.Next(2) == 0 ? ("assistant", null) : (null, "Mozilla/5.0 (compatible; Claude-User/1.0)");
        for (var i = 0; i < items.Count; i++)
            items[i] = items[i] switch
            {
                BrandItem brand => brand with { Assistants = Terms() },
                CampaignItem campaign when own.Next(3) == 0 => campaign with { Assistants = Terms() },
                var other => other,
            };
        for (var i = 0; i < events.Count; i++)
        {
            var (label, userAgent) = own.Next(8) == 0 ? Assistant() : default;
            if (label is null && userAgent is null) continue;
            events[i] = events[i] switch
            {
                ClickEvent e => e with { Label = label, UserAgent = userAgent },
                VisitEvent e => e with { Label = label, UserAgent = userAgent },
                var other => other,
            };
        }
    }

    /// <summary>
    /// Creates exchange rates: some days have rates, some have none; cross rates over another brand's currency may add
    /// more.
    /// </summary>
    private void MakeRates(string to)
    {
        foreach (var from in Currencies.Where(from => from != to))
            for (var day = anchor.AddDays(-3); day <= anchor.AddDays(4); day = day.AddDays(1))
                if (Chance(35) && !items.OfType<FxRateItem>().Any(rate => rate.On == day && rate.From == from && rate.To == to))
                    items.Add(new FxRateItem($"{day:yyyy-MM-dd}-{from}-{to}", day, from, to, Pick([1m, 1.0832m, 0.5m, 110.25m, 0.0091m, 3.25m])));
    }

    private UtmItem Utm(string[] values)
    {
        string? Value(int percent) => Maybe(percent, () => Pick(values));
        var utm = new UtmItem(Value(40), Value(15), Value(50), Value(60), Value(10), Value(10));
        return utm == new UtmItem() ? new UtmItem(Content: Pick(values)) : utm;
    }
}
