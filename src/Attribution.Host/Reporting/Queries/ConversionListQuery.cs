using System.Globalization;
using Attribution.Core.Catalog;
using Attribution.Core.Identity;
using Attribution.Host.Reporting.Queries.Values;
using Attribution.Storage.Journeys;
using Attribution.Storage.Ledger;

namespace Attribution.Host.Reporting.Queries;

/// <summary>The query for the conversions credited to a brand, campaign or creator.</summary>
internal static class ConversionListQuery
{
    /// <summary>Reads a page.</summary>
    public static async Task<QueryResult<ConversionList>> RunAsync(
        QueryScope scope, PageRequest page, ILedgerStore store, CancellationToken cancellation) =>
        FromSums(scope.Brand, await store.SumByConversionAsync(
            scope.Brand.Id, scope.From, scope.To, scope.Campaign, scope.Creator, cancellation), page);

    /// <summary>Value of the parameter <c>credit</c> that lists conversions that are credited to no one.</summary>
    public const string NoCredit = "none";

    /// <summary>
    /// Sums the conversions of the brand that are credited to no one under the book model: their own net, without share and
    /// commission. Reads every conversion of the brand. Canceled ones are omitted, as everywhere.
    /// </summary>
    public static async Task<IReadOnlyList<ConversionSum>> SumUnattributedAsync(
        string brand, DateOnly from, DateOnly to, IJourneyStore journeys, CancellationToken cancellation)
    {
        var sums = new List<ConversionSum>();
        await journeys.ScanBrandAsync(
            brand,
            journey => sums.AddRange(journey.Conversions
                .Where(known => !known.IsCanceled && known.Day >= from && known.Day <= to && !known.BookCredits.Any())
                .Select(known => new ConversionSum(known.Key, known.Day, known.GetNet(), 0, 0))),
            cancellation);
        return sums;
    }

    /// <summary>Creates a page from the sums of the ledger.</summary>
    public static QueryResult<ConversionList> FromSums(
        BrandSettings brand, IReadOnlyList<ConversionSum> sums, PageRequest page)
    {
        var (day, key) = (int.MaxValue, "");
        if (page.After.Length > 0)
        {
            var parts = page.After.Split(' ', 2);
            if (parts.Length != 2 || !int.TryParse(parts[0], NumberStyles.None, CultureInfo.InvariantCulture, out day))
                return QueryProblem.UnknownCursor();
            key = parts[1];
        }

        var found = sums.Where(sum => sum.OrderDay.DayNumber < day
            || (sum.OrderDay.DayNumber == day && string.CompareOrdinal(sum.Conversion, key) > 0))
            .OrderByDescending(sum => sum.OrderDay).ThenBy(sum => sum.Conversion, StringComparer.Ordinal)
            .Take(page.Limit + 1).ToList();
        var last = found.Count > page.Limit ? found[page.Limit - 1] : null;
        return new ConversionList(
            brand.Currency.Code, [.. found.Take(page.Limit).Select(sum => CreditedConversion.FromSum(brand, sum))],
            last is null ? null : PageRequest.EncodeCursor(
                string.Create(CultureInfo.InvariantCulture, $"{last.OrderDay.DayNumber} {last.Conversion}")),
            ConversionTotals.FromSums(brand, sums));
    }
}

/// <summary>A page of conversions.</summary>
/// <param name="Currency">Currency of all amounts: the brand's.</param>
/// <param name="Items">Conversions by day, latest first, then by kind and id.</param>
/// <param name="Cursor">Cursor of the next page; null on the last page.</param>
/// <param name="Totals">Sums over all pages.</param>
internal sealed record ConversionList(
    string Currency, IReadOnlyList<CreditedConversion> Items, string? Cursor, ConversionTotals Totals);

/// <summary>Sums over all conversions of a list.</summary>
/// <param name="Count">Number of conversions.</param>
/// <param name="Share">Credited share.</param>
/// <param name="Net">Credited net revenue.</param>
/// <param name="Commission">Commission, without amounts that agreements settle per period.</param>
internal sealed record ConversionTotals(int Count, Share Share, Money Net, Money Commission)
{
    /// <summary>Adds the sums of the ledger up.</summary>
    public static ConversionTotals FromSums(BrandSettings brand, IReadOnlyList<ConversionSum> sums)
    {
        var (share, net, commission) = (Int128.Zero, Int128.Zero, Int128.Zero);
        foreach (var sum in sums)
        {
            share += sum.Micros;
            net += sum.Net;
            commission += sum.Commission;
        }

        return new(sums.Count, new(share), new(net, brand.Currency), new(commission, brand.Currency));
    }
}

/// <summary>The credit of a conversion within the requested scope.</summary>
/// <param name="Id">Order id, or conversion id of a sign-up or lead.</param>
/// <param name="Kind"><c>order</c>, or <c>lead</c> for sign-ups and leads.</param>
/// <param name="Day">The brand's local day of the conversion.</param>
/// <param name="Share">Credited share with six decimals; 0 for a canceled conversion.</param>
/// <param name="Net">Credited net revenue.</param>
/// <param name="Commission">Commission for the conversion, without amounts that agreements settle per period.</param>
internal sealed record CreditedConversion(
    string Id, string Kind, DateOnly Day, Share Share, Money Net, Money Commission)
{
    /// <summary>Creates the entry of a ledger sum.</summary>
    public static CreditedConversion FromSum(BrandSettings brand, ConversionSum sum) => new(
        sum.Conversion[2..], sum.Conversion.StartsWith(IdentityRules.OrderAlias(""), StringComparison.Ordinal) ? "order"
            : "lead", sum.OrderDay, new(sum.Micros),
        new(sum.Net, brand.Currency), new(sum.Commission, brand.Currency));
}
