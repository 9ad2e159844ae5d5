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
        if (value != 0) this[key].Add(measure, value);
    }

    /// <summary>Adds to a measure that is independent of the model.</summary>
    public void Add(in RollupKey key, Measure measure, Int128 value)
    {
        if (value != 0) this[key].Add(measure, value);
    }

    /// <summary>Adds to a measure under a model.</summary>
    public void Add(in RollupKey key, Model model, CreditMeasure measure, long value)
    {
        if (value != 0) this[key].Add(model, measure, value);
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
/// matter. Sums have 64 bits until one of them needs more; then all of the cell have 128 bits.
/// </summary>
public sealed class MeasureCell
{
    /// <summary>Number of members of <see cref="Measure"/>.</summary>
    public const int MeasureCount = 34;

    /// <summary>Number of members of <see cref="CreditMeasure"/>, each kept per model.</summary>
    public const int CreditMeasureCount = 10;

    /// <summary>Number of members of <see cref="Model"/>.</summary>
    public const int ModelCount = 11;

    /// <summary>Length of the vector.</summary>
    public const int Length = MeasureCount + (ModelCount * CreditMeasureCount);

    // Positions are stored and never change: the first 31 measures, all models' first eight credit measures, then two
    // later credit measures, one after another, then later measures.
    private const int FirstMeasures = 31;
    private const int FirstCreditMeasures = 8;
    private const int LaterCredits = FirstMeasures + (ModelCount * FirstCreditMeasures);
    private const int LaterMeasures = LaterCredits + (ModelCount * 2);

    private readonly long[] values = new long[Length];
    private Int128[]? wideValues;

    /// <summary>
    /// Gets or sets a value of the vector: the first measures by number, then the first eight credit measures by model
    /// and number, then others by number and model, then later measures.
    /// </summary>
    public Int128 this[int position]
    {
        get => wideValues is null ? values[position] : wideValues[position];
        set
        {
            if (wideValues is null && (value > long.MaxValue || value < long.MinValue))
                wideValues = Array.ConvertAll(values, narrow => (Int128)narrow);
            if (wideValues is null) values[position] = (long)value;
            else wideValues[position] = value;
        }
    }

    /// <summary>Gets or sets a measure that is independent of the model, if it fits 64 bits.</summary>
    /// <exception cref="OverflowException">The sum exceeds 64 bits.</exception>
    public long this[Measure measure]
    {
        get => (long)SumOf(measure);
        set => this[PositionOf(measure)] = value;
    }

    /// <summary>Gets or sets a measure under a model, if it fits 64 bits.</summary>
    /// <exception cref="OverflowException">The sum exceeds 64 bits.</exception>
    public long this[Model model, CreditMeasure measure]
    {
        get => (long)SumOf(model, measure);
        set => this[PositionOf(model, measure)] = value;
    }

    /// <summary>Gets a value indicating that a value needs more than 64 bits.</summary>
    public bool IsWide => wideValues is not null && Array.Exists(wideValues, value => value > long.MaxValue || value < long.MinValue);

    /// <summary>Gets the number of positions of the vector up to the last value that is not 0.</summary>
    public int UsedLength =>
        1 + (wideValues is null ? values.AsSpan().LastIndexOfAnyExcept(0L) : wideValues.AsSpan().LastIndexOfAnyExcept(Int128.Zero));

    /// <summary>Returns a measure that is independent of the model.</summary>
    public Int128 SumOf(Measure measure) => this[PositionOf(measure)];

    /// <summary>Returns a measure under a model.</summary>
    public Int128 SumOf(Model model, CreditMeasure measure) => this[PositionOf(model, measure)];

    /// <summary>Adds to a measure that is independent of the model.</summary>
    public void Add(Measure measure, long value) => AddAt(PositionOf(measure), value);

    /// <summary>Adds to a measure that is independent of the model.</summary>
    public void Add(Measure measure, Int128 value) => AddAt(PositionOf(measure), value);

    /// <summary>Adds to a measure under a model.</summary>
    public void Add(Model model, CreditMeasure measure, long value) => AddAt(PositionOf(model, measure), value);

    /// <summary>Adds to a value of the vector.</summary>
    public void AddAt(int position, Int128 value) => this[position] += value;

    /// <summary>Adds to a value of the vector.</summary>
    public void AddAt(int position, long value)
    {
        if (wideValues is null)
        {
            var sum = unchecked(values[position] + value);
            // The sum has overflowed if it has another sign than both addends.
            if (((values[position] ^ sum) & (value ^ sum)) >= 0)
            {
                values[position] = sum;
                return;
            }
        }

        this[position] += value;
    }

    /// <summary>Sets every value to 0.</summary>
    public void Clear()
    {
        Array.Clear(values);
        wideValues = null;
    }

    /// <summary>Returns true if another cell has the same values.</summary>
    public bool HasSameValuesAs(MeasureCell other)
    {
        if (wideValues is null && other.wideValues is null) return values.AsSpan().SequenceEqual(other.values);
        for (var i = 0; i < Length; i++)
            if (this[i] != other[i])
                return false;
        return true;
    }

    /// <summary>Returns the number of values that are not 0.</summary>
    public int CountNonZero() =>
        wideValues is null ? Length - values.AsSpan().Count(0L) : Length - wideValues.AsSpan().Count(Int128.Zero);

    /// <summary>
    /// Returns the net revenue under a model: gross minus discount and refunds, each on the order's day, in minor
    /// units.
    /// </summary>
    public Int128 NetOf(Model model) =>
        SumOf(model, CreditMeasure.Gross) - SumOf(model, CreditMeasure.Discount) - SumOf(model, CreditMeasure.Refunds);

    /// <summary>Adds another cell <paramref name="times"/> times (-1 subtracts).</summary>
    /// <param name="other">The other cell.</param>
    /// <param name="times">1 or -1.</param>
    public void Add(MeasureCell other, int times = 1)
    {
        if (other.wideValues is { } wide)
        {
            for (var i = 0; i < wide.Length; i++) AddAt(i, wide[i] * times);
            return;
        }

        var source = other.values;
        for (var i = 0; i < source.Length; i++)
        {
            if (source[i] == 0) continue;
            if (times == 1) AddAt(i, source[i]);
            else AddAt(i, (Int128)source[i] * times);
        }
    }

    /// <summary>True if every measure is 0.</summary>
    public bool IsZero => wideValues is null
        ? !values.AsSpan().ContainsAnyExcept(0L) : !wideValues.AsSpan().ContainsAnyExcept(Int128.Zero);

    private static int PositionOf(Measure measure) =>
        (int)measure < FirstMeasures ? (int)measure : LaterMeasures + (int)measure - FirstMeasures;

    private static int PositionOf(Model model, CreditMeasure measure) =>
        (int)measure < FirstCreditMeasures
            ? FirstMeasures + ((int)model * FirstCreditMeasures) + (int)measure
            : LaterCredits + (((int)measure - FirstCreditMeasures) * ModelCount) + (int)model;

    /// <summary>Returns the model of a position of the vector; null for a measure that is independent of the model.</summary>
    public static Model? ModelAt(int position) =>
        position is < FirstMeasures or >= LaterMeasures ? null
        : position < LaterCredits ? (Model)((position - FirstMeasures) / FirstCreditMeasures)
        : (Model)((position - LaterCredits) % ModelCount);
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
