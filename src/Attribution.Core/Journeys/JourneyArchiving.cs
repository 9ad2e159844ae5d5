using System.Collections.Immutable;
using Attribution.Core.Catalog;
using Attribution.Core.Crediting;
using Attribution.Core.Identity;
using Attribution.Core.Values;

namespace Attribution.Core.Journeys;

/// <summary>
/// Keeps a journey small over the years. Conversions without reports within the horizon move to a journey of their own,
/// with the touches that they depend on; touches too old to earn a future conversion are reduced to counts. Neither
/// changes a count or a credit, even if an archived conversion is evaluated again: a late refund finds its order and
/// everything it depends on. Pure.
/// </summary>
public static class JourneyArchiving
{
    /// <summary>
    /// Removes everything that is too old from a journey and returns the archived conversions separately.
    /// </summary>
    /// <param name="journey">The evaluated journey.</param>
    /// <param name="now">Time at which its latest event was received.</param>
    /// <param name="horizon">
    /// Age of an event, relative to <paramref name="now"/>, beyond which none is accepted; exactly that age is
    /// accepted.
    /// </param>
    /// <param name="brand">Supplies the longest lookback.</param>
    /// <param name="catalog">The catalog of its evaluation.</param>
    /// <param name="newId">Creates the id of the archived journey; called at most once.</param>
    /// <returns>
    /// The same instance if nothing is too old. Archived: the evaluated journey with the old conversions; null if there
    /// are none or if nothing else would remain.
    /// </returns>
    public static (Journey Journey, Journey? Archived) Archive(
        this Journey journey, Timestamp now, TimeSpan horizon, BrandSettings brand, CatalogSnapshot catalog, Func<Guid> newId)
    {
        var firstAccepted = now - horizon;
        var firstEarning = firstAccepted - brand.MaxLookback;
        if (!(journey.Touches is [var touch, ..] && touch.At < firstEarning)
            && !(journey.EvictedTouches is [var evicted, ..] && evicted.At < firstAccepted)
            && !(journey.ReportedConversions is [var conversion, ..] && conversion.At < firstAccepted)) return (journey, null);

        var payments = OrderPayments.FromJourney(journey);
        var spans = ConversionSpans(journey, payments);
        var oldKeys = spans.Where(span => span.Value.Last < firstAccepted).Select(span => span.Key)
            .ToHashSet(StringComparer.Ordinal);
        var rest = journey.WithoutConversions(oldKeys, payments);
        if (oldKeys.Count == 0 || IsEmpty(rest))
            return (journey.ArchiveTouches(firstEarning, firstAccepted, LookbackWindows(spans, _ => true, brand)), null);

        var (required, clicks) = FindRequiredTouches(journey.Touches, LookbackWindows(spans, oldKeys.Contains, brand));
        var recentKeys = spans.Keys.Except(oldKeys, StringComparer.Ordinal).ToHashSet(StringComparer.Ordinal);
        var archived = journey.WithoutConversions(recentKeys, payments) with
        {
            Id = newId(),
            Touches = [.. journey.Touches.Where((_, i) => required[i]).Select(known => known with { IsEvidenceOnly = true })],
            EvictedTouches = [.. journey.EvictedTouches.Where(click => click.ClickId is not null && clicks.Contains(click.ClickId))],
            EvictedCounts = [],
            WaitingRefunds = [],
            // Counted with the remaining journey until either of the two is evaluated again.
            ExceededLinkLimits = [],
            Snapshots = [],
            PostDays = [],
        };
        (rest, archived) = SharedVisitors.Divide(journey, MarkConverted(rest, brand, catalog), MarkConverted(archived, brand, catalog));
        archived = archived with
        {
            ReportedRefunds = [.. archived.ReportedRefunds.Where(refund => oldKeys.Contains(OrderPayments.OrderAlias(payments, refund.OrderId)))],
            ReportedPayments = [.. archived.ReportedPayments.Where(payment => oldKeys.Contains(OrderPayments.OrderAlias(payments, payment.PaymentId)))],
            FirstOrders = FirstOrders.Remember(journey, recentKeys.Contains, archived),
        };
        var remaining = LookbackWindows(spans, key => !oldKeys.Contains(key), brand);
        rest = rest with { FirstOrders = FirstOrders.Remember(journey, oldKeys.Contains) };
        return (rest.ArchiveTouches(firstEarning, firstAccepted, remaining), archived);
    }

    private static Journey MarkConverted(Journey journey, BrandSettings brand, CatalogSnapshot catalog) =>
        journey with { Touches = ConvertedTouches.Mark(journey.Touches, journey.Conversions, brand, catalog) };

    /// <summary>Returns for each conversion its time and the time of its latest report or refund.</summary>
    private static Dictionary<string, (Timestamp First, Timestamp Last)> ConversionSpans(
        Journey journey, OrderPayments? payments)
    {
        var spans = new Dictionary<string, (Timestamp First, Timestamp Last)>(StringComparer.Ordinal);
        foreach (var reported in journey.ReportedConversions)
        {
            var key = IdentityRules.ConversionKey(reported);
            spans[key] = (spans.TryGetValue(key, out var span) ? span.First : reported.At, reported.At);
        }

        foreach (var refund in journey.ReportedRefunds) Extend(refund.OrderId, refund.At);
        foreach (var payment in journey.ReportedPayments) Extend(payment.PaymentId, payment.At);
        ExtendSubscriptions(journey, payments, spans);
        return spans;

        void Extend(string id, Timestamp at)
        {
            if (OrderPayments.OrderAlias(payments, id) is var key && spans.TryGetValue(key, out var span) && at > span.Last)
                spans[key] = (span.First, at);
        }
    }

