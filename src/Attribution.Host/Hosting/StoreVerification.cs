namespace Attribution.Host.Hosting;

/// <summary>Service that checks the whole store for damage once after the start, beside all other work.</summary>
internal sealed class StoreVerification(OpenedStore opened) : BackgroundService
{
    /// <inheritdoc/>
    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        try
        {
            await opened.Store.VerifyAsync(stoppingToken);
        }
        catch (OperationCanceledException) when (stoppingToken.IsCancellationRequested)
        {
            // The host stops; the next start checks again.
        }
    }
}
