using System.Net;
using Attribution.Contracts;
using Attribution.Core.Events;
using Attribution.Core.Values;

namespace Attribution.Host.Ingest.Webhooks;

/// <summary>
/// Reads the members of an order that state who bought and by which codes. They are evidence: an unusable one is left
/// out and noted, and never refuses the order.
/// </summary>
internal sealed class ShopEvidence(WebhookDelivery delivery)
{
    private readonly List<EventFault> leftOut = [];

    /// <summary>Gets what was left out so far.</summary>
    public IReadOnlyList<EventFault> LeftOut => leftOut;

    /// <summary>Returns a text; null when it is absent or unusable.</summary>
    public string? GetText(WebhookPayload subject, string name) => subject.ReadableText(name, leftOut);

    /// <summary>
    /// Returns a text of a claim; null when it is absent, empty, too long, or looks like personal data, which no claim may
    /// contain.
    /// </summary>
    public string? GetClaimText(WebhookPayload claim, string name, int limit)
    {
        if (GetText(claim, name, limit) is not { } text) return null;
        if (!PersonalData.IsContact(text)) return text;
        LeaveOut(RejectionReason.PersonalData, claim, name, "looks like an e-mail address or telephone number.");
        return null;
    }

    /// <summary>Returns a text whose content is not examined; null when it is absent, empty or too long.</summary>
    public string? GetText(WebhookPayload subject, string name, int limit)
    {
        if (GetText(subject, name) is not { } text || string.IsNullOrWhiteSpace(text)) return null;
        if (text.EnumerateRunes().Count() <= limit && !text.Any(char.IsControl)) return text.Trim();
        LeaveOut(RejectionReason.TooLong, subject, name, $"is no text of at most {limit} characters without control characters.");
        return null;
    }

    /// <summary>Returns a time; null when it is absent or unusable.</summary>
    public DateTimeOffset? GetTime(WebhookPayload subject, string name) => Read(() => subject.Time(name));

    /// <summary>Returns an amount; null when it is absent or unusable.</summary>
    public decimal? GetAmount(WebhookPayload subject, string name) => Read(() => subject.Amount(name));

    /// <summary>Returns true or false; false when it is absent or unusable.</summary>
    public bool GetFlag(WebhookPayload subject, string name) => Read<bool>(() => subject.Boolean(name)) ?? false;

    /// <summary>Returns an object; null when it is absent or unusable.</summary>
    public WebhookPayload? GetObject(WebhookPayload subject, string name) => subject.ReadableObject(name, leftOut);

    /// <summary>Returns the objects of a list, without whatever else is in it.</summary>
    public IReadOnlyList<WebhookPayload> GetObjects(WebhookPayload subject, string list) => subject.ReadableObjects(list, leftOut);

    /// <summary>
    /// Returns the codes in a list of objects, each once and in the order of use, up to the limit of an event. HTML
    /// entities are decoded, since WooCommerce stores codes with them.
    /// </summary>
    public IReadOnlyList<string> GetCodes(WebhookPayload order, string list) =>
        GetCodes(order, list, "code", static (item, leftOut) =>
            item.ReadableText("code", leftOut) is { } text ? WebUtility.HtmlDecode(text) : null);

    /// <summary>Returns the codes in a list of objects, each once and in the order of use.</summary>
    /// <param name="order">The order.</param>
    /// <param name="list">The list.</param>
    /// <param name="member">Member of the list's items that is named when a code is left out.</param>
    /// <param name="read">Reads the code of an item, and notes an unreadable one; null when it has none.</param>
    public IReadOnlyList<string> GetCodes(
        WebhookPayload order, string list, string member, Func<WebhookPayload, ICollection<EventFault>, string?> read)
    {
        var codes = new CodeList(leftOut);
        foreach (var item in order.ReadableObjects(list, leftOut))
            if (read(item, leftOut) is { } code)
                codes.Add(code, item.PointerTo(member));
        return codes.Codes;
    }

    /// <summary>
    /// Returns the codes in a list of texts, each once and in the order of use; null when the list is absent or unusable.
    /// </summary>
    public IReadOnlyList<string>? GetCodeTexts(WebhookPayload subject, string list)
    {
        if (subject.ReadableTexts(list, leftOut) is not { } texts) return null;
        var codes = new CodeList(leftOut);
        foreach (var (code, pointer) in texts) codes.Add(code, pointer);
        return codes.Codes;
    }

