using Attribution.Contracts.Catalog;
using Attribution.Core.Catalog;
using Attribution.Core.Values;
using Attribution.Host.Hosting;
using Attribution.Storage.Rollups;
using Microsoft.Extensions.Options;

namespace Attribution.Host.Rollup;

/// <summary>Job that closes each brand's days after the configured time since their local end.</summary>
internal sealed class CloseDaysJob(
    IRollupStore store, RollupLease lease, CatalogCache catalogs, TimeProvider time,
    IOptions<RollupOptions> options) : IRepeatingJob
{
    /// <inheritdoc/>
    public async Task RunAsync(CancellationToken cancellation)
    {
        if (!await lease.TryAcquireAsync(cancellation)) return;
        var catalog = catalogs.Current;
        var now = Timestamp.From(time.GetUtcNow());
        foreach (var brand in catalog.Items<BrandItem>())
        {
            var through = GetLastClosableDay(catalog.FindBrand(brand.Id)!.Calendar, now, options.Value.CloseAfter);
            if (await store.ReadClosedThroughAsync(brand.Id, cancellation) is { } closed && closed >= through)
                continue;
            await store.CloseDaysAsync(brand.Id, through, now, cancellation);
        }
    }

    /// <summary>Returns the last local day that ended at least <paramref name="closeAfter"/> ago.</summary>
    public static DateOnly GetLastClosableDay(BrandCalendar calendar, Timestamp now, TimeSpan closeAfter) =>
        calendar.DayOf(now - closeAfter).AddDays(-1);
}
