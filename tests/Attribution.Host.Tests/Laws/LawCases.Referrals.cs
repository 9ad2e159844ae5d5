using Attribution.Contracts;
using Attribution.Contracts.Catalog;

namespace Attribution.Host.Tests.Laws;

internal sealed partial class LawCases
{
    /// <summary>
    /// Adds publishers, terms of referrals, and claims to some orders: one, or several of one order, before, at and after its time, of
    /// publishers, campaign parameters and a ref. It has its own dice, so that the markets stay as they are otherwise.
    /// </summary>
    private void AddReferrals(Random own)
    {
        T Any<T>(IReadOnlyList<T> from) => from[own.Next(from.Count)];
        string? Some(string value) => own.Next(2) == 0 ? value : null;
        string Duration() => Any(Durations).Text;
        string? Terms() => own.Next(2) == 0 ? null : Any(["all", "verified", "ignored"]);
        LookbackItem? With(LookbackItem? lookback) => own.Next(3) == 0 ? (lookback ?? new()) with { Referral = Duration() } : lookback;

        for (var i = 0; i < items.Count; i++)
            items[i] = items[i] switch
            {
                BrandItem brand => brand with
                {
                    Referrals = Terms(), Lookback = With(brand.Lookback),
                    Versions = brand.Versions is null ? null : [.. brand.Versions.Select(version => version with { Referrals = Terms(), Lookback = With(version.Lookback) })],
                },
                CampaignItem campaign => campaign with { Lookback = With(campaign.Lookback) },
                var other => other,
            };
        foreach (var (brand, campaigns) in brands)
            for (var i = own.Next(0, 5); i > 0; i--)
            {
                var (publisher, campaign, sub) = (Some("p-1"), Some("c-1"), Some("s-1"));
                DateTimeOffset? from = own.Next(4) == 0 ? At(anchorAt + own.Next(-24, 24) * Hour) : null;
                items.Add(new PublisherItem(
                    $"{brand}-p{i}", Any(["net.example", "Other.example", "ref"]), Any(campaigns), Any(creators),
                    publisher ?? (campaign is null && sub is null ? "p-2" : null), campaign, sub, from));
            }

        foreach (var order in events.ToList())
        {
            var (id, at, source, brand) = order switch
            {
                ConversionEvent { OrderId: { } named } e => (named, e.OccurredAt, e.Source, e.BrandId),
                RedemptionEvent e => (e.OrderId, e.OccurredAt, e.Source, e.BrandId),
                _ => ("", default, null, null),
            };
            if (id.Length == 0 || own.Next(2) == 0) continue;
            for (var claims = own.Next(1, 4); claims > 0; claims--)
            {
                var stated = at.AddMilliseconds(-Any([0L, 0, 1, 30 * Minute, Hour, Day, 7 * Day, 7 * Day + 1, -1, -2 * Day]));
                var isClaim = own.Next(3) > 0;
                events.Add(new ReferralEvent(
                    $"claim-{events.Count}", stated, id, isClaim ? Any(["net.example", "NET.example", "other.example"]) : null,
                    isClaim ? Some(Any(["p-1", "p-2"])) : null, isClaim ? Some("c-1") : null, isClaim ? Some("s-1") : null,
                    isClaim ? Some("secret") : null, isClaim ? null : Any(["utm_content=mia-1", "utm_source=insta&ref=p-1", "ref=p-2", "ref=nobody", "ref=" + Slug()]),
                    own.Next(4) == 0 ? at.AddMilliseconds(Any([-1L, 0, 1])) : null, own.Next(2) == 0 ? true : null, source, brand));
            }
        }
    }
}
