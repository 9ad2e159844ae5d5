using System.Buffers;
using System.Collections.Frozen;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using Attribution.Core.Events;
using Attribution.Core.Journeys;

namespace Attribution.Core.Identity;

/// <summary>
/// Takes one person out of what is stored: each of their identifiers becomes a token that nobody can lead back, the same everywhere, so that
/// what belongs together still does and every sum stays. Pure but for the tokens. Immutable; thread-safe.
/// </summary>
/// <remarks>
/// Of an event of theirs there stay: its type, time, link, campaign parameters, user agent and label, codes, amounts, and the ids of order and
/// conversion, which are the shop's books. Visitor, customer and click id become tokens, as does what of them stands in the event's own
/// id; the address is reduced to its campaign parameters; referrer and members that are not known go.
/// </remarks>
public sealed class PersonErasure
{
    private static readonly FrozenSet<string> RetainedMembers = new[]
    {
        "type", "id", "source", "brandId", "occurredAt", "link", "visitorId", "clickId", "customerKey", "url", "userAgent", "label", "orderId", "conversionId", "kind",
        "codes", "currency", "gross", "discount", "tax", "shipping", "isNewCustomer", "refundId", "amount", "postId", "platform", "creatorId", "campaignId",
        "impressions", "reach", "likes", "comments", "shares", "saves", "views", "followers",
    }.ToFrozenSet(StringComparer.Ordinal);

    private readonly FrozenDictionary<string, string> tokens;
    private readonly SearchValues<string> search;
    private readonly bool isAscii;

    private PersonErasure(string brand, IReadOnlyCollection<string> aliases, IReadOnlyDictionary<string, string> tokens)
    {
        (Brand, Aliases, this.tokens) = (brand, aliases, tokens.ToFrozenDictionary(StringComparer.Ordinal));
        search = SearchValues.Create([.. tokens.Keys], StringComparison.Ordinal);
        isAscii = tokens.Keys.All(id => Ascii.IsValid(id));
    }

    /// <summary>The brand whose person it is; the same id with another brand is another person's.</summary>
    public string Brand { get; }

    /// <summary>The aliases that lead to the person, of visitors, customers and clicks.</summary>
    public IReadOnlyCollection<string> Aliases { get; }

    /// <summary>How many identifiers there are.</summary>
    public int IdentifierCount => tokens.Values.Distinct().Count();

    /// <summary>Whom an alias names, with everybody that their journey knows them as; the alias alone where it leads nowhere.</summary>
    /// <param name="brand">The brand.</param>
    /// <param name="alias">A visitor's or a customer's.</param>
    /// <param name="named">What the person was named by: of a customer the key as sent, which stands hashed in the alias and may stand in an event's id as it is.</param>
    /// <param name="journey">Where it leads, if anywhere.</param>
    /// <param name="newToken">Makes a token; each call another.</param>
    public static PersonErasure Of(string brand, string alias, string named, Journey? journey, Func<string> newToken)
    {
        var aliases = new HashSet<string>(StringComparer.Ordinal) { alias };
        foreach (var touch in journey?.Touches ?? [])
        {
            if (touch.VisitorId is { } visitor) aliases.Add(IdentityRules.VisitorAlias(visitor));
            if (touch.ClickId is { } click) aliases.Add(IdentityRules.ClickAlias(click));
        }
        foreach (var gone in journey?.EvictedTouches ?? [])
            if (gone.ClickId is { } click) aliases.Add(IdentityRules.ClickAlias(click));
        foreach (var statement in journey?.ReportedConversions ?? [])
        {
            if (statement.VisitorId is { } visitor) aliases.Add(IdentityRules.VisitorAlias(visitor));
            if (statement.CustomerKey is { } customer) aliases.Add(IdentityRules.CustomerAlias(customer));
            if (statement.ClickId is { } click) aliases.Add(IdentityRules.ClickAlias(click));
        }
        var tokens = aliases.Select(one => one[2..]).Distinct(StringComparer.Ordinal).ToDictionary(id => id, _ => newToken(), StringComparer.Ordinal);
        tokens.TryAdd(named, tokens[alias[2..]]);
        return new(brand, aliases, tokens);
    }

    /// <summary>Whether a text holds one of the identifiers as a whole word: no letter or digit stands next to it.</summary>
    public bool OccursIn(string text) => !ReferenceEquals(Replace(text), text);

    /// <summary>Whether stored text may hold one; false is sure.</summary>
    public bool MayOccurIn(ReadOnlySpan<byte> utf8) => Encoding.UTF8.GetString(utf8).AsSpan().ContainsAny(search);

