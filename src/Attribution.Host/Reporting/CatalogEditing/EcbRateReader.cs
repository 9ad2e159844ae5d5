using System.Globalization;
using Attribution.Contracts.Catalog;
using Attribution.Core.Values;
using Attribution.Host.Reporting.Api;
using CsvHelper;
using static Attribution.Core.Catalog.CatalogFaultReason;

namespace Attribution.Host.Reporting.CatalogEditing;

/// <summary>
/// The euro reference rates as the European Central Bank publishes them (<c>eurofxref.csv</c>, <c>eurofxref-hist.csv</c>): a column a currency,
/// a line a day, what one euro is. <c>N/A</c> and an empty cell are no rate; the header's trailing comma is no column. A rate becomes the item
/// <c>2026-03-02-EUR-USD</c>, so that the same file may be imported again, and a corrected one corrects.
/// </summary>
internal static class EcbRateReader
{
    private static readonly string[] DayFormats = ["yyyy-MM-dd", "d MMMM yyyy", "dd MMMM yyyy"];

    /// <summary>Whether a header is that of the bank's files.</summary>
    public static bool IsHeader(string[] header) => header[0].Trim() == "Date";

    /// <summary>Reads the days under the header that the parser stands on: an item a rate, and a fault a day, rate or column that cannot be read.</summary>
    public static void Read(CsvParser parser, List<ImportLine> lines, int most)
    {
        var header = parser.Record!.Select(name => name.Trim()).ToArray();
        var columns = Enumerable.Range(1, header.Length - 1).Where(i => header[i].Length > 0).ToList();
        var unknown = columns.Where(i => !Currency.TryParse(header[i], out _)).ToList();
        if (unknown.Count > 0)
            lines.Add(new(1, null, [new(ValueUnknown, "", $"Left out, since no amount can be in it (not in ISO 4217 today): {string.Join(", ", unknown.Select(i => header[i]))}")]));
        columns.RemoveAll(unknown.Contains);
        while (lines.Count <= most && parser.Read()) lines.AddRange(ReadDay(parser.Record!, parser.RawRow, header, columns));
    }

    private static IEnumerable<ImportLine> ReadDay(string[] cells, int number, string[] header, List<int> columns)
    {
        if (!DateOnly.TryParseExact(cells[0].Trim(), DayFormats, CultureInfo.InvariantCulture, DateTimeStyles.None, out var day))
        {
            yield return new(number, null, [new(MemberWrongType, "/on", "The first cell must be the day, e.g. 2026-03-02 or 2 March 2026")]);
            yield break;
        }

        foreach (var i in columns)
        {
            var cell = i < cells.Length ? cells[i].Trim() : "";
            if (cell is "" or "N/A") continue;
            if (decimal.TryParse(cell, NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out var rate))
                yield return new(number, new FxRateItem($"{day:yyyy-MM-dd}-EUR-{header[i]}", day, "EUR", header[i], rate), []);
            else
                yield return new(number, null, [new(MemberWrongType, "/rate", $"The cell under {header[i]} must be a number, N/A or empty")]);
        }
    }
}
