using Attribution.Contracts;
using Attribution.Contracts.Catalog;

namespace Attribution.Host.Tests.Laws;

internal sealed partial class LawCases
{
    private static readonly string[] UtmNames = ["utm_source", "utm_medium", "utm_campaign", "utm_content", "utm_term", "utm_id"];
    private static readonly string[] UtmValues = ["insta", "INSTA", "mia", "Mia-1", "mia-2", "tiktok", "insta+gram", "insta%20+gram", "+Insta", "", "m", "mi%C3%A4"];
    private static readonly string[] Spellings = ["ten", " TEN", "MIA10", "mia10 ", "glow-5", "X", "nobody"];
    private static readonly string[] BotAgents = ["Googlebot/2.1 (+http://www.google.com/bot.html)", "AdsBot-Google"];

    private static readonly long[] Gaps = [0, 0, 1, Minute, 30 * Minute - 1, 30 * Minute, 30 * Minute, 30 * Minute, 30 * Minute + 1, Hour, 12 * Hour];

    private readonly Dictionary<(string Brand, string Order), string> currencyOf = [];
    private readonly Dictionary<string, HashSet<string>> linked = [];
    private int people;

    private void MakeEvents()
    {
        people = Chance(60) ? 1 : dice.Next(2, 4);
        for (var left = dice.Next(2, 24); left > 0;)
        {
            var (brand, campaigns) = brands.Count > 1 && Chance(25) ? brands[1] : brands[0];
            left -= dice.Next(20) switch
            {
                < 8 => MakeStory(brand),
                < 10 => MakeCodeBoundaryEvents(brand, campaigns),
                < 12 => MakeUtmRuleVisits(brand, campaigns),
                _ => MakeAny(brand, campaigns),
            };
        }
    }

    /// <summary>
    /// Adds states to some orders and refunds: often of one time, with lists of refunds, and refunds taken back. It has
    /// its own dice, so that the markets stay as they are otherwise.
    /// </summary>
    private void AddStates(Random own)
    {
        DateTimeOffset StateAt(DateTimeOffset at)
        {
            var later = at.AddMilliseconds(own.Next(4) switch { 0 => 1_000, 1 => Hour, 2 => Day, _ => 0 });
            return own.Next(3) == 0 ? later : At(later.ToUnixTimeMilliseconds() / Day * Day);
        }

        string[]? RefundIds() => own.Next(3) == 0 ? null : [.. new[] { "r1", "r2", "r3" }.Where(_ => own.Next(2) == 0)];
        for (var i = 0; i < events.Count; i++)
            events[i] = events[i] switch
            {
                RedemptionEvent e when own.Next(3) == 0 => e with { StateAt = StateAt(e.OccurredAt), RefundIds = RefundIds() },
                ConversionEvent { OrderId: not null } e when own.Next(3) == 0 => e with { StateAt = StateAt(e.OccurredAt), RefundIds = RefundIds() },
                ConversionEvent e when own.Next(6) == 0 => e with { StateAt = StateAt(e.OccurredAt) },
                RefundEvent e when own.Next(2) == 0 => e with
                {
                    Void = own.Next(2) == 0 ? true : null,
                    StateAt = own.Next(2) == 0 ? StateAt(e.OccurredAt) : null,
                },
                var other => other,
            };
    }

