using System.Globalization;

namespace Attribution.Simulator;

/// <summary>
/// Numbers by cell: counts, millionths of a conversion, or minor units of the brand's currency. Cells without a value
/// are 0.
/// </summary>
public sealed class GroundTruthTable
{
    /// <summary>Campaign of the cells of the total.</summary>
    public const string Total = "*";

    private readonly Dictionary<GroundTruthCell, long> cells = [];

    /// <summary>Gets the cells that are not 0.</summary>
    public IEnumerable<KeyValuePair<GroundTruthCell, long>> Cells => cells.Where(cell => cell.Value != 0);

    /// <summary>Gets the number of a cell; 0 if it has no value.</summary>
    public long this[GroundTruthCell cell] => cells.GetValueOrDefault(cell);

    /// <summary>Adds to a cell.</summary>
    public void Add(DateOnly day, string campaign, string creator, string measure, long value)
    {
        var cell = new GroundTruthCell(day, campaign, creator, measure);
        cells[cell] = cells.GetValueOrDefault(cell) + value;
    }

    /// <summary>Returns the sum of a measure over all placements, without the unattributed and the total.</summary>
    public long SumOf(string measure) =>
        cells.Where(cell => cell.Key.Measure == measure && cell.Key.Campaign.Length > 0 && cell.Key.Campaign != Total)
            .Sum(cell => cell.Value);

    /// <summary>
    /// Returns the differences between this expected table and an actual one, by cell: <c>cell: expected …, got …</c>.
    /// Empty if they are equal.
    /// </summary>
    public IReadOnlyList<string> DifferencesTo(GroundTruthTable actual) =>
    [
        .. cells.Keys.Union(actual.cells.Keys)
            .Where(cell => this[cell] != actual[cell])
            .OrderBy(cell => cell.ToString(), StringComparer.Ordinal)
            .Select(cell => string.Create(CultureInfo.InvariantCulture, $"{cell}: expected {this[cell]}, got {actual[cell]}")),
    ];
}
