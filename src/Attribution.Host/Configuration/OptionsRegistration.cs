using Microsoft.Extensions.Options;

namespace Attribution.Host.Configuration;

/// <summary>Configuration section and a type that it is bound to.</summary>
/// <param name="Path">Name of the section, for example <c>Ingest</c>.</param>
/// <param name="Type">Type whose settable properties are the options of the section.</param>
/// <param name="Faults">Faults of unreadable values. Each value was reset to its default, so that validation can find all faults.</param>
/// <param name="Validate">Binds the options and returns their other faults; empty if there are none.</param>
internal sealed record RegisteredOptions(
    string Path, Type Type, IReadOnlyList<string> Faults, Func<IServiceProvider, IEnumerable<string>> Validate);

/// <summary>Registration of options; all options are registered here.</summary>
internal static class OptionsRegistration
{
    /// <summary>
    /// Binds a section of the configuration to a type. The host does not start if the section has keys without a
    /// property, or values that do not parse, violate a data annotation or fail an <see cref="IValidateOptions{T}"/>.
    /// Several types may share a section. After the registration the section can also be read directly: unreadable
    /// values have been reset to their defaults. Durations are written <c>[d.]hh:mm:ss</c> or ISO 8601 (<c>P400D</c>,
    /// <c>PT30M</c>).
    /// </summary>
    public static OptionsBuilder<T> AddValidatedOptions<T>(
        this IServiceCollection services, IConfiguration configuration, string section)
        where T : class
    {
        var faults = ConfigurationValidator.NormalizeValues(configuration.GetSection(section), typeof(T));
        services.AddSingleton(
            new RegisteredOptions(section, typeof(T), faults, provider => ConfigurationValidator.FindValueFaults<T>(provider, section)));
        return services.AddOptions<T>().Bind(configuration.GetSection(section));
    }

    /// <summary>
    /// Adds a rule that returns faults; any fault prevents the start. Each names the option, the fault and how to fix
    /// it.
    /// </summary>
    public static OptionsBuilder<T> ValidateWith<T>(
        this OptionsBuilder<T> builder, Func<T, IServiceProvider, IEnumerable<string>> rule)
        where T : class
    {
        builder.Services.AddSingleton<IValidateOptions<T>>(services => new Rule<T>(options => rule(options, services)));
        return builder;
    }

    private sealed class Rule<T>(Func<T, IEnumerable<string>> rule) : IValidateOptions<T>
        where T : class
    {
        public ValidateOptionsResult Validate(string? name, T options) =>
            rule(options).ToList() is { Count: > 0 } failures
                ? ValidateOptionsResult.Fail(failures)
                : ValidateOptionsResult.Success;
    }
}
