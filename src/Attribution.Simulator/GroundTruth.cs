using System.Numerics;

namespace Attribution.Simulator;

/// <summary>
/// What the daily rollups of a market must be, counted in the plainest way from what the market was made of. It knows whose every touch
/// is because the market made it so; it shares no code with the product. The numbers in brackets are the sections of the design whose
/// rule the line below states.
/// <para>
/// Measures: <c>clicks</c>, <c>uniqueVisitors</c>, <c>visits</c>, <c>invalidTouches</c>, <c>redemptions</c>, <c>orders</c>, <c>conversions</c> and
/// <c>leads</c> (millionths), <c>newCustomers</c>, <c>gross</c>, <c>discount</c>, <c>refunds</c>, <c>refunds.cash</c>, <c>cost.fee</c>, <c>cost.production</c>,
/// <c>cost.management</c>, <c>cost.gift</c>, <c>cost.shipping</c>, <c>cost.other</c>, <c>cost.commission</c>, <c>cost.commission.cash</c>, and the posts'
/// <c>impressions</c>, <c>reach</c>, <c>likes</c>, <c>comments</c>, <c>shares</c>, <c>saves</c>, <c>views</c>. The cash ones are those of <c>view=cash</c>.
/// </para>
/// </summary>
public static class GroundTruth
{
    private const string BookModel = "last_touch";

    /// <summary>The rollups of a market as shown under a model, the policy being <c>code_first</c> and the book model <c>last_touch</c>.</summary>
    /// <param name="market">The market.</param>
    /// <param name="model"><c>last_touch</c>, <c>first_touch</c> or <c>linear</c>.</param>
    /// <exception cref="ArgumentException">Another model.</exception>
    public static GroundTruthTable CalculateRollups(Market market, string model = BookModel)
    {
        var table = new GroundTruthTable();
        foreach (var person in market.People)
        {
            CountTouches(market, person, table);
            foreach (var conversion in person.Conversions)
            {
                CountRedemptions(market, conversion, table);
                CountConversion(market, person, conversion, model, table);
                CountCommission(market, person, conversion, table);
            }
        }

        CountCosts(market, table);
        CountPosts(market, table);
        return table;
    }

    private static void CountTouches(Market market, Person person, GroundTruthTable table)
    {
        var days = market.LocalDays;
        foreach (var touch in person.Touches.Where(touch => touch.Placement is not null))
        {
            var day = days.DayOf(touch.At);
            var (campaign, creator) = touch.Placement!;
            // [8] The landing of a labelled click is not counted at all.
            if (touch.IsLandingOfLabelledClick) continue;
            // [8] A labelled touch counts under its label, never as click or visit; else a touch counts, in its campaign's days or not.
            table.Add(day, campaign, creator, touch.Label is not null ? "invalidTouches" : touch.IsClick ? "clicks" : "visits", 1);
        }

        // [10] A visitor is unique per journey, placement and day.
        foreach (var (place, day) in person.Touches
            .Where(touch => touch.Placement is not null && touch.Label is null && !touch.IsLandingOfLabelledClick)
            .Select(touch => (touch.Placement!, days.DayOf(touch.At))).Distinct())
            table.Add(day, place.Campaign, place.Creator, "uniqueVisitors", 1);
    }

    private static void CountRedemptions(Market market, ConversionFact order, GroundTruthTable table)
    {
        // [10] A placement once per standing order that used a code of it, whoever wins the credit.
        if (IsCancelled(order)) return;
        foreach (var place in PlacementsOfCodes(market, order))
            table.Add(market.LocalDays.DayOf(order.At), place.Campaign, place.Creator, "redemptions", 1);
    }

