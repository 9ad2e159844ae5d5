using System.Text.Json;

namespace Attribution.Host.Reporting.Export;

/// <summary>Names of enum members as JSON and CSV contain them.</summary>
internal static class SnakeCase
{
    /// <summary>Returns the name of a value in snake case.</summary>
    public static string NameOf<T>(T value)
        where T : struct, Enum => JsonNamingPolicy.SnakeCaseLower.ConvertName(value.ToString());
}
