using Attribution.Core.Models;

namespace Attribution.Core.Rollups;

/// <summary>
/// Sums of measures by rollup key, for journeys, costs, or the difference between two of their states. Not thread-safe.
/// </summary>
public sealed class MeasureSums
{
    private readonly Dictionary<RollupKey, MeasureCell> cells = [];

    /// <summary>Gets the cells by key. Cells that sum to zero remain until <see cref="DropZeros"/> is called.</summary>
    public IReadOnlyDictionary<RollupKey, MeasureCell> Cells => cells;

    /// <summary>Gets the cell of a key; it is created if absent.</summary>
    public MeasureCell this[in RollupKey key]
    {
        get
        {
            ref var cell = ref System.Runtime.InteropServices.CollectionsMarshal.GetValueRefOrAddDefault(
                cells, key, out _);
            return cell ??= new MeasureCell();
        }
    }

    /// <summary>Adds to a measure that is independent of the model.</summary>
    public void Add(in RollupKey key, Measure measure, long value)
    {
        if (value != 0) this[key][measure] += value;
    }

    /// <summary>Adds to a measure under a model.</summary>
    public void Add(in RollupKey key, Model model, CreditMeasure measure, long value)
    {
        if (value != 0) this[key][model, measure] += value;
    }

    /// <summary>Adds all cells of another instance <paramref name="times"/> times (-1 subtracts).</summary>
    public void Add(MeasureSums other, int times = 1)
    {
        foreach (var (key, cell) in other.cells) this[key].Add(cell, times);
    }

    /// <summary>Removes a cell.</summary>
    public void Remove(in RollupKey key) => cells.Remove(key);

    /// <summary>Removes the cells that are zero, so that unchanged keys are not written.</summary>
    public MeasureSums DropZeros()
    {
        foreach (var (key, cell) in cells)
            if (cell.IsZero)
                cells.Remove(key);
        return this;
    }

    /// <summary>True if all cells are zero.</summary>
    public bool IsZero => cells.Values.All(cell => cell.IsZero);
}
