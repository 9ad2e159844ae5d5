using System.Globalization;

namespace Attribution.Simulator;

/// <summary>The subject of a number.</summary>
/// <param name="Day">The brand's local day.</param>
/// <param name="Campaign">
/// The campaign; empty for conversions without credit; <see cref="GroundTruthTable.Total"/> for all conversions, each
/// once.
/// </param>
/// <param name="Creator">The creator; empty for a campaign's own costs, for the unattributed and for the total.</param>
/// <param name="Measure">
/// The measure, named as in the daily rollups, with cost kinds such as <c>cost.fee</c>. See <see cref="GroundTruth"/>.
/// </param>
public readonly record struct GroundTruthCell(DateOnly Day, string Campaign, string Creator, string Measure)
{
    /// <inheritdoc/>
    public override string ToString()
    {
        var campaign = Campaign.Length == 0 ? "(unattributed)" : Campaign;
        var creator = Creator.Length == 0 ? "-" : Creator;
        return $"{Day.ToString("yyyy-MM-dd", CultureInfo.InvariantCulture)} {campaign} {creator} {Measure}";
    }
}
