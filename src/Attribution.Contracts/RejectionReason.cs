using System.Text.Json.Serialization;

namespace Attribution.Contracts;

/// <summary>
/// The reasons for which an event is rejected. A closed set; on the wire each reason is its name in snake_case.
/// </summary>
[JsonConverter(typeof(SnakeCaseEnumConverter<RejectionReason>))]
public enum RejectionReason
{
    /// <summary>Not JSON, not UTF-8, nested too deep, or a duplicate member.</summary>
    Malformed = 1,

    /// <summary>JSON, but not an object.</summary>
    NotAnObject,

    /// <summary><c>type</c> is absent or not one of the seven.</summary>
    TypeUnknown,

    /// <summary>A member is unknown for this type of event.</summary>
    MemberUnknown,

    /// <summary>A member that this type (or kind) requires is absent or null.</summary>
    MemberMissing,

    /// <summary>A member is present that this kind must not have.</summary>
    MemberNotAllowed,

    /// <summary>A member has the wrong type of JSON value.</summary>
    MemberWrongType,

    /// <summary>A text is empty although it must not be.</summary>
    TextEmpty,

    /// <summary>A text, list or event is longer than allowed.</summary>
    TooLong,

    /// <summary>A time is not RFC 3339, or has no offset.</summary>
    TimeInvalid,

    /// <summary>The event was older than the horizon (400 days by default) when it was received.</summary>
    TooLate,

    /// <summary>The time of the event is more than a day after it was received.</summary>
    TooEarly,

    /// <summary>Not an ISO 4217 currency with minor units.</summary>
    CurrencyUnknown,

    /// <summary>An amount has more decimals than its currency.</summary>
    MoneyPrecision,

    /// <summary>An amount or counter is negative, zero although it must not be, or too large.</summary>
    OutOfRange,

    /// <summary>The discount exceeds the gross amount.</summary>
    DiscountAboveGross,

    /// <summary>A value is not one of those listed for the member.</summary>
    ValueUnknown,

    /// <summary>The URL is not an absolute http or https URL.</summary>
    UrlInvalid,

    /// <summary>The customer key looks like an e-mail address; send a keyed hash or an id.</summary>
    PersonalData,

    /// <summary>The brand does not exist, or the API key may not submit events for it.</summary>
    BrandUnknown,

    /// <summary>The API key may not submit events for another source.</summary>
    SourceNotAllowed,

    /// <summary>A shop webhook has a topic that does not produce events.</summary>
    TopicUnknown,

    /// <summary>
    /// A shop webhook is about something that does not count, or does not count yet: a test order, an unpaid order, or
    /// a refund of shipping only.
    /// </summary>
    NotCounted,

    /// <summary>
    /// A member of a shop webhook that states who bought or by which code cannot be used. It was left out, and the
    /// order was accepted without it. Such an entry is never open.
    /// </summary>
    LeftOut,
}
