namespace Attribution.Simulator;

/// <summary>A post's counters at one time: impressions, reach, likes, comments, shares, saves, views.</summary>
internal sealed record SnapshotFact(
    string Post, SimulatedPlacement Placement, string EventId, DateTimeOffset At, long[] Counters);
