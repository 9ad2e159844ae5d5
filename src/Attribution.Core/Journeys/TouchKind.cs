namespace Attribution.Core.Journeys;

/// <summary>The kind of a touch. The number also orders touches of one instant. Stored: never renumber.</summary>
public enum TouchKind
{
    /// <summary>A person followed a tracking link.</summary>
    Click = 0,

    /// <summary>A person landed on the shop.</summary>
    Visit = 1,

    /// <summary>A claim, stated with an order, of who referred its buyer. No click or visit was seen.</summary>
    Referral = 2,
}
