using Attribution.Core.Values;

namespace Attribution.Core.Events;

/// <summary>What a landing's address says.</summary>
/// <param name="Utm">UTM parameters, normalised; null when there are none.</param>
/// <param name="ClickId"><c>atr_cid</c>; null when there is none, and when it is too long to be the id of any click.</param>
public readonly record struct LandingUrl(Utm? Utm, string? ClickId)
{
    /// <summary>
    /// Whether an address is <c>http://</c> or <c>https://</c> (case aside) followed by a host. A light check: the host holds something,
    /// but no white space or control character; beyond it everything is allowed that browsers send.
    /// </summary>
    public static bool IsAbsolute(string url)
    {
        var rest = url.StartsWith("https://", StringComparison.OrdinalIgnoreCase) ? url.AsSpan(8)
            : url.StartsWith("http://", StringComparison.OrdinalIgnoreCase) ? url.AsSpan(7) : [];
        var end = rest.IndexOfAny('/', '?', '#');
        var authority = end < 0 ? rest : rest[..end];
        foreach (var character in authority)
            if (char.IsWhiteSpace(character) || char.IsControl(character))
                return false;
        var host = authority[(authority.LastIndexOf('@') + 1)..];
        return !host.IsEmpty && host[0] != ':';
    }

    /// <summary>
    /// Reads <c>utm_source</c>, <c>utm_medium</c>, <c>utm_campaign</c>, <c>utm_content</c>, <c>utm_term</c>, <c>utm_id</c> and <c>atr_cid</c>.
    /// Names are case-sensitive; of a repeated one the last counts; an empty value is absent. Never throws.
    /// </summary>
    public static LandingUrl Parse(string url)
    {
        // Browsers drop these from an address before they look at it.
        if (url.AsSpan().IndexOfAny('\t', '\r', '\n') >= 0) url = string.Concat(url.Where(character => character is not ('\t' or '\r' or '\n')));
        string? source = null, medium = null, campaign = null, content = null, term = null, id = null, clickId = null;
        foreach (var parameter in QueryString.Parameters(QueryString.FromUrl(url)))
        {
            switch (parameter.Name)
            {
                case "utm_source": source = parameter.Value; break;
                case "utm_medium": medium = parameter.Value; break;
                case "utm_campaign": campaign = parameter.Value; break;
                case "utm_content": content = parameter.Value; break;
                case "utm_term": term = parameter.Value; break;
                case "utm_id": id = parameter.Value; break;
                case "atr_cid": clickId = parameter.Value; break;
            }
        }
        var utm = new Utm(NormalizeOrNull(source), NormalizeOrNull(medium), NormalizeOrNull(campaign), NormalizeOrNull(content), NormalizeOrNull(term), NormalizeOrNull(id));
        return new LandingUrl(utm == new Utm() ? null : utm, string.IsNullOrWhiteSpace(clickId) || clickId.Length > EventLimits.Id ? null : TextNormalizer.Text(clickId));
    }

    private static string? NormalizeOrNull(string? value) => value is null ? null : TextNormalizer.UtmValue(value) is { Length: > 0 } normal ? normal : null;
}