    /// <summary>Notes a member that is left out.</summary>
    public void LeaveOut(RejectionReason reason, WebhookPayload subject, string name, string detail) =>
        leftOut.Add(new(reason, subject.PointerTo(name), detail));

    /// <summary>Returns whether a list of names and values has a name.</summary>
    public bool Has(WebhookPayload order, string list, string key, string name) => FindPairs(order, list, key, name).Count > 0;

    /// <summary>
    /// Returns the first value of a name in a list of names and values; null when there is none, or none that is text.
    /// </summary>
    /// <param name="order">The order.</param>
    /// <param name="list">The list.</param>
    /// <param name="key">Member of the list's items that contains the name.</param>
    /// <param name="name">The name.</param>
    public string? GetValue(WebhookPayload order, string list, string key, string name) =>
        FindPairs(order, list, key, name).Select(item => item.ReadableText("value", leftOut))
            .FirstOrDefault(value => !string.IsNullOrWhiteSpace(value));

    /// <summary>Returns the first usable id of a name in a list of names and values; null when there is none.</summary>
    /// <inheritdoc cref="GetValue"/>
    public string? GetId(WebhookPayload order, string list, string key, string name) =>
        FindId(order, list, key, name, static id => id);

    /// <summary>Returns the first usable id of a name, as an id of the shop's orders; null when there is none.</summary>
    /// <inheritdoc cref="GetValue"/>
    public string? GetOrderId(WebhookPayload order, string list, string key, string name) =>
        FindId(order, list, key, name, delivery.QualifyId);

    private string? FindId(WebhookPayload order, string list, string key, string name, Func<string, string> qualify)
    {
        foreach (var item in FindPairs(order, list, key, name))
        {
            if (item.ReadableText("value", leftOut) is not { } text || string.IsNullOrWhiteSpace(text)) continue;
            if (ShopEventMapper.SanitizeId(text) is { } id && ShopEventMapper.SanitizeId(qualify(id)) is { } qualified) return qualified;
            LeaveOut(RejectionReason.TooLong, item, "value", $"is no id of 1 to {EventLimits.Id} characters.");
        }

        return null;
    }

    /// <summary>Returns the key of a customer that the shop names by an id; null for a guest.</summary>
    public string? GetCustomerKey(WebhookPayload subject, string name)
    {
        if (subject.ReadableText(name, leftOut) is not { Length: > 0 } id || id == "0" || string.IsNullOrWhiteSpace(id)) return null;
        var key = delivery.QualifyId(id);
        if (!id.Contains('@') && key.EnumerateRunes().Count() <= EventLimits.Id) return key;
        LeaveOut(RejectionReason.PersonalData, subject, name, $"is no customer id of at most {EventLimits.Id} characters.");
        return null;
    }

    private T? Read<T>(Func<T?> read) where T : struct
    {
        try
        {
            return read();
        }
        catch (UnmappableDeliveryException e)
        {
            leftOut.Add(e.Fault);
            return null;
        }
    }

    // Extensions write pairs of any kind: only those with the name matter.
    private List<WebhookPayload> FindPairs(WebhookPayload order, string list, string key, string name)
    {
        var faults = new List<EventFault>();
        var pairs = order.ReadableObjects(list, faults).Where(item => item.ReadableText(key, []) == name).ToList();
        if (faults.Find(fault => fault.Pointer == order.PointerTo(list)) is { } fault && !leftOut.Contains(fault)) leftOut.Add(fault);
        return pairs;
    }

    /// <summary>Codes of an order, up to the limit of an event.</summary>
    private sealed class CodeList(List<EventFault> leftOut)
    {
        private readonly List<string> codes = [];
        private readonly HashSet<string> known = new(StringComparer.Ordinal);

        public IReadOnlyList<string> Codes => codes;

        public void Add(string code, string pointer)
        {
            if (string.IsNullOrWhiteSpace(code))
                leftOut.Add(new(RejectionReason.TextEmpty, pointer, "is empty."));
            else if (code.EnumerateRunes().Count() > EventLimits.Code)
                leftOut.Add(new(RejectionReason.TooLong, pointer, $"is longer than {EventLimits.Code} characters."));
            else if (known.Contains(TextNormalizer.Code(code)))
                return;
            else if (codes.Count == EventLimits.Codes)
                leftOut.Add(new(RejectionReason.TooLong, pointer, $"is beyond {EventLimits.Codes} codes."));
            else if (known.Add(TextNormalizer.Code(code)))
                codes.Add(code);
        }
    }
}