    /// <summary>
    /// Makes some orders begin or renew subscriptions, adds payments, links and their refunds, and agreements that pay for
    /// renewals. It has its own dice.
    /// </summary>
    private void AddSubscriptions(Random own)
    {
        if (own.Next(2) == 0) return;
        string Any(params string[] from) => from[own.Next(from.Length)];
        for (var i = 0; i < items.Count; i++)
            if (items[i] is AgreementItem agreement && own.Next(2) == 0)
                items[i] = agreement with { Renewals = Any("none", "all", "1", "2", "P1D", "P1W", "P1M", "P1Y") };
        for (var i = 0; i < events.Count; i++)
            events[i] = events[i] switch
            {
                RedemptionEvent e when own.Next(2) == 0 => e with { Subscription = own.Next(4) == 0 ? null : Any("s1", "s2", "1"), Renewal = Renewal() },
                ConversionEvent { OrderId: not null } e when own.Next(2) == 0 => e with { Subscription = own.Next(4) == 0 ? null : Any("s1", "s2", "1"), Renewal = Renewal() },
                var other => other,
            };
        var (brand, currency) = (brands[0].Brand, items.OfType<BrandItem>().Single(item => item.Id == brands[0].Brand).Currency);
        if (own.Next(4) == 0) currency = Any(Currencies);
        for (var left = own.Next(2, 9); left > 0; left--)
        {
            var at = At(own.Next(3) > 0 && times.Count > 0 ? times[own.Next(times.Count)] + own.Next(3) * Day : anchorAt + own.NextInt64(-20 * Day, 20 * Day));
            var (id, says) = ($"s{events.Count}", brand == "default" ? null : brand);
            var (target, other) = (Any("1", "2", "s1", "s2", "in1"), Any("s1", "s2", "in1", "in2", "in3"));
            events.Add(own.Next(4) switch
            {
                0 => new PaymentEvent(id, at, Any("1", "2", "3"), Any("s1", "s2"), BrandId: says),
                1 => new RefundEvent(
                    id, at, other, "p-" + other, Any("refund", "refund", "cancel"), currency, Major(own.Next(1, 2_000), currency),
                    BrandId: says),
                _ => new PaymentEvent(
                    id, at, target, other, currency, Major(own.Next(2_000), currency), BrandId: says, Renewal: own.Next(4) == 0 ? false : null),
            });
        }

        bool? Renewal() => own.Next(4) switch { 0 => null, 1 => false, _ => true };
    }

    /// <summary>Adds one random event.</summary>
    private int MakeAny(string brand, List<string> campaigns)
    {
        var about = CreateHeader(brand, Moment());
        events.Add(dice.Next(100) switch
        {
            < 22 => Click(about, Visitor()),
            < 40 => Visit(about, Visitor()),
            < 56 => Redemption(about, Maybe(60, Visitor)),
            < 72 => Conversion(about, Maybe(60, Visitor)),
            < 93 => Refund(about),
            _ => Engagement(about, campaigns),
        });
        return 1;
    }

    /// <summary>
    /// Adds a visitor's touches at boundary distances, and an order or lead at a boundary distance after one of them.
    /// </summary>
    private int MakeStory(string brand)
    {
        var visitor = Visitor();
        var at = boundaries.Count > 0 && Chance(20) ? Pick(boundaries) - Pick(Gaps) : Moment();
        var slug = Slug();
        var seen = new List<long>();
        for (var touches = dice.Next(1, 5); touches > 0; touches--)
        {
            seen.Add(at);
            var about = CreateHeader(brand, at);
            if (Chance(35)) slug = Slug();
            events.Add(Chance(70) ? Click(about, visitor, slug) : Visit(about, visitor));
            at += Pick(Gaps);
        }

        var isTurn = boundaries.Count > 0 && Chance(30);
        var order = CreateHeader(brand, (isTurn ? Pick(boundaries) : Pick(seen) + (Chance(60) ? Pick(lookbacks) : Pick(Gaps))) + Pick([-1L, 0, 0, 0, 1]));
        events.Add(Chance(40) ? Redemption(order, visitor) : Conversion(order, visitor));
        var number = events[^1] is RedemptionEvent redemption ? redemption.OrderId : ((ConversionEvent)events[^1]).OrderId;
        var refunds = number is not null && Chance(35) ? dice.Next(1, 4) : 0;
        for (var i = 0; i < refunds; i++) events.Add(Refund(CreateHeader(brand, order.When.ToUnixTimeMilliseconds() + dice.Next(4) * Pick([Hour, Day])), number));
        return seen.Count + 1 + refunds;
    }

    /// <summary>Adds a visit with the parameters of one UTM rule, or of two at once.</summary>
    private int MakeUtmRuleVisits(string brand, List<string> campaigns)
    {
        var rules = items.OfType<UtmRuleItem>().Where(rule => campaigns.Contains(rule.CampaignId)).ToList();
        if (rules.Count == 0) return MakeAny(brand, campaigns);
        var parameters = new Dictionary<string, string>();
        foreach (var match in new[] { Pick(rules).Match, Pick(rules).Match })
            foreach (var (name, wanted) in UtmNames.Zip([match.Source, match.Medium, match.Campaign, match.Content, match.Term, match.Id]))
                if (wanted is not null) parameters.TryAdd(name, wanted.Replace("*", Pick(["", "-1", "x"]), StringComparison.Ordinal).Replace(' ', '+'));
        var visit = Visit(CreateHeader(brand, Moment()), Visitor());
        events.Add(visit with { ClickId = null, Url = "https://shop.example/?" + string.Join('&', parameters.Select(pair => $"{pair.Key}={pair.Value}")) });
        return 1;
    }