    /// <summary>The orders of a subscription stay together, so each is as recent as the latest of them.</summary>
    private static void ExtendSubscriptions(
        Journey journey, OrderPayments? payments, Dictionary<string, (Timestamp First, Timestamp Last)> spans)
    {
        var members = journey.ReportedConversions.Where(reported => reported.SubscriptionId is not null)
            .ToLookup(reported => OrderPayments.OrderAlias(payments, reported.SubscriptionId!), IdentityRules.ConversionKey, StringComparer.Ordinal);
        // An order may belong to several subscriptions, so that what is recent spreads from one to the next.
        for (var hasChanged = members.Count > 0; hasChanged;)
        {
            hasChanged = false;
            foreach (var subscription in members)
            {
                var keys = subscription.Append(subscription.Key).Where(spans.ContainsKey).Distinct(StringComparer.Ordinal).ToList();
                var last = keys.Max(key => spans[key].Last);
                foreach (var key in keys.Where(key => spans[key].Last < last))
                    (spans[key], hasChanged) = ((spans[key].First, last), true);
            }
        }
    }

    /// <summary>Returns the intervals whose touches can earn the conversions, both ends inclusive.</summary>
    private static List<(Timestamp From, Timestamp To)> LookbackWindows(
        Dictionary<string, (Timestamp First, Timestamp Last)> spans, Func<string, bool> isWanted, BrandSettings brand) =>
        [.. spans.Where(span => isWanted(span.Key)).Select(span => (span.Value.First - brand.MaxLookback, span.Value.First))];

    private static Journey WithoutConversions(this Journey journey, HashSet<string> keys, OrderPayments? payments) => journey with
    {
        ReportedConversions = journey.ReportedConversions.RemoveAll(reported => keys.Contains(IdentityRules.ConversionKey(reported))),
        ReportedRefunds = journey.ReportedRefunds.RemoveAll(refund => keys.Contains(OrderPayments.OrderAlias(payments, refund.OrderId))),
        ReportedPayments = journey.ReportedPayments.RemoveAll(payment => keys.Contains(OrderPayments.OrderAlias(payments, payment.PaymentId))),
        Conversions = journey.Conversions.RemoveAll(conversion => keys.Contains(OrderOf(conversion.Key, payments))),
    };

    /// <summary>Returns the key of the order that a payment belongs to; the key itself for any other conversion.</summary>
    private static string OrderOf(string key, OrderPayments? payments) =>
        payments?.IsPayment(key) == true ? OrderPayments.OrderAlias(payments, key[2..]) : key;

    private static bool IsEmpty(Journey journey) =>
        journey.ReportedConversions.IsEmpty && journey.ReportedRefunds.IsEmpty && journey.ReportedPayments.IsEmpty
        && journey.Snapshots.IsEmpty
        && journey.EvictedCounts.IsEmpty && journey.Touches.All(touch => touch.IsEvidenceOnly);

    /// <summary>
    /// Reduces the touches before <paramref name="firstEarning"/> to counts; those that conversions depend on stay as
    /// evidence.
    /// </summary>
    private static Journey ArchiveTouches(
        this Journey journey, Timestamp firstEarning, Timestamp firstAccepted, List<(Timestamp From, Timestamp To)> windows)
    {
        windows.Add((firstEarning, new(long.MaxValue)));
        var (required, clicks) = FindRequiredTouches(journey.Touches, windows);
        var counts = new EvictedCountsBuilder(journey.EvictedCounts);
        var touches = ImmutableArray.CreateBuilder<Touch>();
        for (var i = 0; i < required.Length; i++)
        {
            var touch = journey.Touches[i];
            var isArchived = touch.At < firstEarning && !touch.IsEvidenceOnly;
            if (isArchived) counts.Add(touch, touch.Match);
            if (required[i]) touches.Add(isArchived ? touch with { IsEvidenceOnly = true } : touch);
        }

        return journey with
        {
            Touches = touches.ToImmutable(),
            EvictedCounts = counts.ToImmutable(),
            // A click is kept as long as a visit that names it may arrive; any other touch as long as it may arrive
            // again.
            EvictedTouches = journey.EvictedTouches.RemoveAll(evicted => evicted.ClickId is null
                ? evicted.At < firstAccepted
                : evicted.At < firstEarning && !clicks.Contains(evicted.ClickId)),
        };
    }

    /// <summary>
    /// Finds the touches that the results within the windows depend on: the touches within, the touches before them
    /// that make them repetitions, and the clicks that own visits among them. Also returns the ids of those clicks.
    /// </summary>
    private static (bool[] Required, HashSet<string> Clicks) FindRequiredTouches(
        ImmutableArray<Touch> touches, List<(Timestamp From, Timestamp To)> windows)
    {
        var required = new bool[touches.Length];
        for (var i = 0; i < required.Length; i++)
            required[i] = windows.Exists(window => window.From <= touches[i].At && touches[i].At <= window.To);
        for (var i = required.Length - 2; i >= 0; i--)
            required[i] |= required[i + 1] && touches[i + 1].At - touches[i].At <= TouchMatching.RepeatWindow;

        var clicks = touches.Where((touch, i) => required[i] && touch.Kind == TouchKind.Visit)
            .Select(visit => visit.ClickId).OfType<string>().ToHashSet(StringComparer.Ordinal);
        for (var i = 0; i < required.Length; i++)
            required[i] |= touches[i].Kind == TouchKind.Click && touches[i].ClickId is { } id && clicks.Contains(id);
        return (required, clicks);
    }
}
