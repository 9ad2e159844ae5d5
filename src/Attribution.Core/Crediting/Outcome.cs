using System.Text.Json.Serialization;
using Attribution.Contracts;

namespace Attribution.Core.Crediting;

/// <summary>What became of a touch or code that could have earned a conversion. A closed set; on the wire in snake_case.</summary>
[JsonConverter(typeof(SnakeCaseEnumConverter<Outcome>))]
public enum Outcome
{
    /// <summary>It earned a share.</summary>
    Credited = 1,

    /// <summary>It was in the running, and the model gave it nothing.</summary>
    Outweighed,

    /// <summary>The policy gave the conversion to a code.</summary>
    LostToCode,

    /// <summary>The policy gave the conversion to the touches.</summary>
    LostToTouch,

    /// <summary>The touch lies further back than the lookback.</summary>
    OutsideWindow,

    /// <summary>The touch came after the conversion.</summary>
    AfterConversion,

    /// <summary>The touch's local day lies outside its campaign.</summary>
    OutsideCampaign,

    /// <summary>The touch is labelled: a bot's, a prefetch, a HEAD request.</summary>
    Invalid,

    /// <summary>The same touch as the one before it.</summary>
    SameTouch,

    /// <summary>A visit that belongs to its click, which is a candidate itself.</summary>
    OfClick,

    /// <summary>The touch matched no link and no rule.</summary>
    Unmatched,

    /// <summary>No creator has or ever had this code.</summary>
    CodeUnknown,

    /// <summary>The code exists, but was nobody's at the order's time.</summary>
    CodeExpired,

    /// <summary>The code was in quarantine at the order's time.</summary>
    CodeQuarantined,

    /// <summary>Another code of the order names the same placement already.</summary>
    SameCode,

    /// <summary>The creator was inactive at the touch's time.</summary>
    CreatorInactive,

    /// <summary>The buyer is the creator.</summary>
    SelfPurchase,
}
