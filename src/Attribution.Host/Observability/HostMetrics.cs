using System.Diagnostics.Metrics;

namespace Attribution.Host.Observability;

/// <summary>Instruments of the process itself, on the meter <c>Attribution.Host</c>.</summary>
internal sealed class HostMetrics
{
    /// <summary>Name of the meter.</summary>
    public const string MeterName = "Attribution.Host";

    private readonly Counter<long> clockSteps;

    /// <summary>Creates the instruments.</summary>
    public HostMetrics(IMeterFactory meters) =>
        clockSteps = meters.Create(MeterName).CreateCounter<long>(
            "attribution.host.clock.steps", "{step}",
            "Steps of the wall clock by a second or more while the host runs, by direction: forward, backward.");

    /// <summary>Creates the series that an alert watches with the value 0.</summary>
    public void CreateWatchedSeries()
    {
        foreach (var direction in (string[])["forward", "backward"])
            clockSteps.Add(0, new KeyValuePair<string, object?>("direction", direction));
    }

    /// <summary>Counts a step of the clock.</summary>
    public void RecordClockStep(string direction) =>
        clockSteps.Add(1, new KeyValuePair<string, object?>("direction", direction));
}
