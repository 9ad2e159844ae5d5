using System.Globalization;
using System.Xml;
using Attribution.Contracts.Catalog;
using Attribution.Core.Values;
using CsvHelper;
using static Attribution.Core.Catalog.CatalogFaultReason;

namespace Attribution.Host.Reporting.CatalogEditing;

/// <summary>
/// Reader of the euro reference rates as the European Central Bank publishes them: one day (<c>eurofxref.csv</c>) and
/// all days since 1999 (<c>eurofxref-hist.csv</c>) in CSV, and the last 90 days (<c>eurofxref-hist-90d.xml</c>) in XML.
/// Each number is the value of one euro. The id of a rate is <c>2026-03-02-EUR-USD</c>, so that a file can be imported
/// again and a corrected file updates the rates. Days before the first day on which a rate can matter are left out and
/// counted, because every rate makes later writes of the catalog slower.
/// </summary>
/// <param name="since">First day that is read (inclusive).</param>
/// <param name="lines">Receives one item per rate, and one fault per day, rate or column that cannot be read.</param>
internal sealed class EcbRateReader(DateOnly since, List<ImportLine> lines)
{
    private static readonly string[] DayFormats = ["yyyy-MM-dd", "d MMMM yyyy", "dd MMMM yyyy"];

    private readonly SortedSet<string> unknown = new(StringComparer.Ordinal);

    /// <summary>Gets the number of days that were left out.</summary>
    public int LeftOutDays { get; private set; }

    /// <summary>Returns true if a header is that of the bank's files.</summary>
    public static bool IsHeader(string[] header) => header[0].Trim() == "Date";

    /// <summary>
    /// Reads the days below the parser's current header: one column per currency, one line per day. <c>N/A</c> and
    /// empty cells contain no rate; the trailing comma of the header is ignored.
    /// </summary>
    public void ReadCsv(CsvParser parser, int maxLines)
    {
        var header = parser.Record!.Select(name => name.Trim()).ToArray();
        while (lines.Count <= maxLines && parser.Read()) ReadDay(parser.Record!, parser.RawRow, header);
        ReportUnknown(1);
    }

    /// <summary>Reads days in XML: <c>&lt;Cube time="2026-03-02"&gt;&lt;Cube currency="USD" rate="1.08"/&gt;</c>.</summary>
    /// <exception cref="XmlException">The body is not XML.</exception>
    public void ReadXml(ReadOnlyMemory<byte> body, int maxLines)
    {
        using var xml = XmlReader.Create(
            new MemoryStream(body.ToArray()), new XmlReaderSettings { DtdProcessing = DtdProcessing.Prohibit });
        DateOnly? day = null;
        while (lines.Count <= maxLines && xml.Read())
        {
            if (xml.NodeType != XmlNodeType.Element || xml.LocalName != "Cube") continue;
            var number = ((IXmlLineInfo)xml).LineNumber;
            if (xml.GetAttribute("time") is { } time) day = ReadDate(time, number);
            if (day is { } on && xml.GetAttribute("currency") is { } currency)
                AddRate(on, currency.Trim(), xml.GetAttribute("rate")?.Trim() ?? "", number);
        }

        ReportUnknown(1);
    }

    private void ReadDay(string[] cells, int number, string[] header)
    {
        if (ReadDate(cells[0], number) is not { } day) return;
        for (var i = 1; i < header.Length; i++)
            if (header[i].Length > 0) AddRate(day, header[i], i < cells.Length ? cells[i].Trim() : "", number);
    }

    /// <summary>Returns a day; null if it cannot be read or is left out.</summary>
    private DateOnly? ReadDate(string text, int number)
    {
        if (!DateOnly.TryParseExact(text.Trim(), DayFormats, CultureInfo.InvariantCulture, DateTimeStyles.None, out var day))
        {
            lines.Add(new(
                number, null, [new(
                MemberWrongType, "/on", "The first cell must be the day, for example 2026-03-02 or 2 March 2026")]));
            return null;
        }

        if (day >= since) return day;
        LeftOutDays++;
        return null;
    }

    private void AddRate(DateOnly day, string currency, string text, int number)
    {
        if (text is "" or "N/A") return;
        if (!Currency.TryParse(currency, out _))
            unknown.Add(currency);
        else if (decimal.TryParse(text, NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out var rate))
            lines.Add(new(number, new FxRateItem($"{day:yyyy-MM-dd}-EUR-{currency}", day, "EUR", currency, rate), []));
        else
            lines.Add(new(number, null,
                [new(MemberWrongType, "/rate", $"The cell under {currency} must be a number, N/A or empty")]));
    }

    /// <summary>Reports currencies that have rates on the read days and are not current.</summary>
    private void ReportUnknown(int number)
    {
        if (unknown.Count > 0)
            lines.Insert(0, new(number, null,
                [new(ValueUnknown, "",
                $"Ignored, because these are not current ISO 4217 currencies: {string.Join(", ", unknown)}")]));
    }
}
