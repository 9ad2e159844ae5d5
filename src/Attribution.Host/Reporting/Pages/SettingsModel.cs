using Attribution.Core.Values;

namespace Attribution.Host.Reporting.Pages;

/// <summary>Contents of the page of the brand's settings, which shows the catalog.</summary>
/// <param name="Now">The time of the request.</param>
internal sealed record SettingsModel(Timestamp Now);
