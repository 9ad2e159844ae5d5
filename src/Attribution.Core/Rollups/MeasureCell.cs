using Attribution.Core.Models;

namespace Attribution.Core.Rollups;

/// <summary>All measures of one key as one dense vector of integers; adding cells is adding vectors, so the order of adding does not matter.</summary>
public sealed class MeasureCell
{
    /// <summary>How many <see cref="Measure"/>s there are.</summary>
    public const int MeasureCount = 31;

    /// <summary>How many <see cref="CreditMeasure"/>s there are, for each model.</summary>
    public const int CreditMeasureCount = 8;

    /// <summary>How many <see cref="Model"/>s there are.</summary>
    public const int ModelCount = 11;

    /// <summary>Length of the vector.</summary>
    public const int Length = MeasureCount + ModelCount * CreditMeasureCount;

    private readonly long[] values = new long[Length];

    /// <summary>The vector: the measures by number, then the credit measures by model and number.</summary>
    public Span<long> Values => values;

    /// <summary>A measure that is held once.</summary>
    public long this[Measure measure]
    {
        get => values[(int)measure];
        set => values[(int)measure] = value;
    }

    /// <summary>A measure under a model.</summary>
    public long this[Model model, CreditMeasure measure]
    {
        get => values[MeasureCount + (int)model * CreditMeasureCount + (int)measure];
        set => values[MeasureCount + (int)model * CreditMeasureCount + (int)measure] = value;
    }

    /// <summary>Net under a model: gross less discount and refunds, each on the order's day; minor units.</summary>
    public long NetOf(Model model) => this[model, CreditMeasure.Gross] - this[model, CreditMeasure.Discount] - this[model, CreditMeasure.Refunds];

    /// <summary>Adds another cell <paramref name="times"/> times (-1 subtracts).</summary>
    /// <exception cref="OverflowException">A sum leaves 64 bits.</exception>
    public void Add(MeasureCell other, int times = 1)
    {
        var source = other.values;
        for (var i = 0; i < values.Length; i++)
            if (source[i] != 0)
                values[i] += source[i] * times;
    }

    /// <summary>Whether every measure is 0.</summary>
    public bool IsZero => !values.AsSpan().ContainsAnyExcept(0L);
}
