using Attribution.Core.Quality;

namespace Attribution.Core.Events;

/// <summary>A landing on the shop.</summary>
public sealed record Visit : PersonEvent
{
    /// <inheritdoc/>
    public override string TypeName => "visit";

    /// <summary>Gets the normalized UTM parameters; null if the URL has none.</summary>
    public Utm? Utm { get; init; }

    /// <summary>Gets the first-party visitor id.</summary>
    public string? VisitorId { get; init; }

    /// <summary>Gets the click that led to the landing: <c>clickId</c>, otherwise <c>atr_cid</c> of the URL.</summary>
    public string? ClickId { get; init; }

    /// <summary>Gets the label if the touch was not made by a person.</summary>
    public TouchLabel Label { get; init; }
}
