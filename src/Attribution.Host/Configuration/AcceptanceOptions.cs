using Attribution.Core.Events;

namespace Attribution.Host.Configuration;

/// <summary>
/// Options of section <c>Ingest</c> that apply on the bus, too, where external producers publish without the ingest.
/// </summary>
internal sealed class AcceptanceOptions
{
    /// <summary>
    /// Greatest age of an event when received, inclusive. An older event is rejected as <c>too_late</c>. Default 400
    /// days.
    /// </summary>
    public TimeSpan Horizon { get; set; } = EventContext.DefaultHorizon;
}
