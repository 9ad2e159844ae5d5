using System.Globalization;

namespace Attribution.TestKit.Hosts;

/// <summary>
/// Wall clock of other processes, which a test sets while they run. Their monotonic clock is left alone, as by a real
/// correction. Needs libfaketime (Debian: <c>libfaketime</c>).
/// </summary>
public sealed class FakeTime
{
    private readonly string file;

    private FakeTime(string file) => this.file = file;

    /// <summary>Gets the environment of processes that have this clock.</summary>
    public IReadOnlyDictionary<string, string?> Environment => new Dictionary<string, string?>
    {
        ["LD_PRELOAD"] = FindLibrary(),
        ["FAKETIME_TIMESTAMP_FILE"] = file,
        ["FAKETIME_NO_CACHE"] = "1",
        ["DONT_FAKE_MONOTONIC"] = "1",
    };

    /// <summary>Gets the reason why clocks cannot be set; null if they can.</summary>
    public static string? MissingReason => FindLibrary() is null ? "libfaketime is not installed" : null;

    /// <summary>Creates a clock that is right.</summary>
    public static FakeTime Create(TempFolder folder)
    {
        var time = new FakeTime(folder.File("faketime"));
        time.Set(TimeSpan.Zero);
        return time;
    }

    /// <summary>Sets the clock ahead, or behind if negative.</summary>
    public void Set(TimeSpan ahead)
    {
        // Replaced as a whole: a process may read at any moment.
        File.WriteAllText(file + ".new", string.Create(CultureInfo.InvariantCulture, $"{ahead.TotalSeconds:+0;-0;+0}"));
        File.Move(file + ".new", file, overwrite: true);
    }

    private static string? FindLibrary() =>
        Directory.Exists("/usr/lib")
            ? Directory.GetDirectories("/usr/lib").Append("/usr/lib")
                .Select(folder => Path.Combine(folder, "faketime", "libfaketimeMT.so.1")).FirstOrDefault(File.Exists)
            : null;
}