    private static void CountConversion(Market market, Person person, ConversionFact conversion, string model, GroundTruthTable table)
    {
        var day = market.LocalDays.DayOf(conversion.At);
        var shares = SharesOf(market, person, conversion, model);

        // Law 4: nothing is lost: what nobody is credited with is the unattributed's, whole.
        if (shares.Count == 0) shares = [new Share("", "", 1_000_000, conversion.Gross, conversion.Discount, RefundsByDay(market, conversion))];
        foreach (var share in shares) Add(share.Campaign, share.Creator, share);
        Add(GroundTruthTable.Total, "", new Share("", "", 1_000_000, conversion.Gross, conversion.Discount, RefundsByDay(market, conversion)));

        void Add(string campaign, string creator, Share share)
        {
            var isOrder = conversion.Kind == "order";
            // [8] A cancel takes the order out of every count; its gross, discount and refunds stay.
            if (!IsCancelled(conversion))
            {
                // [10] Orders and new customers count whole, once for each placement with micros.
                if (isOrder && share.Micros > 0) table.Add(day, campaign, creator, "orders", 1);
                if (isOrder && share.Micros > 0 && conversion.IsNewCustomer) table.Add(day, campaign, creator, "newCustomers", 1);
                table.Add(day, campaign, creator, isOrder ? "conversions" : "leads", share.Micros);
            }

            table.Add(day, campaign, creator, "gross", share.Gross);
            table.Add(day, campaign, creator, "discount", share.Discount);
            // [10] Refunds stand on the order's day in the cohort view, on their own in the cash view.
            table.Add(day, campaign, creator, "refunds", share.Refunds.Sum(refund => refund.Amount));
            foreach (var refund in share.Refunds) table.Add(refund.Day, campaign, creator, "refunds.cash", refund.Amount);
        }
    }

    private static void CountCommission(Market market, Person person, ConversionFact conversion, GroundTruthTable table)
    {
        var days = market.LocalDays;
        var day = days.DayOf(conversion.At);
        // [11] Commission follows the book model's credit, whatever model is shown.
        foreach (var share in SharesOf(market, person, conversion, BookModel))
        {
            // [11] The agreement valid on the order's local day applies.
            var agreement = market.GeneratedCatalog.Agreements.SingleOrDefault(a =>
                a.CampaignId == share.Campaign && a.CreatorId == share.Creator && (a.ValidFrom is null || a.ValidFrom <= day) && (a.ValidTo is null || day < a.ValidTo));
            // [11] New customers only.
            if (agreement is null || (agreement.NewCustomersOnly && !conversion.IsNewCustomer)) continue;

            // [10, 11] A fixed sum is per order and follows the count: a refund leaves it, a cancel takes it back, in the cash view on its own day.
            if (agreement.Commission.Kind == "fixed_per_conversion")
            {
                if (conversion.Kind != "order") continue;
                var fixedSum = RoundHalfToEven(market.Money.ToMinor(agreement.Commission.Amount!.Value) * share.Micros / 1_000_000m);
                table.Add(day, share.Campaign, share.Creator, "cost.commission.cash", fixedSum);
                if (conversion.Refunds.Where(refund => refund.Kind == "cancel").MinBy(refund => refund.At) is { } cancel)
                    table.Add(days.DayOf(cancel.At), share.Campaign, share.Creator, "cost.commission.cash", -fixedSum);
                else
                    table.Add(day, share.Campaign, share.Creator, "cost.commission", fixedSum);
                continue;
            }

            // [11] Percent of net, per conversion and placement, half a minor unit rounding to even.
            long Commission(long refunded) => RoundHalfToEven((share.Gross - share.Discount - refunded) * agreement.Commission.Rate!.Value / 100m);

            // [10] In the cash view a refund takes back its commission on its own day.
            var (soFar, before) = (0L, Commission(0));
            table.Add(day, share.Campaign, share.Creator, "cost.commission.cash", before);
            foreach (var refund in share.Refunds)
            {
                soFar += refund.Amount;
                var after = Commission(soFar);
                table.Add(refund.Day, share.Campaign, share.Creator, "cost.commission.cash", after - before);
                before = after;
            }

            // [11] On the current net share.
            table.Add(day, share.Campaign, share.Creator, "cost.commission", before);
        }
    }

