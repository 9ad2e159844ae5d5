using System.Text.Json.Serialization;
using Attribution.Contracts;

namespace Attribution.Core.Payouts;

/// <summary>The state of a commission between booking and payment.</summary>
[JsonConverter(typeof(SnakeCaseEnumConverter<CommissionState>))]
public enum CommissionState
{
    /// <summary>Booked; its day is open and can change without a restatement.</summary>
    Accrued = 1,

    /// <summary>Its day is closed; the holding period has not passed, or it is not approved yet.</summary>
    Held = 2,

    /// <summary>
    /// The holding period has passed and it is approved; payable with the statement that contains it.
    /// </summary>
    Approved = 3,

    /// <summary>Its statement was paid.</summary>
    Paid = 4,

    /// <summary>Reversed after a statement contained it.</summary>
    ClawedBack = 5,
}
