using System.Collections.Immutable;
using Attribution.Core.Values;

namespace Attribution.Core.Crediting;

/// <summary>The conversion of an order's amounts by a rate that is fixed by law.</summary>
/// <param name="From">The order's currency.</param>
/// <param name="To">The brand's currency.</param>
/// <param name="Rate">Units of the brand's currency per unit of the order's.</param>
/// <param name="Rates">The fixed rates that it contains; at least one.</param>
public sealed record AppliedFixedRate(string From, string To, decimal Rate, ImmutableArray<FixedRate> Rates)
{
    /// <summary>Gets the laws.</summary>
    public string Source => string.Join("; ", Rates.Select(rate => rate.Source).Distinct(StringComparer.Ordinal));

    /// <summary>Describes the conversion in one sentence.</summary>
    public string Description
    {
        get
        {
            var rates = Rates.Select(rate => FormattableString.Invariant($"{rate.PerEuro} {rate.Currency} per EUR ({rate.Source})"));
            return $"Converted from {From} to {To} at the fixed rate of {string.Join(" and ", rates)}.";
        }
    }
}
