using System.Globalization;
using Attribution.Core.Values;
using Attribution.Host.Configuration;
using Attribution.Host.Observability;
using Attribution.Storage;
using Attribution.Storage.Formats;

namespace Attribution.Host.Hosting;

/// <summary>
/// Registers this process with the versions of stored formats that it reads, while it runs. The agreed versions rise
/// when all live processes read newer ones.
/// </summary>
internal sealed partial class FormatRegistration(
    IFormatStore store, IdGenerator ids, TimeProvider time, HostSettings host, ILogger<FormatRegistration> logger)
    : BackgroundService
{
    /// <summary>The time for which a process that ended without notice holds the agreed versions back.</summary>
    public static readonly TimeSpan LeaseFor = TimeSpan.FromMinutes(5);

    private static readonly TimeSpan RenewalInterval = TimeSpan.FromMinutes(1);

    private readonly string id = string.Create(
        CultureInfo.InvariantCulture, $"{Environment.MachineName}/{Environment.ProcessId}/{host.Instance}/{ids.Next():N}");

    private readonly Dictionary<string, (Timestamp Until, long Since)> ahead = new(StringComparer.Ordinal);
    private FormatVersions agreed = FormatVersions.First;

    /// <summary>Registers before any other service reads or writes.</summary>
    public override async Task StartAsync(CancellationToken cancellationToken)
    {
        try
        {
            await RegisterAsync(cancellationToken);
        }
        catch (StoreUnusableException e)
        {
            throw StartupException.ForEnvironment(e.Message, e);
        }

        await base.StartAsync(cancellationToken);
    }

    /// <inheritdoc/>
    public override async Task StopAsync(CancellationToken cancellationToken)
    {
        await base.StopAsync(cancellationToken);
        try
        {
            await store.RemoveProcessAsync(id, cancellationToken);
        }
        catch (StoreFaultException e)
        {
            // The lease ends by itself.
            LogNotRemoved(e);
        }
    }

    /// <inheritdoc/>
    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        using var timer = new PeriodicTimer(RenewalInterval, time);
        while (await timer.WaitForNextTickAsync(stoppingToken))
        {
            try
            {
                // Fails if the others agreed on newer versions while this process was suspended; the host then stops.
                await RegisterAsync(stoppingToken);
            }
            catch (StoreFaultException e) when (e.IsTransient)
            {
                LogNotRenewed(e);
            }
        }
    }

    private async Task RegisterAsync(CancellationToken cancellation)
    {
        var now = Timestamp.From(time.GetUtcNow());
        var state = await store.RegisterProcessAsync(
            new(id, AttributionHost.Version, store.Known, now + LeaseFor), now, cancellation);
        if (!state.Agreed.Equals(agreed)) LogAgreed(state.Agreed);
        agreed = state.Agreed;
        await RemoveVoidAsync(state, now, cancellation);
    }

    /// <summary>
    /// Removes processes whose lease ends further ahead than a lease lasts and was not renewed for that time: the clock
    /// was wrong, and the process has ended. A live process with another clock renews its lease each minute.
    /// </summary>
    private async Task RemoveVoidAsync(FormatState state, Timestamp now, CancellationToken cancellation)
    {
        var suspects = state.Processes.Where(process => process.Id != id && process.Until.IsAheadOf(now, LeaseFor)).ToList();
        foreach (var gone in ahead.Keys.Except(suspects.Select(process => process.Id)).ToList()) ahead.Remove(gone);
        foreach (var process in suspects)
        {
            if (!ahead.TryGetValue(process.Id, out var seen) || seen.Until != process.Until)
                ahead[process.Id] = (process.Until, time.GetTimestamp());
            else if (time.GetElapsedTime(seen.Since) >= LeaseFor)
            {
                LogVoid(process.Id, process.Until);
                await store.RemoveProcessAsync(process.Id, cancellation);
            }
        }
    }

    [LoggerMessage(
        EventIds.FormatLeaseVoid, LogLevel.Warning,
        "The lease of process {Process} on the store's formats lasts until {Until} and is not renewed. It is void and was removed: "
        + "the clock was wrong when it was granted, or is wrong now")]
    private partial void LogVoid(string process, Timestamp until);

    [LoggerMessage(
        EventIds.FormatsAgreed, LogLevel.Information, "The live processes of the store agreed on the formats {Formats}")]
    private partial void LogAgreed(FormatVersions formats);

    [LoggerMessage(
        EventIds.FormatLeaseNotRenewed, LogLevel.Warning,
        "The lease of this process on the store's formats was not renewed; it is tried again in a minute")]
    private partial void LogNotRenewed(Exception exception);

    [LoggerMessage(
        EventIds.FormatLeaseNotRemoved, LogLevel.Warning,
        "This process could not be removed from the store's processes; its lease ends by itself")]
    private partial void LogNotRemoved(Exception exception);
}
