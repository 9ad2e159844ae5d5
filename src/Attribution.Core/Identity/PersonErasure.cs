using System.Buffers;
using System.Collections.Frozen;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using Attribution.Core.Events;
using Attribution.Core.Journeys;

namespace Attribution.Core.Identity;

/// <summary>
/// Erases one person from stored data: replaces each of their identifiers with a token that cannot be traced back. The
/// same identifier gets the same token everywhere, so related data stays related and every sum stays. Pure except for
/// the tokens. Immutable; thread-safe.
/// </summary>
/// <remarks>
/// An event keeps its type, time, link, campaign parameters, user agent, label, codes, amounts, and the order and
/// conversion ids, which are the shop's records. Visitor id, customer key and click id are replaced by tokens, also
/// within the event's own id. The URL is reduced to its campaign parameters; the referrer and unknown members are
/// removed, also within the lines of an order.
/// </remarks>
public sealed class PersonErasure
{
    private static readonly FrozenSet<string> RetainedMembers = new[]
    {
        "type", "id", "source", "brandId", "occurredAt", "link", "visitorId", "clickId", "customerKey", "url", "userAgent", "label",
        "orderId", "conversionId", "kind", "codes", "currency", "gross", "discount", "tax", "shipping", "isNewCustomer", "refundId",
        "amount", "basis", "paymentId", "void", "stateAt", "subscription", "renewal", "refundIds", "provider", "publisherId",
        "providerCampaignId", "subId", "token", "parameters", "expiresAt", "verified", "postId", "platform", "creatorId", "campaignId",
        "impressions", "reach", "likes", "comments", "shares", "saves",
        "views", "followers", "lines",
    }.ToFrozenSet(StringComparer.Ordinal);

    private static readonly FrozenSet<string> RetainedLineMembers = new[] { "id", "product", "category", "quantity", "goods", "amount", "discount" }
        .ToFrozenSet(StringComparer.Ordinal);

    private readonly FrozenDictionary<string, string> tokens;
    private readonly SearchValues<string> search;
    private readonly bool isAscii;

    private PersonErasure(string brand, IReadOnlyCollection<string> aliases, IReadOnlyDictionary<string, string> tokens)
    {
        (Brand, Aliases, this.tokens) = (brand, aliases, tokens.ToFrozenDictionary(StringComparer.Ordinal));
        search = SearchValues.Create([.. tokens.Keys], StringComparison.Ordinal);
        isAscii = tokens.Keys.All(id => Ascii.IsValid(id));
    }

    /// <summary>Gets the person's brand; the same identifier with another brand belongs to another person.</summary>
    public string Brand { get; }

    /// <summary>Gets the aliases of the person: visitors, customers and clicks.</summary>
    public IReadOnlyCollection<string> Aliases { get; }

    /// <summary>Gets the number of identifiers.</summary>
    public int IdentifierCount => tokens.Values.Distinct().Count();

    /// <summary>
    /// Creates the erasure of the person with an alias, including all identifiers in their journey; without a journey,
    /// of the alias only.
    /// </summary>
    /// <param name="brand">The brand.</param>
    /// <param name="alias">The alias of a visitor or customer.</param>
    /// <param name="named">
    /// The identifier as requested. For a customer this is the key as sent: the alias contains its hash, but the id of
    /// an event may contain the key itself.
    /// </param>
    /// <param name="journey">The journey of the alias; null if there is none.</param>
    /// <param name="newToken">Returns a different token with each call.</param>
    public static PersonErasure Create(string brand, string alias, string named, Journey? journey, Func<string> newToken)
    {
        var aliases = new HashSet<string>(StringComparer.Ordinal) { alias };
        foreach (var touch in journey?.Touches ?? [])
        {
            if (touch.VisitorId is { } visitor) aliases.Add(IdentityRules.VisitorAlias(visitor));
            if (touch.ClickId is { } click) aliases.Add(IdentityRules.ClickAlias(click));
        }

        foreach (var evicted in journey?.EvictedTouches ?? [])
            if (evicted.ClickId is { } click) aliases.Add(IdentityRules.ClickAlias(click));
        foreach (var reported in journey?.ReportedConversions ?? [])
        {
            if (reported.VisitorId is { } visitor) aliases.Add(IdentityRules.VisitorAlias(visitor));
            if (reported.CustomerKey is { } customer) aliases.Add(IdentityRules.CustomerAlias(customer));
            if (reported.ClickId is { } click) aliases.Add(IdentityRules.ClickAlias(click));
        }

        foreach (var order in journey?.FirstOrders ?? []) aliases.Add(IdentityRules.CustomerAlias(order.CustomerKey));

        var tokens = aliases.Select(known => known[2..]).Distinct(StringComparer.Ordinal)
            .ToDictionary(id => id, _ => newToken(), StringComparer.Ordinal);
        tokens.TryAdd(named, tokens[alias[2..]]);
        return new(brand, aliases, tokens);
    }

    /// <summary>
    /// Returns true if a text contains one of the identifiers as a whole word, with no letter or digit next to it.
    /// </summary>
    public bool OccursIn(string text) => !ReferenceEquals(Replace(text), text);

    /// <summary>Returns false only if stored text certainly contains none of the identifiers.</summary>
    public bool MayOccurIn(ReadOnlySpan<byte> utf8) => Encoding.UTF8.GetString(utf8).AsSpan().ContainsAny(search);

    /// <summary>Replaces each identifier that is a whole word. Returns the same instance if there is none.</summary>
    public string Replace(string text)
    {
        if (tokens.TryGetValue(text, out var token)) return token;
        if (!text.AsSpan().ContainsAny(search)) return text;
        // Longer identifiers first: one may contain another.
        foreach (var (id, replacement) in tokens.OrderByDescending(pair => pair.Key.Length))
            text = ReplaceWord(text, id, replacement);
        return text;
    }

