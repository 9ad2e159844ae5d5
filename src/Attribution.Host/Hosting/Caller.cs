namespace Attribution.Host.Hosting;

/// <summary>Who sends: what events say that do not say it themselves, and what they may say.</summary>
/// <param name="Source">Source of events that name none, and of everything refused.</param>
/// <param name="Brand">Brand of events that name none, and of everything refused.</param>
/// <param name="MaySpeakForOthers">Whether events may name another source or brand.</param>
public sealed record Caller(string Source, string Brand, bool MaySpeakForOthers)
{
    /// <summary>Every caller while no API key exists; the host then answers this machine only.</summary>
    public static readonly Caller Local = new("default", "default", MaySpeakForOthers: true);

    /// <summary>The caller of a request. Keys will be read here.</summary>
    public static Caller Of(HttpContext http) => http is null ? throw new ArgumentNullException(nameof(http)) : Local;
}
