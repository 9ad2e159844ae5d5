using Attribution.Core.Values;

namespace Attribution.Core.Events;

/// <summary>The parts of a landing URL that are used.</summary>
/// <param name="Utm">Normalized UTM parameters; null if there are none.</param>
/// <param name="ClickId">
/// The value of <c>atr_cid</c>; null if absent or too long for a click id.
/// </param>
public readonly record struct LandingUrl(Utm? Utm, string? ClickId)
{
    /// <summary>
    /// Returns true if a URL is <c>http://</c> or <c>https://</c> (case-insensitive) followed by a host. The host must
    /// not be empty and must not contain white space or control characters. The rest of the URL is not checked.
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
    /// Reads <c>utm_source</c>, <c>utm_medium</c>, <c>utm_campaign</c>, <c>utm_content</c>, <c>utm_term</c>,
    /// <c>utm_id</c> and <c>atr_cid</c>. The last of several values applies. Empty values count as absent. A parameter
    /// that the query does not have in this form is read from the forms that links take in the wild, see
    /// <see cref="BrokenLandingForms"/>. Never throws.
    /// </summary>
    public static LandingUrl Parse(string url)
    {
        // Browsers remove these characters from a URL before they parse it.
        if (url.AsSpan().IndexOfAny('\t', '\r', '\n') >= 0)
            url = string.Concat(url.Where(character => character is not ('\t' or '\r' or '\n')));
        var values = new string?[LandingParameters.Count];
        var query = QueryString.FromUrl(url);
        foreach (var parameter in QueryString.Parameters(query))
        {
            if (LandingParameters.IndexOf(parameter.Name) is >= 0 and var index)
                values[index] = BrokenLandingForms.CutJoinedQuery(parameter.RawValue, out var own)
                    ? QueryString.Decode(own) : parameter.Value;
        }

        if (BrokenLandingForms.MayHave(url)) BrokenLandingForms.Fill(values, url);
        var utm = new Utm(
            NormalizeOrNull(values[0]), NormalizeOrNull(values[1]), NormalizeOrNull(values[2]),
            NormalizeOrNull(values[3]), NormalizeOrNull(values[4]), NormalizeOrNull(values[5]));
        var clickId = values[LandingParameters.ClickId];
        var hasClickId = !string.IsNullOrWhiteSpace(clickId) && clickId.Length <= EventLimits.Id;
        return new LandingUrl(utm == new Utm() ? null : utm, hasClickId ? TextNormalizer.Text(clickId!) : null);
    }

    private static string? NormalizeOrNull(string? value) =>
        value is not null && TextNormalizer.UtmValue(value) is { Length: > 0 } normalized ? normalized : null;
}
