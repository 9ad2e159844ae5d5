using System.Collections.Concurrent;
using System.Collections.Frozen;
using System.Collections.Immutable;
using Attribution.Contracts.Catalog;
using Attribution.Core.Events;
using Attribution.Core.Journeys;
using Attribution.Core.Models.Fitting;
using Attribution.Core.Values;

namespace Attribution.Core.Catalog;

/// <summary>
/// An immutable snapshot of the catalog, indexed for matching. Every lookup uses the event's own time, so reassigning a
/// link or code does not affect earlier events. Thread-safe.
/// </summary>
public sealed class CatalogSnapshot
{
    private readonly CatalogIndex index;
    private readonly ConcurrentDictionary<string, CatalogSnapshot> byBrand = new(StringComparer.Ordinal);

    private CatalogSnapshot(CatalogContents contents)
    {
        Contents = contents;
        index = new CatalogIndex(contents);
    }

    /// <summary>Gets the contents that the snapshot was created from.</summary>
    public CatalogContents Contents { get; }

    /// <summary>Gets the version of the contents.</summary>
    public long Version => Contents.Version;

    /// <summary>Gets all agreements in no particular order.</summary>
    public IReadOnlyList<Agreement> Agreements => index.AgreementsById.Values;

    /// <summary>Gets the settings of all brands in no particular order.</summary>
    public IReadOnlyList<BrandSettings> Brands => index.Brands.Values;

    /// <summary>Creates a snapshot of contents that have passed the catalog's rules.</summary>
    public static CatalogSnapshot Create(CatalogContents contents) => new(contents);

    /// <summary>
    /// Returns the snapshot without the items of other brands (<see cref="CatalogContents.RestrictTo"/>).
    /// </summary>
    public CatalogSnapshot RestrictTo(string brand) => byBrand.GetOrAdd(brand, static (id, all) => Create(all.Contents.RestrictTo(id)), this);

    /// <summary>Returns the items of one kind in no particular order.</summary>
    public IEnumerable<T> Items<T>() where T : ICatalogItem => Contents.Items.Values.OfType<T>();

    /// <summary>Returns a brand's settings; null if there is no such brand.</summary>
    public BrandSettings? FindBrand(string id) => index.Brands.GetValueOrDefault(id);

    /// <summary>Returns a campaign's settings; null if there is no such campaign.</summary>
    public CampaignSettings? FindCampaign(string id) => index.Campaigns.GetValueOrDefault(id);

    /// <summary>Returns true if the creator exists.</summary>
    public bool HasCreator(string id) => Contents.Items.ContainsKey(new(CatalogKind.Creators, id));

    /// <summary>
    /// Returns the assignment of a clicked slug; null if no link with that slug is in effect at the time. Slugs are
    /// compared ordinally.
    /// </summary>
    public Assignment? MatchLink(string brand, string slug, Timestamp at) => FindActive(index.Links, (brand, slug), at);

    /// <summary>
    /// Returns the brand that had a slug first, if links of several brands have it; null if only one brand has it.
    /// </summary>
    public string? OwnerOfSlug(string slug) => Contents.SlugOwners.GetValueOrDefault(slug);

    /// <summary>
    /// Returns the path at which the redirector serves a link: with its brand, except for links of the brand
    /// <c>default</c> whose slug no other brand has. The path leads to the link whatever other brands register later.
    /// </summary>
    public string PathOfLink(LinkItem link)
    {
        var brand = FindCampaign(link.CampaignId)!.Brand;
        return brand == BrandSettings.DefaultId && OwnerOfSlug(link.Slug) is null ? $"/r/{link.Slug}" : $"/r/{brand}/{link.Slug}";
    }

    /// <summary>Returns the assignment of a code at an order's time; null if there is none.</summary>
    /// <param name="brand">The brand.</param>
    /// <param name="code">The normalized code.</param>
    /// <param name="at">The order's time.</param>
    /// <param name="known">True if the code exists at any time.</param>
    public Assignment? MatchCode(string brand, string code, Timestamp at, out bool known)
    {
        known = index.Codes.ContainsKey((brand, code));
        return FindActive(index.Codes, (brand, code), at);
    }

    /// <summary>Returns the assignment that matches a landing's UTM parameters; null if no rule matches.</summary>
    public Assignment? MatchUtm(string brand, Utm utm, Timestamp at) =>
        index.UtmRules.GetValueOrDefault(brand)?.Match(utm, at);

    /// <summary>
    /// Returns the assignment of a referral: the publisher that its claim names, otherwise what its campaign parameters match,
    /// otherwise the publisher or link that its <c>ref</c> names. Null if there is none.
    /// </summary>
    public Assignment? MatchReferral(string brand, Touch referral)
    {
        var (claim, at) = (referral.Claim!, referral.At);
        var publishers = index.Publishers.GetValueOrDefault(brand);
        return (claim.Provider is { } provider ? publishers?.Match(provider, claim.PublisherId, claim.CampaignId, claim.SubId, at) : null)
            ?? (referral.Utm is { } utm ? MatchUtm(brand, utm, at) : null)
            ?? (claim.Ref is not { } name ? null
                : publishers?.Match(Publishers.RefProvider, name, null, null, at) ?? MatchLink(brand, name, at));
    }

