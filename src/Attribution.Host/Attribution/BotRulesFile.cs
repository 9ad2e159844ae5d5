using Attribution.Core.Quality;

namespace Attribution.Host.Attribution;

/// <summary>Bot rules that replace those of the store in this process.</summary>
/// <param name="Rules">The rules; null to use those of the store.</param>
internal sealed record CustomBotRules(BotRules? Rules);

/// <summary>Reads the file that <see cref="AttributionOptions.BotRules"/> names.</summary>
internal static class BotRulesFile
{
    /// <summary>Reads the rules of a file; returns null if none is specified.</summary>
    /// <exception cref="FormatException">The file cannot be opened or is invalid.</exception>
    public static BotRules? Read(string? path)
    {
        if (path is null) return null;
        try
        {
            return BotRules.Parse(File.ReadAllBytes(path));
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new FormatException($"The file cannot be opened: {e.Message}", e);
        }
    }

    /// <summary>Returns the faults of the file.</summary>
    public static IEnumerable<string> FindFaults(string? path)
    {
        try
        {
            Read(path);
            return [];
        }
        catch (FormatException e)
        {
            return [$"Attribute:BotRules: '{path}': {e.Message}"];
        }
    }
}
