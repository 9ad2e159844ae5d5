using Attribution.Contracts.Catalog;
using Attribution.Core.Values;

namespace Attribution.Core.Catalog;

/// <summary>
/// A key that only one item may hold at a time: a slug or code within a brand, the agreement of a placement, or the
/// rate of a day.
/// </summary>
/// <param name="Key">The reserved key.</param>
/// <param name="Id">The id of the item that holds it.</param>
/// <param name="From">Start (inclusive).</param>
/// <param name="To">End (exclusive).</param>
internal sealed record Reservation(string Key, string Id, DateTimeOffset From, DateTimeOffset To)
{
    private static readonly DateTimeOffset Min = DateTimeOffset.MinValue;
    private static readonly DateTimeOffset Max = DateTimeOffset.MaxValue;

    /// <summary>Returns true if the intervals of two reservations overlap.</summary>
    public bool Overlaps(Reservation other) => From < other.To && other.From < To;

    /// <summary>
    /// Returns the reservation of an item; null if items of its kind reserve nothing. Slugs are compared as written.
    /// Codes are compared trimmed and case-insensitively.
    /// </summary>
    public static Reservation? FromItem(ICatalogItem item, string brand) => item switch
    {
        LinkItem x => new($"slug/{brand}/{x.Slug}", x.Id, x.ValidFrom ?? Min, x.ValidTo ?? Max),
        CodeItem x => new($"code/{brand}/{TextNormalizer.Code(x.Code)}", x.Id, x.ValidFrom ?? Min, x.ValidTo ?? Max),
        AgreementItem x => new(
            $"agreement/{x.CampaignId}/{x.CreatorId}", x.Id, StartOfDay(x.ValidFrom, Min), StartOfDay(x.ValidTo, Max)),
        FxRateItem x => new($"rate/{x.On:O}/{x.From}/{x.To}", x.Id, Min, Max),
        _ => null,
    };

    private static DateTimeOffset StartOfDay(DateOnly? day, DateTimeOffset open) =>
        day is { } known ? new DateTimeOffset(known.ToDateTime(TimeOnly.MinValue), TimeSpan.Zero) : open;
}
