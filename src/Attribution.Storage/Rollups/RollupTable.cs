using Attribution.Core.Rollups;

namespace Attribution.Storage.Rollups;

/// <summary>The stored tables of rollups and of their precomputed sums. Each has its own row keys.</summary>
internal enum RollupTable
{
    /// <summary>The rollups themselves.</summary>
    Days,

    /// <summary>The sums of a placement's <see cref="RollupFortnight"/>, under its first day.</summary>
    Fortnights,

    /// <summary>
    /// The sums of a placement's season (six fortnights, counted from the first day of the calendar), under its first
    /// day.
    /// </summary>
    Seasons,

    /// <summary>The sums of a campaign's day over its creators and its own costs, under an empty creator.</summary>
    CampaignDays,
}
