using Attribution.Core.Crediting;
using Attribution.Core.Events;
using Attribution.Core.Journeys;
using Attribution.Core.Planning;

namespace Attribution.Core.Identity;

/// <summary>
/// The rules that link events to people by aliases. Aliases are unique within a brand; all aliases of one event belong
/// to one person.
/// </summary>
public static class IdentityRules
{
    /// <summary>Maximum number of customers that a visitor links: with more, the device is considered shared.</summary>
    public const int MaxCustomersPerVisitor = 3;

    /// <summary>
    /// Maximum number of visitors that a click links: the redirector's cookie and the landing's. With more, the link is
    /// considered copied.
    /// </summary>
    public const int MaxVisitorsPerClick = 2;

    /// <summary>Maximum number of visitors that a customer links.</summary>
    public const int MaxVisitorsPerCustomer = 50;

    /// <summary>Returns the alias of a visitor.</summary>
    public static string VisitorAlias(string id) => "v:" + id;

    /// <summary>Returns the alias of a customer.</summary>
    public static string CustomerAlias(string key) => "c:" + key;

    /// <summary>Returns the alias of a click.</summary>
    public static string ClickAlias(string id) => "k:" + id;

    /// <summary>Returns the alias of an order.</summary>
    public static string OrderAlias(string id) => "o:" + id;

    /// <summary>
    /// Returns the alias of the order of a journey that has an id, its own or one that is linked to it; that of a payment
    /// that counts as an order of its own; the id's own alias if there is none.
    /// </summary>
    public static string FindOrderAlias(this Journey journey, string id) => OrderPayments.ConversionAlias(
        OrderPayments.FromJourney(journey), id, key => journey.Conversions.Any(conversion => conversion.Key == key));

    /// <summary>Returns the alias of a sign-up or lead.</summary>
    public static string NonOrderAlias(string id) => "n:" + id;

    /// <summary>Returns the alias of a post.</summary>
    public static string PostAlias(string id) => "p:" + id;

    /// <summary>Returns the key of a reported conversion, which is also its alias.</summary>
    public static string ConversionKey(ReportedConversion reported) =>
        reported.Kind == ConversionKind.Order
            ? OrderAlias(reported.ConversionId)
            : NonOrderAlias(reported.ConversionId);

    /// <summary>Returns true for a key of an order.</summary>
    public static bool IsOrderKey(string key) => key.StartsWith("o:", StringComparison.Ordinal);

    /// <summary>Returns true for a key or alias of a conversion.</summary>
    public static bool IsConversionKey(string key) =>
        IsOrderKey(key) || key.StartsWith("n:", StringComparison.Ordinal);

    /// <summary>Returns the visitor, click and customer that an event names; null for each it does not name.</summary>
    public static (string? Visitor, string? Click, string? Customer) PersonIdentifiers(JourneyEvent journeyEvent) => journeyEvent switch
    {
        Click click => (click.VisitorId, click.ClickId, null),
        Visit visit => (visit.VisitorId, visit.ClickId, null),
        ReportedConversion conversion => (conversion.VisitorId, conversion.ClickId, conversion.CustomerKey),
        _ => (null, null, null),
    };

    /// <summary>Returns the alias of an event's order, conversion or post; null if it has none.</summary>
    public static string? SubjectAlias(JourneyEvent journeyEvent) => journeyEvent switch
    {
        ReportedConversion conversion => ConversionKey(conversion),
        ReportedRefund refund => OrderAlias(refund.OrderId),
        ReportedPayment payment => OrderAlias(payment.OrderId),
        Referral referral => OrderAlias(referral.Claim.OrderId),
        PostSnapshot snapshot => PostAlias(snapshot.PostId),
        _ => null,
    };

    /// <summary>Returns the alias of an event that names no person and no subject: its own identity.</summary>
    public static string EventAlias(EventId id) => $"e:{id.Source}\u001f{id.Id}";

    /// <summary>Returns the visitors that a journey's events name together with a click.</summary>
    public static IReadOnlySet<string> VisitorsOfClick(this Journey journey, string click) =>
        journey.Touches.Where(touch => touch.ClickId == click).Select(touch => touch.VisitorId)
            .Concat(journey.ReportedConversions.Where(reported => reported.ClickId == click).Select(reported => reported.VisitorId))
            .OfType<string>().ToHashSet(StringComparer.Ordinal);

    /// <summary>Returns the customers that a journey's events name together with a visitor.</summary>
    public static IReadOnlySet<string> CustomersOfVisitor(this Journey journey, string visitor) =>
        journey.ReportedConversions.Where(reported => reported.VisitorId == visitor).Select(reported => reported.CustomerKey)
            .OfType<string>().ToHashSet(StringComparer.Ordinal);

    /// <summary>
    /// Returns the visitors that a journey's events name together with a customer, except visitors that the limit kept
    /// separate.
    /// </summary>
    public static IReadOnlySet<string> VisitorsOfCustomer(this Journey journey, string customer) =>
        journey.ReportedConversions
            .Where(reported => reported.CustomerKey == customer && !reported.ExceededLimits.HasFlag(LinkLimits.VisitorsPerCustomer))
            .Select(reported => reported.VisitorId)
            .OfType<string>().ToHashSet(StringComparer.Ordinal);
}

/// <summary>Selects the aliases by which an event is linked with journeys, within the limits on linking.</summary>
/// <param name="find">Returns the journey of an alias, always the same instance; null if there is none.</param>
/// <param name="maxConversions">Number of conversions from which a journey links no more of them.</param>
internal sealed class AliasLinker(Func<AliasKey, Journey?> find, int maxConversions)
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
            if (click is not null && Find(brand, IdentityRules.ClickAlias(click)) is { } byClick
                && ReferenceEquals(byClick, Find(brand, IdentityRules.VisitorAlias(visitor)))) click = null;
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
    public int CountConversions(Journey journey) =>
        journey.ReportedConversions.Length < maxConversions / 2
            ? journey.ReportedConversions.Length
            : journey.ReportedConversions.Select(IdentityRules.ConversionKey).Distinct(StringComparer.Ordinal).Count();

    private static bool IsLimitReached(IReadOnlySet<string> linked, string identifier, int limit) =>
        linked.Count >= limit && !linked.Contains(identifier);

    /// <summary>Returns the aliases of an event for the given identifiers; at least one.</summary>
    public static List<AliasKey> GetAliases(
        JourneyEvent journeyEvent, string? visitor, string? click, string? customer)
    {
        var (brand, aliases) = (journeyEvent.Brand, new List<AliasKey>());
        if (IdentityRules.SubjectAlias(journeyEvent) is { } subject) aliases.Add(new(brand, subject));
        if (journeyEvent is ReportedPayment payment) aliases.Add(new(brand, IdentityRules.OrderAlias(payment.PaymentId)));
        // A subscription is another id of its first order.
        if (journeyEvent is ReportedConversion { SubscriptionId: { } subscription })
            aliases.Add(new(brand, IdentityRules.OrderAlias(subscription)));
        if (customer is not null) aliases.Add(new(brand, IdentityRules.CustomerAlias(customer)));
        if (click is not null) aliases.Add(new(brand, IdentityRules.ClickAlias(click)));
        if (visitor is not null) aliases.Add(new(brand, IdentityRules.VisitorAlias(visitor)));
        if (aliases.Count == 0) aliases.Add(new(brand, IdentityRules.EventAlias(journeyEvent.Id)));
        return aliases;
    }

    private Journey? Find(string brand, string alias) => find(new AliasKey(brand, alias));
}
