using System.Globalization;
using System.Net;
using System.Text;
using System.Text.Json;
using Attribution.Core.Values;
using CsvHelper;
using CsvHelper.Configuration;

namespace Attribution.Host.Reporting.Queries.Codes;

/// <summary>A code as its shop lists it.</summary>
/// <param name="Row">The row as a spreadsheet shows it, or the number of the document.</param>
/// <param name="Code">The code.</param>
/// <param name="Limit">Greatest number of uses; null without a limit.</param>
/// <param name="Uses">Number of uses that the shop counted; null if the list does not contain it.</param>
/// <param name="EndsAt">End of its validity; null without one.</param>
/// <param name="IsActive">False if the shop does not accept the code.</param>
internal sealed record ShopCode(long Row, string Code, long? Limit, long? Uses, DateTimeOffset? EndsAt, bool IsActive);

/// <summary>
/// Reads shops' lists of codes: Shopify's export of discounts in CSV, and the coupons or promotion codes of the APIs of
/// WooCommerce and Stripe in JSON.
/// </summary>
internal static class ShopCodeList
{
    /// <summary>The formats.</summary>
    public static readonly IReadOnlyList<string> Formats = ["shopify-discounts", "woocommerce-coupons", "stripe-promotion-codes"];

    /// <summary>Reads a list.</summary>
    /// <param name="format">One of <see cref="Formats"/>.</param>
    /// <param name="body">The file.</param>
    public static QueryResult<IReadOnlyList<ShopCode>> Read(string format, ReadOnlyMemory<byte> body)
    {
        try
        {
            return new QueryResult<IReadOnlyList<ShopCode>>(format == "shopify-discounts" ? ReadTable(body) : ReadDocuments(format, body), null);
        }
        catch (FormatException e)
        {
            return QueryProblem.BadRequest("The list cannot be read", e.Message);
        }
        catch (JsonException e)
        {
            return QueryProblem.BadRequest("The list cannot be read", $"It is not JSON: {e.Message.TrimEnd('.')}");
        }
    }

    private static List<ShopCode> ReadTable(ReadOnlyMemory<byte> body)
    {
        var configuration = new CsvConfiguration(CultureInfo.InvariantCulture) { BadDataFound = null, MissingFieldFound = null };
        using var csv = new CsvReader(new StringReader(Encoding.UTF8.GetString(body.Span).TrimStart('\uFEFF')), configuration);
        if (!csv.Read() || !csv.ReadHeader()) throw new FormatException("The first row must be a header");
        var header = csv.HeaderRecord!;
        if (!header.Contains("Name")) throw new FormatException("The header has no column 'Name'. Use Shopify's own export: Discounts, Export");
        var codes = new List<ShopCode>();
        while (csv.Read())
        {
            var row = csv.Parser.Row;
            if (Cell("Name") is not { Length: > 0 } code) continue;
            codes.Add(new(
                row, code, Number("Usage Limit Per Code"), Number("Times Used In Total"), Time("End"),
                Cell("Status") is not { Length: > 0 } status || status.Equals("active", StringComparison.OrdinalIgnoreCase)));

            string Cell(string column) => csv.TryGetField<string>(column, out var text) ? text!.Trim() : "";

            long? Number(string column) => Cell(column) is not { Length: > 0 } text || text == "-" ? null
                : long.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var number) ? number
                : throw new FormatException($"Row {row}, column {column}: '{text}' is not a number");

            DateTimeOffset? Time(string column) =>
                Cell(column) is not { Length: > 0 } text || text == "-" ? null : ParseTime(text, $"Row {row}, column {column}");
        }

        return codes;
    }

    private static List<ShopCode> ReadDocuments(string format, ReadOnlyMemory<byte> body)
    {
        using var document = JsonDocument.Parse(body);
        var root = document.RootElement;
        var list = root.ValueKind == JsonValueKind.Object && root.TryGetProperty("data", out var data) ? data : root;
        if (list.ValueKind != JsonValueKind.Array) throw new FormatException("It must be a list, as the shop's API returns it");
        var isStripe = format == "stripe-promotion-codes";
        return [.. list.EnumerateArray().Select((item, index) => isStripe ? ReadPromotionCode(item, index + 1) : ReadCoupon(item, index + 1))];
    }

    private static ShopCode ReadPromotionCode(JsonElement item, long row) => new(
        row, RequireCode(item, row), Number(item, "max_redemptions"), Number(item, "times_redeemed"),
        Number(item, "expires_at") is { } seconds ? DateTimeOffset.FromUnixTimeSeconds(seconds) : null,
        !item.TryGetProperty("active", out var active) || active.ValueKind != JsonValueKind.False);

    private static ShopCode ReadCoupon(JsonElement item, long row) => new(
        row, WebUtility.HtmlDecode(RequireCode(item, row)), Number(item, "usage_limit") is > 0 and var limit ? limit : null, Number(item, "usage_count"),
        Text(item, "date_expires_gmt") is { Length: > 0 } expires
            ? ParseTime(expires + (expires.EndsWith('Z') ? "" : "Z"), $"Document {row}, /date_expires_gmt") : null,
        Text(item, "status") is null or "publish");

    private static string RequireCode(JsonElement item, long row) =>
        Text(item, "code") is { Length: > 0 } code ? code : throw new FormatException($"Document {row} has no code");

    private static string? Text(JsonElement item, string name) =>
        item.ValueKind == JsonValueKind.Object && item.TryGetProperty(name, out var value) && value.ValueKind == JsonValueKind.String
            ? value.GetString() : null;

    private static long? Number(JsonElement item, string name) =>
        item.ValueKind == JsonValueKind.Object && item.TryGetProperty(name, out var value) && value.ValueKind == JsonValueKind.Number
        && value.TryGetInt64(out var number) ? number : null;

    private static DateTimeOffset ParseTime(string text, string place)
    {
        if (Rfc3339.TryParse(text, out var at)) return at.ToDateTimeOffset();
        return DateTimeOffset.TryParseExact(text, "yyyy-MM-dd HH:mm:ss zzz", CultureInfo.InvariantCulture, DateTimeStyles.None, out var spaced)
            ? spaced : throw new FormatException($"{place}: '{text}' is not a time such as 2026-03-02 10:15:00 +0100");
    }
}
