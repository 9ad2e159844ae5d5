using System.Numerics;

namespace Attribution.Simulator;

/// <summary>
/// Calculates the expected daily rollups of a market in the simplest way from the facts of its generation. The
/// placement of every touch is known because the market was generated so. It shares no code with the product. The rules
/// are those of the documentation: docs/concepts/credit.md, docs/concepts/identity.md and docs/concepts/payouts.md.
/// </summary>
/// <remarks>
/// Measures: <c>clicks</c>, <c>uniqueVisitors</c>, <c>convertedVisitors</c>, <c>visits</c>, <c>referrals</c>,
/// <c>invalidTouches</c>, <c>assistantTouches</c>, <c>redemptions</c>,
/// <c>orders</c>, <c>conversions</c> and <c>leads</c> (millionths), <c>newCustomers</c>, <c>unknownCustomers</c>,
/// <c>gross</c>, <c>discount</c>, <c>refunds</c>, <c>refunds.cash</c>, <c>cost.fee</c>, <c>cost.production</c>, <c>cost.management</c>,
/// <c>cost.gift</c>, <c>cost.shipping</c>, <c>cost.other</c>, <c>cost.commission</c>, <c>cost.commission.cash</c>, and
/// for posts <c>impressions</c>, <c>reach</c>, <c>likes</c>, <c>comments</c>, <c>shares</c>, <c>saves</c>,
/// <c>views</c>. Those with <c>cash</c> belong to <c>view=cash</c>.
/// </remarks>
public static class GroundTruth
{
    private const string BookModel = "last_touch";

