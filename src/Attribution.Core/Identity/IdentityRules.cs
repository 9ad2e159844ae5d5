using Attribution.Core.Events;
using Attribution.Core.Journeys;

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

    /// <summary>Returns the alias of a sign-up or lead.</summary>
    public static string NonOrderAlias(string id) => "n:" + id;

    /// <summary>Returns the alias of a post.</summary>
    public static string PostAlias(string id) => "p:" + id;

    /// <summary>Returns the key of a reported conversion, which is also its alias.</summary>
    public static string ConversionKey(ReportedConversion reported) =>
        reported.Kind == ConversionKind.Order
            ? OrderAlias(reported.ConversionId)
            : NonOrderAlias(reported.ConversionId);

    /// <summary>Returns true for a key or alias of a conversion.</summary>
    public static bool IsConversionKey(string key) =>
        key.StartsWith("o:", StringComparison.Ordinal) || key.StartsWith("n:", StringComparison.Ordinal);

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
