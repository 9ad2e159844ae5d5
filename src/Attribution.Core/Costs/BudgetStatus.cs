using Attribution.Core.Values;

namespace Attribution.Core.Costs;

/// <summary>
/// The status of a campaign's budget at the end of a local day, with a projection. Amounts are in minor units of the
/// brand's currency.
/// </summary>
/// <param name="Spent">Costs on days up to and including the day, with commission.</param>
/// <param name="Planned">Costs in the catalog on later days.</param>
/// <param name="Remaining">Budget − spent − planned; below 0 if overspent; null without a budget.</param>
/// <param name="CommissionPerDay">Commission to date ÷ days to date.</param>
/// <param name="ProjectedSpend">
/// Spent + planned + commission per day × days left; null if the campaign has no last day.
/// </param>
/// <param name="ProjectedEnd">
/// The first day at the end of which the budget is exceeded, with known costs on their days and commission at the
/// average rate to date. Null without a budget, or if the budget lasts until the campaign's last day (without a last
/// day: for three years).
/// </param>
public sealed record BudgetStatus(
    Int128 Spent, Int128 Planned, Int128? Remaining, decimal CommissionPerDay, Int128? ProjectedSpend,
    DateOnly? ProjectedEnd)
{
    /// <summary>The number of days that are projected for a campaign without a last day: three years.</summary>
    public const int MaxProjectionDays = 1_096;

    /// <summary>Calculates the status. Pure.</summary>
    /// <param name="budget">The budget; null if there is none.</param>
    /// <param name="costs">Costs by local day, with commission.</param>
    /// <param name="commission">The commission up to and including <paramref name="on"/>.</param>
    /// <param name="on">The day.</param>
    /// <param name="startsOn">The campaign's first day; null: the day of the first cost.</param>
    /// <param name="endsOn">The campaign's last day (inclusive); null: no end.</param>
    public static BudgetStatus Calculate(
        long? budget, IReadOnlyDictionary<DateOnly, Int128> costs, Int128 commission, DateOnly on, DateOnly? startsOn,
        DateOnly? endsOn)
    {
        var spent = Sum(costs.Where(cost => cost.Key <= on));
        var planned = Sum(costs.Where(cost => cost.Key > on));
        var first = startsOn ?? costs.Where(cost => cost.Value != 0).Select(cost => cost.Key).DefaultIfEmpty(on).Min();
        var daysSoFar = on.DayNumber - first.DayNumber + 1;
        var perDay = daysSoFar > 0 ? (decimal)commission / daysSoFar : 0;
        var daysLeft = endsOn is { } end ? Math.Max(0, end.DayNumber - on.DayNumber) : (int?)null;
        return new(
            spent, planned, (Int128?)budget - spent - planned, perDay,
            daysLeft is { } left ? spent + planned + (Int128)decimal.Round(perDay * left, MidpointRounding.ToEven) : null,
            budget is { } limit ? FindEnd(limit) : null);

        static Int128 Sum(IEnumerable<KeyValuePair<DateOnly, Int128>> costs) =>
            costs.SumWide(cost => cost.Value);

        DateOnly? FindEnd(long limit)
        {
            if (spent > limit) return on;
            var projected = (decimal)spent;
            var lastDay = Math.Min(daysLeft ?? MaxProjectionDays, DateOnly.MaxValue.DayNumber - on.DayNumber);
            for (var ahead = 1; ahead <= lastDay; ahead++)
            {
                projected += perDay + (decimal)costs.GetValueOrDefault(on.AddDays(ahead));
                if (projected > limit) return on.AddDays(ahead);
            }
            return null;
        }
    }
}
