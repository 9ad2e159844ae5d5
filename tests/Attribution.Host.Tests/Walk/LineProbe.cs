using System.Diagnostics;

namespace Attribution.Host.Tests.Walk;

/// <summary>
/// Target of the calls in instrumented code: one call per sequence point, with its number. Lock-free.
/// </summary>
public static class LineProbe
{
    private static Recording? current;

    /// <summary>Records that a sequence point runs. Only instrumented code calls this.</summary>
    public static void Hit(int point) => Volatile.Read(ref current)?.Add(point);

    /// <summary>Starts a recording and ends the previous one.</summary>
    /// <param name="points">Number of sequence points.</param>
    /// <param name="traces">Traces of the requests to tell apart.</param>
    public static Recording Begin(int points, params ActivityTraceId[] traces)
    {
        var recording = new Recording(points, traces);
        Volatile.Write(ref current, recording);
        return recording;
    }

    /// <summary>Ends the recording.</summary>
    public static void End() => Volatile.Write(ref current, null);
}