    /// <summary>
    /// Calculates the rollups of a market under a model, with the policy <c>code_first</c> and the book model
    /// <c>last_touch</c>.
    /// </summary>
    /// <param name="market">The market.</param>
    /// <param name="model"><c>last_touch</c>, <c>first_touch</c> or <c>linear</c>.</param>
    /// <exception cref="ArgumentException">The model is not supported.</exception>
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
            // The landing of a labeled click is not counted.
            if (touch.IsLandingOfLabelledClick) continue;
            // A labeled touch counts only under its label. Any other touch counts, whether or not its day is within its
            // campaign.
            var measure = touch.Label == "assistant" ? "assistantTouches" : touch.Label is not null ? "invalidTouches"
                : touch.Claim is not null ? "referrals" : touch.IsClick ? "clicks" : "visits";
            table.Add(day, campaign, creator, measure, 1);
        }

        // A visitor is unique per journey, placement and day. A claim is no visitor.
        foreach (var (placement, day) in person.Touches
            .Where(touch => touch is { Placement: not null, Label: null, Claim: null, IsLandingOfLabelledClick: false })
            .Select(touch => (touch.Placement!, days.DayOf(touch.At))).Distinct())
            table.Add(day, placement.Campaign, placement.Creator, "uniqueVisitors", 1);

        // A visitor is converted by an order that stands, within the lookback after a touch. The landing of a click has
        // the click's lookback.
        var orders = person.Conversions.Where(conversion => conversion.Kind == "order" && !IsCanceled(conversion)).ToList();
        foreach (var (placement, day) in person.Touches
            .Where(touch => touch is { Placement: not null, Label: null, Claim: null, IsLandingOfLabelledClick: false } && orders.Exists(order =>
                order.At >= touch.At && order.At - touch.At
                    <= Lookbacks.For(market.GeneratedCatalog, touch.Placement!.Campaign, touch.IsClick || touch.IsLandingOfClick)))
            .Select(touch => (touch.Placement!, days.DayOf(touch.At))).Distinct())
            table.Add(day, placement.Campaign, placement.Creator, "convertedVisitors", 1);
    }

    private static void CountRedemptions(Market market, ConversionFact order, GroundTruthTable table)
    {
        // A placement counts once per order, not canceled, that used one of its codes, regardless of who is credited.
        if (IsCanceled(order)) return;
        foreach (var placement in PlacementsOfCodes(market, order))
            table.Add(market.LocalDays.DayOf(order.At), placement.Campaign, placement.Creator, "redemptions", 1);
    }

    private static void CountConversion(
        Market market, Person person, ConversionFact conversion, string model, GroundTruthTable table)
    {
        var day = market.LocalDays.DayOf(conversion.At);
        var shares = SharesOf(market, person, conversion, model);

        // Nothing is lost: a conversion without credit belongs completely to the unattributed.
        var whole = new Share(
            "", "", 1_000_000, conversion.Gross, conversion.Discount, RefundsByDay(market, conversion));
        if (shares.Count == 0) shares = [whole];
        foreach (var share in shares) Add(share.Campaign, share.Creator, share);
        Add(GroundTruthTable.Total, "", whole);

        void Add(string campaign, string creator, Share share)
        {
            var isOrder = conversion.Kind == "order";
            // A cancellation removes the order from every count; its gross, discount and refunds stay.
            if (!IsCanceled(conversion))
            {
                // Orders and new customers are not divided: they count once for each placement with micros.
                if (isOrder && share.Micros > 0) table.Add(day, campaign, creator, "orders", 1);
                if (isOrder && share.Micros > 0 && IsNewCustomer(person, conversion) is var isNew and not false)
                    table.Add(day, campaign, creator, isNew is null ? "unknownCustomers" : "newCustomers", 1);
                table.Add(day, campaign, creator, isOrder ? "conversions" : "leads", share.Micros);
            }

            table.Add(day, campaign, creator, "gross", share.Gross);
            table.Add(day, campaign, creator, "discount", share.Discount);
            // Refunds count on the order's day in the cohort view and on their own day in the cash view.
            table.Add(day, campaign, creator, "refunds", share.Refunds.Sum(refund => refund.Amount));
            foreach (var refund in share.Refunds)
                table.Add(refund.Day, campaign, creator, "refunds.cash", refund.Amount);
        }
    }

    private static void CountCommission(Market market, Person person, ConversionFact conversion, GroundTruthTable table)
    {
        var days = market.LocalDays;
        var day = days.DayOf(conversion.At);
        // Commission follows the book model's credit under every model.
        foreach (var share in SharesOf(market, person, conversion, BookModel))
        {
            // The agreement valid on the order's local day applies.
            var agreement = market.GeneratedCatalog.Agreements.SingleOrDefault(known =>
                known.CampaignId == share.Campaign && known.CreatorId == share.Creator
                && (known.ValidFrom is null || known.ValidFrom <= day) && (known.ValidTo is null || day < known.ValidTo));
            // Some agreements apply to new customers only.
            if (agreement is null || (agreement.NewCustomersOnly && IsNewCustomer(person, conversion) != true)) continue;

            // A fixed amount is per order and follows the count: a refund does not change it, a cancellation reverses
            // it, in the cash view on its own day.
            if (agreement.Commission.Kind == "fixed_per_conversion")
            {
                if (conversion.Kind != "order") continue;
                var fixedAmount = RoundHalfToEven(
                    market.Money.ToMinor(agreement.Commission.Amount!.Value) * share.Micros / 1_000_000m);
                table.Add(day, share.Campaign, share.Creator, "cost.commission.cash", fixedAmount);
                if (conversion.Refunds.Where(refund => refund.Kind == "cancel").MinBy(refund => refund.At) is { } cancel)
                    table.Add(
                        days.DayOf(cancel.At), share.Campaign, share.Creator, "cost.commission.cash", -fixedAmount);
                else
                    table.Add(day, share.Campaign, share.Creator, "cost.commission", fixedAmount);
                continue;
            }

            // Percent of net, per conversion and placement, rounded half to even.
            long Commission(long refundedAmount) =>
                RoundHalfToEven(
                    (share.Gross - share.Discount - refundedAmount) * agreement.Commission.Rate!.Value / 100m);

            // In the cash view, a refund reverses its commission on its own day.
            var (refunded, before) = (0L, Commission(0));
            table.Add(day, share.Campaign, share.Creator, "cost.commission.cash", before);
            foreach (var refund in share.Refunds)
            {
                refunded += refund.Amount;
                var after = Commission(refunded);
                table.Add(refund.Day, share.Campaign, share.Creator, "cost.commission.cash", after - before);
                before = after;
            }

            // In the cohort view, commission is on the current net share.
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

            // Spread over its days, both ends inclusive, exact to the minor unit; the remainder goes to the earliest
            // days.
            var length = cost.To!.Value.DayNumber - cost.From!.Value.DayNumber + 1;
            var parts = Split(amount, Enumerable.Repeat(1L, length).ToList());
            for (var i = 0; i < length; i++)
                table.Add(
                    cost.From.Value.AddDays(i), cost.CampaignId, cost.CreatorId ?? "", "cost." + cost.Kind, parts[i]);
        }
    }

    private static void CountPosts(Market market, GroundTruthTable table)
    {
        string[] names = ["impressions", "reach", "likes", "comments", "shares", "saves", "views"];
        foreach (var post in market.Snapshots.GroupBy(snapshot => snapshot.Post))
        {
            // A day's value is its latest snapshot minus the latest one before the day.
            var before = new long[7];
            foreach (var day in post.GroupBy(snapshot => market.LocalDays.DayOf(snapshot.At)).OrderBy(day => day.Key))
            {
                var latest = day.OrderBy(snapshot => snapshot.At).ThenBy(snapshot => snapshot.EventId, StringComparer.Ordinal).Last();
                var (campaign, creator) = latest.Placement;
                for (var i = 0; i < names.Length; i++)
                    table.Add(day.Key, campaign, creator, names[i], latest.Counters[i] - before[i]);
                before = latest.Counters;
            }
        }
    }

    /// <summary>Returns the shares by placement; empty if unattributed.</summary>
    private static List<Share> SharesOf(Market market, Person person, ConversionFact conversion, string model)
    {
        // Weights are summed per placement first, in the order of the first touch or code with weight.
        var evidence = EvidenceOf(market, person, conversion, model);
        var placements = evidence.Places.Zip(evidence.Weights).Where(piece => piece.Second > 0)
            .GroupBy(piece => piece.First, piece => piece.Second).ToList();
        if (placements.Count == 0) return [];

        // Gross and micros are split by weight, discount by the gross shares, refunds by the net shares before refunds.
        var weights = placements.ConvertAll(placement => placement.Sum());
        var gross = Split(conversion.Gross, weights);
        var micros = Split(1_000_000, weights);
        var discount = Split(conversion.Discount, gross);
        var net = gross.Zip(discount, (g, d) => g - d).ToList();

        // The total of refunds is split after each refund; the shares of a single refund are the differences.
        var refunds = placements.ConvertAll(_ => new List<DayRefund>());
        var (total, previous) = (0L, net.Select(_ => 0L).ToList());
        foreach (var refund in RefundsByDay(market, conversion))
        {
            total += refund.Amount;
            var split = Split(total, net);
            for (var i = 0; i < placements.Count; i++) refunds[i].Add(refund with { Amount = split[i] - previous[i] });
            previous = split;
        }

        return
        [
            .. placements.Select((placement, i) => new Share(
                placement.Key.Campaign, placement.Key.Creator, micros[i], gross[i], discount[i], [.. refunds[i]]))
                .Where(share => share.Micros > 0 || share.Gross > 0),
        ];
    }

    private static (List<SimulatedPlacement> Places, List<long> Weights) EvidenceOf(
        Market market, Person person, ConversionFact conversion, string model)
    {
        // A renewal is credited as the first order of its subscription.
        conversion = conversion.FirstOrder ?? conversion;
        // code_first: valid codes take everything, evenly. A buying creator's own codes and touches are excluded.
        var codes = PlacementsOfCodes(market, conversion).Where(placement => placement.Creator != conversion.BuyingCreator).ToList();
        if (codes.Count > 0) return (codes, codes.Select(_ => 1L).ToList());

        // Of the claims of one order, the first that can earn counts.
        var claimed = new HashSet<string>();
        var touches = CreditableTouches(person).Where(touch => IsEligible(market, touch, conversion))
            .Where(touch => touch.Claim is null || claimed.Add(touch.Claim.OrderId))
            .Select(touch => touch.Placement!).ToList();
        var weights = touches.Select((_, i) => model switch
        {
            "last_touch" => i == touches.Count - 1 ? 1L : 0L,
            "first_touch" => i == 0 ? 1L : 0L,
            "linear" => 1L,
            _ => throw new ArgumentException($"The ground truth supports last_touch, first_touch and linear, not {model}.", nameof(model)),
        }).ToList();
        return (touches, weights);
    }

    /// <summary>
    /// Returns the placements of an order's codes, each once, in the order's own sequence. A code is valid by its own
    /// interval at the order's time.
    /// </summary>
    private static List<SimulatedPlacement> PlacementsOfCodes(Market market, ConversionFact order) =>
        [.. order.Codes.Select(code => market.GeneratedCatalog.PlacementOfCode(code, order.At)).OfType<SimulatedPlacement>().Distinct()];

    /// <summary>
    /// Returns the touches that can earn credit. A touch at most 30 minutes after the previous one of the same
    /// placement earns no credit, whether or not the previous one does; a previous claim does not matter.
    /// </summary>
    private static List<TouchFact> CreditableTouches(Person person)
    {
        var kept = new List<TouchFact>();
        var latest = new Dictionary<SimulatedPlacement, DateTimeOffset>();
        // Ordered by time, clicks before visits before claims, and id (all events have one source). The landing of a click is not an
        // independent touch.
        foreach (var touch in person.Touches
            .Where(touch => touch is { Placement: not null, Label: null, IsLandingOfClick: false, IsLandingOfLabelledClick: false })
            .OrderBy(touch => touch.At).ThenBy(touch => touch.IsClick ? 0 : touch.Claim is null ? 1 : 2).ThenBy(touch => touch.EventId, StringComparer.Ordinal))
        {
            if (!latest.TryGetValue(touch.Placement!, out var previous) || touch.At - previous > TimeSpan.FromMinutes(30)) kept.Add(touch);
            if (touch.Claim is null) latest[touch.Placement!] = touch.At;
        }

        return kept;
    }

    private static bool IsEligible(Market market, TouchFact touch, ConversionFact conversion)
    {
        var (campaignId, creatorId) = touch.Placement!;
        var campaign = market.GeneratedCatalog.Campaigns.Single(known => known.Id == campaignId);
        var creator = market.GeneratedCatalog.Creators.Single(known => known.Id == creatorId);
        var day = market.LocalDays.DayOf(touch.At);
        // Within the lookback, both ends inclusive.
        return touch.At <= conversion.At
            && conversion.At - touch.At <= Lookbacks.For(market.GeneratedCatalog, campaignId, touch.IsClick, touch.Claim is not null)
            && !(touch.Claim?.ExpiresAt < conversion.At)
            // On a local day of its campaign, both ends inclusive.
            && (campaign.StartsOn is null || campaign.StartsOn <= day) && (campaign.EndsOn is null || day <= campaign.EndsOn)
            // By a creator who is not the buyer and who was active at that time.
            && creatorId != conversion.BuyingCreator && (creator.InactiveSince is null || touch.At < creator.InactiveSince);
    }

    /// <summary>
    /// Returns the shop's word; without one, whether no earlier order of the customer key stands. Null if the conversion
    /// has neither. A key belongs to one person.
    /// </summary>
    private static bool? IsNewCustomer(Person person, ConversionFact conversion) =>
        conversion.IsNewCustomer ?? (conversion.CustomerKey is null ? null : !person.Conversions.Any(order =>
            order.Kind == "order" && order.CustomerKey == conversion.CustomerKey && !IsCanceled(order) && order.Id != conversion.Id
            && (order.At < conversion.At || (order.At == conversion.At && string.CompareOrdinal(order.Id, conversion.Id) < 0))));

    private static bool IsCanceled(ConversionFact conversion) =>
        conversion.Refunds.Any(refund => refund.Kind == "cancel");

    /// <summary>
    /// Returns the refunds in (time, id) order, each capped at the rest of the net; a cancellation refunds the rest.
    /// </summary>
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

    /// <summary>Splits by largest remainder; of equal remainders, the earlier comes first.</summary>
    private static List<long> Split(long total, List<long> weights)
    {
        var sum = weights.Sum();
        if (sum == 0) return weights.Select(_ => 0L).ToList();
        var parts = weights.Select(weight => (long)((BigInteger)total * weight / sum)).ToList();
        var byRemainder = weights.Select((weight, i) => (Remainder: (BigInteger)total * weight % sum, Index: i))
            .OrderByDescending(part => part.Remainder).ThenBy(part => part.Index);
        foreach (var (_, index) in byRemainder.Take((int)(total - parts.Sum()))) parts[index]++;
        return parts;
    }

    private static long RoundHalfToEven(decimal amount) => (long)Math.Round(amount, 0, MidpointRounding.ToEven);

    private sealed record DayRefund(DateOnly Day, long Amount);

    private sealed record Share(
        string Campaign, string Creator, long Micros, long Gross, long Discount, List<DayRefund> Refunds);
}
