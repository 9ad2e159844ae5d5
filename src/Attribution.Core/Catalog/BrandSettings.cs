using System.Collections.Frozen;
using System.Collections.Immutable;
using Attribution.Core.Crediting;
using Attribution.Core.Models;
using Attribution.Core.Payouts;
using Attribution.Core.Values;

namespace Attribution.Core.Catalog;

/// <summary>A brand as the engine uses it.</summary>
public sealed record BrandSettings
{
    /// <summary>The brand's id.</summary>
    public required string Id { get; init; }

    /// <summary>Currency of its reports.</summary>
    public required Currency Currency { get; init; }

    /// <summary>Its days.</summary>
    public required BrandCalendar Calendar { get; init; }

    /// <summary>What held when, in order; the first since ever. Never empty.</summary>
    public required ImmutableArray<CreditTerms> Terms { get; init; }

    /// <summary>The longest lookback there is under any terms and in any campaign: no touch further back earns anything.</summary>
    public required TimeSpan MaxLookback { get; init; }

    /// <summary>How many days before the day of an amount its exchange rate may be of, inside.</summary>
    public required int RateMaxAgeDays { get; init; }

    /// <summary>The terms that a conversion of an instant is credited under.</summary>
    public CreditTerms TermsAt(Timestamp at)
    {
        var last = Terms.Length - 1;
        while (last > 0 && Terms[last].From > at) last--;
        return Terms[last];
    }

    /// <summary>What the ledger says, as a model of reports: the one book model there ever was, else <see cref="Model.Book"/>.</summary>
    public Model ReportedModel => Terms.All(terms => terms.BookModel == Terms[0].BookModel) ? Terms[0].BookModel : Model.Book;

    /// <summary>Lookback of clicks where the brand says nothing: 30 days.</summary>
    public static readonly TimeSpan DefaultClickLookback = TimeSpan.FromDays(30);

    /// <summary>Age of exchange rates where the brand says nothing: a week, more than any run of days on which banks are closed.</summary>
    public const int DefaultRateMaxAgeDays = 7;

    /// <summary>Lookback of visits where the brand says nothing: 7 days.</summary>
    public static readonly TimeSpan DefaultVisitLookback = TimeSpan.FromDays(7);
}

/// <summary>What credit is given by, for conversions from an instant on until that of the next terms.</summary>
/// <param name="From">First instant, inside.</param>
/// <param name="Policy">What codes are worth against touches.</param>
/// <param name="BookModel">The model that writes the ledger and pays.</param>
/// <param name="ClickLookback">How far back a click counts where its campaign does not say; both ends inside.</param>
/// <param name="VisitLookback">How far back a visit without a click counts where its campaign does not say; both ends inside.</param>
public sealed record CreditTerms(Timestamp From, Policy Policy, Model BookModel, TimeSpan ClickLookback, TimeSpan VisitLookback)
{
    /// <summary>All of it but its interval, in one line; equal where the terms are: <c>code_first, last_touch, clicks P30D, visits P7D</c>.</summary>
    public string Description { get; } =
        $"{Policy}, {ModelNames.NameOf(BookModel)}, clicks {IsoDuration.Format(ClickLookback)}, visits {IsoDuration.Format(VisitLookback)}";
}

/// <summary>A campaign as the engine uses it.</summary>
/// <param name="Brand">Its brand's id.</param>
/// <param name="StartsOn">First local day, inside.</param>
/// <param name="EndsOn">Last local day, inside.</param>
/// <param name="ClickLookback">Its own lookback for clicks, whatever the brand's; null: the brand's.</param>
/// <param name="VisitLookback">Its own lookback for visits, whatever the brand's; null: the brand's.</param>
/// <param name="GrossMarginPercent">Percent of net that is left after the goods are paid for, its own or else the brand's; null: not known.</param>
public sealed record CampaignSettings(
    string Brand, DateOnly StartsOn, DateOnly EndsOn, TimeSpan? ClickLookback, TimeSpan? VisitLookback, decimal? GrossMarginPercent)
{
    /// <summary>Whether a local day lies in the campaign, both ends inside.</summary>
    public bool Covers(DateOnly day) => StartsOn <= day && day <= EndsOn;
}

/// <summary>Something that names a placement for a time.</summary>
/// <param name="Item">The item of the catalog that says so.</param>
/// <param name="Placement">The placement named.</param>
/// <param name="From">First instant, inside.</param>
/// <param name="To">Last instant, outside.</param>
public sealed record Assignment(CatalogRef Item, Placement Placement, Timestamp From, Timestamp To)
{
    /// <summary>The item as <c>kind/id</c>.</summary>
    public string Name { get; } = Item.ToString();

    /// <summary>When it earns nothing although it holds: <c>[From, To)</c>. Null: never.</summary>
    public (Timestamp From, Timestamp To)? Quarantine { get; init; }

    /// <summary>Whether it holds at an instant: <c>[From, To)</c>.</summary>
    public bool IsActiveAt(Timestamp at) => From <= at && at < To;

    /// <summary>Whether it is in quarantine at an instant.</summary>
    public bool IsQuarantinedAt(Timestamp at) => Quarantine is { } quarantine && quarantine.From <= at && at < quarantine.To;
}

/// <summary>What a creator is paid by result.</summary>
/// <param name="Brand">The brand of its campaign.</param>
/// <param name="Placement">Whom it pays.</param>
/// <param name="Id">The agreement's id.</param>
/// <param name="From">First local day, inside.</param>
/// <param name="To">Local day it no longer holds on.</param>
/// <param name="PercentOfNet">Percent of the net share; 0: none.</param>
/// <param name="PerOrder">Fixed sum for a whole order, minor units; 0: none.</param>
/// <param name="PerLead">Fixed sum for a whole sign-up or lead, minor units; 0: none.</param>
/// <param name="NewCustomersOnly">Only conversions of new customers pay.</param>
/// <param name="ExcludedCodes">Codes, normalised: an order that used one of them pays nothing.</param>
public sealed record Agreement(
    string Brand, Placement Placement, string Id, DateOnly From, DateOnly To, decimal PercentOfNet, long PerOrder, long PerLead, bool NewCustomersOnly,
    FrozenSet<string> ExcludedCodes)
{
    /// <summary>What it reckons over many conversions or apart from any; null: nothing, each conversion accrues all there is.</summary>
    public PeriodTerms? PeriodTerms { get; init; }

    /// <summary>How many days after its own a conversion's commission becomes payable, by when it may have been sent back; 0: at once.</summary>
    public int HoldingDays { get; init; }

    /// <summary>Whether somebody must approve what it pays; else the holding period alone decides.</summary>
    public bool RequiresManualApproval { get; init; }
}
