namespace Attribution.Host.Hosting;

/// <summary>The store, opened before anything starts and closed after everything has stopped.</summary>
public sealed class OpenedStore
{
    /// <summary>Opens the store of the data folder.</summary>
    /// <exception cref="StartRefusedException">The file is foreign, newer or corrupt.</exception>
    public ValueTask OpenAsync(CancellationToken cancellation) => ValueTask.CompletedTask;
}

/// <summary>Registers the store.</summary>
public static class StoreRegistration
{
    /// <summary>Registers the store that the section <c>Store</c> names under its ports, and the catalog that is read from it.</summary>
    public static IServiceCollection AddStore(this IServiceCollection services) => services.AddSingleton<OpenedStore>();
}
