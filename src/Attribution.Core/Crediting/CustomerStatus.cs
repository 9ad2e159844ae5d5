using System.Text.Json.Serialization;
using Attribution.Contracts;

namespace Attribution.Core.Crediting;

/// <summary>Status of the customer of a conversion: new, returning or unknown.</summary>
[JsonConverter(typeof(SnakeCaseEnumConverter<CustomerStatus>))]
public enum CustomerStatus
{
    /// <summary>The shop reported that the customer is not new, or an earlier order of the customer is known.</summary>
    Returning = 0,

    /// <summary>The shop reported that the customer is new, or no earlier order of the customer is known.</summary>
    New = 1,

    /// <summary>
    /// Neither is known: the conversion has no customer key, or is from a time whose orders are not all known.
    /// </summary>
    Unknown = 2,
}
