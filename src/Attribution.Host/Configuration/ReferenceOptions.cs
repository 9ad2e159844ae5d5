using Attribution.Core.Catalog;
using Attribution.Core.Quality;

namespace Attribution.Host.Configuration;

/// <summary>Section <c>Reference</c>: data sets that are newer than those of the build.</summary>
internal sealed class ReferenceOptions
{
    /// <summary>
    /// Specifies a file with another version of the tz database than the one that this build contains, as NodaTime
    /// publishes it (<c>.nzd</c>, https://nodatime.org/tzdb/). Default none. Read at start; an invalid file prevents
    /// it. A newer version is applied once every live process of the store has it. A process with an older version than
    /// the store's does not start.
    /// </summary>
    public string? TimeZones { get; set; }

    /// <summary>
    /// Specifies a file of bot rules of another version than those that this build contains, in the format of
    /// `src/Attribution.Core/Quality/bot-rules.json`. Default none. Its version must be a day (`2026-12-31`). Read at
    /// start; an invalid file prevents it. Newer rules are applied once every live process of the store has them, and
    /// label history again. A process with older rules than the store's does not start.
    /// </summary>
    public string? BotRules { get; set; }

    /// <summary>Reads the section of a configuration.</summary>
    public static ReferenceOptions FromConfiguration(IConfiguration configuration) =>
        configuration.GetSection("Reference").Get<ReferenceOptions>() ?? new ReferenceOptions();

    /// <summary>Reads the time zones of the file; returns those of the build if no file is specified.</summary>
    /// <exception cref="FormatException">The file cannot be opened or is invalid.</exception>
    public TimeZoneSet ReadTimeZones() =>
        string.IsNullOrEmpty(TimeZones) ? TimeZoneSet.Bundled : TimeZoneSet.Parse(ReadFile(TimeZones));

    /// <summary>Reads the bot rules of the file; returns those of the build if no file is specified.</summary>
    /// <exception cref="FormatException">The file cannot be opened or is invalid.</exception>
    public BotRules ReadBotRules()
    {
        if (string.IsNullOrEmpty(BotRules)) return Core.Quality.BotRules.Default;
        var rules = Core.Quality.BotRules.Parse(ReadFile(BotRules));
        return rules.Number is null
            ? throw new FormatException($"version: '{rules.Version}' is not a day, for example 2026-12-31, so that versions have an order.")
            : rules;
    }

    /// <summary>Returns the faults of the files.</summary>
    public IEnumerable<string> FindFaults() =>
    [
        .. FindFaults(nameof(TimeZones), TimeZones, () => ReadTimeZones()),
        .. FindFaults(nameof(BotRules), BotRules, () => ReadBotRules()),
    ];

    private static IEnumerable<string> FindFaults(string option, string? path, Action read)
    {
        try
        {
            read();
            return [];
        }
        catch (FormatException e)
        {
            return [$"Reference:{option}: '{path}': {e.Message}"];
        }
    }

    private static byte[] ReadFile(string path)
    {
        try
        {
            return File.ReadAllBytes(path);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or ArgumentException or NotSupportedException)
        {
            throw new FormatException($"The file cannot be opened: {e.Message}", e);
        }
    }
}
