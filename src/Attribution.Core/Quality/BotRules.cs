using System.Collections.Concurrent;
using System.Security.Cryptography;
using System.Text.Json;
using System.Text.Json.Serialization;
using System.Text.RegularExpressions;

namespace Attribution.Core.Quality;

/// <summary>
/// Judges by its user agent whether a touch is a bot's. The rules are data: groups of regular expressions, each group with its origin and
/// licence. A user agent is a bot's where any expression of a group is found in it and none of the group's exceptions is; case never matters.
/// Time to judge grows with the length of the user agent alone, whatever the rules. Thread-safe.
/// </summary>
public sealed class BotRules
{
    // Senders' user agents repeat; what does not is judged anew.
    private const int MaxCacheEntries = 8_192;
    private const int MaxCachedLength = 512;

    private static readonly Lazy<BotRules> Embedded = new(ReadEmbedded);

    private readonly RuleGroup[] groups;
    private readonly ConcurrentDictionary<string, bool> cache = new(StringComparer.Ordinal);
    private int cacheCount;

    private BotRules(string version, RuleGroup[] groups, string fingerprint) => (Version, this.groups, Fingerprint) = (version, groups, fingerprint);

    /// <summary>The rules that come with Attribution, in <c>bot-rules.json</c>.</summary>
    public static BotRules Default => Embedded.Value;

    /// <summary>No rules: everybody is a person.</summary>
    public static BotRules None { get; } = new("none", [], "");

    /// <summary>The rules' own name for their version.</summary>
    public string Version { get; }

    /// <summary>Hex SHA-256 of the file; other rules have another.</summary>
    public string Fingerprint { get; }

    /// <summary>Reads rules from their JSON: <c>{"version", "groups": [{"about", "origin", "licence", "bots": [regex], "except": [regex]}]}</c>.</summary>
    /// <exception cref="FormatException">It cannot be read; says where and why.</exception>
    public static BotRules Parse(ReadOnlySpan<byte> utf8Json)
    {
        RulesFile file;
        try
        {
            file = JsonSerializer.Deserialize(utf8Json, BotRulesJson.Default.RulesFile) ?? throw new FormatException("It is null.");
        }
        catch (JsonException e)
        {
            throw new FormatException($"It is no file of bot rules: {e.Message}", e);
        }

        if (file.Groups.Count == 0) throw new FormatException("groups: at least one is needed.");
        var groups = file.Groups.Select((group, i) => new RuleGroup(
            Combine(group.Bots, $"groups/{i}/bots") ?? throw new FormatException($"groups/{i}/bots: at least one expression is needed."),
            Combine(group.Except ?? [], $"groups/{i}/except"))).ToArray();
        return new(file.Version, groups, Convert.ToHexStringLower(SHA256.HashData(utf8Json)));
    }

    /// <summary>
    /// <see cref="TouchLabel.Bot"/> or <see cref="TouchLabel.None"/>; the latter for none and an empty one too: a missing user agent says nothing,
    /// since servers report touches as well. Browsers inside the apps of social networks are people: they are the creators' audience.
    /// </summary>
    public TouchLabel Classify(string? userAgent)
    {
        if (string.IsNullOrEmpty(userAgent)) return TouchLabel.None;
        if (!cache.TryGetValue(userAgent, out var isBot))
        {
            isBot = Array.Exists(groups, group => group.Matches(userAgent));
            if (userAgent.Length <= MaxCachedLength) AddToCache(userAgent, isBot);
        }

        return isBot ? TouchLabel.Bot : TouchLabel.None;
    }

    private void AddToCache(string userAgent, bool isBot)
    {
        // Beginning anew is as good as any way to forget, and costs nothing while nothing is forgotten.
        if (Interlocked.Increment(ref cacheCount) > MaxCacheEntries)
        {
            cache.Clear();
            Interlocked.Exchange(ref cacheCount, 0);
        }
        cache[userAgent] = isBot;
    }

    private static Regex? Combine(IReadOnlyList<string> expressions, string at)
    {
        // NonBacktracking: linear, so that neither a sender's text nor an operator's expression can hold up the stage.
        const RegexOptions Options = RegexOptions.NonBacktracking | RegexOptions.IgnoreCase | RegexOptions.CultureInvariant | RegexOptions.ExplicitCapture;
        for (var i = 0; i < expressions.Count; i++)
        {
            try
            {
                if (new Regex(expressions[i], Options).IsMatch("")) throw new FormatException($"{at}/{i}: '{expressions[i]}' matches the empty text, and so everybody.");
            }
            catch (Exception e) when (e is ArgumentException or NotSupportedException)
            {
                throw new FormatException($"{at}/{i}: '{expressions[i]}' is no regular expression of the kind that takes linear time (no look-around, no back-reference): {e.Message}", e);
            }
        }

        return expressions.Count == 0 ? null : new Regex(string.Join('|', expressions.Select(one => $"(?:{one})")), Options);
    }

    private static BotRules ReadEmbedded()
    {
        using var stream = typeof(BotRules).Assembly.GetManifestResourceStream("bot-rules.json")
            ?? throw new InvalidOperationException("bot-rules.json is not in the assembly.");
        var bytes = new byte[stream.Length];
        stream.ReadExactly(bytes);
        return Parse(bytes);
    }

    private sealed record RuleGroup(Regex Bots, Regex? Except)
    {
        public bool Matches(string userAgent) => Bots.IsMatch(userAgent) && Except?.IsMatch(userAgent) != true;
    }
}

/// <summary>A file of bot rules.</summary>
/// <param name="Version">Their own name for their version.</param>
/// <param name="Groups">Each judged by itself.</param>
internal sealed record RulesFile(string Version, IReadOnlyList<RulesGroup> Groups);

/// <summary>Rules of one origin.</summary>
/// <param name="Origin">Where they come from.</param>
/// <param name="Licence">Under which licence.</param>
/// <param name="Bots">Expressions of which one makes a bot.</param>
/// <param name="About">What they have in common.</param>
/// <param name="Except">Expressions of which one unmakes it, for this group.</param>
internal sealed record RulesGroup(string Origin, string Licence, IReadOnlyList<string> Bots, string? About = null, IReadOnlyList<string>? Except = null);

[JsonSourceGenerationOptions(
    PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase, UnmappedMemberHandling = JsonUnmappedMemberHandling.Disallow,
    RespectNullableAnnotations = true, RespectRequiredConstructorParameters = true)]
[JsonSerializable(typeof(RulesFile))]
internal sealed partial class BotRulesJson : JsonSerializerContext;
