using System.Text.Json;
using System.Text.Json.Serialization;

namespace Attribution.Contracts;

/// <summary>Why an event was refused. A closed set; on the wire each is its name in snake_case.</summary>
[JsonConverter(typeof(SnakeCaseEnumConverter<RejectionReason>))]
public enum RejectionReason
{
    /// <summary>Not JSON, not UTF-8, nested too deep, or a member named twice.</summary>
    Malformed = 1,

    /// <summary>JSON, but not an object.</summary>
    NotAnObject,

    /// <summary><c>type</c> is absent or not one of the six.</summary>
    TypeUnknown,

    /// <summary>A member that this type of event does not have.</summary>
    MemberUnknown,

    /// <summary>A member that this type (or kind) needs is absent or null.</summary>
    MemberMissing,

    /// <summary>A member that this kind must not carry is present.</summary>
    MemberNotAllowed,

    /// <summary>A member holds another kind of JSON value than it should.</summary>
    MemberWrongType,

    /// <summary>A text is empty where it must not be.</summary>
    TextEmpty,

    /// <summary>A text, list or event is longer than it may be.</summary>
    TooLong,

    /// <summary>A time is not RFC 3339, or has no offset.</summary>
    TimeInvalid,

    /// <summary>The event is older than the horizon (400 days unless configured) was when it was received.</summary>
    TooLate,

    /// <summary>The event claims to lie more than a day after it was received.</summary>
    TooEarly,

    /// <summary>Not an ISO 4217 currency with minor units.</summary>
    CurrencyUnknown,

    /// <summary>An amount has more decimals than its currency.</summary>
    MoneyPrecision,

    /// <summary>An amount or counter is negative, zero where it must not be, or too large.</summary>
    OutOfRange,

    /// <summary>The discount is greater than the gross.</summary>
    DiscountAboveGross,

    /// <summary>A word is not one of those listed for the member.</summary>
    ValueUnknown,

    /// <summary>The address is not an absolute http or https url.</summary>
    UrlInvalid,

    /// <summary>The customer key looks like an e-mail address; send a keyed hash or an id.</summary>
    PersonalData,

    /// <summary>The brand is not one that exists, or not one the key may speak for.</summary>
    BrandUnknown,

    /// <summary>The key may not speak for another source.</summary>
    SourceNotAllowed,

    /// <summary>A shop's webhook of a topic that no event is made of.</summary>
    TopicUnknown,

    /// <summary>A shop's webhook about something that does not count, or not yet: a test order, an order that is not paid, a refund of shipping alone.</summary>
    NotCounted,
}

/// <summary>Writes and reads an enum as snake_case text; an unknown word is an error.</summary>
public sealed class SnakeCaseEnumConverter<T>() : JsonStringEnumConverter<T>(JsonNamingPolicy.SnakeCaseLower, allowIntegerValues: false)
    where T : struct, Enum;
