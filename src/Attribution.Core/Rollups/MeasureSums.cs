using Attribution.Core.Models;

namespace Attribution.Core.Rollups;

/// <summary>Measures by rollup key: of journeys, of costs, of the difference between two states of either. Not thread-safe.</summary>
public sealed class MeasureSums
{
    private readonly Dictionary<RollupKey, MeasureCell> cells = [];

    /// <summary>The cells by key. Cells that sum to zero stand here until <see cref="DropZeros"/>.</summary>
    public IReadOnlyDictionary<RollupKey, MeasureCell> Cells => cells;

    /// <summary>The cell of a key, made when absent.</summary>
    public MeasureCell this[in RollupKey key]
    {
        get
        {
            ref var cell = ref System.Runtime.InteropServices.CollectionsMarshal.GetValueRefOrAddDefault(cells, key, out _);
            return cell ??= new MeasureCell();
        }
    }

    /// <summary>Adds to a measure held once.</summary>
    public void Add(in RollupKey key, Measure measure, long value)
    {
        if (value != 0) this[key][measure] += value;
    }

    /// <summary>Adds to a measure under a model.</summary>
    public void Add(in RollupKey key, Model model, CreditMeasure measure, long value)
    {
        if (value != 0) this[key][model, measure] += value;
    }

    /// <summary>Adds all of another <paramref name="times"/> times (-1 subtracts).</summary>
    public void Add(MeasureSums other, int times = 1)
    {
        foreach (var (key, cell) in other.cells) this[key].Add(cell, times);
    }

    /// <summary>Takes a cell out.</summary>
    public void Remove(in RollupKey key) => cells.Remove(key);

    /// <summary>Removes the cells that are zero, so that nothing is written where nothing changed.</summary>
    public MeasureSums DropZeros()
    {
        foreach (var (key, cell) in cells)
            if (cell.IsZero)
                cells.Remove(key);
        return this;
    }

    /// <summary>Whether there is nothing but zeros.</summary>
    public bool IsZero => cells.Values.All(cell => cell.IsZero);
}
