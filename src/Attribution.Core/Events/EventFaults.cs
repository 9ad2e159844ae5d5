using Attribution.Contracts;
using Attribution.Core.Values;

namespace Attribution.Core.Events;

/// <summary>Faults of an event's members, worded alike for events read from JSON and for typed ones.</summary>
internal static class EventFaults
{
    private const string AlsoMissing = " Also missing: ";

    public static EventFault EventTooLong(int length) =>
        new(RejectionReason.TooLong, "", $"The event has {length} bytes; at most {EventLimits.Bytes} are allowed.");

    /// <summary>
    /// Adds a missing member to the fault so far, so that a sender learns of all of them at once. A fault of another
    /// reason remains as it is.
    /// </summary>
    /// <param name="fault">The fault so far; null if there is none.</param>
    /// <param name="member">The required member that is absent or null.</param>
    /// <param name="words">The values that it may have; empty if it is not one of a closed list.</param>
    public static EventFault Missing(EventFault? fault, EventMember member, ReadOnlySpan<string> words)
    {
        if (fault is null)
            return OfMember(
                RejectionReason.MemberMissing, member,
                words.IsEmpty ? "is required, but absent or null." : $"is required, but absent or null; it is one of {string.Join(", ", words)}.");
        if (fault.Reason != RejectionReason.MemberMissing || fault.Pointer == Pointer(member)) return fault;
        var name = EventMembers.Names[(int)member];
        var at = fault.Detail.IndexOf(AlsoMissing, StringComparison.Ordinal);
        if (at < 0) return fault with { Detail = $"{fault.Detail}{AlsoMissing}{name}." };
        return fault.Detail[(at + AlsoMissing.Length)..^1].Split(", ").Contains(name) ? fault
            : fault with { Detail = $"{fault.Detail[..^1]}, {name}." };
    }

    public static EventFault KeywordUnknown(EventMember member, ReadOnlySpan<string> words) =>
        OfMember(RejectionReason.ValueUnknown, member, $"must be one of {string.Join(", ", words)}.");

    public static EventFault CounterOutOfRange(EventMember member) =>
        OfMember(RejectionReason.OutOfRange, member, $"must be from 0 to {EventLimits.Counter}.");

    public static EventFault TooManyItems(EventMember member, EventListRule rule) =>
        OfMember(RejectionReason.TooLong, member, $"must not have more than {rule.MaxCount} {rule.Items}.");

    public static EventFault CurrencyUnknown(EventMember member) => OfMember(
        RejectionReason.CurrencyUnknown, member, "must be the code of an ISO 4217 currency with minor units, in capitals, such as USD or EUR.");

    /// <summary>Explains an amount that has no value in minor units.</summary>
    /// <param name="member">The amount's member.</param>
    /// <param name="major">The amount in major units; null if it is not a decimal.</param>
    /// <param name="unit">Its currency.</param>
    public static EventFault MoneyInvalid(EventMember member, decimal? major, Currency unit) =>
        major is { } amount && amount >= 0 && unit.HasMoreDecimals(amount)
            ? OfMember(RejectionReason.MoneyPrecision, member, $"must have at most {unit.Digits} decimals, as {unit} has.")
            : OfMember(RejectionReason.OutOfRange, member, $"must be from 0 to {unit.Format(Currency.MaxMinor)}.");

    public static EventFault TextEmpty(string pointer) => new(
        RejectionReason.TextEmpty, pointer, "The text is empty; if the member is optional, omit it or set it to null.");

    public static EventFault TextTooLong(string pointer, int limit) =>
        new(RejectionReason.TooLong, pointer, $"The text is longer than {limit} characters.");

    /// <summary>Creates a fault of a member. The detail continues the sentence that the member's name begins.</summary>
    public static EventFault OfMember(RejectionReason reason, EventMember member, string detail) =>
        new(reason, Pointer(member), $"{EventMembers.Names[(int)member]} {detail}");

    public static string Pointer(EventMember member) => "/" + EventMembers.Names[(int)member];
}
