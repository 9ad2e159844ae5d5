using Attribution.Host.Observability;
using Attribution.Storage;

namespace Attribution.Host.Hosting;

/// <summary>
/// Condition of the store as callers meet it. An outage is logged once, with the first fault that a caller reports, and
/// once more when no caller has reported one for <see cref="QuietPeriod"/>. Damage is logged once. Thread-safe.
/// </summary>
internal sealed partial class StoreCondition(OpenedStore opened, TimeProvider time, ILogger<StoreCondition> logger)
{
    /// <summary>Time without a fault after which an outage is over. A store that is locked can still be read.</summary>
    public static readonly TimeSpan QuietPeriod = TimeSpan.FromMinutes(1);

    private int isFailing;
    private long lastFault;
    private int isDamageLogged;

    /// <summary>
    /// Gets one sentence about why callers fail although the store can be read: damage, or a write that failed; null if
    /// there is neither.
    /// </summary>
    public string? Fault => opened.Store.Damage ?? opened.Store.WriteFault;

    /// <summary>Reports a fault of the store that a caller met.</summary>
    public void Report(StoreFaultException fault)
    {
        LogDamageOnce();
        Interlocked.Exchange(ref lastFault, time.GetTimestamp());
        if (opened.Store.Damage is null && Interlocked.Exchange(ref isFailing, 1) == 0) LogUnavailable(fault.Summary);
    }

    /// <summary>Reports that the store was read.</summary>
    public void ReportRead()
    {
        LogDamageOnce();
        if (Fault is null && time.GetElapsedTime(Interlocked.Read(ref lastFault)) >= QuietPeriod
            && Interlocked.Exchange(ref isFailing, 0) == 1) LogAvailable();
    }

    private void LogDamageOnce()
    {
        if (opened.Store.Damage is { } damage && Interlocked.Exchange(ref isDamageLogged, 1) == 0) LogDamaged(damage);
    }

    [LoggerMessage(EventIds.StoreDamaged, LogLevel.Critical, "The store is damaged: {Damage}")]
    private partial void LogDamaged(string damage);

    [LoggerMessage(
        EventIds.StoreUnavailable, LogLevel.Error, "The store is unavailable: {Fault} Requests are answered 503 until it is available")]
    private partial void LogUnavailable(string fault);

    [LoggerMessage(EventIds.StoreAvailable, LogLevel.Information, "The store is available again")]
    private partial void LogAvailable();
}
