using System.Buffers.Text;
using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using Attribution.Core.Catalog;
using Attribution.Core.Identity;
using Attribution.Core.Ledger;
using Attribution.Core.Values;
using Attribution.Host.Reporting.Export;
using Attribution.Host.Reporting.Queries.Payouts;
using Attribution.Storage.Ledger;
using Attribution.Storage.Payouts;
using Attribution.Storage.WebhookSubscriptions;

namespace Attribution.Host.Reporting.WebhookSubscriptions;

/// <summary>A message of Standard Webhooks. Reading the same ledger entry, day or statement again makes the same message.</summary>
/// <param name="Id">The id, derived from what the message is about.</param>
/// <param name="Type">The type, one of <see cref="WebhookEventTypes"/>.</param>
/// <param name="Body">The JSON body.</param>
/// <param name="After">The position of a subscription that has this message.</param>
internal sealed record WebhookMessage(string Id, string Type, string Body, WebhookPosition After)
{
    private const int IdBytes = 18;

    // Members of the answer to GET /v1/statements that are long, or that name users.
    private static readonly string[] OmittedOfStatements = ["lines", "notYet", "closedBy", "paidBy"];

    /// <summary>Returns the type of message that a ledger entry makes; null if it makes none.</summary>
    public static string? TypeOf(NumberedLedgerEntry numbered)
    {
        if (!IdentityRules.IsConversionKey(numbered.Entry.Conversion)) return null;
        if (numbered.Entry.Reason is LedgerReason.Refund or LedgerReason.Cancel or LedgerReason.Chargeback)
            return WebhookEventTypes.RefundApplied;
        return numbered.RestatesOrderDay || numbered.RestatesEntryDay
            ? WebhookEventTypes.ConversionRestated
            : WebhookEventTypes.ConversionCredited;
    }

    /// <summary>Creates the message of a ledger entry.</summary>
    public static WebhookMessage FromEntry(
        string type, NumberedLedgerEntry numbered, BrandSettings brand, string linkBase, WebhookPosition after)
    {
        var entry = numbered.Entry;
        var data = JsonSerializer.SerializeToNode(ExportedLine.FromLine(numbered, brand.Currency), ReportJson.Options)!.AsObject();
        data["explanation"] = $"{linkBase}/v1/conversions/{Uri.EscapeDataString(entry.Conversion[2..])}?brand={brand.Id}";
        return Create(
            type, entry.RecordedAt, data, after, Invariant($"ledger {brand.Id} {numbered.Number} {entry.RecordedAt} {entry.Conversion}"));
    }

    /// <summary>Creates the message of a closed day.</summary>
    /// <param name="day">The day.</param>
    /// <param name="now">The time at which the day was seen to be closed.</param>
    /// <param name="brand">The brand.</param>
    /// <param name="linkBase">The beginning of links.</param>
    /// <param name="after">The position after the message.</param>
    public static WebhookMessage FromDay(DateOnly day, Timestamp now, BrandSettings brand, string linkBase, WebhookPosition after)
    {
        var text = day.ToString("O", CultureInfo.InvariantCulture);
        var data = new JsonObject
        {
            ["brandId"] = brand.Id, ["day"] = text,
            ["explanation"] = $"{linkBase}/v1/rollups/daily?brand={brand.Id}&from={text}&to={text}",
        };
        return Create(WebhookEventTypes.DayClosed, now, data, after, $"day {brand.Id} {text}");
    }

    /// <summary>Creates the message of a closed or paid statement.</summary>
    public static WebhookMessage FromStatement(
        string type, ClosedPayoutStatement statement, BrandSettings brand, string linkBase, WebhookPosition after)
    {
        var data = JsonSerializer.SerializeToNode(
            StatementAnswer.FromStatement(brand, statement.Creator, statement.Statement, statement), ReportJson.Options)!.AsObject();
        foreach (var name in OmittedOfStatements) data.Remove(name);
        data["explanation"] = Invariant($"{linkBase}/v1/statements/{statement.Number}?brand={brand.Id}");
        var at = type == WebhookEventTypes.StatementPaid && statement.Paid is { } paid ? paid.At : statement.Closed.At;
        return Create(type, at, data, after, Invariant($"{type} {brand.Id} {statement.Number} {at}"));
    }

    private static WebhookMessage Create(string type, Timestamp at, JsonObject data, WebhookPosition after, string subject)
    {
        var hash = SHA256.HashData(Encoding.UTF8.GetBytes(subject));
        var body = new JsonObject { ["type"] = type, ["timestamp"] = at.ToString(), ["data"] = data };
        return new($"msg_{Base64Url.EncodeToString(hash.AsSpan(0, IdBytes))}", type, body.ToJsonString(ReportJson.Options), after);
    }

    private static string Invariant(FormattableString text) => FormattableString.Invariant(text);
}
