namespace Attribution.Tests.Ingest;

/// <summary>Waits for what another thread will bring about.</summary>
public static class Eventually
{
    /// <summary>Ends as soon as the condition holds; fails when it does not within a time that no healthy machine needs.</summary>
    public static Task BeTrue(Func<bool> condition, string what) => BeTrue(() => Task.FromResult(condition()), what);

    /// <inheritdoc cref="BeTrue(Func{bool}, string)"/>
    public static async Task BeTrue(Func<Task<bool>> condition, string what)
    {
        using var patience = CancellationTokenSource.CreateLinkedTokenSource(TestContext.Current.CancellationToken);
        patience.CancelAfter(TimeSpan.FromSeconds(60));
        while (!await condition())
        {
            if (patience.IsCancellationRequested)
                Assert.Fail($"Waited in vain until {what}.");
            await Task.Delay(5, TestContext.Current.CancellationToken);
        }
    }
}
