using System.Text.Json.Serialization;
using Attribution.Contracts;

namespace Attribution.Core.Crediting;

/// <summary>The outcome of a refund. A closed set; on the wire in snake_case.</summary>
[JsonConverter(typeof(SnakeCaseEnumConverter<RefundOutcome>))]
public enum RefundOutcome
{
    /// <summary>It was applied in full.</summary>
    Applied = 1,

    /// <summary>It exceeds what was left of the order (an over-refund): only what was left was refunded.</summary>
    Capped,

    /// <summary>It exceeds what was left because the order had been canceled before.</summary>
    AfterCancel,

    /// <summary>It is in a currency other than the order's and was not applied.</summary>
    OtherCurrency,

    /// <summary>A later report of the same refund replaces it.</summary>
    Restated,

    /// <summary>Its order has not arrived.</summary>
    WaitsForOrder,

    /// <summary>It was taken back and counts as not made.</summary>
    Voided,

    /// <summary>It gives back a payment that does not count, such as a renewal.</summary>
    PaymentNotCounted,
}
