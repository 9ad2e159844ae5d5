namespace Attribution.Simulator;

/// <summary>A click or a visit with its true placement.</summary>
internal sealed record TouchFact
{
    public required string EventId { get; init; }

    public required DateTimeOffset At { get; init; }

    public required bool IsClick { get; init; }

    /// <summary>Gets the placement; null if the link or the parameters belong to no placement.</summary>
    public required SimulatedPlacement? Placement { get; init; }

    /// <summary>Gets the label: <c>bot</c>, <c>prefetch</c>, <c>head</c> or null.</summary>
    public string? Label { get; init; }

    /// <summary>True for the landing of a valid click: it counts as a visit, but not as an independent touch.</summary>
    public bool IsLandingOfClick { get; init; }

    /// <summary>True for the landing of a labeled click: it is not counted.</summary>
    public bool IsLandingOfLabelledClick { get; init; }
}
