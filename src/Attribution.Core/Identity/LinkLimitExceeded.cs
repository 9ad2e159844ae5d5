using System.Collections.Immutable;
using Attribution.Core.Catalog;
using Attribution.Core.Journeys;
using Attribution.Core.Values;

namespace Attribution.Core.Identity;

/// <summary>Two that a journey's events name together and that a limit kept apart: a visitor and a customer, say.</summary>
/// <param name="Limit">The one limit.</param>
/// <param name="Day">The brand's local day of the first event that names both.</param>
public readonly record struct LinkLimitExceeded(LinkLimits Limit, DateOnly Day)
{
    /// <summary>
    /// Those of a journey, each pair once for each limit, by (limit, day). Which of a shared device's customers are linked hangs on who came first; how
    /// many are not does not, and that is what is counted. What left the journey is counted no more.
    /// </summary>
    internal static ImmutableArray<LinkLimitExceeded> FromJourney(Journey journey, BrandCalendar calendar)
    {
        Dictionary<(LinkLimits Limit, string One, string Other), Timestamp>? first = null;
        foreach (var touch in journey.Touches)
            if (touch.ExceededLimits != LinkLimits.None && !touch.IsEvidenceOnly) Note(touch.ExceededLimits, touch.At, touch.VisitorId, touch.ClickId, null, IdentityRules.EventAlias(touch.Id));
        foreach (var statement in journey.ReportedConversions)
            if (statement.ExceededLimits != LinkLimits.None) Note(statement.ExceededLimits, statement.At, statement.VisitorId, statement.ClickId, statement.CustomerKey, IdentityRules.ConversionKey(statement));
        return first is null ? [] : [.. first.Select(pair => new LinkLimitExceeded(pair.Key.Limit, calendar.DayOf(pair.Value))).OrderBy(pair => pair.Limit).ThenBy(pair => pair.Day)];

        void Note(LinkLimits beyond, Timestamp at, string? visitor, string? click, string? customer, string own)
        {
            for (var left = (int)beyond; left != 0; left &= left - 1)
            {
                var limit = (LinkLimits)(left & -left);
                var (one, other) = limit switch
                {
                    LinkLimits.CustomersPerVisitor or LinkLimits.VisitorsPerCustomer => (visitor, customer),
                    LinkLimits.VisitorsPerClick => (click, visitor),
                    _ => (own, null),
                };
                var pair = (limit, one ?? "", other ?? "");
                first ??= [];
                if (!first.TryGetValue(pair, out var known) || at < known) first[pair] = at;
            }
        }
    }
}
