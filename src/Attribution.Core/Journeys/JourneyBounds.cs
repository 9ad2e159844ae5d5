namespace Attribution.Core.Journeys;

/// <summary>How much a journey holds. What is lost beyond each bound stands at the options that set them.</summary>
/// <param name="MaxTouches">Most touches that may earn something or belong to one that may: the newest by (time, kind, source, id).</param>
/// <param name="MaxUncreditableTouches">Most touches that are labelled or matched nothing: the newest by (time, kind, source, id).</param>
/// <param name="MaxConversions">Conversions from which on a journey links no further ones.</param>
/// <param name="Horizon">Age beyond which no event comes in any more, however late its message is committed; null: nothing is sealed by age.</param>
public sealed record JourneyBounds(int MaxTouches = 500, int MaxUncreditableTouches = 200, int MaxConversions = 2_000, TimeSpan? Horizon = null)
{
    /// <summary>The bounds where nothing else is said.</summary>
    public static readonly JourneyBounds Default = new();
}
