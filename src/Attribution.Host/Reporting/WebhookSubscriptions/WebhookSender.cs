using System.Collections.Concurrent;
using System.Globalization;
using Attribution.Core.Values;
using Attribution.Host.Configuration;
using Attribution.Host.Observability;
using Attribution.Storage.Jobs;
using Attribution.Storage.WebhookSubscriptions;
using Microsoft.Extensions.Options;

namespace Attribution.Host.Reporting.WebhookSubscriptions;

/// <summary>
/// Sends the messages of all subscriptions: one task for each, so that a slow receiver delays its own messages only. Of
/// several processes, the one that holds the lease sends.
/// </summary>
internal sealed partial class WebhookSender(
    IWebhookSubscriptionStore store, IJobStore jobs, WebhookMessageReader reader, WebhookTargetClient target, ReportingMetrics metrics,
    HostSettings host, TimeProvider time, IOptions<WebhookSubscriptionOptions> options, ILogger<WebhookSender> logger) : BackgroundService
{
    private const string LeaseName = "webhooks";
    private const int PageSize = 50;

    private static readonly TimeSpan LeaseFor = TimeSpan.FromSeconds(30);
    private static readonly TimeSpan SaveAfter = TimeSpan.FromSeconds(5);

    private readonly string holder = string.Create(
        CultureInfo.InvariantCulture, $"{host.Instance} {Environment.MachineName} {Environment.ProcessId}");
    private readonly Dictionary<string, Task> running = new(StringComparer.Ordinal);
    private readonly ConcurrentDictionary<string, (WebhookRetry Retry, long Since)> waits = new(StringComparer.Ordinal);

    /// <inheritdoc/>
    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        var work = CancellationTokenSource.CreateLinkedTokenSource(stoppingToken);
        using var timer = new PeriodicTimer(options.Value.PollEvery, time);
        var holdsLease = false;
        try
        {
            do
            {
                try
                {
                    var subscriptions = await store.ListSubscriptionsAsync(stoppingToken);
                    if (subscriptions.Count == 0) continue;
                    var now = Timestamp.From(time.GetUtcNow());
                    var held = holdsLease;
                    holdsLease = await jobs.TryAcquireLeaseAsync(LeaseName, holder, now, now + LeaseFor, stoppingToken);
                    if (held && !holdsLease)
                    {
                        // Another process sends now.
                        await work.CancelAsync();
                        await Task.WhenAll(running.Values);
                        work.Dispose();
                        work = CancellationTokenSource.CreateLinkedTokenSource(stoppingToken);
                    }
                    if (holdsLease) await StartAsync(subscriptions, work.Token);
                }
                catch (Exception e) when (!stoppingToken.IsCancellationRequested)
                {
                    LogFailed(e, "all");
                }
            }
            while (await timer.WaitForNextTickAsync(stoppingToken));
        }
        catch (OperationCanceledException) when (stoppingToken.IsCancellationRequested)
        {
            // The host stops.
        }
        finally
        {
            await Task.WhenAll(running.Values);
            work.Dispose();
            if (holdsLease) await jobs.ReleaseLeaseAsync(LeaseName, holder, CancellationToken.None);
        }
    }

    private async ValueTask StartAsync(IReadOnlyList<WebhookSubscriptionDocument> subscriptions, CancellationToken cancellation)
    {
        foreach (var (id, task) in running.Where(pair => pair.Value.IsCompleted).ToList()) running.Remove(id);
        foreach (var subscription in subscriptions)
            if (subscription.Status == WebhookSubscriptionStatus.Active && IsDue(subscription) && !running.ContainsKey(subscription.Id))
                running.Add(subscription.Id, Task.Run(() => SendAllAsync(subscription.Id, cancellation), CancellationToken.None));
        metrics.RecordParkedWebhooks(await store.CountParkedDeliveriesAsync(cancellation));
    }

    /// <summary>Returns true if the next attempt is due. A stored time that is ahead of the clock starts the delay again.</summary>
    private bool IsDue(WebhookSubscriptionDocument subscription)
    {
        if (subscription.Retry is not { } retry) return true;
        if (waits.TryGetValue(subscription.Id, out var wait) && wait.Retry == retry) return time.GetElapsedTime(wait.Since) >= retry.Delay;
        var elapsed = time.GetUtcNow() - retry.LastAt.ToDateTimeOffset();
        if (elapsed < TimeSpan.Zero) waits[subscription.Id] = (retry, time.GetTimestamp());
        return elapsed >= retry.Delay;
    }

    private async Task SendAllAsync(string id, CancellationToken cancellation)
    {
        try
        {
            while (await SendPageAsync(id, cancellation))
            {
            }
        }
        catch (OperationCanceledException) when (cancellation.IsCancellationRequested)
        {
            // Messages that were sent and not recorded are sent again, with the same ids.
        }
        catch (Exception e)
        {
            LogFailed(e, id);
        }
    }

    /// <summary>Sends replays and the next messages of a subscription and records their outcomes.</summary>
    /// <returns>True if there may be more to send at once.</returns>
    private async Task<bool> SendPageAsync(string id, CancellationToken cancellation)
    {
        if (await store.FindSubscriptionAsync(id, cancellation) is not { Status: WebhookSubscriptionStatus.Active } subscription) return false;
        if (!IsDue(subscription)) return false;
        var progress = new WebhookProgress(subscription.Position, subscription.Retry);
        foreach (var parked in await store.ListDeliveriesAsync(id, WebhookDeliveryStatus.Replaying, PageSize, cancellation))
            progress.AddReplay(parked, await SendAsync(subscription, parked.Message, parked.Body ?? "", cancellation), Now());
        var page = await reader.ReadAsync(subscription, PageSize, cancellation);
        var began = time.GetTimestamp();
        var isComplete = true;
        try
        {
            foreach (var message in page.Messages)
            {
                if (progress.IsGone || time.GetElapsedTime(began) >= SaveAfter)
                {
                    isComplete = false;
                    break;
                }
                progress.Add(message, await SendAsync(subscription, message.Id, message.Body, cancellation), Now());
                if (progress.Retry is null) continue;
                isComplete = false;
                break;
            }
        }
        finally
        {
            if (isComplete && progress is { Retry: null, IsGone: false } && !cancellation.IsCancellationRequested) progress.MoveTo(page.End);
            if (progress.HasChanged) await SaveAsync(subscription, progress);
        }
        if (progress.Retry is { } retry)
        {
            waits[id] = (retry, time.GetTimestamp());
            return false;
        }
        waits.TryRemove(id, out _);
        return !progress.IsGone && (page.HasMore || !isComplete);
    }

    /// <summary>Stores the progress, also in a subscription that a user changed while messages were sent.</summary>
    private async Task SaveAsync(WebhookSubscriptionDocument subscription, WebhookProgress progress)
    {
        for (WebhookSubscriptionDocument? current = subscription; current is not null;)
        {
            if (await store.TryReplaceSubscriptionAsync(progress.ApplyTo(current), progress.Deliveries, CancellationToken.None)) return;
            current = await store.FindSubscriptionAsync(subscription.Id, CancellationToken.None);
        }
    }

    private async Task<WebhookAnswer> SendAsync(
        WebhookSubscriptionDocument subscription, string id, string body, CancellationToken cancellation)
    {
        var answer = await target.SendAsync(subscription, id, body, cancellation);
        metrics.RecordWebhook(answer.Kind == WebhookAnswerKind.Accepted);
        return answer;
    }

    private Timestamp Now() => Timestamp.From(time.GetUtcNow());

    [LoggerMessage(EventIds.WebhookSendingFailed, LogLevel.Error, "The messages of the webhook subscription '{Subscription}' could not be read or recorded")]
    private partial void LogFailed(Exception exception, string subscription);
}
