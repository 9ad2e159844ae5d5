using Attribution.Core.Quality;

namespace Attribution.Host.Attribution;

/// <summary>The file that <see cref="AttributionOptions.BotRules"/> names.</summary>
internal static class BotRulesFile
{
    /// <summary>Its rules; Attribution's own where none is named.</summary>
    /// <exception cref="FormatException">It cannot be read.</exception>
    public static BotRules Read(string? path)
    {
        if (path is null) return BotRules.Default;
        try
        {
            return BotRules.Parse(File.ReadAllBytes(path));
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new FormatException($"It cannot be opened: {e.Message}", e);
        }
    }

    /// <summary>What is wrong with it, if anything.</summary>
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
