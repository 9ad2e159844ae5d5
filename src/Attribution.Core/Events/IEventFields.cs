using Attribution.Contracts;
using Attribution.Core.Values;

namespace Attribution.Core.Events;

/// <summary>
/// Members of one event as <see cref="EventReader"/> asks for them, read from JSON or from a contract's record. The
/// first fault is kept. After it every question returns null or a default, so that the reader need not check each
/// answer.
/// </summary>
internal interface IEventFields
{
    /// <summary>Gets the first fault; null if no fault was found.</summary>
    EventFault? Fault { get; }

    /// <summary>Returns the event's type as sent; null when it is not a text.</summary>
    string? ReadType();

    /// <summary>Returns the id as sent, when it has an allowed length, whatever else is wrong.</summary>
    /// <param name="read">The id as read, usually the same text; null when it was not read.</param>
    string? ReadIdAsSent(string? read);

    /// <summary>Returns whether a member is present and not null.</summary>
    bool HasValue(EventMember member);

    /// <summary>Rejects the first member that the type does not have.</summary>
    void RejectUnknownMembers(ulong known, string type);

    /// <summary>Returns a member's text in normal form C; null when it is absent or null, and after a fault.</summary>
    string? ReadText(EventMember member, int limit, bool mayBeEmpty = false);

    /// <summary>Checks the length of a text that may be empty and is not used.</summary>
    void CheckOptionalText(EventMember member, int limit);

    /// <summary>Returns the text of a required member; empty after a fault.</summary>
    string ReadRequiredText(EventMember member, int limit);

    /// <summary>Returns one of the given words; null when the member is absent or null, and after a fault.</summary>
    string? ReadKeyword(EventMember member, params ReadOnlySpan<string> words);

    /// <summary>Returns a time; null when the member is absent or null, and after a fault.</summary>
    Timestamp? ReadTime(EventMember member);

    /// <summary>Returns the time of a required member; the epoch after a fault.</summary>
    Timestamp ReadRequiredTime(EventMember member);

    /// <summary>Returns true or false; null when the member is absent or null, and after a fault.</summary>
    bool? ReadFlag(EventMember member);

    /// <summary>Returns a counter; null when the member is absent or null, and after a fault.</summary>
    long? ReadCount(EventMember member);

    /// <summary>Returns a currency; null when the member is absent or null, and after a fault.</summary>
    Currency? ReadCurrency(EventMember member);

    /// <summary>
    /// Returns an amount of 0 or more in minor units; null when the member is absent or null, and after a fault.
    /// </summary>
    /// <param name="member">The amount's member.</param>
    /// <param name="currency">Its currency; an amount without one is a fault.</param>
    long? ReadMoney(EventMember member, Currency? currency);

    /// <summary>
    /// Returns normalized texts in the order sent; null when the member is absent or null, and after a fault.
    /// </summary>
    IReadOnlyList<string>? ReadList(EventMember member, EventListRule rule);

    /// <summary>
    /// Returns the lines of an order or refund as sent; null when they are absent, null or unreadable, and after a fault.
    /// Unreadable lines are left out.
    /// </summary>
    IReadOnlyList<SentLine>? ReadLines(EventMember member);

    /// <summary>Gets what was left out, so that the event is accepted without it.</summary>
    IReadOnlyList<EventFault> LeftOut { get; }

    /// <summary>Records something that is left out. The detail continues a sentence that begins with <c>it</c>.</summary>
    void LeaveOut(EventFault fault);

    /// <summary>
    /// Records that a required member is absent, and returns the empty text. Does nothing if the member has a value,
    /// which is then invalid.
    /// </summary>
    /// <param name="member">The required member.</param>
    /// <param name="words">The values that it may have; empty if it is not one of a closed list.</param>
    string RejectMissing(EventMember member, params ReadOnlySpan<string> words);

    /// <summary>
    /// Records a fault of a member unless there was one before. The detail continues the sentence that the member's
    /// name begins.
    /// </summary>
    void Reject(RejectionReason reason, EventMember member, string detail);
}
