using System.Collections.Immutable;
using Attribution.Core.Crediting;
using Attribution.Core.Customers;
using Attribution.Core.Journeys;
using Attribution.Core.Values;

namespace Attribution.Core.Tests.Customers;

/// <summary>The projection of what customers are worth after a year.</summary>
public sealed class WorthProjectionTests
{
    private static readonly DateOnly Start = new(2024, 1, 1);

    [Fact]
    public void Step_adds_the_mean_of_customers_who_passed_it()
    {
        // 40 customers of a year ago: 100, and 20 more on day 40 of every second one.
        var old = Enumerable.Range(0, 40).Select(i => Customer($"old-{i}", Start, i % 2 == 0 ? [(0, 100), (40, 20)] : [(0, 100)])).ToList();
        var young = Customer("young", Start.AddDays(400), (0, 70));
        var today = Start.AddDays(410);
        var projection = WorthProjection.FromCustomers([.. old, young], today);

        var (sum, low, high) = projection.Project([(young, 1), (old[0], 0.5)], today)!.Value;

        // 70 + 10, and half of 120, which is complete.
        sum.ShouldBe(140, 1e-9);
        // Variance of one step: 40 × 10² ÷ 39, for one customer and the mean of 40.
        var margin = 1.959964 * Math.Sqrt(40 * 100 / 39d * (1 + (1 / 40d)));
        (low, high).ShouldBe((140 - margin, 140 + margin));
    }

    [Fact]
    public void Nothing_is_projected_from_too_few_customers()
    {
        var today = Start.AddDays(400);
        var few = Enumerable.Range(0, 29).Select(i => Customer($"{i}", Start, (0, 100))).ToList();
        var young = Customer("young", Start.AddDays(390), (0, 70));

        WorthProjection.FromCustomers([.. few, young], today).Project([(young, 1)], today).ShouldBeNull();
        WorthProjection.FromCustomers(few, today).Project([(few[0], 1)], today)!.Value.Sum.ShouldBe(100);
    }

    [Fact]
    [Trait("Category", "Long")]
    public void Interval_covers_what_customers_turn_out_to_be_worth()
    {
        var covered = 0;
        for (var seed = 0; seed < 500; seed++)
        {
            var random = new Random(seed);
            var customers = Enumerable.Range(0, 1_500).Select(i => Customer($"{i}", Start.AddDays(random.Next(0, 730)), [.. Orders(random)])).ToList();
            var today = Start.AddDays(600);
            // What is known on that day.
            var known = customers.Where(customer => customer.First.Day < today).ToList();
            var cohort = known.Where(customer => customer.First.Day >= today.AddDays(-120)).Take(60).ToList();
            var (_, low, high) = WorthProjection.FromCustomers(known, today).Project(cohort.Select(customer => (customer, 1d)), today)!.Value;
            var truth = cohort.Sum(customer => customer.GetWorth(365).Left);
            if (truth >= low && truth <= high) covered++;
        }

        covered.ShouldBeInRange(450, 500);
    }

    private static IEnumerable<(int, long)> Orders(Random random)
    {
        yield return (0, random.Next(20, 120));
        for (var day = random.Next(10, 160); day < 500; day += random.Next(10, 160))
            if (random.Next(3) == 0) yield return (day, random.Next(20, 120));
    }

    private static NewCustomer Customer(string key, DateOnly first, params (int Day, long Net)[] orders) => NewCustomer.FromOrders(
        orders.Select((order, i) => new CustomerOrder(
            key, $"o:{key}-{i}", new Timestamp(first.AddDays(order.Day).DayNumber * 86_400_000L), first.AddDays(order.Day),
            i == 0 ? CustomerStatus.New : CustomerStatus.Returning, order.Net, [], ImmutableArray<Credit>.Empty))).Single();
}
