using System.Text.RegularExpressions;
using Attribution.Contracts;

namespace Attribution.TestKit.Twin;

/// <summary>
/// An event of the twin: the contract's record with the members common to all events. Times are milliseconds since
/// 1970; <paramref name="ReceivedAt"/> is the first receipt.
/// </summary>
public sealed partial record TwinEvent(object Body, string Source, string Id, string Brand, long At, IReadOnlyList<string> Aliases, long ReceivedAt = 0)
{
    /// <summary>Creates an event from a contract's record; missing members come from the pack.</summary>
    public static TwinEvent FromContract(object said, string packSource, string packBrand, long receivedAt = 0)
    {
        return said switch
        {
            ClickEvent e => New(e, e.Source, e.Id, e.BrandId, e.OccurredAt, [VisitorAlias(e.VisitorId), ClickAlias(e.ClickId)]),
            ReferralEvent e => New(e, e.Source, e.Id, e.BrandId, e.OccurredAt, [OrderAlias(e.OrderId)]),
            VisitEvent e => New(e, e.Source, e.Id, e.BrandId, e.OccurredAt, [VisitorAlias(e.VisitorId), ClickAlias(ClickIdOf(e))]),
            RedemptionEvent e => New(e, e.Source, e.Id, e.BrandId, e.OccurredAt, [OrderAlias(e.OrderId), OrderAlias(e.Subscription), VisitorAlias(e.VisitorId), ClickAlias(e.ClickId), CustomerAlias(e.CustomerKey)]),
            ConversionEvent e => New(e, e.Source, e.Id, e.BrandId, e.OccurredAt, [OrderAlias(e.OrderId), ConversionAlias(e.ConversionId), OrderAlias(e.Subscription), VisitorAlias(e.VisitorId), ClickAlias(e.ClickId), CustomerAlias(e.CustomerKey)]),
            RefundEvent e => New(e, e.Source, e.Id, e.BrandId, e.OccurredAt, [OrderAlias(e.OrderId)]),
            PaymentEvent e => New(e, e.Source, e.Id, e.BrandId, e.OccurredAt, [OrderAlias(e.OrderId), OrderAlias(e.PaymentId)]),
            EngagementEvent e => New(e, e.Source, e.Id, e.BrandId, e.OccurredAt, ["p:" + e.PostId]),
            _ => throw new ArgumentException($"{said.GetType().Name} is not an event."),
        };

        TwinEvent New(object body, string? source, string id, string? brand, DateTimeOffset at, string?[] aliases)
        {
            List<string> named = [.. aliases.OfType<string>()];
            if (named.Count == 0) named.Add($"e:{source ?? packSource} {id}");
            return new(body, source ?? packSource, id, brand ?? packBrand, at.ToUnixTimeMilliseconds(), named, receivedAt);
        }
    }

    /// <summary>Compares events by (time, source, id), ordinal.</summary>
    public static int Compare(TwinEvent a, TwinEvent b) =>
        a.At != b.At ? a.At.CompareTo(b.At) : a.Source != b.Source ? string.CompareOrdinal(a.Source, b.Source) : string.CompareOrdinal(a.Id, b.Id);

    /// <summary>
    /// Compares reports of one order or refund: by the time of the state, then by first receipt, then by (source, id).
    /// Events without a state of their own precede the others of their time.
    /// </summary>
    public static int CompareStates(TwinEvent a, TwinEvent b)
    {
        var (stateA, stateB) = (StateOf(a), StateOf(b));
        if (stateA.At != stateB.At) return stateA.At.CompareTo(stateB.At);
        if (stateA.Receipt != stateB.Receipt) return stateA.Receipt.CompareTo(stateB.Receipt);
        return a.Source != b.Source ? string.CompareOrdinal(a.Source, b.Source) : string.CompareOrdinal(a.Id, b.Id);
    }

    private static (long At, long Receipt) StateOf(TwinEvent said)
    {
        var (stateAt, isVoid) = said.Body switch
        {
            RedemptionEvent e => (e.StateAt, false),
            ConversionEvent e => (e.StateAt, false),
            RefundEvent e => (e.StateAt, e.Void == true),
            _ => (null, false),
        };
        return (stateAt?.ToUnixTimeMilliseconds() ?? said.At, stateAt is null && !isVoid ? long.MinValue : said.ReceivedAt);
    }

    /// <summary>Returns the click id that a visit names.</summary>
    public static string? ClickIdOf(VisitEvent visit) => visit.ClickId ?? Parameter(visit.Url, "atr_cid");

    /// <summary>
    /// Returns a decoded query parameter; the last one if repeated; null if absent or empty. Names in another case and the fragment
    /// only count if the query has no parameter of exactly this name.
    /// </summary>
    public static string? Parameter(string url, string name)
    {
        var (address, fragment) = (url.Split('#')[0], url.Contains('#', StringComparison.Ordinal) ? url.Split('#')[1] : "");
        var query = address.Contains('?', StringComparison.Ordinal) ? address[(address.IndexOf('?', StringComparison.Ordinal) + 1)..] : "";
        var last = query.Split('&').LastOrDefault(pair => pair.Split('=')[0] == name)
            ?? (query + "&" + fragment).Split('&').LastOrDefault(
                pair => pair.StartsWith(name + "=", StringComparison.OrdinalIgnoreCase) && pair.Length > name.Length + 1);
        if (last is null || !last.Contains('=', StringComparison.Ordinal)) return null;
        var value = Uri.UnescapeDataString(last[(last.IndexOf('=', StringComparison.Ordinal) + 1)..].Replace('+', ' '));
        return value.Length == 0 ? null : value;
    }

    /// <summary>
    /// Returns a UTM value in the form used for comparison: white space folded, trimmed, lower case; null if empty.
    /// </summary>
    public static string? Normalize(string? value)
    {
        if (value is null) return null;
        var folded = WhiteSpace().Replace(value, " ").Trim().Normalize().ToUpperInvariant();
        return folded.Length == 0 ? null : folded;
    }

    private static string? VisitorAlias(string? id) => id is null ? null : "v:" + id;
    private static string? ClickAlias(string? id) => id is null ? null : "k:" + id;
    private static string? CustomerAlias(string? id) => id is null ? null : "c:" + id;
    private static string? OrderAlias(string? id) => id is null ? null : "o:" + id;
    private static string? ConversionAlias(string? id) => id is null ? null : "n:" + id;

    [GeneratedRegex(@"\s+")]
    private static partial Regex WhiteSpace();
}