    private static void CountCosts(Market market, GroundTruthTable table)
    {
        foreach (var cost in market.GeneratedCatalog.Costs)
        {
            var amount = market.Money.ToMinor(cost.Amount);
            if (cost.Recognition == "on_date")
            {
                table.Add(cost.On!.Value, cost.CampaignId, cost.CreatorId ?? "", "cost." + cost.Kind, amount);
                continue;
            }

            // [11] Spread over its days, both inside, to the cent; what is left over goes to the earliest days.
            var length = cost.To!.Value.DayNumber - cost.From!.Value.DayNumber + 1;
            var parts = Split(amount, Enumerable.Repeat(1L, length).ToList());
            for (var i = 0; i < length; i++) table.Add(cost.From.Value.AddDays(i), cost.CampaignId, cost.CreatorId ?? "", "cost." + cost.Kind, parts[i]);
        }
    }

    private static void CountPosts(Market market, GroundTruthTable table)
    {
        string[] names = ["impressions", "reach", "likes", "comments", "shares", "saves", "views"];
        foreach (var post in market.Snapshots.GroupBy(snapshot => snapshot.Post))
        {
            // [11] A day's value is its latest snapshot of that day less the latest before.
            var before = new long[7];
            foreach (var day in post.GroupBy(snapshot => market.LocalDays.DayOf(snapshot.At)).OrderBy(day => day.Key))
            {
                var latest = day.OrderBy(snapshot => snapshot.At).ThenBy(snapshot => snapshot.EventId, StringComparer.Ordinal).Last();
                for (var i = 0; i < names.Length; i++) table.Add(day.Key, latest.Placement.Campaign, latest.Placement.Creator, names[i], latest.Counters[i] - before[i]);
                before = latest.Counters;
            }
        }
    }

    /// <summary>Shares by placement; none: unattributed.</summary>
    private static List<Share> SharesOf(Market market, Person person, ConversionFact conversion, string model)
    {
        var (places, weights) = EvidenceOf(market, person, conversion, model);
        if (places.Count == 0) return [];

        // [9] Gross and the million micros by weight, discount by the gross shares, refunds by the net shares before refunds.
        var gross = Split(conversion.Gross, weights);
        var micros = Split(1_000_000, weights);
        var discount = Split(conversion.Discount, gross);
        var net = gross.Zip(discount, (g, d) => g - d).ToList();

        // Refunds so far are split as a whole after each refund; a refund's own shares are the differences.
        var refunds = places.Select(_ => new List<DayRefund>()).ToList();
        var (soFar, given) = (0L, net.Select(_ => 0L).ToList());
        foreach (var refund in RefundsByDay(market, conversion))
        {
            soFar += refund.Amount;
            var split = Split(soFar, net);
            for (var i = 0; i < places.Count; i++) refunds[i].Add(refund with { Amount = split[i] - given[i] });
            given = split;
        }

        // [9] Shares then add up per placement.
        return [.. Enumerable.Range(0, places.Count).GroupBy(i => places[i]).Select(group => new Share(
            group.Key.Campaign, group.Key.Creator, group.Sum(i => micros[i]), group.Sum(i => gross[i]), group.Sum(i => discount[i]),
            [.. Enumerable.Range(0, refunds[0].Count).Select(r => refunds[0][r] with { Amount = group.Sum(i => refunds[i][r].Amount) })]))
            .Where(share => share.Micros > 0 || share.Gross > 0)];
    }

    private static (List<SimulatedPlacement> Places, List<long> Weights) EvidenceOf(Market market, Person person, ConversionFact conversion, string model)
    {
        // [9] code_first: valid codes take all, evenly. [8] A buying creator's own codes and touches are barred.
        var codes = PlacementsOfCodes(market, conversion).Where(place => place.Creator != conversion.BuyingCreator).ToList();
        if (codes.Count > 0) return (codes, codes.Select(_ => 1L).ToList());

        var touches = CreditableTouches(person).Where(touch => IsEligible(market, touch, conversion)).Select(touch => touch.Placement!).ToList();
        var weights = touches.Select((_, i) => model switch
        {
            "last_touch" => i == touches.Count - 1 ? 1L : 0L,
            "first_touch" => i == 0 ? 1L : 0L,
            "linear" => 1L,
            _ => throw new ArgumentException($"The truth is told for last_touch, first_touch and linear, not for {model}.", nameof(model)),
        }).ToList();
        return (touches, weights);
    }

