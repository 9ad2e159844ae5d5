using System.Diagnostics.Metrics;

namespace Attribution.Host.Rollup;

/// <summary>The stage's instruments, on the meter <c>Attribution.Rollup</c>.</summary>
public sealed class RollupMeter
{
    /// <summary>The meter's name.</summary>
    public const string Name = "Attribution.Rollup";

    private readonly Counter<long> folded;
    private readonly Counter<long> mismatches;

    /// <summary>Makes the instruments.</summary>
    public RollupMeter(IMeterFactory meters)
    {
        var meter = meters.Create(Name);
        folded = meter.CreateCounter<long>("attribution.rollup.folded", "{delta}", "Delta documents folded into rollups.");
        mismatches = meter.CreateCounter<long>("attribution.rollup.mismatches", "{cell}", "Rollup cells that did not equal the journeys. Expected: 0.");
    }

    /// <summary>Delta documents were folded.</summary>
    public void Folded(int deltas) => folded.Add(deltas);

    /// <summary>Reconciling found cells that differ.</summary>
    public void Mismatched(int cells) => mismatches.Add(cells);
}
