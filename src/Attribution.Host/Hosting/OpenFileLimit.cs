using System.Globalization;

namespace Attribution.Host.Hosting;

/// <summary>
/// Check of the number of files that the process may open. An idle host has about 350 open; with too few the runtime
/// itself fails, in places that no message explains.
/// </summary>
internal static class OpenFileLimit
{
    /// <summary>Number of open files that a host needs.</summary>
    public const long Required = 1_024;

    /// <summary>
    /// Returns one line about a limit below <see cref="Required"/>; null if the limit suffices, or the system does not state it.
    /// </summary>
    public static string? FindFault()
    {
        const string Limits = "/proc/self/limits";
        return File.Exists(Limits) && Parse(File.ReadAllText(Limits)) is { } limit && limit < Required
            ? string.Create(
                CultureInfo.InvariantCulture,
                $"This process may open {limit} files, but a host needs {Required}. Raise the limit: 'ulimit -n {Required}' in a shell, "
                + $"LimitNOFILE={Required} for systemd, --ulimit nofile={Required} for a container.")
            : null;
    }

    /// <summary>Returns the effective limit of open files; null if it is unlimited or the text does not state it.</summary>
    public static long? Parse(string limits)
    {
        const string Name = "Max open files";
        var line = limits.Split('\n').FirstOrDefault(line => line.StartsWith(Name, StringComparison.Ordinal));
        var values = line?[Name.Length..].Split(' ', StringSplitOptions.RemoveEmptyEntries);
        return values is [var soft, ..] && long.TryParse(soft, NumberStyles.None, CultureInfo.InvariantCulture, out var limit)
            ? limit : null;
    }
}
