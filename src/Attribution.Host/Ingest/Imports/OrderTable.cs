using System.Globalization;
using System.Text;
using Attribution.Contracts;
using CsvHelper;
using CsvHelper.Configuration;

namespace Attribution.Host.Ingest.Imports;

/// <summary>
/// A table in CSV with a header, read row by row in bounded memory. Quoting follows RFC 4180; the separator is the comma,
/// semicolon or tab that occurs most often in the header.
/// </summary>
internal sealed class OrderTable : IDisposable
{
    /// <summary>Longest cell, in characters. A quote that is never closed therefore does not read the whole file.</summary>
    private const int MaxCellLength = 1 << 20;

    private readonly CsvParser parser;
    private readonly Dictionary<string, int> columns;

    private OrderTable(CsvParser parser, Dictionary<string, int> columns) => (this.parser, this.columns) = (parser, columns);

    /// <summary>Opens a table in UTF-8 and reads its header.</summary>
    /// <exception cref="RequestRejectedException">The table is empty.</exception>
    public static async Task<OrderTable> OpenAsync(Stream body, CancellationToken cancellation)
    {
        var reader = new StreamReader(body, Encoding.UTF8);
        var header = await reader.ReadLineAsync(cancellation);
        if (string.IsNullOrWhiteSpace(header)) throw RequestRejectedException.Malformed("The table is empty: its first row must be a header.");
        var delimiter = ((string[])[",", ";", "\t"]).MaxBy(each => header.Split(each).Length)!;
        var configuration = new CsvConfiguration(CultureInfo.InvariantCulture)
        {
            Delimiter = delimiter, HasHeaderRecord = false, BadDataFound = null, MissingFieldFound = null, MaxFieldSize = MaxCellLength,
        };
        using var headerParser = new CsvParser(new StringReader(header), configuration);
        await headerParser.ReadAsync();
        var columns = new Dictionary<string, int>(StringComparer.OrdinalIgnoreCase);
        foreach (var (name, index) in headerParser.Record!.Select((name, index) => (name.Trim(), index))) columns.TryAdd(name, index);
        return new(new CsvParser(reader, configuration), columns);
    }

    /// <summary>Checks that the table has columns.</summary>
    /// <param name="names">The columns.</param>
    /// <param name="remedy">How to obtain a table that has them.</param>
    /// <exception cref="RequestRejectedException">Some are missing.</exception>
    public void Require(IEnumerable<string> names, string remedy)
    {
        var missing = names.Where(name => !columns.ContainsKey(name)).ToList();
        if (missing.Count > 0)
            throw RequestRejectedException.Malformed(
                $"The header has no column {string.Join(", ", missing.Select(name => $"'{name}'"))}. {remedy}");
    }

    /// <summary>Gets the names of all columns.</summary>
    public IEnumerable<string> Columns => columns.Keys;

    /// <summary>Reads the next row; null at the end.</summary>
    /// <exception cref="RequestRejectedException">A cell is too long.</exception>
    public async Task<TableRow?> ReadRowAsync(CancellationToken cancellation)
    {
        cancellation.ThrowIfCancellationRequested();
        try
        {
            // The header is row 1.
            return await parser.ReadAsync() ? new(parser.Row + 1, parser.Record!, columns) : null;
        }
        catch (MaxFieldSizeException)
        {
            throw RequestRejectedException.Malformed(
                $"Row {parser.Row + 1} has a cell of more than {MaxCellLength} characters: a quote is not closed. Export the file again.");
        }
    }

    /// <inheritdoc/>
    public void Dispose() => parser.Dispose();
}

/// <summary>A row of a table.</summary>
/// <param name="Number">Its number as a spreadsheet shows it.</param>
/// <param name="Cells">Its cells.</param>
/// <param name="Columns">The columns' positions by name.</param>
internal sealed record TableRow(long Number, string[] Cells, IReadOnlyDictionary<string, int> Columns)
{
    private const string Unchanged = "Export the orders again and send the file as it is: spreadsheets change numbers and times when they save it.";

    /// <summary>Gets a cell without surrounding white space; empty if the row or the table does not have it.</summary>
    public string this[string column] => Columns.TryGetValue(column, out var at) && at < Cells.Length ? Cells[at].Trim() : "";

    /// <summary>Returns an amount; 0 for an empty cell.</summary>
    public decimal AmountOrZero(string column)
    {
        var text = this[column];
        if (text.Length == 0) return 0;
        const NumberStyles Style = NumberStyles.AllowLeadingSign | NumberStyles.AllowDecimalPoint;
        return decimal.TryParse(text, Style, CultureInfo.InvariantCulture, out var amount)
            ? amount : throw Reject(column, RejectionReason.MemberWrongType, $"'{text}' is not an amount such as 1234.50. {Unchanged}");
    }

    /// <summary>Returns an id of digits only.</summary>
    public string RequireNumber(string column)
    {
        var text = this[column];
        return text.Length is > 0 and <= 20 && text.All(char.IsAsciiDigit)
            ? text : throw Reject(column, RejectionReason.MemberWrongType, $"'{text}' is not a whole number. {Unchanged}");
    }

    /// <summary>Returns a time with an offset, such as <c>2026-03-02 10:15:00 +0100</c>; null for an empty cell.</summary>
    public DateTimeOffset? Time(string column)
    {
        var text = this[column];
        if (text.Length == 0) return null;
        string[] formats = ["yyyy-MM-dd HH:mm:ss zzz", "yyyy-MM-dd'T'HH:mm:sszzz", "yyyy-MM-dd'T'HH:mm:ss.FFFFFFFK"];
        return DateTimeOffset.TryParseExact(text, formats, CultureInfo.InvariantCulture, DateTimeStyles.None, out var at)
            ? at : throw Reject(column, RejectionReason.TimeInvalid, $"'{text}' is not a time such as 2026-03-02 10:15:00 +0100. {Unchanged}");
    }

    /// <summary>Creates the rejection of a cell.</summary>
    public CellRejectedException Reject(string column, RejectionReason reason, string detail) =>
        new(new(new(Number, column), reason, detail));
}
