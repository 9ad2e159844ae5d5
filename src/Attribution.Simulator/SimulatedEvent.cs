namespace Attribution.Simulator;

/// <summary>An event with its time.</summary>
/// <param name="Id">Id of the event.</param>
/// <param name="At">Time at which it happens.</param>
/// <param name="Json">The event as one line of JSON.</param>
public sealed record SimulatedEvent(string Id, DateTimeOffset At, string Json);
