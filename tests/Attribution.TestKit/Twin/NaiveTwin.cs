using System.Numerics;
using Attribution.Contracts.Catalog;

namespace Attribution.TestKit.Twin;

/// <summary>
/// A second, deliberately simple implementation of the rules of attribution, written from the specification only: all
/// events as a list, the final catalog, and big integers. It has no order of arrival, no deltas and no store, and
/// shares no code with the engine.
/// </summary>
public static class NaiveTwin
{
    private const int MicrosPerUnit = 1_000_000;

    public static TwinResult Compute(IEnumerable<TwinEvent> events, IEnumerable<ICatalogItem> items)
    {
        var catalog = new TwinCatalog(items);
        var books = new TwinResult();
        foreach (var person in TwinPeople.FromEvents(events))
        {
            var touches = TwinTouches.FromPerson(person, catalog);
            var kept = TwinTouches.WithoutDuplicates(touches, catalog);
            var conversions = TwinRenewals.Place([.. TwinConversions.FromPerson(person, catalog)], person, kept, catalog);
            TwinTouches.Count(person, touches, conversions, catalog, books);
            TwinPosts.Count(person, catalog, books);
            TwinConversions.CountWaiting(person, catalog, books);
            foreach (var conversion in conversions) Credit(conversion, kept, catalog, books);
        }

        return books;
    }

    private static void Credit(TwinConversion conversion, List<TwinTouch> kept, TwinCatalog catalog, TwinResult books)
    {
        var money = TwinMoney.FromConversion(conversion, catalog);
        var bookModel = catalog.TermsAt(conversion.Brand, conversion.Origin.At).BookModel;
        var rows = new HashSet<TwinPlacement?> { TwinResult.Total };
        foreach (var model in TwinShares.Models)
        {
            var evidence = TwinCredit.Weigh(conversion.Origin, kept, catalog, model);
            string[] columns = model == bookModel ? [model, "book"] : [model];
            foreach (var column in columns) Count(conversion, CreditShare.All(TwinResult.Total, money), column, money.WaitsForRate, books);
            foreach (var share in evidence.Count > 0 ? Shares(money, evidence, model) : [CreditShare.All(null, money)])
            {
                foreach (var column in columns) Count(conversion, share, column, money.WaitsForRate, books);
                rows.Add(share.Placement);
                if (model == bookModel && share.Placement is not null) AddToLedger(conversion, share, catalog, books);
            }
        }

        books.Add(conversion.Brand, conversion.Day, TwinResult.Total, "", "refundsCapped", conversion.AllRefunds.Capped);
        books.Add(conversion.Brand, conversion.Day, TwinResult.Total, "", "refundsInOtherCurrency", conversion.AllRefunds.Foreign);
        if (money.WaitsForRate)
        {
            foreach (var row in rows) books.Add(conversion.Brand, conversion.Day, row, "", "rateGaps", 1);
            books.Add(conversion.Brand, conversion.Day, new("?rate", conversion.Currency!), "", "rateGaps", 1);
        }

        foreach (var code in conversion.Codes.Where(code => catalog.Code(conversion.Brand, code, conversion.At) is null)
            .Select(TwinCatalog.NormalizeCode).Distinct())
            books.Add(conversion.Brand, conversion.Day, new("?code", code), "", "redemptions", 1);
        if (conversion is { IsOrder: true, Cancelled: false })
            foreach (var placement in TwinCredit.Codes(conversion, catalog).Select(code => new TwinPlacement(code.CampaignId, code.CreatorId)).Distinct())
                books.Add(conversion.Brand, conversion.Day, placement, "", "redemptions", 1);
    }

    /// <summary>
    /// Sums the weights by placement, in the order of the first piece with weight. Then splits gross and micros by weight,
    /// the discount by the gross shares and refunds by the net shares.
    /// </summary>
    private static IEnumerable<CreditShare> Shares(TwinMoney money, List<TwinEvidence> evidence, string model)
    {
        if (model == "participation")
            return evidence.Select(piece => piece.Placement).Distinct().Select(placement => CreditShare.All(placement, money));

        var placements = evidence.Where(piece => piece.Weight > 0).GroupBy(piece => piece.Placement).ToList();
        var weights = placements.ConvertAll(pieces => pieces.Aggregate(BigInteger.Zero, (sum, piece) => sum + piece.Weight));
        var micros = TwinShares.Split(MicrosPerUnit, weights);
        var gross = TwinShares.Split(money.Gross, weights);
        var discount = TwinShares.Split(money.Discount, gross);
        List<BigInteger> net = [.. gross.Zip(discount, BigInteger.Subtract)];
        var refunded = money.RefundedAfter.Select(sum => TwinShares.Split(sum, net)).ToList();
        return placements.Select((placement, i) => new CreditShare(
            placement.Key, micros[i], gross[i], discount[i], [.. refunded.Select(shares => shares[i])]));
    }

