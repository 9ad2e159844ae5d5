using Attribution.Core.Quality;

namespace Attribution.Core.Events;

/// <summary>A click on a tracking link.</summary>
public sealed record Click : PersonEvent
{
    /// <inheritdoc/>
    public override string TypeName => "click";

    /// <summary>Gets the link's slug as written.</summary>
    public required string Slug { get; init; }

    /// <summary>Gets the first-party visitor id.</summary>
    public string? VisitorId { get; init; }

    /// <summary>Gets the id that the landing contains.</summary>
    public string? ClickId { get; init; }

    /// <summary>Gets the label if the touch was not made by a person.</summary>
    public TouchLabel Label { get; init; }
}
