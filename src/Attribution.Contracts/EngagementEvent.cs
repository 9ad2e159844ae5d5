using System.Text.Json.Serialization;

namespace Attribution.Contracts;

/// <summary>A post's counters at an instant, as totals since it was published.</summary>
/// <param name="Id">1 to 128 characters, unique within the source.</param>
/// <param name="OccurredAt">Time at which the counters were read.</param>
/// <param name="PostId">The platform's id of the post.</param>
/// <param name="Platform"><c>instagram</c>, <c>tiktok</c>, …</param>
/// <param name="Source">The event's source. Absent: the API key's source.</param>
/// <param name="BrandId">The event's brand. Absent: the API key's brand, or <c>default</c>.</param>
/// <param name="CreatorId">Creator of the post. Absent: determined by a link that names the post.</param>
/// <param name="CampaignId">Campaign of the post. Absent: determined by a link that names the post.</param>
/// <param name="Impressions">Number of times the post was shown.</param>
/// <param name="Reach">Number of people who saw the post.</param>
/// <param name="Likes">Number of likes.</param>
/// <param name="Comments">Number of comments.</param>
/// <param name="Shares">Number of shares.</param>
/// <param name="Saves">Number of saves.</param>
/// <param name="Views">Number of video plays.</param>
/// <param name="Followers">Number of the creator's followers at that time; not summed.</param>
public sealed record EngagementEvent(
    string Id, DateTimeOffset OccurredAt, string PostId, string Platform,
    string? Source = null, string? BrandId = null, string? CreatorId = null, string? CampaignId = null,
    long? Impressions = null, long? Reach = null, long? Likes = null, long? Comments = null,
    long? Shares = null, long? Saves = null, long? Views = null, long? Followers = null)
{
    /// <summary>Gets the type, always <c>engagement</c>.</summary>
    [JsonPropertyOrder(-1)]
    public string Type { get; } = "engagement";
}
