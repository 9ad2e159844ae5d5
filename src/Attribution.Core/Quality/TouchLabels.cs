using System.Buffers;

namespace Attribution.Core.Quality;

/// <summary>Judges what kind of visitor a user agent stands for.</summary>
public static class TouchLabels
{
    // "bot" only where a word ends on it, all others anywhere: Googlebot/2.1, AdsBot-Google, Crawler4j, HeadlessChrome.
    private const string Bot = "bot";

    private static readonly SearchValues<string> Signs = SearchValues.Create(
        [Bot, "crawl", "spider", "headless", "scraper", "archiver", "fetcher", "slurp", "linkcheck", "http://", "https://"],
        StringComparison.OrdinalIgnoreCase);

    // Programs that name themselves first; the messengers are those that fetch a link's preview when somebody shares it.
    private static readonly string[] Programs =
    [
        "curl/", "wget/", "python", "java/", "go-http-client", "okhttp", "ruby", "perl", "libwww-perl", "php", "apache-httpclient", "axios/", "node",
        "whatsapp", "facebookexternalhit", "facebookcatalog", "meta-external", "viber", "skypeuripreview",
    ];

    /// <summary>
    /// <see cref="TouchLabel.Bot"/> for a user agent that calls itself one: that has a word ending in <c>bot</c> or <c>bots</c> (but for Cubot,
    /// a maker of phones), holds <c>crawl</c>, <c>spider</c>, <c>headless</c> or the like, gives an address to read up on it (browsers never
    /// do), or begins with the name of a program that fetches. Upper and lower case are the same. <see cref="TouchLabel.None"/> for any
    /// other, for none and for an empty one: a missing user agent says nothing, since servers report touches too. Browsers inside the apps of
    /// social networks are people: they are the creators' audience.
    /// </summary>
    public static TouchLabel OfUserAgent(string? userAgent)
    {
        if (string.IsNullOrEmpty(userAgent)) return TouchLabel.None;
        foreach (var program in Programs)
            if (userAgent.StartsWith(program, StringComparison.OrdinalIgnoreCase))
                return TouchLabel.Bot;

        var rest = userAgent.AsSpan();
        for (var at = rest.IndexOfAny(Signs); at >= 0; at = rest.IndexOfAny(Signs))
        {
            if (!rest[at..].StartsWith(Bot, StringComparison.OrdinalIgnoreCase) || EndsWord(userAgent, userAgent.Length - rest.Length + at))
                return TouchLabel.Bot;
            rest = rest[(at + 1)..];
        }
        return TouchLabel.None;
    }

    private static bool EndsWord(ReadOnlySpan<char> text, int bot)
    {
        var after = text[(bot + Bot.Length)..];
        if (!after.IsEmpty && char.ToLowerInvariant(after[0]) == 's') after = after[1..];
        if (!after.IsEmpty && char.IsAsciiLetter(after[0])) return false;
        var before = text[..bot];
        return !(before.EndsWith("cu", StringComparison.OrdinalIgnoreCase) && (before.Length == 2 || !char.IsAsciiLetter(before[^3])));
    }
}