    /// <summary>
    /// Adds an order with a code, on or next to an instant at which that code starts, ends, leaks or is corrected.
    /// </summary>
    private int MakeCodeBoundaryEvents(string brand, List<string> campaigns)
    {
        var code = Pick(items.OfType<CodeItem>().Where(item => campaigns.Contains(item.CampaignId)).ToList());
        var own = new[] { code.ValidFrom, code.ValidTo, code.QuarantinedFrom, code.QuarantinedTo }.OfType<DateTimeOffset>().ToList();
        if (own.Count == 0) return MakeAny(brand, campaigns);
        var order = Redemption(CreateHeader(brand, Pick(own).ToUnixTimeMilliseconds() + Pick([-1L, 0, 0, 1])), Visitor());
        events.Add(order with { Codes = [code.Code, .. order.Codes.Take(1)] });
        return 1;
    }

    /// <summary>Creates the members that every event has.</summary>
    private (string Id, string? Source, string? Says, string Brand, DateTimeOffset When) CreateHeader(
        string brand, long at)
    {
        times.Add(at);
        // Some clocks have a higher resolution than milliseconds.
        var when = At(at).AddTicks(Chance(10) ? dice.Next(10_000) : 0);
        return ($"{(char)('a' + dice.Next(26))}{events.Count}", Maybe(30, () => "pixel"), brand == "default" && Chance(80) ? null : brand, brand, when);
    }

    private string Slug() => Chance(94) ? $"s{dice.Next(1, 4)}" : "nobody";

    private string Visitor() => $"v-{dice.Next(1, people + 1)}{Pick(["a", "a", "b"])}";

    private string Customer() => Chance(12) ? Pick(["cus_self", "c-ann", "c-bea"]) : $"c-{dice.Next(1, people + 1)}";

    private string ClickId() => $"k-{dice.Next(1, people * 2 + 1)}";

    private string Order() => $"{dice.Next(1, 6)}";

    /// <summary>
    /// Keeps below the link limits for any order of arrival: an event that would exceed one names no visitor.
    /// </summary>
    private string? Linkable(string brand, string? visitor, string? click, string? customer)
    {
        bool Full(string what, string whom, int limit)
        {
            var links = linked.TryGetValue(brand + what, out var known) ? known : linked[brand + what] = [];
            return links.Count >= limit && !links.Contains(whom);
        }

        if (visitor is null || (click is not null && Full("k" + click, visitor, 2)) || (customer is not null && Full("v" + visitor, customer, 3))) return null;
        if (click is not null) linked[brand + "k" + click].Add(visitor);
        if (customer is not null) linked[brand + "v" + visitor].Add(customer);
        return visitor;
    }

    private ClickEvent Click((string Id, string? Source, string? Says, string Brand, DateTimeOffset When) about, string visitor, string? slug = null)
    {
        var (id, source, says, brand, when) = about;
        var click = Maybe(45, ClickId);
        return new(
            id, when, slug ?? Slug(), source, says, Linkable(brand, Chance(85) ? visitor : null, click, null), click,
            UserAgent: Maybe(8, () => Pick(BotAgents)), Label: Maybe(6, () => Pick(["bot", "prefetch", "head"])));
    }

    private VisitEvent Visit(
        (string Id, string? Source, string? Says, string Brand, DateTimeOffset When) about, string visitor)
    {
        var (id, source, says, brand, when) = about;
        var (member, parameter) = (Maybe(15, ClickId), Maybe(20, ClickId));
        var query = string.Join('&', Enumerable.Range(0, dice.Next(1, 4)).Select(_ => $"{(Chance(4) ? "UTM_Content" : Pick(UtmNames))}={Pick(UtmValues)}")
            .Concat(parameter is null ? [] : [$"atr_cid={parameter}"]));
        return new(
            id, when, $"https://shop.example/{(query.Length > 0 ? "?" + query : "")}{(Chance(10) ? "#utm_content=mia" : "")}", source, says,
            Linkable(brand, Chance(90) ? visitor : null, member ?? parameter, null), member,
            UserAgent: Maybe(6, () => Pick(BotAgents)), Label: Maybe(6, () => Pick(["bot", "prefetch", "head"])));
    }

