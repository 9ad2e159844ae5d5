using Attribution.Contracts.Catalog;

namespace Attribution.Simulator.Shop;

/// <summary>A post that brings visitors for some days.</summary>
/// <param name="Id">Id of the post.</param>
/// <param name="Day">The local day on which it is published.</param>
/// <param name="Strength">The visitors that it brings, as a multiple of those on a day without a post.</param>
internal sealed record ShopPost(string Id, DateOnly Day, double Strength);

/// <summary>A creator in a campaign, with what the market expects of them.</summary>
/// <param name="Campaign">The campaign.</param>
/// <param name="Creator">The creator.</param>
/// <param name="Link">The tracking link.</param>
/// <param name="Bio">UTM parameters of the address in the creator's profile.</param>
/// <param name="Publisher">The publisher as whom a network knows the creator.</param>
/// <param name="Code">The discount code; null without one.</param>
/// <param name="Popularity">Relative number of visitors.</param>
/// <param name="OrderRate">Probability that a visitor orders.</param>
/// <param name="EngagementRate">Likes, comments, shares and saves per person reached.</param>
/// <param name="Posts">The posts, by day.</param>
internal sealed record ShopPlacement(
    CampaignItem Campaign, CreatorItem Creator, LinkItem Link, UtmItem Bio, PublisherItem Publisher, CodeItem? Code,
    double Popularity, double OrderRate, double EngagementRate, IReadOnlyList<ShopPost> Posts)
{
    private const double DaysOfInterest = 1.7;
    private const double WithoutPost = 0.3;

    /// <summary>Gets the placement in the facts.</summary>
    public SimulatedPlacement Place { get; } = new(Campaign.Id, Creator.Id);

    /// <summary>Gets the followers.</summary>
    public long Followers => Creator.Handles![0].Followers ?? 0;

    /// <summary>Returns true if the campaign runs on a local day.</summary>
    public bool RunsOn(DateOnly day) =>
        (Campaign.StartsOn is not { } starts || starts <= day) && (Campaign.EndsOn is not { } ends || day <= ends);

    /// <summary>Returns the relative number of visitors of a day: a base, and the decaying interest in each post.</summary>
    public double InterestOn(DateOnly day) => !RunsOn(day) ? 0 : Popularity * (WithoutPost + Posts
        .Where(post => post.Day <= day)
        .Sum(post => post.Strength * Math.Exp((post.Day.DayNumber - day.DayNumber) / DaysOfInterest)));
}
