using System.Collections.Concurrent;
using System.Globalization;
using System.Security.Cryptography;
using System.Text.Json;
using System.Text.RegularExpressions;

namespace Attribution.Core.Quality;

/// <summary>
/// The rules that identify bots and assistants by their user agent. The rules are data: groups of regular expressions,
/// each with its origin, license and label. A user agent has the label of the first group of which it matches an
/// expression and no exception (case-insensitive). Free text, such as the name of a carrier or a phone's model, is read by exceptions only. The
/// time of a check depends only on the length of the user agent, regardless of the rules.
/// Thread-safe.
/// </summary>
public sealed class BotRules
{
    // Most user agents repeat. A user agent that is not cached is checked again.
    private const int MaxCacheEntries = 8_192;
    private const int MaxCachedLength = 512;

    private static readonly Lazy<BotRules> Embedded = new(() => ReadEmbedded("bot-rules.json"));
    private static readonly Lazy<BotRules> EmbeddedUnrecorded = new(() => ReadEmbedded("bot-rules-2026-11-22.json"));

    private readonly RuleGroup[] groups;
    private readonly Regex? freeText;
    private readonly ConcurrentDictionary<string, TouchLabel> cache = new(StringComparer.Ordinal);
    private int cacheCount;

    private BotRules(string version, RuleGroup[] groups, Regex? freeText, byte[] content)
    {
        (Version, this.groups, this.freeText, Content) = (version, groups, freeText, content);
        Fingerprint = Convert.ToHexStringLower(SHA256.HashData(content));
        Number = DateOnly.TryParseExact(version, "yyyy-MM-dd", CultureInfo.InvariantCulture, DateTimeStyles.None, out var day)
            ? (day.Year * 10_000) + (day.Month * 100) + day.Day : null;
    }

    /// <summary>Gets the rules that are shipped with Attribution, in <c>bot-rules.json</c>.</summary>
    public static BotRules Default => Embedded.Value;

    /// <summary>Gets the only rules before stores recorded a version, those of 2026-11-22.</summary>
    public static BotRules Unrecorded => EmbeddedUnrecorded.Value;

    /// <summary>Gets the name of the rules' version.</summary>
    public string Version { get; }

    /// <summary>Gets the version as yyyymmdd; null if its name is not a day, so that it has no order.</summary>
    public int? Number { get; }

    /// <summary>Gets the content of the file.</summary>
    public ReadOnlyMemory<byte> Content { get; }

    /// <summary>Gets the SHA-256 hash of the file in hexadecimal.</summary>
    public string Fingerprint { get; }

    /// <summary>
    /// Parses rules from their JSON: <c>{"version", "groups": [{"about", "origin", "licence", "label", "bots": [regex],
    /// "except": [regex]}], "freeText": [regex]}</c>.
    /// </summary>
    /// <exception cref="FormatException">
    /// The rules are invalid. The message describes the location and the reason.
    /// </exception>
    public static BotRules Parse(ReadOnlySpan<byte> utf8Json)
    {
        RulesFile file;
        try
        {
            file = JsonSerializer.Deserialize(utf8Json, BotRulesJson.Default.RulesFile)
                ?? throw new FormatException("The file is null.");
        }
        catch (JsonException e)
        {
            throw new FormatException($"Not a file of bot rules: {e.Message}", e);
        }

        if (file.Groups.Count == 0) throw new FormatException("groups: at least one is required.");
        var groups = file.Groups.Select((group, i) => new RuleGroup(
            Combine(group.Bots, $"groups/{i}/bots")
                ?? throw new FormatException($"groups/{i}/bots: at least one expression is required."),
            Combine(group.Except ?? [], $"groups/{i}/except"), ParseLabel(group.Label, $"groups/{i}/label"))).ToArray();
        return new(file.Version, groups, Combine(file.FreeText ?? [], "freeText"), utf8Json.ToArray());
    }

    /// <summary>
    /// Returns <see cref="TouchLabel.Bot"/>, <see cref="TouchLabel.Assistant"/> or <see cref="TouchLabel.None"/>. An absent
    /// or empty user agent is not a bot, because servers report touches too. Browsers within the apps of social networks
    /// are people: they are the creators' audience.
    /// </summary>
    public TouchLabel Classify(string? userAgent)
    {
        if (string.IsNullOrEmpty(userAgent)) return TouchLabel.None;
        if (!cache.TryGetValue(userAgent, out var label))
        {
            var names = freeText?.Replace(userAgent, " ") ?? userAgent;
            label = Array.Find(groups, group => group.Matches(names, userAgent))?.Label ?? TouchLabel.None;
            if (userAgent.Length <= MaxCachedLength) AddToCache(userAgent, label);
        }

        return label;
    }

    private static TouchLabel ParseLabel(string? label, string at) => label switch
    {
        null or "bot" => TouchLabel.Bot,
        "assistant" => TouchLabel.Assistant,
        _ => throw new FormatException($"{at}: '{label}' is not bot or assistant."),
    };

    private void AddToCache(string userAgent, TouchLabel label)
    {
        // Clearing the whole cache is as good as any other eviction and needs no bookkeeping.
        if (Interlocked.Increment(ref cacheCount) > MaxCacheEntries)
        {
            cache.Clear();
            Interlocked.Exchange(ref cacheCount, 0);
        }
        cache[userAgent] = label;
    }

    private static Regex? Combine(IReadOnlyList<string> expressions, string at)
    {
        // NonBacktracking takes linear time, so that neither a sender's text nor an operator's expression can block the
        // stage.
        const RegexOptions Options = RegexOptions.NonBacktracking | RegexOptions.IgnoreCase
            | RegexOptions.CultureInvariant | RegexOptions.ExplicitCapture;
        for (var i = 0; i < expressions.Count; i++)
        {
            try
            {
                if (new Regex(expressions[i], Options).IsMatch(""))
                    throw new FormatException($"{at}/{i}: '{expressions[i]}' matches the empty text, and therefore everything.");
            }
            catch (Exception e) when (e is ArgumentException or NotSupportedException)
            {
                throw new FormatException(
                    $"{at}/{i}: '{expressions[i]}' is not a regular expression that can be evaluated in linear time "
                    + $"(without lookarounds and backreferences): {e.Message}", e);
            }
        }

        return expressions.Count == 0
            ? null
            : new Regex(string.Join('|', expressions.Select(expression => $"(?:{expression})")), Options);
    }

    private static BotRules ReadEmbedded(string name)
    {
        using var stream = typeof(BotRules).Assembly.GetManifestResourceStream(name)
            ?? throw new InvalidOperationException($"{name} is not in the assembly.");
        var bytes = new byte[stream.Length];
        stream.ReadExactly(bytes);
        return Parse(bytes);
    }

    private sealed record RuleGroup(Regex Bots, Regex? Except, TouchLabel Label)
    {
        /// <summary>Returns true if the names, without free text, match and the whole user agent is no exception.</summary>
        public bool Matches(string names, string userAgent) =>
            Bots.IsMatch(names) && Except?.IsMatch(userAgent) != true;
    }
}
