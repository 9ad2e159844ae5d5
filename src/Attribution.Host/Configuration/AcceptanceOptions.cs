using Attribution.Contracts;
using Attribution.Core.Events;

namespace Attribution.Host.Configuration;

/// <summary>
/// Options of section <c>Ingest</c> that apply on the bus, too, where external producers publish without the ingest.
/// </summary>
internal sealed class AcceptanceOptions
{
    /// <summary>
    /// Greatest age of an event when received, inclusive. An older event is rejected as <c>too_late</c>.
    /// Default: 400 days; 1 to 3,660 days.
    /// </summary>
    public TimeSpan Horizon { get; set; } = EventContext.DefaultHorizon;

    /// <summary>Greatest horizon in days that a pack or import can have.</summary>
    public const int MaxHorizonDays = 3_660;

    /// <summary>Returns the greatest age of the events of a pack, which may extend <see cref="Horizon"/>.</summary>
    public TimeSpan GetHorizon(EventPack pack) =>
        pack.HorizonDays is { } days && TimeSpan.FromDays(Math.Min(days, MaxHorizonDays)) is var longer && longer > Horizon ? longer : Horizon;
}
