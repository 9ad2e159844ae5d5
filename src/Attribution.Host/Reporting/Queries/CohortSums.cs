using Attribution.Core.Crediting;
using Attribution.Core.Customers;
using Attribution.Core.Values;
using Attribution.Host.Reporting.Queries.Rollups;
using Attribution.Host.Reporting.Queries.Values;

namespace Attribution.Host.Reporting.Queries;

/// <summary>
/// Sums of customers and their orders by creator or campaign. What a customer orders is divided among those who are credited
/// for the first order by largest remainder, so the rows sum to the customers.
/// </summary>
/// <param name="query">The query.</param>
/// <param name="today">The brand's local day.</param>
/// <param name="projection">The projection, learned from all customers of the brand.</param>
internal sealed class CohortSums(RollupQuery query, DateOnly today, WorthProjection projection)
{
    // Credit is in millionths.
    private const decimal Whole = 1_000_000;

    private readonly QueryScope scope = QueryScope.FromRollups(query);
    private readonly Dictionary<string, Row> rows = new(StringComparer.Ordinal);

    /// <summary>Adds an order of the days, with the amounts of its credits.</summary>
    public void AddOrder(CustomerOrder order)
    {
        var credited = order.Credits.Select(credit => credit.GetNet()).ToList();
        credited.Add(order.Net - order.RefundDays.Sum(refund => refund.Amount) - credited.Sum());
        foreach (var (row, share, micros) in FindShares(order))
        {
            var sum = row.Orders[(int)order.Status];
            row.Orders[(int)order.Status] = (sum.Micros + micros, sum.Net + credited[share]);
        }
    }

    /// <summary>Adds a customer whose first order is of the days.</summary>
    public void AddCustomer(NewCustomer customer)
    {
        var ages = WorthProjection.Ages.Skip(1).Select(customer.GetWorth).ToList();
        var weights = GetMoneyWeights(customer.First);
        var parts = ages.Select(age => (Net: LargestRemainder.Split(age.Net, weights), Refunds: LargestRemainder.Split(age.Refunds, weights))).ToList();
        foreach (var (row, share, micros) in FindShares(customer.First))
        {
            row.Customers += micros;
            row.Shares.Add((customer, (double)(micros / Whole)));
            for (var age = 0; age < ages.Count; age++)
            {
                var isComplete = customer.IsComplete(WorthProjection.Ages[age + 1], today);
                (isComplete ? row.Complete : row.Growing)[age].Add(micros, ages[age].Orders * micros, parts[age].Net[share], parts[age].Refunds[share]);
            }

            foreach (var (day, change) in customer.GetChanges())
                row.Earned[day] = row.Earned.GetValueOrDefault(day) + (change * micros / Whole * row.Margin);
        }
    }

    /// <summary>Adds the cost of a creator or campaign; empty for cost without one.</summary>
    public void AddCost(string key, long cost)
    {
        if (cost == 0 && !rows.ContainsKey(key)) return;
        FindRow(key, query.Brand.GrossMarginPercent).Cost = cost;
    }

    /// <summary>Returns the rows, those with most new customers first.</summary>
    public IReadOnlyList<CohortRow> ToRows() =>
        [.. rows.OrderByDescending(row => row.Value.Customers).ThenBy(row => row.Key, StringComparer.Ordinal).Select(row => ToRow(row.Key, row.Value))];

    /// <summary>Returns the shares of those who are credited for an order, and last that of no one.</summary>
    private static long[] GetWeights(CustomerOrder order) =>
        [.. order.Credits.Select(credit => credit.Micros), Math.Max(0, (long)Whole - order.Credits.Sum(credit => credit.Micros))];

    /// <summary>
    /// Returns the net of each share before refunds, so that the first order is divided as the ledger divides it; the shares
    /// themselves for a free order.
    /// </summary>
    private static long[] GetMoneyWeights(CustomerOrder order)
    {
        var net = order.Credits.Select(credit => credit.Gross - credit.Discount).ToList();
        net.Add(order.Net - net.Sum());
        return order.Net > 0 && net.TrueForAll(part => part >= 0) ? [.. net] : GetWeights(order);
    }

