using System.Text;
using Attribution.Contracts;
using Attribution.Core.Catalog;
using Attribution.Core.Events;
using Attribution.Core.Identity;

namespace Attribution.Storage.Erasures;

/// <summary>A person taken out of an archived pack.</summary>
internal static class PackErasure
{
    /// <summary>The pack without them, how many events changed or went, and how many hold one of their identifiers still.</summary>
    public static (EventPack Pack, long Changed, long Remaining) Erase(EventPack pack, PersonErasure erasure)
    {
        var context = new EventContext(
            pack.Source, pack.BrandId ?? BrandSettings.DefaultId, pack.ReceivedAt, TimeSpan.MaxValue) { Bots = null };
        var (changed, remaining) = (0L, 0L);
        var events = new List<byte[]>(pack.Events.Count);
        foreach (var one in pack.Events)
        {
            var erased = erasure.Erase(one, context);
            if (erased is not null) changed++;
            events.Add(erased ?? one);
            if (erased is not null && erasure.OccursIn(Encoding.UTF8.GetString(erased))) remaining++;
        }

        var refused = pack.Refused?.Where(one => context.Brand != erasure.Brand || !erasure.OccursIn(Encoding.UTF8.GetString(one.Payload))).ToList();
        changed += (pack.Refused?.Count ?? 0) - (refused?.Count ?? 0);
        return (pack with { Events = events, Refused = refused }, changed, remaining);
    }
}