    private static void Count(TwinConversion conversion, CreditShare share, string model, bool waitsForRate, TwinResult books)
    {
        void Add(DateOnly day, string measure, BigInteger value) => books.Add(conversion.Brand, day, share.Placement, model, measure, value);
        Add(conversion.Day, "gross", share.Gross);
        Add(conversion.Day, "discount", share.Discount);
        Add(conversion.Day, "refunds", share.Refunded);
        for (var i = 0; i < share.RefundedAfter.Count; i++)
            Add(conversion.Refunds[i].Day, "refundsCash", share.RefundedAfter[i] - (i == 0 ? 0 : share.RefundedAfter[i - 1]));
        if (conversion.Cancelled) return;

        Add(conversion.Day, conversion.IsOrder ? "conversions" : "leads", share.Micros);
        if (!conversion.IsOrder || share.Micros == 0) return;
        if (waitsForRate) Add(conversion.Day, "withoutRateMicros", share.Micros);
        Add(conversion.Day, "orders", 1);
        if (conversion.Newness == "new") Add(conversion.Day, "newCustomers", 1);
        if (conversion.Newness == "unknown") Add(conversion.Day, "unknownCustomers", 1);
    }

    /// <summary>
    /// Adds the ledger lines: the sale on its own day, each refund with its reversed commission on the refund's day.
    /// </summary>
    private static void AddToLedger(TwinConversion conversion, CreditShare share, TwinCatalog catalog, TwinResult books)
    {
        var agreement = catalog.Agreement(share.Placement!, conversion.Origin.Day);
        BigInteger Commission(int refunds) => TwinMoney.Commission(
            agreement, conversion, catalog.Brand(conversion.Brand).Currency,
            share.Gross - share.Discount - (refunds == 0 ? 0 : share.RefundedAfter[refunds - 1]),
            conversion.Refunds.Take(refunds).Any(refund => refund.IsCancel) ? 0 : share.Micros, refunds);
        void Add(DateOnly day, string measure, BigInteger value) => books.Add(conversion.Brand, day, share.Placement, "", measure, value);

        var (atFirst, inTheEnd) = (Commission(0), Commission(conversion.Refunds.Count));
        if (agreement is not null && TwinMoney.Covers(agreement, conversion))
            books.Accruals.Add(new(
                agreement.Id, conversion.Key, conversion.IsOrder ? "order" : "lead", conversion.At, conversion.Day,
                share.Gross - share.Discount - share.Refunded - TwinLines.Excluded(agreement, conversion, share.Gross - share.Discount - share.Refunded),
                conversion.Cancelled ? 0 : share.Micros, inTheEnd));
        Add(conversion.Day, "commission", inTheEnd);
        Add(conversion.Day, "commissionRefunded", atFirst - inTheEnd);
        Enter(conversion.Day, share.Gross - share.Discount, conversion.Cancelled ? 0 : share.Micros, atFirst);
        for (var i = 0; i < conversion.Refunds.Count; i++)
        {
            var (day, reversed) = (conversion.Refunds[i].Day, Commission(i) - Commission(i + 1));
            Add(day, "commissionReversed", reversed);
            Enter(day, (i == 0 ? 0 : share.RefundedAfter[i - 1]) - share.RefundedAfter[i], 0, -reversed);
        }

        void Enter(DateOnly day, BigInteger amount, BigInteger micros, BigInteger commission) =>
            books.AddToLedger(new(conversion.Brand, conversion.Key, conversion.Day, day, share.Placement!), new(amount, micros, commission));
    }

    /// <summary>
    /// The share of a placement in a conversion; null for the unattributed. The micros do not account for a
    /// cancellation.
    /// </summary>
    private sealed record CreditShare(
        TwinPlacement? Placement, BigInteger Micros, BigInteger Gross, BigInteger Discount, IReadOnlyList<BigInteger> RefundedAfter)
    {
        public BigInteger Refunded => RefundedAfter.Count == 0 ? 0 : RefundedAfter[^1];

        public static CreditShare All(TwinPlacement? placement, TwinMoney money) =>
            new(placement, MicrosPerUnit, money.Gross, money.Discount, money.RefundedAfter);
    }
}
