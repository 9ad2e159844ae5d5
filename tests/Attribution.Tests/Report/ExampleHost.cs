namespace Attribution.Tests.Report;

/// <summary>A host with the documented example in it, shared by tests that only read.</summary>
public sealed class ExampleHost : IAsyncLifetime
{
    public ReportHost Host { get; private set; } = null!;

    public async ValueTask InitializeAsync()
    {
        Host = await ReportHost.StartAsync();
        await Host.CatalogAsync(Example.Catalog);
        await Host.RollupsAsync(Example.Measures());
    }

    public ValueTask DisposeAsync() => Host.DisposeAsync();
}
