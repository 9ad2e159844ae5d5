namespace Attribution.Core.Customers;

/// <summary>
/// The projection of the net of customers to a year after their first order, by the additive method of run-off triangles
/// (K. D. Schmidt, "Methods and Models of Loss Reserving Based on Run-Off Triangles", 2006): each step from one age to
/// the next adds the mean of what the brand's customers added in that step, of those who have passed it. Immutable.
/// </summary>
public sealed class WorthProjection
{
    /// <summary>The ages in days at which customers are compared. The last one is projected.</summary>
    public static readonly IReadOnlyList<int> Ages = [1, 30, 60, 90, 180, 365];

    /// <summary>The least number of customers who have passed a step; with fewer, nothing is projected.</summary>
    public const int MinCustomers = 30;

    // Two-sided 95 % of the normal distribution.
    private const double Quantile = 1.959964;

    private readonly (int Count, double Mean, double Variance)[] steps;

    private WorthProjection((int Count, double Mean, double Variance)[] steps) => this.steps = steps;

    /// <summary>Learns the steps from all new customers of a brand.</summary>
    /// <param name="customers">The customers.</param>
    /// <param name="today">The brand's local day.</param>
    public static WorthProjection FromCustomers(IEnumerable<NewCustomer> customers, DateOnly today)
    {
        var sums = new (int Count, double Sum, double Squares)[Ages.Count - 1];
        foreach (var customer in customers)
        {
            var before = customer.GetWorth(Ages[0]).Left;
            for (var step = 0; step < sums.Length && customer.IsComplete(Ages[step + 1], today); step++)
            {
                var after = customer.GetWorth(Ages[step + 1]).Left;
                double added = after - before;
                before = after;
                sums[step] = (sums[step].Count + 1, sums[step].Sum + added, sums[step].Squares + (added * added));
            }
        }

        return new([.. sums.Select(sum => (sum.Count, sum.Count == 0 ? 0 : sum.Sum / sum.Count, FindVariance(sum.Count, sum.Sum, sum.Squares)))]);
    }

    /// <summary>
    /// Projects the net after a year of customers, with the interval that covers it in 95 % of cases: the variance of what
    /// these customers add and that of the means, under the normal distribution.
    /// </summary>
    /// <param name="customers">The customers, each with a share from 0 to 1.</param>
    /// <param name="today">The brand's local day.</param>
    /// <returns>The sum and its interval in minor units; null if a step that is needed has too few customers.</returns>
    public (double Sum, double Low, double High)? Project(IEnumerable<(NewCustomer Customer, double Share)> customers, DateOnly today)
    {
        var (sum, shares, squares) = (0d, new double[steps.Length], new double[steps.Length]);
        foreach (var (customer, share) in customers)
        {
            // A customer of today has no complete age: the first order counts as the day's.
            var age = Math.Max(0, Ages.TakeWhile(days => customer.IsComplete(days, today)).Count() - 1);
            sum += share * customer.GetWorth(Ages[age]).Left;
            for (var step = age; step < steps.Length; step++)
            {
                shares[step] += share;
                squares[step] += share * share;
            }
        }

        var variance = 0d;
        for (var step = 0; step < steps.Length; step++)
        {
            if (shares[step] == 0) continue;
            if (steps[step].Count < MinCustomers) return null;
            sum += shares[step] * steps[step].Mean;
            variance += steps[step].Variance * (squares[step] + (shares[step] * shares[step] / steps[step].Count));
        }

        var margin = Quantile * Math.Sqrt(variance);
        return (sum, sum - margin, sum + margin);
    }

    private static double FindVariance(int count, double sum, double squares) =>
        count < 2 ? 0 : Math.Max(0, (squares - (sum * sum / count)) / (count - 1));
}
