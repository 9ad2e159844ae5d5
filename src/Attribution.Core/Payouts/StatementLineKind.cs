using System.Text.Json.Serialization;
using Attribution.Contracts;

namespace Attribution.Core.Payouts;

/// <summary>The kind of a payout statement's line. Stored: never renumber.</summary>
[JsonConverter(typeof(SnakeCaseEnumConverter<StatementLineKind>))]
public enum StatementLineKind
{
    /// <summary>The commission of a conversion.</summary>
    Commission = 1,

    /// <summary>A tier, cap, guarantee or fee of an agreement.</summary>
    Adjustment = 2,

    /// <summary>The reversal of an amount in an earlier statement.</summary>
    ClawBack = 3,
}