    /// <summary>Replaces the identifiers in a journey. Returns the same instance if it contains none.</summary>
    public Journey Erase(Journey journey)
    {
        if (journey.Brand != Brand) return journey;
        var touches = journey.Touches.Select(touch => touch with
        {
            Id = EraseId(touch.Id), VisitorId = Erase(touch.VisitorId), ClickId = Erase(touch.ClickId),
        }).ToList();
        var evicted = journey.EvictedTouches.Select(touch => touch with { Id = EraseId(touch.Id), ClickId = Erase(touch.ClickId) }).ToList();
        var conversions = journey.ReportedConversions.Select(reported => reported with
        {
            Id = EraseId(reported.Id), VisitorId = Erase(reported.VisitorId), ClickId = Erase(reported.ClickId),
            CustomerKey = Erase(reported.CustomerKey),
        }).ToList();
        var refunds = journey.ReportedRefunds.Select(refund => refund with { Id = EraseId(refund.Id) }).ToList();
        var payments = journey.ReportedPayments.Select(payment => payment with { Id = EraseId(payment.Id) }).ToList();
        var firstOrders = journey.FirstOrders.Select(order => order with { CustomerKey = Erase(order.CustomerKey)! }).ToList();
        if (touches.SequenceEqual(journey.Touches) && evicted.SequenceEqual(journey.EvictedTouches)
            && conversions.SequenceEqual(journey.ReportedConversions) && refunds.SequenceEqual(journey.ReportedRefunds)
            && payments.SequenceEqual(journey.ReportedPayments) && firstOrders.SequenceEqual(journey.FirstOrders))
            return journey;
        touches.Sort(JourneyEventSet.CompareTouches);
        return journey with
        {
            Touches = [.. touches],
            EvictedTouches = [.. evicted.InEventOrder()],
            ReportedConversions = [.. conversions.InEventOrder()],
            ReportedRefunds = [.. refunds.InEventOrder()],
            ReportedPayments = [.. payments.InEventOrder()],
            FirstOrders = FirstOrders.Earliest(firstOrders),
        };
    }

    /// <summary>
    /// Replaces the identifiers in an archived event. Returns null if it contains none. An unreadable event that
    /// contains one becomes <c>{}</c>, which is refused just as the event was.
    /// </summary>
    /// <param name="utf8">The event as archived.</param>
    /// <param name="context">The context from the event's pack.</param>
    public byte[]? Erase(ReadOnlySpan<byte> utf8, EventContext context)
    {
        var text = Encoding.UTF8.GetString(utf8);
        // Identifiers that are escaped or not in NFC are only found by reading the event.
        if (isAscii && !text.Contains('\\', StringComparison.Ordinal) && !text.AsSpan().ContainsAny(search))
            return null;
        if (EventReader.ReadLenient(utf8, context).Event is not { } journeyEvent)
            return OccursIn(text) ? "{}"u8.ToArray() : null;
        if (journeyEvent.Brand != Brand) return null;
        var (visitor, click, customer) = IdentityRules.PersonIdentifiers(journeyEvent);
        var id = EraseId(journeyEvent.Id);
        if (Erase(visitor) == visitor && Erase(click) == click && Erase(customer) == customer && id == journeyEvent.Id)
            return null;

        var json = JsonNode.Parse(utf8)!.AsObject();
        RemoveAllExcept(json, RetainedMembers);
        if (json["lines"] is JsonArray lines)
            foreach (var line in lines.OfType<JsonObject>())
                RemoveAllExcept(line, RetainedLineMembers);
        json["id"] = id.Id;
        SetOrRemove("visitorId", Erase(visitor));
        SetOrRemove("clickId", Erase(click));
        SetOrRemove("customerKey", Erase(customer));
        if (journeyEvent is Visit visit) json["url"] = ErasedUrl(visit.Utm);
        return JsonSerializer.SerializeToUtf8Bytes(json);

        void SetOrRemove(string name, string? value)
        {
            if (value is null) json.Remove(name);
            else json[name] = value;
        }
    }

    private static void RemoveAllExcept(JsonObject json, FrozenSet<string> retained)
    {
        foreach (var name in json.Select(member => member.Key).Where(name => !retained.Contains(name)).ToList()) json.Remove(name);
    }

    private static string ReplaceWord(string text, string word, string replacement)
    {
        for (var at = text.IndexOf(word, StringComparison.Ordinal); at >= 0; at = text.IndexOf(word, at, StringComparison.Ordinal))
        {
            var end = at + word.Length;
            if ((at == 0 || !char.IsLetterOrDigit(text[at - 1])) && (end == text.Length || !char.IsLetterOrDigit(text[end])))
            {
                text = string.Concat(text.AsSpan(0, at), replacement, text.AsSpan(end));
                at += replacement.Length;
            }
            else
            {
                at++;
            }
        }

        return text;
    }

    private EventId EraseId(EventId id) => OccursIn(id.Id) ? id with { Id = Replace(id.Id) } : id;

    private string? Erase(string? identifier) =>
        identifier is not null && tokens.TryGetValue(identifier, out var token) ? token : identifier;

    private static string ErasedUrl(Utm? utm)
    {
        (string Name, string? Value)[] members =
        [
            ("source", utm?.Source), ("medium", utm?.Medium), ("campaign", utm?.Campaign), ("content", utm?.Content),
            ("term", utm?.Term), ("id", utm?.Id),
        ];
        var query = string.Join('&', members.Where(member => member.Value is not null)
            .Select(member => $"utm_{member.Name}={Uri.EscapeDataString(member.Value!)}"));
        return "https://erased.invalid/" + (query.Length == 0 ? "" : "?" + query);
    }
}
