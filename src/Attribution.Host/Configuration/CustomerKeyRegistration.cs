using Attribution.Core.Values;

namespace Attribution.Host.Configuration;

/// <summary>Registration of the hashing of customer keys.</summary>
internal static class CustomerKeyRegistration
{
    /// <summary>
    /// Registers the secret and <see cref="CustomerKeyHasher"/>, which is available once the secret is loaded.
    /// </summary>
    public static IServiceCollection AddCustomerKeys(this IServiceCollection services, IConfiguration configuration)
    {
        services.AddValidatedOptions<CustomerKeyOptions>(configuration, "Ingest").ValidateWith((options, _) =>
            options is { CustomerKeySecret: not null, CustomerKeySecretFile: not null }
                ? ["Ingest:CustomerKeySecret: specify either the secret or the file that holds it (Ingest:CustomerKeySecretFile), not both."]
                : []);
        services.AddSingleton<CustomerKeySecret>();
        services.AddSingleton<CustomerKeyHasher>(provider => provider.GetRequiredService<CustomerKeySecret>().Keys);
        return services;
    }
}
