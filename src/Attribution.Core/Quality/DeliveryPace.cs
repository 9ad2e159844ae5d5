using Attribution.Core.Values;

namespace Attribution.Core.Quality;

/// <summary>
/// The usual pace of a shop's deliveries: for each hour of the week, the share of the last four weeks in which there was
/// a delivery. Nights and weekends without orders are part of it, so that they are no silence. Hours are those of UTC.
/// </summary>
public sealed class DeliveryPace
{
    /// <summary>The hours of the past that determine the pace: four weeks.</summary>
    public const int KeptHours = 4 * HoursPerWeek;

    /// <summary>
    /// The missed hours from which a shop counts as silent. At a pace without pattern, that many are missed by chance
    /// once in about 150 silences.
    /// </summary>
    public const double SilentFrom = 5;

    private const int HoursPerWeek = 7 * 24;

    private readonly long last;
    private readonly double[] shares;

    private DeliveryPace(long last, double[] shares) => (this.last, this.shares) = (last, shares);

    /// <summary>Gets the hours of a usual week in which there is a delivery.</summary>
    public double HoursOfWeek => shares.Sum();

    /// <summary>Returns the hour of an instant: the number of whole hours since 1970.</summary>
    public static long HourOf(Timestamp at) => (long)Math.Floor(at.UnixMilliseconds / 3_600_000.0);

    /// <summary>Computes the pace from the hours with a delivery; null for less than a week between first and last.</summary>
    public static DeliveryPace? FromHours(IEnumerable<long> hours)
    {
        var all = hours.ToHashSet();
        if (all.Count == 0) return null;
        var last = all.Max();
        var known = all.Where(hour => hour > last - KeptHours).ToHashSet();
        var span = last - known.Min() + 1;
        if (span < HoursPerWeek) return null;
        var (seen, total) = (new int[HoursPerWeek], new int[HoursPerWeek]);
        for (var hour = last - span + 1; hour <= last; hour++)
        {
            total[SlotOf(hour)]++;
            if (known.Contains(hour)) seen[SlotOf(hour)]++;
        }

        return new(last, [.. seen.Select((count, slot) => (double)count / total[slot])]);
    }

    /// <summary>
    /// Returns the number of hours, since the last delivery, that would usually have had one. The current hour does not
    /// count yet.
    /// </summary>
    public double GetMissedHours(Timestamp now)
    {
        var elapsed = HourOf(now) - last - 1;
        if (elapsed <= 0) return 0;
        var missed = elapsed / HoursPerWeek * HoursOfWeek;
        for (var hour = last + 1; hour <= last + (elapsed % HoursPerWeek); hour++) missed += shares[SlotOf(hour)];
        return missed;
    }

    private static int SlotOf(long hour) => (int)(((hour % HoursPerWeek) + HoursPerWeek) % HoursPerWeek);
}
