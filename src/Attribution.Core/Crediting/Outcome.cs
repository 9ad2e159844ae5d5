using System.Text.Json.Serialization;
using Attribution.Contracts;

namespace Attribution.Core.Crediting;

/// <summary>
/// The outcome of a touch or code that was considered for a conversion. A closed set; on the wire in snake_case.
/// </summary>
[JsonConverter(typeof(SnakeCaseEnumConverter<Outcome>))]
public enum Outcome
{
    /// <summary>It earned a share.</summary>
    Credited = 1,

    /// <summary>It was eligible, but the model gave it no share.</summary>
    Outweighed,

    /// <summary>The policy gave the conversion to a code.</summary>
    LostToCode,

    /// <summary>The policy gave the conversion to the touches.</summary>
    LostToTouch,

    /// <summary>The touch is older than the lookback allows.</summary>
    OutsideWindow,

    /// <summary>The touch happened after the conversion.</summary>
    AfterConversion,

    /// <summary>The touch's local day is outside its campaign.</summary>
    OutsideCampaign,

    /// <summary>The touch is labeled as a bot, prefetch or HEAD request.</summary>
    Invalid,

    /// <summary>The touch repeats the previous touch of the same placement.</summary>
    SameTouch,

    /// <summary>The visit belongs to a click, which is a candidate itself.</summary>
    OfClick,

    /// <summary>The touch matched no link and no UTM rule.</summary>
    Unmatched,

    /// <summary>No creator has or ever had the code.</summary>
    CodeUnknown,

    /// <summary>The code exists, but belonged to no creator at the order's time.</summary>
    CodeExpired,

    /// <summary>The code was in quarantine at the order's time.</summary>
    CodeQuarantined,

    /// <summary>An earlier code of the order names the same placement.</summary>
    SameCode,

    /// <summary>The creator was inactive at the touch's time.</summary>
    CreatorInactive,

    /// <summary>The buyer is the creator.</summary>
    SelfPurchase,

    /// <summary>The touch is labeled as an assistant's, and the brand does not credit assistants.</summary>
    Assistant,

    /// <summary>The claim came with the same order as an earlier one that counts.</summary>
    OtherClaim,

    /// <summary>The claim is not verified, and the brand credits verified claims only.</summary>
    Unverified,

    /// <summary>The claim had expired at the conversion's time.</summary>
    ClaimExpired,

    /// <summary>The brand ignores claims.</summary>
    ClaimIgnored,
}
