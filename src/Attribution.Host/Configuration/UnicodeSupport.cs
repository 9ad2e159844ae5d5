using System.Text;
using Attribution.Host.Hosting;

namespace Attribution.Host.Configuration;

/// <summary>
/// Check of Unicode normalization. Text is compared in normalization form C; without ICU, normalization silently does
/// nothing and equal names would not match.
/// </summary>
internal static class UnicodeSupport
{
    /// <summary>Checks that normalization works in this process.</summary>
    /// <exception cref="StartupException">Normalization has no effect.</exception>
    public static void RequireNormalization()
    {
        if ("e\u0301".Normalize(NormalizationForm.FormC) != "\u00e9")
        {
            throw StartupException.ForEnvironment(
                "Unicode normalization has no effect in this process, so names would not match: "
                + "install ICU (Debian: libicu), and do not set DOTNET_SYSTEM_GLOBALIZATION_INVARIANT.");
        }
    }
}
