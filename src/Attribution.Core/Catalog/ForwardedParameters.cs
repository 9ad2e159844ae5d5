using System.Collections.Frozen;
using Attribution.Core.Values;

namespace Attribution.Core.Catalog;

/// <summary>
/// The parameters of a link's own address that are passed on to its destination. Apps and ad platforms append
/// parameters to the address that was posted, which is the link's. Pure.
/// </summary>
public static class ForwardedParameters
{
    /// <summary>Maximum number of parameters that are passed on.</summary>
    public const int MaxCount = 32;

    /// <summary>Maximum length of all parameters that are passed on together, in characters as encoded.</summary>
    public const int MaxLength = 2_048;

    /// <summary>Prefix of Attribution's own parameters, which are never passed on.</summary>
    private const string OwnPrefix = "atr_";

    /// <summary>Names of click ids of ad platforms: beyond a limit, they are passed on before all others.</summary>
    private static readonly FrozenSet<string> ClickIds = FrozenSet.Create(
        StringComparer.Ordinal,
        "gclid", "gbraid", "wbraid", "dclid", "gclsrc", "gad_source", "gad_campaignid", "srsltid", "_gl", // Google
        "fbclid", "igshid", "igsh", // Meta
        "ttclid", "msclkid", "twclid", "li_fat_id", "epik", "sccid", "rdt_cid", "yclid", "ymclid", "qclid", "tblci",
        "dicbo", "oborigurl", "vmcid", "wickedid", "irclickid", "cjevent", "awc", "clickid", "click_id", "ref_id",
        "mc_cid", "mc_eid", "_kx", "_hsenc", "s_cid", "ef_id");

    /// <summary>
    /// Returns the parameters of a query that are passed on, in their order and encoded form, safe in a header.
    /// Parameters whose name is taken, and those of Attribution itself, are left out.
    /// </summary>
    /// <param name="query">The query of the request, with or without <c>?</c>.</param>
    /// <param name="isTaken">Returns true for the canonical name of a parameter that the destination has.</param>
    public static IReadOnlyList<string> Select(ReadOnlySpan<char> query, Predicate<string> isTaken)
    {
        if (query.TrimStart('?').IsEmpty) return [];
        var found = new List<(string Text, bool IsClickId)>();
        foreach (var parameter in QueryString.Parameters(query.StartsWith('?') ? query[1..] : query))
        {
            var name = GetCanonicalName(parameter.Name);
            if (name.StartsWith(OwnPrefix, StringComparison.Ordinal) || isTaken(name)) continue;
            found.Add((ToHeaderText(parameter.Raw), ClickIds.Contains(name)));
        }

        return IsWithinLimits(found) ? found.ConvertAll(parameter => parameter.Text) : Limit(found);
    }

    /// <summary>
    /// Returns the name under which the platforms of shops read a parameter: in lower case, without leading space and
    /// index (<c>a[1]</c>), and with <c>_</c> for space and dot. Two names that a shop could take for each other have
    /// the same canonical name.
    /// </summary>
    public static string GetCanonicalName(ReadOnlySpan<char> name)
    {
        name = name.TrimStart();
        var index = name.IndexOf('[');
        if (index > 0) name = name[..index];
        return string.Create(name.Length, name, static (to, from) =>
        {
            from.ToLowerInvariant(to);
            to.Replace(' ', '_');
            to.Replace('.', '_');
        });
    }

    private static bool IsWithinLimits(List<(string Text, bool IsClickId)> found) =>
        found.Count <= MaxCount && found.Sum(parameter => parameter.Text.Length + 1) <= MaxLength;

    /// <summary>Selects what fits into the limits: first the click ids, then the others, each in their order.</summary>
    private static List<string> Limit(List<(string Text, bool IsClickId)> found)
    {
        var (selected, count, length) = (new bool[found.Count], 0, 0);
        foreach (var clickIds in (ReadOnlySpan<bool>)[true, false])
        {
            for (var i = 0; i < selected.Length && count < MaxCount; i++)
            {
                var (text, isClickId) = found[i];
                if (isClickId != clickIds || length + text.Length + 1 > MaxLength) continue;
                (selected[i], count, length) = (true, count + 1, length + text.Length + 1);
            }
        }

        return [.. found.Where((_, i) => selected[i]).Select(parameter => parameter.Text)];
    }

    /// <summary>Escapes the characters that a header or a query cannot contain.</summary>
    private static string ToHeaderText(ReadOnlySpan<char> text) =>
        PercentEncoding.ToAscii(text).Replace("#", "%23", StringComparison.Ordinal);
}
