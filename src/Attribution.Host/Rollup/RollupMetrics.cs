using System.Diagnostics.Metrics;

namespace Attribution.Host.Rollup;

/// <summary>The stage's instruments, on the meter <c>Attribution.Rollup</c>.</summary>
internal sealed class RollupMetrics
{
    /// <summary>The meter's name.</summary>
    public const string MeterName = "Attribution.Rollup";

    private readonly Counter<long> folded;
    private readonly Counter<long> mismatches;
    private readonly Gauge<long> backlog;
    private readonly Gauge<double> lag;

    /// <summary>Makes the instruments.</summary>
    public RollupMetrics(IMeterFactory meters)
    {
        var meter = meters.Create(MeterName);
        folded = meter.CreateCounter<long>("attribution.rollup.folded", "{delta}", "Delta documents folded into rollups.");
        backlog = meter.CreateGauge<long>("attribution.rollup.backlog", "{delta}", "Delta documents that waited when the last fold began.");
        lag = meter.CreateGauge<double>("attribution.rollup.lag", "s", "How long the oldest of them had waited; 0 when none did.");
        mismatches = meter.CreateCounter<long>("attribution.rollup.mismatches", "{cell}", "Rollup cells that did not equal the journeys. Expected: 0.");
    }

    /// <summary>A fold begins: so many delta documents wait, the oldest for so long.</summary>
    public void RecordBacklog(long deltas, TimeSpan oldest)
    {
        backlog.Record(deltas);
        lag.Record(oldest.TotalSeconds);
    }

    /// <summary>Delta documents were folded.</summary>
    public void RecordFolded(int deltas) => folded.Add(deltas);

    /// <summary>Reconciling found cells that differ.</summary>
    public void RecordMismatches(int cells) => mismatches.Add(cells);
}
