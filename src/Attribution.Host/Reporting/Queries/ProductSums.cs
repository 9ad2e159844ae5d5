using Attribution.Core.Catalog;
using Attribution.Core.Crediting;
using Attribution.Core.Events;
using Attribution.Core.Journeys;
using Attribution.Core.Values;
using Attribution.Host.Reporting.Queries.Values;

namespace Attribution.Host.Reporting.Queries;

/// <summary>Sums of orders by product or category.</summary>
/// <param name="brand">The brand, with its margins.</param>
/// <param name="byCategory">Groups by category in place of product.</param>
internal sealed class ProductSums(BrandSettings brand, bool byCategory)
{
    private static readonly ReportedLine Unnamed = new(null, null, null, 0, 0, 0);

    private readonly Dictionary<string, Row> rows = new(StringComparer.Ordinal);
    private readonly Row total = new(Unnamed);

    /// <summary>Adds an order by its lines.</summary>
    /// <param name="lines">The lines.</param>
    /// <param name="isCredited">Selects the placements whose credit counts.</param>
    public void AddLines(IReadOnlyList<DecidedLine> lines, Func<Placement, bool> isCredited)
    {
        var counted = new HashSet<Row>();
        total.Orders++;
        foreach (var line in lines)
        {
            var row = FindRow(line.Reported);
            if (counted.Add(row)) row.Orders++;
            Add(
                row, line.Reported, line.Gross, line.Discount, line.Refunds,
                line.Credits.Where(credit => isCredited(credit.Placement)).Sum(credit => credit.Net),
                line.Commissions.Where(paid => isCredited(paid.Placement)).Sum(paid => paid.Commission));
        }
    }

    /// <summary>Adds an order without lines.</summary>
    /// <param name="order">The order.</param>
    /// <param name="isCredited">Selects the placements whose credit counts.</param>
    public void AddOrder(Conversion order, Func<Placement, bool> isCredited)
    {
        var row = FindRow(Unnamed);
        row.Orders++;
        total.Orders++;
        Add(
            row, Unnamed, order.Gross, order.Discount, order.Refunds,
            order.BookCredits.Where(credit => isCredited(credit.Placement)).Sum(credit => credit.GetNet()),
            order.Accruals.Where(accrual => isCredited(accrual.Placement)).Sum(accrual => accrual.Commission));
    }

    /// <summary>Returns the rows, those with the greatest net first.</summary>
    public ProductsAnswer ToAnswer(QueryScope scope) => new(
        brand.Id, scope.From, scope.To, brand.Currency.Code, byCategory ? "category" : "product",
        [
            .. rows.Values.OrderByDescending(row => row.Net)
                .ThenBy(row => row.Name.Product ?? row.Name.Category, StringComparer.Ordinal).Select(row => ToAnswer(row, isTotal: false)),
        ],
        ToAnswer(total, isTotal: true));

    private Row FindRow(ReportedLine line)
    {
        var name = ReportedLine.KeyOf(byCategory ? line.Category : line.Product) ?? "";
        if (!rows.TryGetValue(name, out var row)) rows.Add(name, row = new(line));
        else if (line.Category is not null) row.Name = row.Name with { Category = line.Category };
        return row;
    }

    private void Add(Row row, ReportedLine line, long gross, long discount, long refunds, long credited, long commission)
    {
        var margin = brand.ProductMargins is { } margins ? margins.RateOf(line, brand.GrossMarginPercent) : brand.GrossMarginPercent;
        foreach (var sum in new[] { row, total })
        {
            sum.Quantity += line.Quantity;
            sum.Gross += gross;
            sum.Discount += discount;
            sum.Refunds += refunds;
            sum.Credited += credited;
            sum.Commission += commission;
            sum.Margin += margin / 100 * (gross - discount - refunds);
            sum.CreditedMargin += margin / 100 * credited;
        }
    }

    private ProductRow ToAnswer(Row row, bool isTotal) => new(
        byCategory || isTotal ? null : row.Name.Product, isTotal || (!byCategory && row.Name.Product is null) ? null : row.Name.Category,
        row.Orders, (decimal)row.Quantity / ReportedLine.OneUnit, Show(row.Gross), Show(row.Discount), Show(row.Refunds),
        Show(row.Net), Show(row.Credited), Show(row.Commission), Show(row.Margin), Show(row.CreditedMargin));

    private Money Show(Int128 minor) => new(minor, brand.Currency);

    private Money? Show(decimal? minor) => minor is { } known ? Show((Int128)decimal.Round(known, MidpointRounding.ToEven)) : null;

    private sealed class Row(ReportedLine name)
    {
        public ReportedLine Name { get; set; } = name;

        public long Orders { get; set; }

        public Int128 Quantity { get; set; }

        public Int128 Gross { get; set; }

        public Int128 Discount { get; set; }

        public Int128 Refunds { get; set; }

        public Int128 Net => Gross - Discount - Refunds;

        public Int128 Credited { get; set; }

        public Int128 Commission { get; set; }

        // Null from the first part whose margin is unknown.
        public decimal? Margin { get; set; } = 0;

        public decimal? CreditedMargin { get; set; } = 0;
    }
}
