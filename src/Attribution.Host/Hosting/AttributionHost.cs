using System.Reflection;
using Attribution.Core.Values;
using Attribution.Host.Access;
using Attribution.Host.Attribution;
using Attribution.Host.Configuration;
using Attribution.Host.Ingest;
using Attribution.Host.Ingest.Webhooks;
using Attribution.Host.Ingest.Api;
using Attribution.Host.Messaging;
using Attribution.Host.Observability;
using Attribution.Host.Reporting;
using Attribution.Host.Rollup;
using MassTransit;

namespace Attribution.Host.Hosting;

/// <summary>Composition root of the host, used by the command line and by tests.</summary>
internal static class AttributionHost
{
    /// <summary>Gets the version of the product.</summary>
    public static string Version { get; } =
        typeof(AttributionHost).Assembly.GetCustomAttribute<AssemblyInformationalVersionAttribute>()!.InformationalVersion;

    /// <summary>
    /// Validates the configuration, locks the data folder, opens the store and returns a host that is ready to start. Disposing the host
    /// closes the store and releases the folder.
    /// </summary>
    /// <param name="settings">
    /// Configuration as <c>--Key=value</c>. Overrides environment variables and the appsettings.json of the working directory.
    /// </param>
    /// <param name="configure">Called after all registrations; its registrations take precedence.</param>
    /// <param name="consumers">Adds consumers of the bus in place of the attribution stage's.</param>
    /// <param name="cancellation">Cancels the start.</param>
    /// <exception cref="StartupException">Reports all faults of the configuration, or the first fault of the environment.</exception>
    public static async Task<WebApplication> BuildAsync(
        IReadOnlyCollection<string> settings, Action<WebApplicationBuilder>? configure = null,
        Action<IBusRegistrationConfigurator>? consumers = null, CancellationToken cancellation = default)
    {
        UnicodeSupport.RequireNormalization();
        var builder = CreateBuilder(settings);
        var (services, configuration) = (builder.Services, builder.Configuration);

        var errors = new List<string>();
        var host = AttributionHostOptions.ReadSettings(configuration, errors);
        var urls = ListenAddresses.Read(configuration, errors);

        services.AddSingleton(host);
        services.AddSingleton(TimeProvider.System);
        services.AddSingleton<IdGenerator>();
        services.AddSingleton<DataFolder>();
        services.AddSingleton<DataLossLog>();
        services.AddValidatedOptions<AttributionHostOptions>(configuration, "Host").ValidateWith((section, _) => section.SignIn.FindFaults());
        services.AddValidatedOptions<BusOptions>(configuration, "Bus").ValidateWith((bus, _) => bus.FindFaults(host));
        services.AddValidatedOptions<StoreOptions>(configuration, "Store").ValidateWith((store, _) => store.FindFaults());
        services.AddValidatedOptions<ReferenceOptions>(configuration, "Reference").ValidateWith((reference, _) => reference.FindFaults());
        services.AddStore();
        services.AddAccess();
        services.AddSingleton(WebhookVendors.SecretFormats);
        services.AddCustomerKeys(configuration);
        services.AddProblems();
        services.AddHealth();
        services.AddTelemetry(configuration);
        try
        {
            AddStages(services, configuration, host, consumers ?? AttributionStage.AddConsumers);
        }
        catch (Exception) when (Faults().Concat(FindValueFaults(services)).ToList() is { Count: > 0 } faults)
        {
            // A stage that reads invalid options during registration throws; report the faults of the options instead.
            throw StartupException.ForConfiguration([.. errors, .. faults]);
        }

        // After the stages, which open their files when they start.
        services.AddHostedService<DataLossReport>();
        errors.AddRange(Faults());
        LoggingSetup.Add(builder, host, errors);
        WebPipeline.Add(builder, urls);
        configure?.Invoke(builder);

        var app = builder.Build();
        try
        {
            errors.AddRange(ConfigurationValidator.FindValueFaults(app.Services, errors));
            if (errors.Count > 0)
                throw StartupException.ForConfiguration(errors);

            app.Services.GetRequiredService<DataFolder>().Open();
            await app.Services.GetRequiredService<OpenedStore>().OpenAsync(cancellation);
            await app.Services.GetRequiredService<CustomerKeySecret>().LoadAsync(cancellation);
            await RequireCredentialsOrLoopbackAsync(
                app.Services.GetRequiredService<ApiCredentialCache>(), urls, cancellation);
            if (BusOptions.FromConfiguration(configuration) is { Transport: Transport.RabbitMq, RabbitMq: var broker }
                && BusOptions.UsesBus(host))
            {
                var logger = app.Services.GetRequiredService<ILoggerFactory>().CreateLogger("Attribution.Host");
                await BrokerProbe.RunAsync(broker, logger, cancellation);
            }

            WebPipeline.Use(app);
            MapStages(app, host);
            return app;
        }
        catch
        {
            await app.DisposeAsync();
            throw;
        }

        IEnumerable<string> Faults() => ConfigurationValidator.FindKeyFaults(services, configuration, host);
    }

    private static List<string> FindValueFaults(IServiceCollection services)
    {
        using var provider = services.BuildServiceProvider();
        return ConfigurationValidator.FindValueFaults(provider, []).ToList();
    }

    /// <summary>
    /// Refuses to listen beyond loopback while neither keys nor users exist, because callers then have all scopes.
    /// </summary>
    private static async Task RequireCredentialsOrLoopbackAsync(
        ApiCredentialCache keys, IReadOnlyList<string> urls, CancellationToken cancellation)
    {
        await keys.RefreshAsync(cancellation);
        if (keys.IsEmpty && urls.FirstOrDefault(url => !ListenAddresses.IsLoopbackUrl(url)) is { } url)
            throw StartupException.ForConfiguration([
                $"--urls: '{url}' can be reached from other machines, but no API key or user exists to authenticate callers. "
                + "Create one with 'attribution keys create' or 'attribution users create', or listen on 127.0.0.1, [::1] or localhost."]);
    }

    private static void AddStages(
        IServiceCollection services, IConfiguration configuration, HostSettings host, Action<IBusRegistrationConfigurator> consumers)
    {
        if (BusOptions.UsesBus(host))
        {
            services.AddBus(configuration, bus =>
            {
                if (host.Has(Role.Attribute))
                    consumers(bus);
            });
        }

        if (host.Has(Role.Ingest))
            services.AddIngest(configuration);
        if (host.Has(Role.Attribute))
            services.AddAttribution(configuration);
        if (host.Has(Role.Rollup))
            services.AddRollup(configuration);
        if (host.Has(Role.Report))
            services.AddReporting(configuration);
    }

    private static void MapStages(IEndpointRouteBuilder routes, HostSettings host)
    {
        if (host.Has(Role.Ingest))
            routes.MapIngest();
        if (host.Has(Role.Report))
            routes.MapReporting();
    }

    internal static WebApplicationBuilder CreateBuilder(IReadOnlyCollection<string> settings)
    {
        // A changed file must not change part of a running host, and file watchers cost handles.
        var args = settings.Prepend("--hostBuilder:reloadConfigOnChange=false").ToArray();
        try
        {
            return WebApplication.CreateBuilder(new WebApplicationOptions { Args = args });
        }
        catch (Exception e) when (e is InvalidDataException or FormatException)
        {
            var cause = e.InnerException is { } inner ? " " + inner.Message : "";
            throw StartupException.ForConfiguration([$"The configuration cannot be read: {e.Message}{cause}"]);
        }
    }
}
