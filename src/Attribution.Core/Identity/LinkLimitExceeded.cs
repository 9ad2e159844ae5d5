using System.Collections.Immutable;
using Attribution.Core.Catalog;
using Attribution.Core.Journeys;
using Attribution.Core.Values;

namespace Attribution.Core.Identity;

/// <summary>
/// Two identifiers, such as a visitor and a customer, that events name together and that a limit kept separate.
/// </summary>
/// <param name="Limit">The limit; a single flag.</param>
/// <param name="Day">The brand's local day of the first event that names both.</param>
public readonly record struct LinkLimitExceeded(LinkLimits Limit, DateOnly Day)
{
    /// <summary>
    /// Returns the exceeded limits of a journey, once per pair of identifiers and limit, ordered by (limit, day). The
    /// linked customers of a shared device depend on the order of arrival; the number of unlinked ones does not, so
    /// that is counted. Evicted touches are no longer counted.
    /// </summary>
    internal static ImmutableArray<LinkLimitExceeded> FromJourney(Journey journey, BrandCalendar calendar)
    {
        Dictionary<(LinkLimits Limit, string First, string Second), Timestamp>? earliest = null;
        foreach (var touch in journey.Touches)
            if (touch.ExceededLimits != LinkLimits.None && !touch.IsEvidenceOnly)
                Add(
                    touch.ExceededLimits, touch.At, touch.VisitorId, touch.ClickId, null,
                    IdentityRules.EventAlias(touch.Id));
        foreach (var reported in journey.ReportedConversions)
            if (reported.ExceededLimits != LinkLimits.None)
                Add(
                    reported.ExceededLimits, reported.At, reported.VisitorId, reported.ClickId, reported.CustomerKey,
                    IdentityRules.ConversionKey(reported));
        if (earliest is null) return [];
        return
        [
            .. earliest.Select(pair => new LinkLimitExceeded(pair.Key.Limit, calendar.DayOf(pair.Value)))
                .OrderBy(exceeded => exceeded.Limit).ThenBy(exceeded => exceeded.Day),
        ];

        void Add(LinkLimits exceeded, Timestamp at, string? visitor, string? click, string? customer, string subject)
        {
            for (var flags = (int)exceeded; flags != 0; flags &= flags - 1)
            {
                var limit = (LinkLimits)(flags & -flags);
                var (first, second) = limit switch
                {
                    LinkLimits.CustomersPerVisitor or LinkLimits.VisitorsPerCustomer => (visitor, customer),
                    LinkLimits.VisitorsPerClick => (click, visitor),
                    _ => (subject, null),
                };
                var pair = (limit, first ?? "", second ?? "");
                earliest ??= [];
                if (!earliest.TryGetValue(pair, out var known) || at < known) earliest[pair] = at;
            }
        }
    }
}
