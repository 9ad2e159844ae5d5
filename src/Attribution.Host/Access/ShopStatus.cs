using Attribution.Core.Quality;
using Attribution.Core.Values;
using Attribution.Storage.Access;

namespace Attribution.Host.Access;

/// <summary>When a shop delivered, and whether it is silent.</summary>
/// <param name="Vendor">Vendor in the webhook's address.</param>
/// <param name="Source">Source in the webhook's address.</param>
/// <param name="Brand">Brand of the shop's orders.</param>
/// <param name="LastDelivery">Time of the last signed delivery, accurate to about a minute; null without any.</param>
/// <param name="HoursOfWeek">
/// Hours of a usual week with a delivery; null until deliveries of a week are known.
/// </param>
/// <param name="MissedHours">Hours since the last delivery that would usually have had one.</param>
internal sealed record ShopStatus(
    string Vendor, string Source, string Brand, Timestamp? LastDelivery, double? HoursOfWeek, double MissedHours)
{
    /// <summary>Gets the time since which the shop is silent; null if it is not.</summary>
    public Timestamp? SilentSince => MissedHours >= DeliveryPace.SilentFrom ? LastDelivery : null;

    /// <summary>Returns the shops with a valid secret. All secrets that a shop ever had determine its pace.</summary>
    /// <param name="secrets">All secrets.</param>
    /// <param name="hours">The hours in which each was used.</param>
    /// <param name="now">The time.</param>
    public static IReadOnlyList<ShopStatus> FromSecrets(
        IReadOnlyList<WebhookSecretDocument> secrets, IReadOnlyDictionary<string, IReadOnlyList<long>> hours, Timestamp now) =>
    [
        .. secrets.GroupBy(secret => (secret.Vendor, secret.Source, secret.Brand)).Where(shop => shop.Any(secret => secret.IsValid))
            .OrderBy(shop => shop.Key.Vendor, StringComparer.Ordinal).ThenBy(shop => shop.Key.Source, StringComparer.Ordinal)
            .Select(shop =>
            {
                var last = shop.Max(secret => secret.LastUsedAt);
                var used = shop.SelectMany(secret => hours.GetValueOrDefault(secret.Id) ?? []);
                // A use is recorded before its hour is read again.
                var pace = DeliveryPace.FromHours(last is { } at ? used.Append(DeliveryPace.HourOf(at)) : used);
                return new ShopStatus(
                    shop.Key.Vendor, shop.Key.Source, shop.Key.Brand, last, pace?.HoursOfWeek, pace?.GetMissedHours(now) ?? 0);
            }),
    ];
}
