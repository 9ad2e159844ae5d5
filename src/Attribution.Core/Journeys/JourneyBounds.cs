namespace Attribution.Core.Journeys;

/// <summary>
/// The bounds on the size of a journey. The options that set them document what is lost beyond each bound.
/// </summary>
/// <param name="MaxTouches">
/// Maximum number of touches that can earn credit or belong to one that can: the newest by (time, kind, source, id).
/// </param>
/// <param name="MaxUncreditableTouches">
/// Maximum number of touches that are labeled or matched nothing: the newest by (time, kind, source, id).
/// </param>
/// <param name="MaxConversions">Number of conversions from which a journey links no more of them.</param>
/// <param name="Horizon">
/// Age beyond which events are no longer accepted, even if their message is committed late; null to archive nothing by
/// age.
/// </param>
public sealed record JourneyBounds(
    int MaxTouches = 500, int MaxUncreditableTouches = 200, int MaxConversions = 2_000, TimeSpan? Horizon = null)
{
    /// <summary>The default bounds.</summary>
    public static readonly JourneyBounds Default = new();

    /// <summary>Gets the number of touches up to which a journey keeps them all.</summary>
    public int NeverEvictedTouches => Math.Min(MaxTouches, MaxUncreditableTouches);
}
