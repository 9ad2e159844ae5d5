namespace Attribution.Core.Costs;

/// <summary>Where a campaign stands against its budget at the end of a local day, and where it is heading. Minor units of the brand's currency.</summary>
/// <param name="Spent">Cost that stands on days through that one, commission included.</param>
/// <param name="Planned">Cost that the catalog has on later days.</param>
/// <param name="Remaining">Budget − spent − planned; below 0 where it is overspent; null without a budget.</param>
/// <param name="CommissionPerDay">Commission so far ÷ days so far.</param>
/// <param name="ProjectedSpend">Spent + planned + commission per day × days left; null where the campaign has no last day.</param>
/// <param name="ProjectedEnd">The first day whose end sees more spent than the budget, known costs on their days and commission at the rate so far; null without a budget, or where it lasts to the campaign's last day (without one, for three years).</param>
public sealed record BudgetStatus(long Spent, long Planned, long? Remaining, decimal CommissionPerDay, long? ProjectedSpend, DateOnly? ProjectedEnd)
{
    /// <summary>How far ahead a campaign without a last day is looked: three years.</summary>
    public const int MaxProjectionDays = 1_096;

    /// <summary>Reckons it. Pure.</summary>
    /// <param name="budget">The budget; null: none.</param>
    /// <param name="costs">Cost by local day, commission included.</param>
    /// <param name="commission">The commission of them through <paramref name="on"/>.</param>
    /// <param name="on">The day.</param>
    /// <param name="startsOn">The campaign's first day; null: that of the first cost.</param>
    /// <param name="endsOn">The campaign's last day, inside; null: open.</param>
    public static BudgetStatus Calculate(long? budget, IReadOnlyDictionary<DateOnly, long> costs, long commission, DateOnly on, DateOnly? startsOn, DateOnly? endsOn)
    {
        var spent = costs.Where(cost => cost.Key <= on).Sum(cost => cost.Value);
        var planned = costs.Where(cost => cost.Key > on).Sum(cost => cost.Value);
        var first = startsOn ?? costs.Where(cost => cost.Value != 0).Select(cost => cost.Key).DefaultIfEmpty(on).Min();
        var daysSoFar = on.DayNumber - first.DayNumber + 1;
        var perDay = daysSoFar > 0 ? (decimal)commission / daysSoFar : 0;
        var daysLeft = endsOn is { } end ? Math.Max(0, end.DayNumber - on.DayNumber) : (int?)null;
        return new(
            spent, planned, budget - spent - planned, perDay,
            daysLeft is { } left ? spent + planned + (long)decimal.Round(perDay * left, MidpointRounding.ToEven) : null,
            budget is { } limit ? End(limit, spent) : null);

        DateOnly? End(long limit, long spent)
        {
            if (spent > limit) return on;
            decimal projected = spent;
            for (var ahead = 1; ahead <= Math.Min(daysLeft ?? MaxProjectionDays, DateOnly.MaxValue.DayNumber - on.DayNumber); ahead++)
            {
                projected += perDay + costs.GetValueOrDefault(on.AddDays(ahead));
                if (projected > limit) return on.AddDays(ahead);
            }
            return null;
        }
    }
}
