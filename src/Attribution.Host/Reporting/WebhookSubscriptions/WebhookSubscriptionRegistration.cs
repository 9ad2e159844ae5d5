using Attribution.Host.Configuration;

namespace Attribution.Host.Reporting.WebhookSubscriptions;

/// <summary>Registration of webhook subscriptions.</summary>
internal static class WebhookSubscriptionRegistration
{
    /// <summary>Registers the options, the commands and the sender.</summary>
    public static IServiceCollection AddWebhookSubscriptions(this IServiceCollection services, IConfiguration configuration)
    {
        services.AddValidatedOptions<WebhookSubscriptionOptions>(configuration, "WebhookSubscriptions")
            .ValidateWith((section, _) => section.FindFaults());
        return services.AddSingleton<WebhookMessageReader>().AddSingleton<WebhookSubscriptionCommands>()
            .AddSingleton<WebhookTargetClient>().AddHostedService<WebhookSender>();
    }
}