    /// <summary>Returns the rows of those who are credited for an order, as the query restricts them, with their shares.</summary>
    private IEnumerable<(Row Row, int Share, long Micros)> FindShares(CustomerOrder order)
    {
        var weights = GetWeights(order);
        for (var i = 0; i < weights.Length; i++)
        {
            if (weights[i] == 0) continue;
            var placement = i < order.Credits.Length ? order.Credits[i].Placement : null;
            if (!scope.Includes(placement)) continue;
            var key = (query.GroupBy.Campaign ? placement?.Campaign : placement?.Creator) ?? "";
            var margin = placement is null ? query.Brand.GrossMarginPercent : query.Catalog.FindCampaign(placement.Campaign)?.GrossMarginPercent;
            yield return (FindRow(key, margin), i, weights[i]);
        }
    }

    private Row FindRow(string key, decimal? marginPercent)
    {
        if (!rows.TryGetValue(key, out var row)) rows.Add(key, row = new Row());
        row.Margin = (marginPercent ?? 100) / 100;
        return row;
    }

    private CohortRow ToRow(string key, Row row)
    {
        var name = key.Length == 0 ? null : key;
        Money? cost = name is null && row.Cost == 0 ? null : Show(row.Cost);
        var projected = row.Customers == 0 ? null : projection.Project(row.Shares, today);
        var customers = (double)(row.Customers / Whole);
        return new(
            query.GroupBy.Campaign ? null : name, query.GroupBy.Campaign ? name : null, Show(row.Orders[(int)CustomerStatus.New]),
            Show(row.Orders[(int)CustomerStatus.Returning]), Show(row.Orders[(int)CustomerStatus.Unknown]), cost, new(row.Customers),
            row is { Customers: > 0, Cost: > 0 } ? Show(row.Cost * Whole / row.Customers) : null, FindPayback(row),
            ShowAge(row, 0), ShowAge(row, 1), ShowAge(row, 2), ShowAge(row, 3), ShowAge(row, 4),
            Show(projected?.Sum / customers), Show(projected?.Low / customers), Show(projected?.High / customers));
    }

    private static int? FindPayback(Row row)
    {
        if (row.Cost <= 0) return null;
        var sum = 0m;
        foreach (var (day, earned) in row.Earned)
        {
            sum += earned;
            if (sum >= row.Cost) return day;
        }

        return null;
    }

    private CohortAge ShowAge(Row row, int age)
    {
        var (complete, growing) = (row.Complete[age], row.Growing[age]);
        return new(
            new(complete.Customers), new(complete.Orders), Show(complete.Net), Show(complete.Refunds),
            complete.Customers > 0 ? Show((complete.Net - complete.Refunds) * Whole / complete.Customers) : null,
            new(growing.Customers), new(growing.Orders), Show(growing.Net), Show(growing.Refunds));
    }

    private CohortOrders Show((long Micros, long Net) sum) => new(new(sum.Micros), Show(sum.Net));

    private Money Show(long minor) => new(minor, query.Brand.Currency);

    private Money Show(decimal minor) => new((Int128)decimal.Round(minor, MidpointRounding.ToEven), query.Brand.Currency);

    private Money? Show(double? minor) => minor is { } known ? Show((decimal)known) : null;

    private sealed class Row
    {
        // By CustomerStatus.
        public (long Micros, long Net)[] Orders { get; } = new (long, long)[Enum.GetValues<CustomerStatus>().Cast<int>().Max() + 1];

        public AgeSum[] Complete { get; } = [.. WorthProjection.Ages.Skip(1).Select(_ => new AgeSum())];

        public AgeSum[] Growing { get; } = [.. WorthProjection.Ages.Skip(1).Select(_ => new AgeSum())];

        // Net × gross margin by the number of days after the first order.
        public SortedDictionary<int, decimal> Earned { get; } = [];

        public List<(NewCustomer Customer, double Share)> Shares { get; } = [];

        public long Customers { get; set; }

        public long Cost { get; set; }

        public decimal Margin { get; set; }
    }

    private sealed class AgeSum
    {
        public long Customers { get; private set; }

        public long Orders { get; private set; }

        public long Net { get; private set; }

        public long Refunds { get; private set; }

        public void Add(long customers, long orders, long net, long refunds) =>
            (Customers, Orders, Net, Refunds) = (Customers + customers, Orders + orders, Net + net, Refunds + refunds);
    }
}
