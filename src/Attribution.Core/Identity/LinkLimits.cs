using Attribution.Core.Journeys;

namespace Attribution.Core.Identity;

/// <summary>The limits on linking that keep an event out of a journey that it names. Stored: never renumber.</summary>
[Flags]
public enum LinkLimits
{
    /// <summary>The event is linked with everything that it names.</summary>
    None = 0,

    /// <summary>
    /// The visitor is already linked with <see cref="IdentityRules.MaxCustomersPerVisitor"/> customers.
    /// </summary>
    CustomersPerVisitor = 1,

    /// <summary>
    /// The customer is already linked with <see cref="IdentityRules.MaxVisitorsPerCustomer"/> visitors.
    /// </summary>
    VisitorsPerCustomer = 2,

    /// <summary>The click is already linked with <see cref="IdentityRules.MaxVisitorsPerClick"/> visitors.</summary>
    VisitorsPerClick = 4,

    /// <summary>
    /// The journey has <see cref="JourneyBounds.MaxConversions"/> conversions, or the two journeys would have more
    /// together.
    /// </summary>
    ConversionsPerJourney = 8,
}
