using System.Globalization;

namespace Attribution.Simulator;

/// <summary>What a number is about.</summary>
/// <param name="Day">The brand's local day.</param>
/// <param name="Campaign">The campaign; empty for what nobody is credited with; <see cref="GroundTruthTable.Total"/> for all conversions, each once.</param>
/// <param name="Creator">The creator; empty for a campaign's own costs, for the unattributed and for the total.</param>
/// <param name="Measure">The measure, named as in the daily rollups, its cost kinds as <c>cost.fee</c>. See <see cref="GroundTruth"/>.</param>
public readonly record struct GroundTruthCell(DateOnly Day, string Campaign, string Creator, string Measure)
{
    /// <inheritdoc/>
    public override string ToString() =>
        $"{Day.ToString("yyyy-MM-dd", CultureInfo.InvariantCulture)} {(Campaign.Length == 0 ? "(unattributed)" : Campaign)} {(Creator.Length == 0 ? "-" : Creator)} {Measure}";
}

/// <summary>Numbers by cell: counts, millionths of a conversion, or minor units of the brand's currency. A cell that was never added to is 0.</summary>
public sealed class GroundTruthTable
{
    /// <summary>Stands for the campaign in the cells of the total.</summary>
    public const string Total = "*";

    private readonly Dictionary<GroundTruthCell, long> cells = [];

    /// <summary>The cells that are not 0.</summary>
    public IEnumerable<KeyValuePair<GroundTruthCell, long>> Cells => cells.Where(cell => cell.Value != 0);

    /// <summary>The number of a cell; 0 where there is none.</summary>
    public long this[GroundTruthCell cell] => cells.GetValueOrDefault(cell);

    /// <summary>Adds to a cell.</summary>
    public void Add(DateOnly day, string campaign, string creator, string measure, long value)
    {
        var cell = new GroundTruthCell(day, campaign, creator, measure);
        cells[cell] = cells.GetValueOrDefault(cell) + value;
    }

    /// <summary>The sum of a measure over all placements (not the unattributed, not the total).</summary>
    public long SumOf(string measure) =>
        cells.Where(cell => cell.Key.Measure == measure && cell.Key.Campaign.Length > 0 && cell.Key.Campaign != Total).Sum(cell => cell.Value);

    /// <summary>The lines on which this table and another differ, <c>cell: expected …, got …</c>, by cell; this is the expected one. Empty when they agree.</summary>
    public IReadOnlyList<string> DifferencesTo(GroundTruthTable actual) =>
        [.. cells.Keys.Union(actual.cells.Keys)
            .Where(cell => this[cell] != actual[cell])
            .OrderBy(cell => cell.ToString(), StringComparer.Ordinal)
            .Select(cell => $"{cell}: expected {this[cell].ToString(CultureInfo.InvariantCulture)}, got {actual[cell].ToString(CultureInfo.InvariantCulture)}")];
}
