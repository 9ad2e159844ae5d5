using System.Collections.Immutable;
using Attribution.Core.Catalog;
using Attribution.Core.Identity;
using Attribution.Core.Values;

namespace Attribution.Core.Journeys;

/// <summary>
/// Keeps a journey small though it goes on for years. Conversions of which nothing was said within the horizon go to a journey of their own, with
/// what they rest on; touches too old to earn any conversion that may still come are counted in the base. Neither changes a count or a
/// credit, then or when what was sealed is evaluated again: a late refund finds its order where it went, with all it rests on. Pure.
/// </summary>
public static class JourneyArchiving
{
    /// <summary>The journey without what is too old, and what was set apart from it.</summary>
    /// <param name="journey">The journey, evaluated.</param>
    /// <param name="now">When what it took in last was received.</param>
    /// <param name="horizon">Age of an event, at <paramref name="now"/>, beyond which none comes in any more; one exactly as old may.</param>
    /// <param name="brand">For the longest lookback.</param>
    /// <param name="newId">Makes the id of the journey set apart; called at most once.</param>
    /// <returns>The very same journey where nothing is too old. Apart: the sealed conversions, evaluated; null where there are none, or nothing else would stay.</returns>
    public static (Journey Journey, Journey? Apart) Archive(this Journey journey, Timestamp now, TimeSpan horizon, BrandSettings brand, Func<Guid> newId)
    {
        var accepted = now - horizon;
        var earning = accepted - brand.MaxLookback;
        if (!(journey.Touches is [var touch, ..] && touch.At < earning)
            && !(journey.EvictedTouches is [var gone, ..] && gone.At < accepted)
            && !(journey.ReportedConversions is [var statement, ..] && statement.At < accepted)) return (journey, null);

        var spans = ConversionSpans(journey);
        var sealedOnes = spans.Where(span => span.Value.Last < accepted).Select(span => span.Key).ToHashSet(StringComparer.Ordinal);
        var rest = journey.WithoutConversions(sealedOnes);
        if (sealedOnes.Count == 0 || IsEmpty(rest)) return (journey.ArchiveTouches(earning, accepted, LookbackWindows(spans, _ => true, brand)), null);

        var windows = LookbackWindows(spans, sealedOnes.Contains, brand);
        var (needed, clicks) = FindRequiredTouches(journey.Touches, windows);
        var apart = journey.WithoutConversions(spans.Keys.Except(sealedOnes, StringComparer.Ordinal).ToHashSet(StringComparer.Ordinal)) with
        {
            Id = newId(),
            Touches = [.. journey.Touches.Where((_, i) => needed[i]).Select(known => known with { IsEvidenceOnly = true })],
            EvictedTouches = [.. journey.EvictedTouches.Where(click => click.ClickId is not null && clicks.Contains(click.ClickId))],
            EvictedCounts = [],
            WaitingRefunds = [],
            // Counted with the rest until either is evaluated again.
            ExceededLinkLimits = [],
            Snapshots = [],
            PostDays = [],
        };
        apart = apart with { ReportedRefunds = [.. apart.ReportedRefunds.Where(refund => sealedOnes.Contains(IdentityRules.OrderAlias(refund.OrderId)))] };
        return (rest.ArchiveTouches(earning, accepted, LookbackWindows(spans, key => !sealedOnes.Contains(key), brand)), apart);
    }

    /// <summary>Of each conversion when it was, and when the newest that was said of it or its refunds.</summary>
    private static Dictionary<string, (Timestamp First, Timestamp Last)> ConversionSpans(Journey journey)
    {
        var spans = new Dictionary<string, (Timestamp First, Timestamp Last)>(StringComparer.Ordinal);
        foreach (var statement in journey.ReportedConversions)
        {
            var key = IdentityRules.ConversionKey(statement);
            spans[key] = (spans.TryGetValue(key, out var span) ? span.First : statement.At, statement.At);
        }

        foreach (var refund in journey.ReportedRefunds)
            if (IdentityRules.OrderAlias(refund.OrderId) is var key && spans.TryGetValue(key, out var span) && refund.At > span.Last)
                spans[key] = (span.First, refund.At);
        return spans;
    }

