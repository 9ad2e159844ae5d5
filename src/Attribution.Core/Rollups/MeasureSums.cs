using Attribution.Core.Models;
using Attribution.Core.Values;

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

/// <summary>
/// The subject of a rollup document: a placement, a campaign's own costs, or the unattributed or total of a brand, on a
/// local day.
/// </summary>
/// <param name="Brand">Id of the brand.</param>
/// <param name="Day">The brand's local day.</param>
/// <param name="Campaign">
/// Id of the campaign; empty for the unattributed; <see cref="TotalCampaign"/> for the brand's total.
/// </param>
/// <param name="Creator">Id of the creator; empty if there is none.</param>
public readonly record struct RollupKey(string Brand, DateOnly Day, string Campaign, string Creator)
{
    /// <summary>
    /// Campaign of the key that counts every conversion of the brand once, attributed or not. Not a valid id.
    /// </summary>
    public const string TotalCampaign = "*";

    /// <summary>Creates the key of a placement's day.</summary>
    public static RollupKey ForPlacement(string brand, DateOnly day, Placement placement) =>
        new(brand, day, placement.Campaign, placement.Creator);

    /// <summary>Creates the key of conversions without credit and of touches without placement.</summary>
    public static RollupKey Unattributed(string brand, DateOnly day) => new(brand, day, "", "");

    /// <summary>Creates the key that counts every conversion once.</summary>
    public static RollupKey Total(string brand, DateOnly day) => new(brand, day, TotalCampaign, "");

    /// <summary>Creates the key of a name that matched nothing in the catalog.</summary>
    public static RollupKey Unmatched(string brand, DateOnly day, UnmatchedKind kind, string name) =>
        new(brand, day, UnmatchedNames.CampaignOf(kind), name);

    /// <summary>
    /// True for a key of <see cref="Unmatched"/>, whose <see cref="Creator"/> is the name. Reports of placements
    /// exclude such keys.
    /// </summary>
    public bool IsUnmatched => Campaign.StartsWith('?');

    /// <summary>True for a key of <see cref="Total"/>.</summary>
    public bool IsTotal => Campaign == TotalCampaign;

    /// <summary>True for a key of <see cref="Unattributed"/>.</summary>
    public bool IsUnattributed => Campaign.Length == 0;
}
