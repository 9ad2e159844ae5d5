using System.Runtime.InteropServices;
using System.Text;

namespace Attribution.Host.Hosting;

/// <summary>
/// Check of the libraries that a self-contained program does not contain. Without them the runtime ends the process with a
/// stack trace as soon as it compares text or encrypts, so the check runs before anything else and does neither.
/// </summary>
internal static class NativeLibraries
{
    private static readonly string[] OpenSslNames = ["libssl.so.3", "libssl.so.1.1"];

    /// <summary>Returns a line that names the missing libraries; null if there are none.</summary>
    public static string? FindMissing()
    {
        if (!OperatingSystem.IsLinux()) return null;
        var icu = HasIcu();
        var ssl = Array.Exists(OpenSslNames, name => NativeLibrary.TryLoad(name, out _));
        return (icu, ssl) switch
        {
            (true, true) => null,
            (false, true) => "The library ICU is missing: install libicu (Debian and Ubuntu: apt-get install libicu-dev, Fedora: dnf install libicu).",
            (true, false) => "The library OpenSSL is missing: install libssl (Debian and Ubuntu: apt-get install openssl, Fedora: dnf install openssl-libs).",
            _ => "The libraries ICU and OpenSSL are missing: install libicu and libssl (Debian and Ubuntu: apt-get install libicu-dev openssl).",
        };
    }

    /// <summary>Writes a line to standard error. The console's own writer needs ICU.</summary>
    public static void WriteError(string line)
    {
        var bytes = Encoding.UTF8.GetBytes(line + "\n");
        _ = Write(2, bytes, bytes.Length);
    }

    /// <summary>Asks the runtime's own search for ICU. Without it, normalization is checked later (invariant mode).</summary>
    private static bool HasIcu()
    {
        if (Environment.GetEnvironmentVariable("DOTNET_SYSTEM_GLOBALIZATION_INVARIANT") is "1" or "true" or "True") return true;
        try
        {
            return LoadIcu() != 0;
        }
        catch (Exception e) when (e is DllNotFoundException or EntryPointNotFoundException)
        {
            // A later runtime may contain the search elsewhere; it then reports a missing library itself.
            return true;
        }
    }

    [DllImport("libSystem.Globalization.Native", EntryPoint = "GlobalizationNative_LoadICU")]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static extern int LoadIcu();

    [DllImport("libc", EntryPoint = "write")]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static extern nint Write(int descriptor, byte[] bytes, nint count);
}
