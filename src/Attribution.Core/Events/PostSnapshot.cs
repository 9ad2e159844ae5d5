namespace Attribution.Core.Events;

/// <summary>A post's counters at an instant, as totals. Counters that the event omits are null.</summary>
public sealed record PostSnapshot : JourneyEvent
{
    /// <inheritdoc/>
    public override string TypeName => "engagement";

    /// <summary>Gets the platform's id of the post.</summary>
    public required string PostId { get; init; }

    /// <summary>Gets the platform.</summary>
    public required string Platform { get; init; }

    /// <summary>Gets the reported creator; null: determined by a link that names the post.</summary>
    public string? Creator { get; init; }

    /// <summary>Gets the reported campaign; null: determined by a link that names the post.</summary>
    public string? Campaign { get; init; }

    /// <summary>Gets the number of times the post was shown.</summary>
    public long? Impressions { get; init; }

    /// <summary>Gets the number of people who saw the post.</summary>
    public long? Reach { get; init; }

    /// <summary>Gets the number of likes.</summary>
    public long? Likes { get; init; }

    /// <summary>Gets the number of comments.</summary>
    public long? Comments { get; init; }

    /// <summary>Gets the number of shares.</summary>
    public long? Shares { get; init; }

    /// <summary>Gets the number of saves.</summary>
    public long? Saves { get; init; }

    /// <summary>Gets the number of video plays.</summary>
    public long? Views { get; init; }
}
