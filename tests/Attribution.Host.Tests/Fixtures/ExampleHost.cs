namespace Attribution.Host.Tests.Fixtures;

/// <summary>Host with the documented example, shared by tests that only read.</summary>
public sealed class ExampleHost : IAsyncLifetime
{
    public ReportingHost Host { get; private set; } = null!;

    public async ValueTask InitializeAsync()
    {
        Host = await ReportingHost.StartAsync();
        await Host.PutCatalogAsync(DocumentedExample.Catalog);
        await Host.PutRollupsAsync(DocumentedExample.Measures());
    }

    public ValueTask DisposeAsync() => Host.DisposeAsync();
}
