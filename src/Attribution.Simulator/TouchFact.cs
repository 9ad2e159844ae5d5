namespace Attribution.Simulator;

/// <summary>A click, a visit or a claim of referral with its true placement.</summary>
internal sealed record TouchFact
{
    public required string EventId { get; init; }

    public required DateTimeOffset At { get; init; }

    public required bool IsClick { get; init; }

    /// <summary>Gets the placement; null if the link or the parameters belong to no placement.</summary>
    public required SimulatedPlacement? Placement { get; init; }

    /// <summary>Gets the claim; null for a click or visit.</summary>
    public ClaimFact? Claim { get; init; }

    /// <summary>Gets the label: <c>bot</c>, <c>prefetch</c>, <c>head</c>, <c>assistant</c> or null.</summary>
    public string? Label { get; init; }

    /// <summary>True for the landing of a valid click: it counts as a visit, but not as an independent touch.</summary>
    public bool IsLandingOfClick { get; init; }

    /// <summary>True for the landing of a labeled click: it is not counted.</summary>
    public bool IsLandingOfLabelledClick { get; init; }
}

/// <summary>A claim that came with an order.</summary>
/// <param name="OrderId">The order.</param>
/// <param name="ExpiresAt">End (inclusive) of its validity; null if it has none.</param>
internal sealed record ClaimFact(string OrderId, DateTimeOffset? ExpiresAt);
