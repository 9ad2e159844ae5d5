using Attribution.Core.Customers;
using Attribution.Core.Tests.Fixtures;
using Attribution.Simulator;

namespace Attribution.Core.Tests.Customers;

/// <summary>New customers and their orders, compared with what the simulator knows of its people.</summary>
public sealed class NewCustomerTests
{
    private static readonly DateOnly First = new(2026, 3, 1);

    [Theory]
    [InlineData(3)]
    [InlineData(4)]
    public void Customers_and_their_worth_equal_the_truth_of_the_market(int seed)
    {
        var market = Market.Create(seed, First, new MarketOptions { Kind = MarketKind.Shop, People = 3_000 });
        var engine = new InMemoryEngine().Put(market.Catalog.Select(item => InMemoryEngine.Item(item.Kind, item.Json))).Process(market.Shuffled(seed), 90);

        var found = NewCustomer.FromOrders(engine.Journeys.SelectMany(CustomerOrder.FromJourney))
            .Select(customer => Describe(customer.First.Key[2..], WorthProjection.Ages.Select(customer.GetWorth).Select(worth => (worth.Orders, worth.Net, worth.Refunds))))
            .Order(StringComparer.Ordinal).ToList();

        found.Count.ShouldBeGreaterThan(20);
        found.ShouldBe(
            CustomerTruth.FromMarket(market, WorthProjection.Ages).Select(customer => Describe(customer.FirstOrder, customer.Worth)).Order(StringComparer.Ordinal));
    }

    private static string Describe(string first, IEnumerable<(int Orders, long Net, long Refunds)> worth) => $"{first}: {string.Join(", ", worth)}";
}
