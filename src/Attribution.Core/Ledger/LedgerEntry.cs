using System.Text.Json.Serialization;
using Attribution.Contracts;
using Attribution.Core.Values;

namespace Attribution.Core.Ledger;

/// <summary>
/// One line of the append-only ledger: what a change made of one placement's share of one conversion under the book model.
/// Lines are never updated and never deleted; the sum of a conversion's lines is its credit as it stands.
/// </summary>
public sealed record LedgerEntry
{
    /// <summary>The brand.</summary>
    public required string Brand { get; init; }

    /// <summary>The conversion's key, <c>o:…</c> or <c>n:…</c>; of what an agreement reckons over many, <c>a:</c>, the agreement and the period.</summary>
    public required string Conversion { get; init; }

    /// <summary>Whose share changed.</summary>
    public required Placement Placement { get; init; }

    /// <summary>The conversion's local day.</summary>
    public required DateOnly OrderDay { get; init; }

    /// <summary>The day the line stands on: the refund's for what a refund changed, else the conversion's.</summary>
    public required DateOnly EntryDay { get; init; }

    /// <summary>Change of net revenue, minor units of the brand's currency.</summary>
    public required long Amount { get; init; }

    /// <summary>Change of the credited share, in millionths.</summary>
    public required long Micros { get; init; }

    /// <summary>Change of what the placement is paid, minor units: commission, or an agreement's fees.</summary>
    public required long Commission { get; init; }

    /// <summary>Why.</summary>
    public required LedgerReason Reason { get; init; }

    /// <summary>The event that caused it, as <c>source/id</c>; empty when the catalog did.</summary>
    public required string CausedBy { get; init; }

    /// <summary>When it was recorded.</summary>
    public required Timestamp RecordedAt { get; init; }
}

/// <summary>Why a ledger line was written. Stored: never renumber.</summary>
[JsonConverter(typeof(SnakeCaseEnumConverter<LedgerReason>))]
public enum LedgerReason
{
    /// <summary>A conversion came, or was corrected.</summary>
    Conversion = 1,

    /// <summary>A touch came after its conversion.</summary>
    LateTouch = 2,

    /// <summary>Two journeys turned out to be one person's.</summary>
    Merge = 3,

    /// <summary>Money went back.</summary>
    Refund = 4,

    /// <summary>The order was cancelled.</summary>
    Cancel = 5,

    /// <summary>The card's owner took the money back.</summary>
    Chargeback = 6,

    /// <summary>The catalog changed.</summary>
    Catalog = 7,

    /// <summary>The brand's settings changed: policy, book model or lookbacks.</summary>
    Policy = 8,

    /// <summary>A person was erased.</summary>
    Erase = 9,

    /// <summary>A rebuild from the stored events found another credit than the ledger said.</summary>
    Rebuild = 10,

    /// <summary>An agreement's tiers pay otherwise than its plain commission.</summary>
    Tier = 11,

    /// <summary>An agreement's cap was reached.</summary>
    Cap = 12,

    /// <summary>A period's commission fell short of what its agreement guarantees.</summary>
    Guarantee = 13,

    /// <summary>An agreement's flat fee.</summary>
    Fee = 14,

    /// <summary>An agreement's fee for a post.</summary>
    PostFee = 15,
}
