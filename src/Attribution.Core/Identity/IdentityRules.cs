using Attribution.Core.Events;
using Attribution.Core.Journeys;

namespace Attribution.Core.Identity;

/// <summary>Which aliases an event names. Aliases are unique within a brand; those one event names are one person's.</summary>
public static class IdentityRules
{
    /// <summary>Most customers a visitor links: beyond them a device is taken for a shared one.</summary>
    public const int MaxCustomersPerVisitor = 3;

    /// <summary>Most visitors a click links: the redirector's cookie and the landing's. Beyond them a link is taken for a copied one.</summary>
    public const int MaxVisitorsPerClick = 2;

    /// <summary>Most visitors a customer links.</summary>
    public const int MaxVisitorsPerCustomer = 50;

    /// <summary>The alias of a visitor.</summary>
    public static string VisitorAlias(string id) => "v:" + id;

    /// <summary>The alias of a customer.</summary>
    public static string CustomerAlias(string key) => "c:" + key;

    /// <summary>The alias of a click.</summary>
    public static string ClickAlias(string id) => "k:" + id;

    /// <summary>The alias of an order.</summary>
    public static string OrderAlias(string id) => "o:" + id;

    /// <summary>The alias of a conversion that is no order.</summary>
    public static string NonOrderAlias(string id) => "n:" + id;

    /// <summary>The alias of a post.</summary>
    public static string PostAlias(string id) => "p:" + id;

    /// <summary>The key of the conversion that a statement speaks of, which is its alias too.</summary>
    public static string ConversionKey(ReportedConversion statement) =>
        statement.Kind == ConversionKind.Order ? OrderAlias(statement.ConversionId) : NonOrderAlias(statement.ConversionId);

    /// <summary>Whether a key or alias is that of a conversion.</summary>
    public static bool IsConversionKey(string key) => key.StartsWith("o:", StringComparison.Ordinal) || key.StartsWith("n:", StringComparison.Ordinal);

    /// <summary>The visitor, click and customer that an event names.</summary>
    public static (string? Visitor, string? Click, string? Customer) PersonIdentifiers(JourneyEvent happened) => happened switch
    {
        Click click => (click.VisitorId, click.ClickId, null),
        Visit visit => (visit.VisitorId, visit.ClickId, null),
        ReportedConversion conversion => (conversion.VisitorId, conversion.ClickId, conversion.CustomerKey),
        _ => (null, null, null),
    };

    /// <summary>The alias of an event that stands for itself: its order, conversion or post; null where it has none.</summary>
    public static string? SubjectAlias(JourneyEvent happened) => happened switch
    {
        ReportedConversion conversion => ConversionKey(conversion),
        ReportedRefund refund => OrderAlias(refund.OrderId),
        PostSnapshot snapshot => PostAlias(snapshot.PostId),
        _ => null,
    };

    /// <summary>The alias of an event that names nobody and nothing: its own identity.</summary>
    public static string EventAlias(EventId id) => $"e:{id.Source}\u001f{id.Id}";

    /// <summary>The visitors that a journey's events saw with a click.</summary>
    public static IReadOnlySet<string> VisitorsOfClick(this Journey journey, string click) =>
        journey.Touches.Where(touch => touch.ClickId == click).Select(touch => touch.VisitorId)
            .Concat(journey.ReportedConversions.Where(statement => statement.ClickId == click).Select(statement => statement.VisitorId))
            .OfType<string>().ToHashSet(StringComparer.Ordinal);

    /// <summary>The customers that a journey's events saw with a visitor.</summary>
    public static IReadOnlySet<string> CustomersOfVisitor(this Journey journey, string visitor) =>
        journey.ReportedConversions.Where(statement => statement.VisitorId == visitor).Select(statement => statement.CustomerKey)
            .OfType<string>().ToHashSet(StringComparer.Ordinal);

    /// <summary>The visitors that a journey's events saw with a customer, less those that were kept apart though the event is the customer's.</summary>
    public static IReadOnlySet<string> VisitorsOfCustomer(this Journey journey, string customer) =>
        journey.ReportedConversions.Where(statement => statement.CustomerKey == customer && !statement.ExceededLimits.HasFlag(LinkLimits.VisitorsPerCustomer)).Select(statement => statement.VisitorId)
            .OfType<string>().ToHashSet(StringComparer.Ordinal);
}
