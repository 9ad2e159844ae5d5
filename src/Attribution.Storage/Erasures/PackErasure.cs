using System.Text;
using Attribution.Contracts;
using Attribution.Core.Catalog;
using Attribution.Core.Events;
using Attribution.Core.Identity;

namespace Attribution.Storage.Erasures;

/// <summary>The erasure of a person from an archived pack.</summary>
internal static class PackErasure
{
    /// <summary>
    /// Returns the pack without the person, the number of events changed or removed, and the number of changed events
    /// that still contain one of the person's identifiers.
    /// </summary>
    public static (EventPack Pack, long Changed, long Remaining) Erase(EventPack pack, PersonErasure erasure)
    {
        var context = new EventContext(
            pack.Source, pack.BrandId ?? BrandSettings.DefaultId, pack.ReceivedAt, TimeSpan.MaxValue) { Bots = null };
        var (changed, remaining) = (0L, 0L);
        var events = new List<byte[]>(pack.Events.Count);
        foreach (var original in pack.Events)
        {
            var erased = erasure.Erase(original, context);
            events.Add(erased ?? original);
            if (erased is null) continue;
            changed++;
            if (erasure.OccursIn(Encoding.UTF8.GetString(erased))) remaining++;
        }

        var refused = pack.Refused?
            .Where(rejected => context.Brand != erasure.Brand || !erasure.OccursIn(Encoding.UTF8.GetString(rejected.Payload)))
            .ToList();
        changed += (pack.Refused?.Count ?? 0) - (refused?.Count ?? 0);
        return (pack with { Events = events, Refused = refused }, changed, remaining);
    }
}
