using System.Collections.Immutable;
using Attribution.Core.Models;
using Attribution.Core.Payouts;
using Attribution.Core.Values;

namespace Attribution.Core.Catalog;

/// <summary>The settings of a brand in the form that the engine uses.</summary>
public sealed record BrandSettings
{
    /// <summary>The id of the brand that always exists and is used if an event or a request names none.</summary>
    public const string DefaultId = "default";

    /// <summary>
    /// The default of <see cref="RateMaxAgeDays"/>: a week, which is longer than banks are ever closed in a row.
    /// </summary>
    public const int DefaultRateMaxAgeDays = 7;

    /// <summary>The greatest value of <see cref="RateMaxAgeDays"/>.</summary>
    public const int MaxRateMaxAgeDays = 31;

    /// <summary>The lookback of clicks if the brand specifies none: 30 days.</summary>
    public static readonly TimeSpan DefaultClickLookback = TimeSpan.FromDays(30);

    /// <summary>The lookback of visits if the brand specifies none: 7 days.</summary>
    public static readonly TimeSpan DefaultVisitLookback = TimeSpan.FromDays(7);

    /// <summary>The lookback of referrals if the brand specifies none: 7 days.</summary>
    public static readonly TimeSpan DefaultReferralLookback = TimeSpan.FromDays(7);

    /// <summary>Gets the brand's id.</summary>
    public required string Id { get; init; }

    /// <summary>Gets the currency of the brand's reports.</summary>
    public required Currency Currency { get; init; }

    /// <summary>Gets the calendar of the brand's local days.</summary>
    public required BrandCalendar Calendar { get; init; }

    /// <summary>Gets the terms in chronological order. The first ones have no start; never empty.</summary>
    public required ImmutableArray<CreditTerms> Terms { get; init; }

    /// <summary>
    /// Gets the longest lookback under any terms and in any campaign. Older touches never earn credit.
    /// </summary>
    public required TimeSpan MaxLookback { get; init; }

    /// <summary>
    /// Gets the maximum age in days (inclusive) of an exchange rate, relative to the day of the amount.
    /// </summary>
    public required int RateMaxAgeDays { get; init; }

    /// <summary>
    /// Gets the first local day from which the store has every order of the brand; null if the brand does not specify
    /// it.
    /// </summary>
    public DateOnly? HistoryCompleteSince { get; init; }

    /// <summary>Gets the gross margin of products without one of their own, in percent; null if unknown.</summary>
    public decimal? GrossMarginPercent { get; init; }

    /// <summary>Gets the gross margins of products and categories in percent; null if there are none.</summary>
    public LineTerms? ProductMargins { get; init; }

    /// <summary>
    /// Gets the model that reports use for the ledger: the book model if all terms have the same one, otherwise
    /// <see cref="Model.Book"/>.
    /// </summary>
    public Model ReportedModel
    {
        get
        {
            foreach (var terms in Terms)
                if (terms.BookModel != Terms[0].BookModel)
                    return Model.Book;
            return Terms[0].BookModel;
        }
    }

    /// <summary>Returns the terms that apply to a conversion at an instant.</summary>
    public CreditTerms TermsAt(Timestamp at)
    {
        var last = Terms.Length - 1;
        while (last > 0 && Terms[last].From > at) last--;
        return Terms[last];
    }
}
