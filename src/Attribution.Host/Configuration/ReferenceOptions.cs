using Attribution.Core.Catalog;
using Attribution.Core.Quality;

namespace Attribution.Host.Configuration;

/// <summary>Section <c>Reference</c>: data sets that are newer than those of the build.</summary>
internal sealed class ReferenceOptions
{
    /// <summary>
    /// Tz database to use instead, as NodaTime publishes it (<c>.nzd</c>, &lt;https://nodatime.org/tzdb/&gt;). An
    /// invalid file stops the startup. A newer version is applied once every live process of the store has it; a
    /// process with an older version than the store's does not start. Default: the built-in version; a file.
    /// </summary>
    public string? TimeZones { get; set; }

    /// <summary>
    /// Bot rules to use instead, in the format of <c>src/Attribution.Core/Quality/bot-rules.json</c>, with a day as
    /// version. An invalid file stops the startup. Newer rules are applied to history, too, once every live process of
    /// the store has them; a process with older rules than the store's does not start. Default: the built-in rules; a
    /// file.
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
