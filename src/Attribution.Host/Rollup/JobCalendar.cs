using Attribution.Core.Values;
using Attribution.Storage;
using Quartz;

namespace Attribution.Host.Rollup;

/// <summary>Due times of a job by a cron expression, without side effects.</summary>
/// <param name="cron">Quartz cron expression in UTC.</param>
internal sealed class JobCalendar(string cron)
{
    private readonly CronExpression expression = new(cron, TimeZoneInfo.Utc);

    /// <summary>
    /// Returns the due time of the run to be done now: the first time of the calendar after the last run or attempt, if
    /// it has passed. Without either it is the current time. Runs and attempts ahead of the clock are void.
    /// </summary>
    /// <returns>Null if no run is due.</returns>
    public Timestamp? FindDue(Timestamp? lastRun, Timestamp? lastAttempt, Timestamp now)
    {
        var (run, attempt) = (ValidOrNull(lastRun, now), ValidOrNull(lastAttempt, now));
        if ((run > attempt ? run : attempt ?? run) is not { } last) return now;
        return expression.GetNextValidTimeAfter(last.ToDateTimeOffset()) is { } next && Timestamp.From(next) is var due && due <= now
            ? due
            : null;
    }

    private static Timestamp? ValidOrNull(Timestamp? instant, Timestamp now) =>
        instant is { } known && !known.IsAheadOf(now) ? known : null;
}
