using Microsoft.Extensions.Options;

namespace Attribution.Host.Configuration;

/// <summary>A section of the configuration and a type it is read into.</summary>
/// <param name="Path">The section's name, <c>Ingest</c> for example.</param>
/// <param name="Type">Its settable properties are the options that exist.</param>
/// <param name="Faults">Values of the section that cannot be read; each was set back to its default, so that the reading goes on to find all faults.</param>
/// <param name="Validate">Makes the options and answers what else is wrong with them; empty when nothing is.</param>
internal sealed record RegisteredOptions(string Path, Type Type, IReadOnlyList<string> Faults, Func<IServiceProvider, IEnumerable<string>> Validate);

/// <summary>The one way to register options.</summary>
internal static class OptionsRegistration
{
    /// <summary>
    /// Binds a section of the configuration to a type. Before anything starts, keys that the type has no property for are refused, as are
    /// values that do not parse, break a data annotation or fail an <see cref="IValidateOptions{T}"/>.
    /// Several types may share a section. Once registered, the section can be read at once too: what was unreadable in it has its default. Durations are written <c>[d.]hh:mm:ss</c> or ISO 8601 (<c>P400D</c>, <c>PT30M</c>).
    /// </summary>
    public static OptionsBuilder<T> AddValidatedOptions<T>(this IServiceCollection services, IConfiguration configuration, string section)
        where T : class
    {
        var faults = ConfigurationValidator.NormalizeValues(configuration.GetSection(section), typeof(T));
        services.AddSingleton(new RegisteredOptions(section, typeof(T), faults, provider => ConfigurationValidator.FindValueFaults<T>(provider, section)));
        return services.AddOptions<T>().Bind(configuration.GetSection(section));
    }

    /// <summary>Adds a rule: what it answers refuses the start. Each answer names its option, says what is wrong and how to fix it.</summary>
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
