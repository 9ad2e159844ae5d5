using System.Globalization;
using Attribution.Contracts.Catalog;
using Attribution.Core.Values;
using CsvHelper;
using static Attribution.Core.Catalog.CatalogFaultReason;

namespace Attribution.Host.Reporting.CatalogEditing;

/// <summary>
/// Reader of the euro reference rates in the format of the European Central Bank (<c>eurofxref.csv</c>,
/// <c>eurofxref-hist.csv</c>): one column per currency, one line per day, each cell the value of one euro. <c>N/A</c>
/// and empty cells contain no rate; the trailing comma of the header is ignored. The id of a rate is
/// <c>2026-03-02-EUR-USD</c>, so that a file can be imported again and a corrected file updates the rates.
/// </summary>
internal static class EcbRateReader
{
    private static readonly string[] DayFormats = ["yyyy-MM-dd", "d MMMM yyyy", "dd MMMM yyyy"];

    /// <summary>Indicates whether a header is that of the bank's files.</summary>
    public static bool IsHeader(string[] header) => header[0].Trim() == "Date";

    /// <summary>
    /// Reads the days below the parser's current header: one item per rate, and one fault per day, rate or column that
    /// cannot be read.
    /// </summary>
    public static void Read(CsvParser parser, List<ImportLine> lines, int maxLines)
    {
        var header = parser.Record!.Select(name => name.Trim()).ToArray();
        var columns = Enumerable.Range(1, header.Length - 1).Where(i => header[i].Length > 0).ToList();
        var unknown = columns.Where(i => !Currency.TryParse(header[i], out _)).ToList();
        if (unknown.Count > 0)
            lines.Add(new(1, null,
                [new(ValueUnknown, "",
                $"Ignored, because these are not current ISO 4217 currencies: "
                + $"{string.Join(", ", unknown.Select(i => header[i]))}")]));
        columns.RemoveAll(unknown.Contains);
        while (lines.Count <= maxLines && parser.Read()) lines.AddRange(
            ReadDay(parser.Record!, parser.RawRow, header, columns));
    }

    private static IEnumerable<ImportLine> ReadDay(string[] cells, int number, string[] header, List<int> columns)
    {
        if (!DateOnly.TryParseExact(
            cells[0].Trim(), DayFormats, CultureInfo.InvariantCulture, DateTimeStyles.None, out var day))
        {
            yield return new(
                number, null, [new(
                MemberWrongType, "/on", "The first cell must be the day, for example 2026-03-02 or 2 March 2026")]);
            yield break;
        }

        foreach (var i in columns)
        {
            var cell = i < cells.Length ? cells[i].Trim() : "";
            if (cell is "" or "N/A") continue;
            if (decimal.TryParse(cell, NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out var rate))
                yield return new(
                    number, new FxRateItem($"{day:yyyy-MM-dd}-EUR-{header[i]}", day, "EUR", header[i], rate), []);
            else
                yield return new(number, null,
                    [new(MemberWrongType, "/rate", $"The cell under {header[i]} must be a number, N/A or empty")]);
        }
    }
}