    /// <summary>
    /// Returns the placement of a post, from the link that names the post. If there are several, the link with the
    /// lowest id decides. Null if no link names the post.
    /// </summary>
    public Placement? PlacementOfPost(string brand, string postId) =>
        index.Posts.TryGetValue((brand, postId), out var links) ? links[0].Placement : null;

    /// <summary>
    /// Returns true if a creator is active at an instant. Creators that never became inactive are always active.
    /// </summary>
    public bool IsActive(string creator, Timestamp at) =>
        !index.InactiveSince.TryGetValue(creator, out var since) || at < since;

    /// <summary>Returns true if touches of assistants can earn credit for a placement.</summary>
    public bool CreditsAssistants(Placement placement) => index.Campaigns[placement.Campaign].CreditsAssistants;

    /// <summary>Returns true if a customer key is one of the creator's own.</summary>
    public bool IsOwnCustomerKey(string creator, string? customerKey) =>
        customerKey is not null && index.OwnCustomerKeys.Count > 0
        && index.OwnCustomerKeys.TryGetValue(creator, out var keys) && keys.Contains(customerKey);

    /// <summary>Returns the agreement of a placement on a local day; null if none is in effect.</summary>
    public Agreement? AgreementOn(Placement placement, DateOnly day) =>
        index.Agreements.TryGetValue(placement, out var all)
            ? Array.Find(all, agreement => agreement.From <= day && day < agreement.To)
            : null;

    /// <summary>Returns an agreement by its id; null if there is no such agreement.</summary>
    public Agreement? FindAgreement(string id) => index.AgreementsById.GetValueOrDefault(id);

    /// <summary>
    /// Returns the number of units of the brand's currency per unit of another currency on a local day: 1 for the
    /// brand's own currency; null if no rate is known for that day or for the preceding
    /// <see cref="BrandSettings.RateMaxAgeDays"/> days.
    /// </summary>
    public decimal? FindRate(string from, BrandSettings to, DateOnly on) =>
        index.Rates.Find(from, to.Currency.Code, on, to.RateMaxAgeDays)?.Rate;

    /// <summary>Returns the fixed rates that <see cref="FindRate"/> contains; empty if it contains none.</summary>
    internal ImmutableArray<FixedRate> FindFixedRates(string from, BrandSettings to, DateOnly on) =>
        FixedRates.Concern(from, to.Currency.Code)
            ? index.Rates.Find(from, to.Currency.Code, on, to.RateMaxAgeDays)?.Fixed ?? [] : [];

    /// <summary>Returns a brand's fits in order of their numbers; empty if there are none.</summary>
    public IReadOnlyList<Fit> FitsOf(string brand) => index.Fits.TryGetValue(brand, out var all) ? all : [];

    /// <summary>
    /// Returns the fit that credits a brand's conversions of a local day: the newest one that begins on or before the
    /// day. Null if the day is before the first fit.
    /// </summary>
    public Fit? FitOn(string brand, DateOnly day) =>
        index.Fits.TryGetValue(brand, out var all) ? Array.FindLast(all, fit => fit.From <= day) : null;

    private static Assignment? FindActive(
        FrozenDictionary<(string, string), Assignment[]> assignments, (string, string) key, Timestamp at)
    {
        if (!assignments.TryGetValue(key, out var all)) return null;
        foreach (var assignment in all)
            if (assignment.IsActiveAt(at))
                return assignment;
        return null;
    }
}

/// <summary>An assignment of a link, code or UTM rule to a placement for an interval of time.</summary>
/// <param name="Item">The catalog item that makes the assignment.</param>
/// <param name="Placement">The placement that the item names.</param>
/// <param name="From">Start (inclusive).</param>
/// <param name="To">End (exclusive).</param>
public sealed record Assignment(CatalogRef Item, Placement Placement, Timestamp From, Timestamp To)
{
    /// <summary>Gets the item as <c>kind/id</c>.</summary>
    public string Name { get; } = Item.ToString();

    /// <summary>
    /// Gets the interval <c>[From, To)</c> in which the assignment is in effect but earns no credit; null: none.
    /// </summary>
    public (Timestamp From, Timestamp To)? Quarantine { get; init; }

    /// <summary>Returns true if the assignment is in effect at an instant: <c>[From, To)</c>.</summary>
    public bool IsActiveAt(Timestamp at) => From <= at && at < To;

    /// <summary>Returns true if the assignment is in quarantine at an instant.</summary>
    public bool IsQuarantinedAt(Timestamp at) =>
        Quarantine is { } quarantine && quarantine.From <= at && at < quarantine.To;
}
