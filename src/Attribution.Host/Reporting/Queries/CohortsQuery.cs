using Attribution.Core.Customers;
using Attribution.Host.Reporting.Queries.Rollups;
using Attribution.Host.Reporting.Queries.Values;
using Attribution.Storage.Journeys;
using Attribution.Storage.Rollups;

namespace Attribution.Host.Reporting.Queries;

/// <summary>
/// The query for the customers that creators brought: orders of new, returning and unknown customers of some days, and what
/// the new ones ordered since, by who was credited for their first order. Reads every order of the brand.
/// </summary>
internal static class CohortsQuery
{
    /// <summary>Reads the cohorts of a query.</summary>
    /// <param name="query">The days, campaign and creator; rows are by creator or by campaign.</param>
    /// <param name="today">The brand's local day.</param>
    /// <param name="journeys">The journeys.</param>
    /// <param name="rollups">The rollups, for the cost.</param>
    /// <param name="cancellation">Cancels the query.</param>
    public static async Task<QueryResult<CohortsAnswer>> RunAsync(
        RollupQuery query, DateOnly today, IJourneyStore journeys, IRollupStore rollups, CancellationToken cancellation)
    {
        if (query.AsOf is not null) return QueryProblem.BadParameter("asOf", "Cohorts have no earlier states");
        var byCampaign = query.GroupBy is { Campaign: true, Creator: false };
        query = query with
        {
            GroupBy = new(Day: false, Campaign: byCampaign, Creator: !byCampaign), View = RollupView.Cohort, Models = [query.Brand.ReportedModel],
        };
        var orders = new List<CustomerOrder>();
        await journeys.ScanBrandAsync(query.Brand.Id, journey => orders.AddRange(CustomerOrder.FromJourney(journey)), cancellation);
        var customers = NewCustomer.FromOrders(orders).ToList();
        var sums = new CohortSums(query, today, WorthProjection.FromCustomers(customers, today));
        foreach (var order in orders.Where(order => order.Day >= query.From && order.Day <= query.To)) sums.AddOrder(order);
        foreach (var customer in customers.Where(known => known.First.Day >= query.From && known.First.Day <= query.To)) sums.AddCustomer(customer);
        var groups = new RollupAggregation(query, await RollupReader.ReadAsync(query, rollups, cancellation));
        await foreach (var group in groups.ReadResultsAsync(cancellation))
            if (group.Key.Attributed)
                sums.AddCost(
                    (byCampaign ? group.Key.Campaign : group.Key.Creator) ?? "", (long)RollupFigures.FromCell(group.Cell, group.Model, query.View).Cost);
        return new CohortsAnswer(query.Brand.Id, query.From, query.To, query.Brand.Currency.Code, byCampaign ? "campaign" : "creator", sums.ToRows());
    }
}

/// <summary>The customers that creators or campaigns brought.</summary>
/// <param name="BrandId">The brand.</param>
/// <param name="From">First local day (inclusive) of the orders and of the customers' first orders.</param>
/// <param name="To">Last local day (inclusive).</param>
/// <param name="Currency">Currency of all amounts: the brand's.</param>
/// <param name="By">The grouping: <c>creator</c> or <c>campaign</c>.</param>
/// <param name="Items">The rows, those with most new customers first.</param>
internal sealed record CohortsAnswer(
    string BrandId, DateOnly From, DateOnly To, string Currency, string By, IReadOnlyList<CohortRow> Items);

/// <summary>The customers that a creator or campaign brought.</summary>
/// <param name="CreatorId">The creator; null by campaign, and in the row of those credited to no one.</param>
/// <param name="CampaignId">The campaign; null by creator, and in the row of those credited to no one.</param>
/// <param name="New">Credited orders of new customers.</param>
/// <param name="Returning">Credited orders of returning customers.</param>
/// <param name="Unknown">Credited orders of customers of whom it is not known.</param>
/// <param name="Cost">All cost of the days; null in the row of those credited to no one.</param>
/// <param name="Customers">New customers by the credit of their first order.</param>
/// <param name="CostPerNewCustomer">Cost ÷ customers; null without customers or cost.</param>
/// <param name="PaybackDays">
/// Days after the first orders, 0 for the same day, until net × gross margin of the customers covers the cost; null if it
/// does not yet, or there is no cost.
/// </param>
/// <param name="After30">What customers ordered in their first 30 days.</param>
/// <param name="After60">In their first 60 days.</param>
/// <param name="After90">In their first 90 days.</param>
/// <param name="After180">In their first 180 days.</param>
/// <param name="After365">In their first 365 days.</param>
/// <param name="ProjectedNet">Net after refunds per customer in 365 days, projected; null if there are too few to tell.</param>
/// <param name="ProjectedNetLow">Lower end of its interval of 95 %.</param>
/// <param name="ProjectedNetHigh">Upper end of its interval of 95 %.</param>
internal sealed record CohortRow(
    string? CreatorId, string? CampaignId, CohortOrders New, CohortOrders Returning, CohortOrders Unknown, Money? Cost, Share Customers,
    Money? CostPerNewCustomer, int? PaybackDays, CohortAge After30, CohortAge After60, CohortAge After90, CohortAge After180, CohortAge After365,
    Money? ProjectedNet, Money? ProjectedNetLow, Money? ProjectedNetHigh);

/// <summary>Credited orders.</summary>
/// <param name="Orders">Number of orders.</param>
/// <param name="Net">Their net after refunds.</param>
internal sealed record CohortOrders(Share Orders, Money Net);

/// <summary>
/// What new customers ordered within a time after their first order: those of whom the time has passed, and apart from them
/// those of whom it has not.
/// </summary>
/// <param name="Customers">Customers of whom the time has passed.</param>
/// <param name="Orders">Their orders within it.</param>
/// <param name="Net">The net of these orders before refunds.</param>
/// <param name="Refunds">Refunds within it.</param>
/// <param name="NetPerCustomer">Net less refunds, per customer; null without customers.</param>
/// <param name="GrowingCustomers">Customers of whom it has not passed.</param>
/// <param name="GrowingOrders">Their orders so far.</param>
/// <param name="GrowingNet">Their net so far, before refunds.</param>
/// <param name="GrowingRefunds">Their refunds so far.</param>
internal sealed record CohortAge(
    Share Customers, Share Orders, Money Net, Money Refunds, Money? NetPerCustomer, Share GrowingCustomers, Share GrowingOrders, Money GrowingNet,
    Money GrowingRefunds);
