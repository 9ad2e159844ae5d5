using Attribution.Contracts.Catalog;
using Attribution.Core.Events;
using Attribution.Core.Values;

namespace Attribution.Core.Catalog;

/// <summary>
/// The publishers of a brand, indexed by network and ids. Of several that match a claim, the one with the most ids wins,
/// then the one with the lowest item id (ordinal).
/// </summary>
internal sealed class Publishers(IEnumerable<(PublisherItem Item, Assignment Assignment)> publishers)
{
    /// <summary>The provider of publishers that the parameter <c>ref</c> names.</summary>
    public const string RefProvider = "ref";

    private readonly Dictionary<Key, Assignment[]> byKey = publishers
        .GroupBy(publisher => KeyOf(publisher.Item), publisher => publisher.Assignment)
        .ToDictionary(group => group.Key, group => group.OrderBy(assignment => assignment.Item.Id, StringComparer.Ordinal).ToArray());

    /// <summary>Returns the assignment of a claim at an instant; null if there is none.</summary>
    public Assignment? Match(string provider, string? publisher, string? campaign, string? sub, Timestamp at)
    {
        for (var count = 3; count > 0; count--)
        {
            Assignment? best = null;
            for (var mask = 1; mask < 8; mask++)
            {
                if (int.PopCount(mask) != count) continue;
                var key = new Key(
                    provider, (mask & 1) != 0 ? publisher : null, (mask & 2) != 0 ? campaign : null, (mask & 4) != 0 ? sub : null);
                if (key.Count != count || !byKey.TryGetValue(key, out var found)) continue;
                if (Array.Find(found, assignment => assignment.IsActiveAt(at)) is { } active
                    && (best is null || string.CompareOrdinal(active.Item.Id, best.Item.Id) < 0))
                    best = active;
            }

            if (best is not null) return best;
        }

        return null;
    }

    private static Key KeyOf(PublisherItem item) => new(
        ReferralClaim.NormalizeProvider(item.Provider)!, Normalize(item.PublisherId), Normalize(item.ProviderCampaignId), Normalize(item.SubId));

    private static string? Normalize(string? id) => id is null ? null : TextNormalizer.Text(id).Trim();

    private readonly record struct Key(string Provider, string? Publisher, string? Campaign, string? Sub)
    {
        public int Count => (Publisher is null ? 0 : 1) + (Campaign is null ? 0 : 1) + (Sub is null ? 0 : 1);
    }
}