    private RedemptionEvent Redemption(
        (string Id, string? Source, string? Says, string Brand, DateTimeOffset When) about, string? visitor)
    {
        var (id, source, says, brand, when) = about;
        var (order, customer, click) = (Order(), Maybe(50, Customer), Maybe(15, ClickId));
        var (currency, gross, discount) = Money(brand, order);
        return new(
            id, when, order, CodeSpellings(), currency, gross, source, says, discount, CustomerKey: customer, IsNewCustomer: Flag(),
            VisitorId: Linkable(brand, visitor, click, customer), ClickId: click);
    }

    private ConversionEvent Conversion(
        (string Id, string? Source, string? Says, string Brand, DateTimeOffset When) about, string? visitor)
    {
        var (id, source, says, brand, when) = about;
        var (customer, click, isOrder) = (Maybe(50, Customer), Maybe(15, ClickId), Chance(70));
        var order = isOrder ? Order() : null;
        var lead = isOrder ? null : $"{dice.Next(1, 3)}";
        (string? currency, decimal? gross, decimal? discount) = isOrder || Chance(40) ? Money(brand, order) : default((string?, decimal?, decimal?));
        return new(
            id, when, isOrder ? "order" : lead == "1" ? "signup" : "lead", order, lead, currency, gross, source, says, Chance(20) ? CodeSpellings() : null, discount,
            CustomerKey: customer, IsNewCustomer: Flag(), VisitorId: Linkable(brand, visitor, click, customer), ClickId: click);
    }

    private RefundEvent Refund((string Id, string? Source, string? Says, string Brand, DateTimeOffset When) about, string? order = null)
    {
        var (id, source, says, brand, when) = about;
        order ??= Order();
        var kind = Pick(["refund", "refund", "refund", "chargeback", "cancel"]);
        if (kind == "cancel" && Chance(60)) return new(id, when, order, $"r{dice.Next(1, 4)}", kind, Source: source, BrandId: says);
        var currency = Chance(85) ? CurrencyOf(brand, order) : Pick(Currencies);
        var minor = kind == "cancel" && Chance(30) ? 0 : Pick([1L, 2, 3, 50, 99, 100, 5_000, 9_999, 10_000, 20_000]);
        return new(id, when, order, $"r{dice.Next(1, 4)}", kind, currency, Major(minor, currency), source, says);
    }

    private EngagementEvent Engagement(
        (string Id, string? Source, string? Says, string Brand, DateTimeOffset When) about, List<string> campaigns)
    {
        var (id, source, says, _, when) = about;
        // The first post usually names its creator; the others leave it to the links.
        var post = dice.Next(1, 4);
        var owned = post == 1 && Chance(80);
        long? Counter() => Chance(70) ? dice.Next(0, 500) : null;
        return new(
            id, when, $"post-{post}", "instagram", source, says, owned ? Pick(creators) : null, owned ? Pick(campaigns) : null,
            Counter(), Counter(), Counter(), Counter(), Counter(), Counter(), Counter());
    }

    private string[] CodeSpellings() => [.. Enumerable.Range(0, dice.Next(1, 6) / 2 + dice.Next(2)).Select(_ => Pick(Spellings))];

    private bool? Flag() => dice.Next(3) switch { 0 => true, 1 => false, _ => null };

    /// <summary>Creates amounts that do not divide evenly, zero amounts and full discounts.</summary>
    private (string Currency, decimal Gross, decimal? Discount) Money(string brand, string? order)
    {
        var currency = CurrencyOf(brand, order);
        var gross = Pick([0L, 1, 2, 3, 5, 7, 10, 99, 100, 101, 999, 10_000, 10_001, 12_345, dice.Next(200_000), 1_000_000_007]);
        long? discount = dice.Next(4) switch { 0 => null, 1 => 0, 2 => dice.NextInt64(gross + 1), _ => Chance(50) ? gross : Math.Min(gross, 10) };
        return (currency, Major(gross, currency), discount is { } off ? Major(off, currency) : null);
    }

    /// <summary>Returns a currency: usually the order's own, most often the brand's.</summary>
    private string CurrencyOf(string brand, string? order)
    {
        if (Chance(97) && currencyOf.TryGetValue((brand, order ?? ""), out var known)) return known;
        var own = items.OfType<BrandItem>().Single(item => item.Id == brand).Currency;
        return currencyOf[(brand, order ?? "")] = Chance(70) ? own : Pick(Currencies);
    }

    private static decimal Major(long minor, string currency) => currency switch
    {
        "JPY" => minor,
        "KWD" => new decimal((int)minor, 0, 0, false, 3),
        _ => new decimal((int)minor, 0, 0, false, 2),
    };
}
