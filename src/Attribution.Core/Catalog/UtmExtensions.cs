using Attribution.Core.Events;

namespace Attribution.Core.Catalog;

/// <summary>Comparisons of UTM parameters by their members.</summary>
internal static class UtmExtensions
{
    /// <summary>Returns the members that have a value.</summary>
    public static UtmMembers PresentMembers(this Utm utm) =>
        (utm.Source is null ? 0 : UtmMembers.Source) | (utm.Medium is null ? 0 : UtmMembers.Medium)
        | (utm.Campaign is null ? 0 : UtmMembers.Campaign) | (utm.Content is null ? 0 : UtmMembers.Content)
        | (utm.Term is null ? 0 : UtmMembers.Term) | (utm.Id is null ? 0 : UtmMembers.Id);

    /// <summary>Returns a copy with only the given members.</summary>
    public static Utm Keep(this Utm utm, UtmMembers members) => new(
        (members & UtmMembers.Source) != 0 ? utm.Source : null, (members & UtmMembers.Medium) != 0 ? utm.Medium : null,
        (members & UtmMembers.Campaign) != 0 ? utm.Campaign : null, (members & UtmMembers.Content) != 0 ? utm.Content : null,
        (members & UtmMembers.Term) != 0 ? utm.Term : null, (members & UtmMembers.Id) != 0 ? utm.Id : null);

    /// <summary>Returns true if every member of the prefix is absent or is a prefix of the same member here.</summary>
    public static bool StartsWith(this Utm utm, Utm prefix) =>
        HasPrefix(utm.Source, prefix.Source) && HasPrefix(utm.Medium, prefix.Medium) && HasPrefix(utm.Campaign, prefix.Campaign)
        && HasPrefix(utm.Content, prefix.Content) && HasPrefix(utm.Term, prefix.Term) && HasPrefix(utm.Id, prefix.Id);

    private static bool HasPrefix(string? value, string? prefix) =>
        prefix is null || (value?.StartsWith(prefix, StringComparison.Ordinal) ?? false);
}
