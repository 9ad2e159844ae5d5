namespace Attribution.Simulator;

/// <summary>A creator in a campaign.</summary>
internal sealed record SimulatedPlacement(string Campaign, string Creator);
