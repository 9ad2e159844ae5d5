using System.Globalization;
using System.Text;
using Attribution.Host.Reporting.Queries.Values;

namespace Attribution.Host.Reporting.Export;

/// <summary>A column of a table that is downloaded.</summary>
/// <param name="Name">The name of the API.</param>
/// <param name="Value">
/// Returns the value of a row: a text, a number, an amount, a day, an instant, true or false, or null for an empty cell.
/// </param>
internal sealed record TableColumn<T>(string Name, Func<T, object?> Value)
{
    /// <summary>Gets the label for readers.</summary>
    public string Label { get; init; } = TableLabels.FromName(Name);

    /// <summary>Gets a value indicating whether the column has days.</summary>
    public bool HasDays { get; init; }
}

/// <summary>Labels of columns for readers.</summary>
internal static class TableLabels
{
    private static readonly Dictionary<string, string> Special = new(StringComparer.Ordinal)
    {
        ["roiPercent"] = "ROI, %", ["rankedRoiPercent"] = "Ranked ROI, %", ["marginRoiPercent"] = "Margin ROI, %", ["roas"] = "ROAS",
        ["cpa"] = "CPA", ["cpc"] = "CPC", ["aov"] = "AOV", ["epc"] = "EPC", ["cpe"] = "CPE", ["cpm"] = "CPM", ["campaignId"] = "Campaign",
        ["creatorId"] = "Creator", ["conversionId"] = "Order or conversion", ["postId"] = "Post", ["agreementId"] = "Agreement",
    };

    /// <summary>Returns the label of a name: <c>newCustomers</c> is New customers.</summary>
    public static string FromName(string name)
    {
        if (Special.TryGetValue(name, out var special)) return special;
        var words = new StringBuilder();
        foreach (var c in name)
        {
            if (words.Length == 0) words.Append(char.ToUpperInvariant(c));
            else if (char.IsUpper(c)) words.Append(' ').Append(char.ToLowerInvariant(c));
            else words.Append(c);
        }

        return words.ToString();
    }
}

/// <summary>Values of cells as text and as numbers.</summary>
internal static class TableCell
{
    /// <summary>Digits that a number of a spreadsheet keeps.</summary>
    private const int MaxDigits = 15;

    private static readonly Type[] Numbers = [typeof(decimal), typeof(int), typeof(long), typeof(Int128), typeof(Money), typeof(Share), typeof(Ratio)];

    /// <summary>Returns the text of a value, as the API writes it; empty for null.</summary>
    public static string ToText(object? value) => value switch
    {
        null => "",
        string text => text,
        bool flag => flag ? "true" : "false",
        DateOnly day => day.ToString("O", CultureInfo.InvariantCulture),
        Int128 number => number.ToString(CultureInfo.InvariantCulture),
        IFormattable number => number.ToString(null, CultureInfo.InvariantCulture),
        _ => value.ToString() ?? "",
    };

    /// <summary>Indicates whether a value is a number.</summary>
    public static bool IsNumber(object? value) => value is not null && IsNumber(value.GetType());

    /// <summary>Indicates whether values of a type are numbers.</summary>
    public static bool IsNumber(Type type) => Numbers.Contains(type);

    /// <summary>
    /// Returns a value as a workbook stores it. A number with more digits than a spreadsheet keeps is a text, so that none is lost.
    /// </summary>
    public static object? ToCell(object? value)
    {
        if (value is DateOnly day) return day.ToDateTime(TimeOnly.MinValue);
        if (!IsNumber(value)) return value is null or bool ? value : ToText(value);
        var text = ToText(value);
        return text.TrimStart('-').Replace(".", "", StringComparison.Ordinal).TrimStart('0').Length <= MaxDigits
            ? decimal.Parse(text, CultureInfo.InvariantCulture) : text;
    }
}
