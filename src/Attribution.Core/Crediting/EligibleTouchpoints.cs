using Attribution.Core.Values;

namespace Attribution.Core.Crediting;

/// <summary>
/// The touchpoints that can earn a share of a conversion, in order: touches, codes, or touches followed by codes.
/// </summary>
/// <param name="Times">Time of each; for a code, the conversion's time.</param>
/// <param name="Claimants">Claimant of each: the number of its placement in <see cref="Crediting.Claimants"/>.</param>
/// <param name="TouchCount">Number of touches; they come first.</param>
internal sealed record EligibleTouchpoints(Timestamp[] Times, int[] Claimants, int TouchCount)
{
    /// <summary>No touchpoints.</summary>
    public static readonly EligibleTouchpoints None = new([], [], 0);

    /// <summary>Gets the number of touchpoints.</summary>
    public int Count => Times.Length;
}
