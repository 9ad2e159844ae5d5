using System.Text;
using Attribution.Host.Hosting;

namespace Attribution.Host.Configuration;

/// <summary>Text is compared in Unicode's NFC form; where the process has no ICU, normalising silently does nothing, and names would quietly not match.</summary>
internal static class UnicodeSupport
{
    /// <summary>Tries it.</summary>
    /// <exception cref="StartupException">Normalising does nothing here.</exception>
    public static void RequireNormalization()
    {
        if ("e\u0301".Normalize(NormalizationForm.FormC) != "\u00e9")
        {
            throw StartupException.ForEnvironment(
                "Unicode normalisation does nothing in this process, so names would not match: install ICU (Debian: libicu) and leave DOTNET_SYSTEM_GLOBALIZATION_INVARIANT unset.");
        }
    }
}
