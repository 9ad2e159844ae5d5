using System.Diagnostics.Metrics;

namespace Attribution.Host.Rollup;

/// <summary>Metrics of the stage, on the meter <c>Attribution.Rollup</c>.</summary>
internal sealed class RollupMetrics
{
    /// <summary>Name of the meter.</summary>
    public const string MeterName = "Attribution.Rollup";

    private readonly Counter<long> folded;
    private readonly Counter<long> mismatches;
    private readonly Gauge<long> backlog;
    private readonly Gauge<double> lag;

    /// <summary>Creates the instruments.</summary>
    public RollupMetrics(IMeterFactory meters)
    {
        var meter = meters.Create(MeterName);
        folded = meter.CreateCounter<long>(
            "attribution.rollup.folded", "{delta}", "Delta documents folded into rollups.");
        backlog = meter.CreateGauge<long>(
            "attribution.rollup.backlog", "{delta}", "Number of delta documents waiting when the last fold began.");
        lag = meter.CreateGauge<double>(
            "attribution.rollup.lag", "s",
            "Age of the oldest waiting delta document when the last fold began; 0 if none waited.");
        mismatches = meter.CreateCounter<long>(
            "attribution.rollup.mismatches", "{cell}",
            "Rollup cells that did not equal the journeys. Expected value: 0.");
    }

    /// <summary>Creates the series that alerts watch with the value 0.</summary>
    public void CreateWatchedSeries() => mismatches.Add(0);

    /// <summary>Records the number of waiting delta documents and the age of the oldest when a fold begins.</summary>
    public void RecordBacklog(long deltas, TimeSpan oldest)
    {
        backlog.Record(deltas);
        lag.Record(oldest.TotalSeconds);
    }

    /// <summary>Records the number of folded delta documents.</summary>
    public void RecordFolded(int deltas) => folded.Add(deltas);

    /// <summary>Records the number of differing cells that a reconciliation found.</summary>
    public void RecordMismatches(int cells) => mismatches.Add(cells);
}
