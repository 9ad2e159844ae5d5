namespace Attribution.Host.Reporting.Pages.Forms;

/// <summary>Texts of submitted forms.</summary>
internal static class FormText
{
    /// <summary>Returns a field without spaces at its ends; null if it is absent or empty.</summary>
    public static string? TextOrNull(this IFormCollection form, string name) => form[name].ToString().Trim() is { Length: > 0 } text ? text : null;
}
