using System.Diagnostics;

namespace Attribution.Host.Tests.Walk;

/// <summary>Sequence points that ran while it was current, in order, with the trace in which each ran.</summary>
/// <param name="points">Number of sequence points.</param>
/// <param name="traces">
/// Traces by number: a hit in trace <c>i</c> has the flow <c>i + 1</c>; other hits have the flow 0.
/// </param>
public sealed class Recording(int points, ActivityTraceId[] traces)
{
    private const int MaxHits = 1 << 20;
    private readonly int[] log = new int[MaxHits];
    private readonly byte[] flows = new byte[MaxHits];
    private readonly int[] seen = new int[points];
    private int next;

    /// <summary>Returns the hits in order. A point occurs once in each flow.</summary>
    /// <exception cref="InvalidOperationException">There were more hits than the recording has room for.</exception>
    public List<(int Point, int Flow)> ToHits()
    {
        var count = Volatile.Read(ref next);
        if (count > MaxHits) throw new InvalidOperationException($"{count} hits; at most {MaxHits} are recorded.");
        var hits = new List<(int Point, int Flow)>(count);
        for (var i = 0; i < count; i++)
            if (Volatile.Read(ref log[i]) is > 0 and var point)
                hits.Add((point - 1, flows[i]));
        return hits;
    }

    internal void Add(int point)
    {
        var flow = traces.Length > 0 && Activity.Current is { } activity ? Array.IndexOf(traces, activity.TraceId) + 1 : 0;
        var bit = 1 << flow;
        if ((Volatile.Read(ref seen[point]) & bit) != 0 || (Interlocked.Or(ref seen[point], bit) & bit) != 0) return;
        var at = Interlocked.Increment(ref next) - 1;
        if (at >= MaxHits) return;
        flows[at] = (byte)flow;
        Volatile.Write(ref log[at], point + 1);
    }
}
