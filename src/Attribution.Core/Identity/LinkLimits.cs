using Attribution.Core.Journeys;

namespace Attribution.Core.Identity;

/// <summary>Limits on linking by which an event stands apart from a journey that it names; none or several. Stored: never renumber.</summary>
[Flags]
public enum LinkLimits
{
    /// <summary>It was linked with all that it names.</summary>
    None = 0,

    /// <summary><see cref="IdentityRules.MaxCustomersPerVisitor"/>: the visitor is three customers already.</summary>
    CustomersPerVisitor = 1,

    /// <summary><see cref="IdentityRules.MaxVisitorsPerCustomer"/>: the customer is fifty visitors already.</summary>
    VisitorsPerCustomer = 2,

    /// <summary><see cref="IdentityRules.MaxVisitorsPerClick"/>: the click is two visitors' already.</summary>
    VisitorsPerClick = 4,

    /// <summary><see cref="JourneyBounds.MaxConversions"/>: the journey holds as many conversions as it may, or the two would together.</summary>
    ConversionsPerJourney = 8,
}
