using Attribution.Core.Values;

namespace Attribution.Core.Models.Fitting;

/// <summary>The number of paths that contain a placement.</summary>
public sealed class PlacementCounts
{
    internal PlacementCounts(Placement placement) => Placement = placement;

    /// <summary>Gets the placement.</summary>
    public Placement Placement { get; }

    /// <summary>Gets the number of paths that contain it, converting or not.</summary>
    public long Paths { get; internal set; }

    /// <summary>Gets the number of those paths that ended in a conversion.</summary>
    public long Conversions { get; internal set; }

    internal long LastPath { get; set; }

    internal int MaxShared { get; set; }
}
