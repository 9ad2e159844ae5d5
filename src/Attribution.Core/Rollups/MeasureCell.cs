using Attribution.Core.Models;

namespace Attribution.Core.Rollups;

/// <summary>
/// The measures of one key as a dense vector of integers. Adding cells adds vectors, so the order of adding does not
/// matter.
/// </summary>
public sealed class MeasureCell
{
    /// <summary>Number of members of <see cref="Measure"/>.</summary>
    public const int MeasureCount = 31;

    /// <summary>Number of members of <see cref="CreditMeasure"/>, each kept per model.</summary>
    public const int CreditMeasureCount = 8;

    /// <summary>Number of members of <see cref="Model"/>.</summary>
    public const int ModelCount = 11;

    /// <summary>Length of the vector.</summary>
    public const int Length = MeasureCount + (ModelCount * CreditMeasureCount);

    private readonly long[] values = new long[Length];

    /// <summary>Gets the vector: the measures by number, then the credit measures by model and number.</summary>
    public Span<long> Values => values;

    /// <summary>Gets or sets a measure that is independent of the model.</summary>
    public long this[Measure measure]
    {
        get => values[(int)measure];
        set => values[(int)measure] = value;
    }

    /// <summary>Gets or sets a measure under a model.</summary>
    public long this[Model model, CreditMeasure measure]
    {
        get => values[MeasureCount + ((int)model * CreditMeasureCount) + (int)measure];
        set => values[MeasureCount + ((int)model * CreditMeasureCount) + (int)measure] = value;
    }

    /// <summary>
    /// Returns the net revenue under a model: gross minus discount and refunds, each on the order's day, in minor
    /// units.
    /// </summary>
    public long NetOf(Model model) =>
        this[model, CreditMeasure.Gross] - this[model, CreditMeasure.Discount] - this[model, CreditMeasure.Refunds];

    /// <summary>Adds another cell <paramref name="times"/> times (-1 subtracts).</summary>
    /// <exception cref="OverflowException">A sum exceeds 64 bits.</exception>
    public void Add(MeasureCell other, int times = 1)
    {
        var source = other.values;
        for (var i = 0; i < values.Length; i++)
            if (source[i] != 0)
                values[i] += source[i] * times;
    }

    /// <summary>True if every measure is 0.</summary>
    public bool IsZero => !values.AsSpan().ContainsAnyExcept(0L);
}
