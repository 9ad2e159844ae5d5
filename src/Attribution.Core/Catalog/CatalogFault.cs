using System.Text.Json.Serialization;
using Attribution.Contracts;

namespace Attribution.Core.Catalog;

/// <summary>Why a catalog item was refused.</summary>
/// <param name="Reason">From the closed set.</param>
/// <param name="Pointer">JSON pointer to the member at fault; empty for the item as a whole.</param>
/// <param name="Detail">What is wrong and how to put it right, in words.</param>
public sealed record CatalogFault(CatalogFaultReason Reason, string Pointer, string Detail);

/// <summary>Why a catalog item, a line of an import or a deletion was refused. A closed set; on the wire each is its name in snake_case.</summary>
[JsonConverter(typeof(SnakeCaseEnumConverter<CatalogFaultReason>))]
public enum CatalogFaultReason
{
    /// <summary>Not JSON, not UTF-8, nested too deep, a member named twice, or a CSV line that cannot be read.</summary>
    Malformed = 1,

    /// <summary>A member that items of this kind do not have.</summary>
    MemberUnknown,

    /// <summary>A member that is needed is absent.</summary>
    MemberMissing,

    /// <summary>A member holds another kind of JSON value than it should, or null where it must not.</summary>
    MemberWrongType,

    /// <summary>A member that the others rule out is present.</summary>
    MemberNotAllowed,

    /// <summary>The id is not 1 to 64 of <c>a-z 0-9 . _ -</c>.</summary>
    IdInvalid,

    /// <summary>The id in the body is not the one in the address.</summary>
    IdMismatch,

    /// <summary>The id stands on an earlier line of the same import.</summary>
    IdDuplicate,

    /// <summary>The brand, campaign or creator it refers to does not exist.</summary>
    ReferenceUnknown,

    /// <summary>Not a time zone of the tz database.</summary>
    TimeZoneUnknown,

    /// <summary>Not an ISO 4217 currency with minor units.</summary>
    CurrencyUnknown,

    /// <summary>A word is not one of those listed for the member.</summary>
    ValueUnknown,

    /// <summary>Not an ISO 8601 duration of days, hours, minutes and seconds, or out of bounds.</summary>
    DurationInvalid,

    /// <summary>An interval or a range of days ends before it begins.</summary>
    IntervalEmpty,

    /// <summary>The same code, slug, agreement or rate is assigned at the same time by another item.</summary>
    IntervalOverlap,

    /// <summary>A match names no parameter at all.</summary>
    MatchEmpty,

    /// <summary>A <c>*</c> stands elsewhere than at the end, or in a link's own parameters.</summary>
    PatternInvalid,

    /// <summary>An amount has more decimals than its currency.</summary>
    MoneyPrecision,

    /// <summary>A number is below or above what it may be.</summary>
    OutOfRange,

    /// <summary>Not an absolute http or https address.</summary>
    UrlInvalid,

    /// <summary>A text is empty where it must not be.</summary>
    TextEmpty,

    /// <summary>A text or list is longer than it may be.</summary>
    TooLong,

    /// <summary>A customer key looks like an e-mail address.</summary>
    PersonalData,

    /// <summary>It cannot change (or go) any more, because other items or stored data rest upon it.</summary>
    InUse,

    /// <summary>The API key is of one brand, and the item is another's, or all brands' (a creator, an exchange rate).</summary>
    BrandNotAllowed,
}