    /// <summary>The text with each identifier in it that is a whole word replaced; the very same where there is none.</summary>
    public string Replace(string text)
    {
        if (tokens.TryGetValue(text, out var whole)) return whole;
        if (!text.AsSpan().ContainsAny(search)) return text;
        // The longer first: one may stand within another.
        foreach (var (id, token) in tokens.OrderByDescending(pair => pair.Key.Length))
        {
            for (var at = text.IndexOf(id, StringComparison.Ordinal); at >= 0; at = text.IndexOf(id, at, StringComparison.Ordinal))
            {
                var end = at + id.Length;
                if ((at == 0 || !char.IsLetterOrDigit(text[at - 1])) && (end == text.Length || !char.IsLetterOrDigit(text[end])))
                {
                    text = string.Concat(text.AsSpan(0, at), token, text.AsSpan(end));
                    at += token.Length;
                }
                else
                {
                    at++;
                }
            }
        }
        return text;
    }

    /// <summary>The journey without them; the very same where it names none.</summary>
    public Journey Erase(Journey journey)
    {
        if (journey.Brand != Brand) return journey;
        var touches = journey.Touches.Select(touch => touch with { Id = EraseId(touch.Id), VisitorId = Of(touch.VisitorId), ClickId = Of(touch.ClickId) }).ToList();
        var gone = journey.EvictedTouches.Select(touch => touch with { Id = EraseId(touch.Id), ClickId = Of(touch.ClickId) }).ToList();
        var statements = journey.ReportedConversions.Select(statement => statement with
        {
            Id = EraseId(statement.Id), VisitorId = Of(statement.VisitorId), ClickId = Of(statement.ClickId), CustomerKey = Of(statement.CustomerKey),
        }).ToList();
        var refunds = journey.ReportedRefunds.Select(refund => refund with { Id = EraseId(refund.Id) }).ToList();
        if (touches.SequenceEqual(journey.Touches) && gone.SequenceEqual(journey.EvictedTouches) && statements.SequenceEqual(journey.ReportedConversions) && refunds.SequenceEqual(journey.ReportedRefunds))
            return journey;
        touches.Sort(JourneyEventSet.CompareTouches);
        return journey with
        {
            Touches = [.. touches],
            EvictedTouches = [.. gone.OrderBy(touch => touch.At).ThenBy(touch => touch.Id)],
            ReportedConversions = [.. statements.OrderBy(statement => statement.At).ThenBy(statement => statement.Id)],
            ReportedRefunds = [.. refunds.OrderBy(refund => refund.At).ThenBy(refund => refund.Id)],
        };
    }

    /// <summary>The event without them; null where it names none. What cannot be read and holds one becomes <c>{}</c>, which is refused as it was.</summary>
    /// <param name="utf8">As archived.</param>
    /// <param name="context">What its pack says.</param>
    public byte[]? Erase(ReadOnlySpan<byte> utf8, EventContext context)
    {
        var text = Encoding.UTF8.GetString(utf8);
        // What is escaped, or not in NFC, shows only when it is read.
        if (isAscii && !text.Contains('\\', StringComparison.Ordinal) && !text.AsSpan().ContainsAny(search)) return null;
        if (EventReader.ReadLenient(utf8, context).Event is not { } happened) return OccursIn(text) ? "{}"u8.ToArray() : null;
        if (happened.Brand != Brand) return null;
        var (visitor, click, customer) = IdentityRules.PersonIdentifiers(happened);
        if (Of(visitor) == visitor && Of(click) == click && Of(customer) == customer && EraseId(happened.Id) == happened.Id) return null;

        var json = JsonNode.Parse(utf8)!.AsObject();
        foreach (var other in json.Select(member => member.Key).Where(name => !RetainedMembers.Contains(name)).ToList()) json.Remove(other);
        json["id"] = EraseId(happened.Id).Id;
        Put("visitorId", Of(visitor));
        Put("clickId", Of(click));
        Put("customerKey", Of(customer));
        if (happened is Visit visit) json["url"] = ErasedUrl(visit.Utm);
        return JsonSerializer.SerializeToUtf8Bytes(json);

        void Put(string name, string? value)
        {
            if (value is null) json.Remove(name);
            else json[name] = value;
        }
    }

    private EventId EraseId(EventId id) => OccursIn(id.Id) ? id with { Id = Replace(id.Id) } : id;

    private string? Of(string? identifier) => identifier is not null && tokens.TryGetValue(identifier, out var token) ? token : identifier;

    private static string ErasedUrl(Utm? utm)
    {
        (string Name, string? Value)[] members =
            [("source", utm?.Source), ("medium", utm?.Medium), ("campaign", utm?.Campaign), ("content", utm?.Content), ("term", utm?.Term), ("id", utm?.Id)];
        var query = string.Join('&', members.Where(member => member.Value is not null).Select(member => $"utm_{member.Name}={Uri.EscapeDataString(member.Value!)}"));
        return "https://erased.invalid/" + (query.Length == 0 ? "" : "?" + query);
    }
}
