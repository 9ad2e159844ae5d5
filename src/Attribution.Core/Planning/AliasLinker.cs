using Attribution.Core.Events;
using Attribution.Core.Identity;
using Attribution.Core.Journeys;

namespace Attribution.Core.Planning;

/// <summary>Selects the aliases by which an event is linked with journeys, within the limits on linking.</summary>
/// <param name="find">Returns the planned journey of an alias; null if there is none.</param>
/// <param name="maxConversions">Number of conversions from which a journey links no more of them.</param>
internal sealed class AliasLinker(Func<AliasKey, PlannedJourney?> find, int maxConversions)
{
    /// <summary>
    /// Returns the aliases of an event without those that would link strangers: a click that is linked with two
    /// visitors links no third one, a visitor with three customers no fourth one, a customer with fifty visitors no
    /// further one. Such an alias still finds its own journey; it only does not bring this event there, and the event
    /// records the limit.
    /// </summary>
    public (List<AliasKey> Aliases, LinkLimits Exceeded) GetAliasesWithinLimits(JourneyEvent journeyEvent)
    {
        var (visitor, click, customer) = IdentityRules.PersonIdentifiers(journeyEvent);
        var brand = journeyEvent.Brand;
        var exceeded = LinkLimits.None;
        if (visitor is not null && click is not null && Find(brand, IdentityRules.ClickAlias(click)) is { } ofClick
            && IsLimitReached(ofClick.VisitorsOfClick(click), visitor, IdentityRules.MaxVisitorsPerClick))
        {
            click = null;
            exceeded |= LinkLimits.VisitorsPerClick;
        }

        if (visitor is not null && customer is not null && FindPersonLimit(brand, visitor, customer) is var limit and not LinkLimits.None)
        {
            exceeded |= limit;
            // The click must not bring the event to the visitor's journey either.
            if (click is not null && find(new AliasKey(brand, IdentityRules.ClickAlias(click))) is { } byClick
                && byClick == find(new AliasKey(brand, IdentityRules.VisitorAlias(visitor)))) click = null;
            visitor = null;
        }

        var aliases = GetAliases(journeyEvent, visitor, click, customer);
        var within = GetAliasesWithinJourneyLimit(aliases, journeyEvent);
        return (within, within.Count < aliases.Count ? exceeded | LinkLimits.ConversionsPerJourney : exceeded);
    }

    /// <summary>Returns the limit that prevents linking a visitor with a customer, if any.</summary>
    private LinkLimits FindPersonLimit(string brand, string visitor, string customer)
    {
        if (Find(brand, IdentityRules.VisitorAlias(visitor)) is { } ofVisitor
            && IsLimitReached(ofVisitor.CustomersOfVisitor(visitor), customer, IdentityRules.MaxCustomersPerVisitor))
            return LinkLimits.CustomersPerVisitor;
        if (Find(brand, IdentityRules.CustomerAlias(customer)) is { } ofCustomer
            && IsLimitReached(ofCustomer.VisitorsOfCustomer(customer), visitor, IdentityRules.MaxVisitorsPerCustomer))
            return LinkLimits.VisitorsPerCustomer;
        return LinkLimits.None;
    }

    /// <summary>
    /// Removes the aliases that would bring a new conversion to a journey that has the maximum number of conversions.
    /// Thus a key shared by guest customers, for example, no longer brings orders together.
    /// </summary>
    private List<AliasKey> GetAliasesWithinJourneyLimit(List<AliasKey> aliases, JourneyEvent journeyEvent) =>
        journeyEvent is ReportedConversion && find(aliases[0]) is null
            ? aliases.FindAll(alias => find(alias) is not { } journey || CountConversions(journey) < maxConversions)
            : aliases;

    /// <summary>Counts the conversions of a journey; the reports instead if it cannot be near the bound.</summary>
    public int CountConversions(PlannedJourney journey) =>
        journey.Journey.ReportedConversions.Length < maxConversions / 2
            ? journey.Journey.ReportedConversions.Length
            : journey.Journey.ReportedConversions.Select(IdentityRules.ConversionKey).Distinct(StringComparer.Ordinal).Count();

    private static bool IsLimitReached(IReadOnlySet<string> linked, string identifier, int limit) =>
        linked.Count >= limit && !linked.Contains(identifier);

    /// <summary>Returns the aliases of an event for the given identifiers; at least one.</summary>
    public static List<AliasKey> GetAliases(
        JourneyEvent journeyEvent, string? visitor, string? click, string? customer)
    {
        var (brand, aliases) = (journeyEvent.Brand, new List<AliasKey>());
        if (IdentityRules.SubjectAlias(journeyEvent) is { } subject) aliases.Add(new(brand, subject));
        if (customer is not null) aliases.Add(new(brand, IdentityRules.CustomerAlias(customer)));
        if (click is not null) aliases.Add(new(brand, IdentityRules.ClickAlias(click)));
        if (visitor is not null) aliases.Add(new(brand, IdentityRules.VisitorAlias(visitor)));
        if (aliases.Count == 0) aliases.Add(new(brand, IdentityRules.EventAlias(journeyEvent.Id)));
        return aliases;
    }

    private Journey? Find(string brand, string alias) => find(new AliasKey(brand, alias))?.Journey;
}
