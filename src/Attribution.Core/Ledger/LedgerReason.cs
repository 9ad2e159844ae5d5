using System.Text.Json.Serialization;
using Attribution.Contracts;

namespace Attribution.Core.Ledger;

/// <summary>The reason for a ledger line. Stored: never renumber.</summary>
[JsonConverter(typeof(SnakeCaseEnumConverter<LedgerReason>))]
public enum LedgerReason
{
    /// <summary>A conversion arrived or was corrected.</summary>
    Conversion = 1,

    /// <summary>A touch arrived after its conversion.</summary>
    LateTouch = 2,

    /// <summary>Two journeys turned out to belong to one person.</summary>
    Merge = 3,

    /// <summary>Money was refunded.</summary>
    Refund = 4,

    /// <summary>The order was canceled.</summary>
    Cancel = 5,

    /// <summary>The cardholder charged the payment back.</summary>
    Chargeback = 6,

    /// <summary>The catalog changed.</summary>
    Catalog = 7,

    /// <summary>The brand's settings changed: policy, book model or lookbacks.</summary>
    Policy = 8,

    /// <summary>A person was erased.</summary>
    Erase = 9,

    /// <summary>A rebuild from the stored events resulted in another credit than the ledger contained.</summary>
    Rebuild = 10,

    /// <summary>The tiers of an agreement differ from its plain commission.</summary>
    Tier = 11,

    /// <summary>The cap of an agreement was reached.</summary>
    Cap = 12,

    /// <summary>The commission of a period is less than its agreement guarantees.</summary>
    Guarantee = 13,

    /// <summary>The flat fee of an agreement.</summary>
    Fee = 14,

    /// <summary>The fee of an agreement for a post.</summary>
    PostFee = 15,

    /// <summary>
    /// An order from the time when shares were rounded touch by touch is now rounded once per placement.
    /// </summary>
    Rounding = 16,

    /// <summary>
    /// A shop delivered an order again that version 1.0.0 had read, and today's rules read it differently.
    /// </summary>
    Mapping = 17,

    /// <summary>
    /// The customer of an order turned out to be new, or not: another order of the customer became known, was canceled,
    /// or counts again.
    /// </summary>
    FirstOrder = 18,

    /// <summary>A newer version of the tz database moved an order or a refund to another local day.</summary>
    TimeZones = 20,

    /// <summary>An order is converted by a rate that is fixed by law, which an earlier version did not know.</summary>
    Currencies = 21,

    /// <summary>Newer bot rules label a touch differently.</summary>
    BotRules = 22,
}
