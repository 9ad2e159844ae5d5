namespace Attribution.Core.Values;

/// <summary>A creator in a campaign. Credit is given to placements.</summary>
/// <param name="Campaign">The campaign's id.</param>
/// <param name="Creator">The creator's id.</param>
public sealed record Placement(string Campaign, string Creator);