    /// <summary>The times whose touches may earn the conversions, both ends inside.</summary>
    private static List<(Timestamp From, Timestamp To)> LookbackWindows(
        Dictionary<string, (Timestamp First, Timestamp Last)> spans, Func<string, bool> wanted, BrandSettings brand) =>
        [.. spans.Where(span => wanted(span.Key)).Select(span => (span.Value.First - brand.MaxLookback, span.Value.First))];

    private static Journey WithoutConversions(this Journey journey, HashSet<string> conversions) => journey with
    {
        ReportedConversions = journey.ReportedConversions.RemoveAll(statement => conversions.Contains(IdentityRules.ConversionKey(statement))),
        ReportedRefunds = journey.ReportedRefunds.RemoveAll(refund => conversions.Contains(IdentityRules.OrderAlias(refund.OrderId))),
        Conversions = journey.Conversions.RemoveAll(conversion => conversions.Contains(conversion.Key)),
    };

    private static bool IsEmpty(Journey journey) =>
        journey.ReportedConversions.IsEmpty && journey.ReportedRefunds.IsEmpty && journey.Snapshots.IsEmpty && journey.EvictedCounts.IsEmpty && journey.Touches.All(touch => touch.IsEvidenceOnly);

    /// <summary>The journey with the touches before <paramref name="earning"/> in its base; those its conversions rest on stay as evidence.</summary>
    private static Journey ArchiveTouches(this Journey journey, Timestamp earning, Timestamp accepted, List<(Timestamp From, Timestamp To)> windows)
    {
        windows.Add((earning, new(long.MaxValue)));
        var (needed, clicks) = FindRequiredTouches(journey.Touches, windows);
        var counts = new EvictedCountsBuilder(journey.EvictedCounts);
        var touches = ImmutableArray.CreateBuilder<Touch>();
        for (var i = 0; i < needed.Length; i++)
        {
            var touch = journey.Touches[i];
            var leaves = touch.At < earning && !touch.IsEvidenceOnly;
            if (leaves) counts.Add(touch, touch.Match);
            if (needed[i]) touches.Add(leaves ? touch with { IsEvidenceOnly = true } : touch);
        }

        return journey with
        {
            Touches = touches.ToImmutable(),
            EvictedCounts = counts.ToImmutable(),
            // A click is held as long as a landing may come that names it; anything else as long as it may come again itself.
            EvictedTouches = journey.EvictedTouches.RemoveAll(gone => gone.At < (gone.ClickId is null ? accepted : earning) && (gone.ClickId is null || !clicks.Contains(gone.ClickId))),
        };
    }

    /// <summary>
    /// Which touches what happens in the windows hangs on: those within, those before them that make them repeats, and the clicks that own the
    /// visits among them; and the ids of those clicks.
    /// </summary>
    private static (bool[] Needed, HashSet<string> Clicks) FindRequiredTouches(ImmutableArray<Touch> touches, List<(Timestamp From, Timestamp To)> windows)
    {
        var needed = new bool[touches.Length];
        for (var i = 0; i < needed.Length; i++)
            needed[i] = windows.Exists(window => window.From <= touches[i].At && touches[i].At <= window.To);
        for (var i = needed.Length - 2; i >= 0; i--)
            needed[i] |= needed[i + 1] && touches[i + 1].At - touches[i].At <= TouchMatching.RepeatWindow;

        var clicks = touches.Where((touch, i) => needed[i] && touch.Kind == TouchKind.Visit).Select(visit => visit.ClickId).OfType<string>().ToHashSet(StringComparer.Ordinal);
        for (var i = 0; i < needed.Length; i++)
            needed[i] |= touches[i].Kind == TouchKind.Click && touches[i].ClickId is { } id && clicks.Contains(id);
        return (needed, clicks);
    }
}