    /// <summary>[9] One per placement, in the order's own sequence. [8] Valid by the code's interval alone, at the order's time.</summary>
    private static List<SimulatedPlacement> PlacementsOfCodes(Market market, ConversionFact order) =>
        [.. order.Codes.Select(code => market.GeneratedCatalog.PlacementOfCode(code, order.At)).OfType<SimulatedPlacement>().Distinct()];

    /// <summary>[8] Same touch: one that comes at most 30 minutes after the one before it of the same placement, itself kept or not, earns nothing more.</summary>
    private static List<TouchFact> CreditableTouches(Person person)
    {
        var kept = new List<TouchFact>();
        var before = new Dictionary<SimulatedPlacement, DateTimeOffset>();
        // [9] By time, click before visit, id (all events have one source). [8] The landing of a click is no touch of its own.
        foreach (var touch in person.Touches
            .Where(touch => touch is { Placement: not null, Label: null, IsLandingOfClick: false, IsLandingOfLabelledClick: false })
            .OrderBy(touch => touch.At).ThenBy(touch => touch.IsClick ? 0 : 1).ThenBy(touch => touch.EventId, StringComparer.Ordinal))
        {
            if (!before.TryGetValue(touch.Placement!, out var last) || touch.At - last > TimeSpan.FromMinutes(30)) kept.Add(touch);
            before[touch.Placement!] = touch.At;
        }

        return kept;
    }

    private static bool IsEligible(Market market, TouchFact touch, ConversionFact conversion)
    {
        var (campaignId, creatorId) = touch.Placement!;
        var campaign = market.GeneratedCatalog.Campaigns.Single(c => c.Id == campaignId);
        var creator = market.GeneratedCatalog.Creators.Single(c => c.Id == creatorId);
        var day = market.LocalDays.DayOf(touch.At);
        // [9] Within the lookback, both ends inside.
        return touch.At <= conversion.At && conversion.At - touch.At <= Lookbacks.For(market.GeneratedCatalog, campaignId, touch.IsClick)
            // [9] On a local day of its campaign, both ends inside.
            && (campaign.StartsOn is null || campaign.StartsOn <= day) && (campaign.EndsOn is null || day <= campaign.EndsOn)
            // [9] By a creator who is not the buyer, [8] and who was active at that time.
            && creatorId != conversion.BuyingCreator && (creator.InactiveSince is null || touch.At < creator.InactiveSince);
    }

    private static bool IsCancelled(ConversionFact conversion) => conversion.Refunds.Any(refund => refund.Kind == "cancel");

    /// <summary>[8] In (time, id) order, each capped at what is left of net; a cancel gives back all that is left.</summary>
    private static List<DayRefund> RefundsByDay(Market market, ConversionFact conversion)
    {
        var left = conversion.Gross - conversion.Discount;
        var refunds = new List<DayRefund>();
        foreach (var refund in conversion.Refunds.OrderBy(refund => refund.At).ThenBy(refund => refund.EventId, StringComparer.Ordinal))
        {
            var amount = refund.Kind == "cancel" ? left : Math.Min(left, refund.Amount!.Value);
            left -= amount;
            refunds.Add(new DayRefund(market.LocalDays.DayOf(refund.At), amount));
        }

        return refunds;
    }

    /// <summary>[9] Largest remainder, ties to the earlier.</summary>
    private static List<long> Split(long total, List<long> weights)
    {
        var sum = weights.Sum();
        if (sum == 0) return weights.Select(_ => 0L).ToList();
        var parts = weights.Select(weight => (long)((BigInteger)total * weight / sum)).ToList();
        var first = weights.Select((weight, i) => (Remainder: (BigInteger)total * weight % sum, Index: i)).OrderByDescending(one => one.Remainder).ThenBy(one => one.Index);
        foreach (var one in first.Take((int)(total - parts.Sum()))) parts[one.Index]++;
        return parts;
    }

    private static long RoundHalfToEven(decimal amount) => (long)Math.Round(amount, 0, MidpointRounding.ToEven);

    private sealed record DayRefund(DateOnly Day, long Amount);

    private sealed record Share(string Campaign, string Creator, long Micros, long Gross, long Discount, List<DayRefund> Refunds);
}
