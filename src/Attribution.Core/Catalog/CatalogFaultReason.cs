using System.Text.Json.Serialization;
using Attribution.Contracts;

namespace Attribution.Core.Catalog;

/// <summary>
/// The reasons for which a catalog item, a line of an import or a deletion is rejected. A closed set; on the wire each
/// reason is its name in snake_case.
/// </summary>
[JsonConverter(typeof(SnakeCaseEnumConverter<CatalogFaultReason>))]
public enum CatalogFaultReason
{
    /// <summary>Not JSON, not UTF-8, nested too deep, a duplicate member, or a CSV line that cannot be read.</summary>
    Malformed = 1,

    /// <summary>A member is unknown for items of this kind.</summary>
    MemberUnknown,

    /// <summary>A required member is absent.</summary>
    MemberMissing,

    /// <summary>A member has the wrong type of JSON value, or is null although it must not be.</summary>
    MemberWrongType,

    /// <summary>A member is present that the other members exclude.</summary>
    MemberNotAllowed,

    /// <summary>The id is not 1 to 64 characters of <c>a-z 0-9 . _ -</c>.</summary>
    IdInvalid,

    /// <summary>The id in the body differs from the id in the URL.</summary>
    IdMismatch,

    /// <summary>An earlier line of the same import has the same id.</summary>
    IdDuplicate,

    /// <summary>A brand, campaign or creator that the item refers to does not exist.</summary>
    ReferenceUnknown,

    /// <summary>Not a time zone of the tz database.</summary>
    TimeZoneUnknown,

    /// <summary>Not an ISO 4217 currency with minor units.</summary>
    CurrencyUnknown,

    /// <summary>Not one of the values listed for the member.</summary>
    ValueUnknown,

    /// <summary>Not an ISO 8601 duration of days, hours, minutes and seconds, or out of range.</summary>
    DurationInvalid,

    /// <summary>An interval or a range of days ends before it begins.</summary>
    IntervalEmpty,

    /// <summary>Another item assigns the same code, slug, agreement or rate at the same time.</summary>
    IntervalOverlap,

    /// <summary>A match specifies no parameter.</summary>
    MatchEmpty,

    /// <summary>A <c>*</c> is not at the end of the value, or is used in a link's own parameters.</summary>
    PatternInvalid,

    /// <summary>An amount has more decimals than its currency.</summary>
    MoneyPrecision,

    /// <summary>A number is less than its minimum or greater than its maximum.</summary>
    OutOfRange,

    /// <summary>Not an absolute http or https URL.</summary>
    UrlInvalid,

    /// <summary>A text is empty although it must not be.</summary>
    TextEmpty,

    /// <summary>A text or list is longer than allowed.</summary>
    TooLong,

    /// <summary>A customer key looks like an e-mail address.</summary>
    PersonalData,

    /// <summary>The item can no longer be changed or deleted because other items or stored data depend on it.</summary>
    InUse,

    /// <summary>
    /// The API key is limited to one brand, and the item belongs to another brand or to all brands (creators, exchange
    /// rates).
    /// </summary>
    BrandNotAllowed,

    /// <summary>The id is not available. Ids of items are unique across all brands.</summary>
    IdTaken,
}
