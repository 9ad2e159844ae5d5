using Attribution.Core.Events;
using Attribution.Core.Quality;
using Attribution.Host.Access;

namespace Attribution.Host.Ingest;

/// <summary>Who sent the events of a request, and the clock that says when they were received.</summary>
internal sealed class BatchFactory(Caller caller, TimeProvider time, TimeSpan horizon)
{
    /// <summary>
    /// Moments of receipt are cut to this. Events of one message share the moment by which they were judged, so that the consumer judges
    /// them alike; were it finer, hardly two requests could share a message.
    /// </summary>
    public static readonly TimeSpan TimestampResolution = TimeSpan.FromMilliseconds(100);

    public Caller Caller => caller;

    /// <summary>A batch received now, and what its events are to be judged by; labels are given where journeys are written.</summary>
    public (EventBatch Batch, EventContext Context) CreateBatch()
    {
        var now = time.GetUtcNow().ToUniversalTime();
        var receivedAt = new DateTimeOffset(now.Ticks - (now.Ticks % TimestampResolution.Ticks), TimeSpan.Zero);
        return (new EventBatch(caller, receivedAt), new EventContext(caller.Source, caller.Brand, receivedAt, horizon) { Bots = BotRules.None });
    }
}
