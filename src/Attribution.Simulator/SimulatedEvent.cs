namespace Attribution.Simulator;

/// <summary>An event with its time.</summary>
internal sealed record SimulatedEvent(string Id, DateTimeOffset At, string Json);
