using System.Collections;
using System.ComponentModel;
using System.ComponentModel.DataAnnotations;
using System.Globalization;
using System.Reflection;
using Attribution.Core.Values;
using Microsoft.Extensions.Options;

namespace Attribution.Host.Configuration;

/// <summary>
/// Validation of the configuration against the option types: unknown keys, unreadable values, values out of range.
/// Reports all faults.
/// </summary>
internal static class ConfigurationValidator
{
    private static readonly string[] Sections = ["Host", "Bus", "Store", "Reference", "Telemetry", .. Enum.GetNames<Role>()];

    /// <summary>
    /// Returns the unknown keys and unreadable values in the product's sections, except in those of stages that this
    /// process does not run.
    /// </summary>
    public static IEnumerable<string> FindKeyFaults(
        IServiceCollection services, IConfiguration configuration, HostSettings host)
    {
        var registered = services.Select(s => s.ImplementationInstance).OfType<RegisteredOptions>().ToLookup(s => s.Path);
        return Sections.Where(name => !Enum.TryParse<Role>(name, out var role) || host.Has(role))
            .SelectMany(name => FindUnknownKeys(configuration.GetSection(name), registered[name].Select(s => s.Type).ToList())
                .Concat(registered[name].SelectMany(s => s.Faults)))
            .Distinct();
    }

    /// <summary>Returns the faults of all registered options' values, except for sections that a fault in <paramref name="known"/> names already.</summary>
    public static IEnumerable<string> FindValueFaults(IServiceProvider services, IReadOnlyCollection<string> known)
    {
        var seen = known.ToList();
        return services.GetServices<RegisteredOptions>()
            .Where(section => !seen.Exists(error => error.Contains(section.Path + ":", StringComparison.Ordinal)))
            .SelectMany(section => section.Validate(services)).Distinct().ToList();
    }

    /// <summary>Returns the keys below a section for which none of its registered types has a property.</summary>
    public static IEnumerable<string> FindUnknownKeys(IConfigurationSection section, IReadOnlyCollection<Type> types)
    {
        if (section.Value is { } stray && !IsFromEnvironment(section))
            yield return $"{section.Path} is a section and does not accept a value ('{stray}'); write {section.Path}:<option>=<value>.";

        var known = types.SelectMany(GetProperties).ToLookup(
            p => p.Name, p => p.PropertyType, StringComparer.OrdinalIgnoreCase);
        foreach (var child in section.GetChildren())
        {
            if (!known.Contains(child.Key))
            {
                var names = known.Select(k => $"{section.Path}:{k.Key}").Order(StringComparer.Ordinal).ToList();
                yield return $"Unknown option '{child.Path}'" + (SimilarNames.Find(child.Path, names) is { } similar ? $"; did you mean '{similar}'?"
                    : names.Count == 0
                        ? $"; '{section.Path}' has no options."
                        : $"; '{section.Path}' has {string.Join(", ", names)}.");
            }
            else if (IsNested(known[child.Key].First()))
            {
                foreach (var error in FindUnknownKeys(child, known[child.Key].ToList()))
                    yield return error;
            }
            else if (!IsCollection(known[child.Key].First()) && child.GetChildren().Any())
            {
                yield return $"{child.Path} requires a single value, not a section.";
            }
        }
    }

    /// <summary>
    /// Rewrites the values of a section for the framework's binder. Converts ISO 8601 durations, resets unreadable
    /// values to their defaults, and returns a fault for each of these.
    /// </summary>
    public static List<string> NormalizeValues(IConfigurationSection section, Type type)
    {
        var faults = new List<string>();
        NormalizeValues(section, Activator.CreateInstance(type)!, faults);
        return faults;
    }

    /// <summary>Returns the faults of the values of one registered type.</summary>
    public static IEnumerable<string> FindValueFaults<T>(IServiceProvider services, string path)
        where T : class
    {
        T options;
        try
        {
            options = services.GetRequiredService<IOptions<T>>().Value;
        }
        catch (OptionsValidationException e)
        {
            return e.Failures.Select(
                f => Sections.Any(section => f.StartsWith(section + ":", StringComparison.Ordinal))
                    ? f
                    : $"{path}: {f}");
        }

        return FindAnnotationFaults(options, path);
    }

    private static void NormalizeValues(IConfigurationSection section, object defaults, List<string> faults)
    {
        foreach (var property in GetProperties(defaults.GetType()))
        {
            var child = section.GetSection(property.Name);
            var type = UnwrapNullable(property.PropertyType);
            if (IsNested(type))
            {
                if (property.GetValue(defaults) is { } nested)
                    NormalizeValues(child, nested, faults);
            }
            else if (child.Value is { } text && !IsCollection(type))
            {
                if (FindParseFault(text, type) is { } fault)
                {
                    faults.Add($"{child.Path}: {fault}");
                    child.Value = Convert.ToString(property.GetValue(defaults), CultureInfo.InvariantCulture);
                }
                else if (type == typeof(TimeSpan) && TryDuration(text, out var duration))
                {
                    child.Value = duration.ToString("c", CultureInfo.InvariantCulture);
                }
            }
        }
    }

    private static string? FindParseFault(string text, Type type)
    {
        if (type == typeof(string))
            return null;
        if (type == typeof(TimeSpan))
            return TryDuration(text, out _) ? null
                : $"'{text}' is not a duration; write [days.]hh:mm:ss (400.00:00:00 is 400 days) or ISO 8601 (P400D, PT30M).";
        if (type.IsEnum)
        {
            var names = Enum.GetNames(type);
            return names.Contains(text, StringComparer.OrdinalIgnoreCase)
                ? null
                : $"'{text}' is not one of {string.Join(", ", names)}{SimilarNames.Suggest(text, names)}.";
        }

        try
        {
            TypeDescriptor.GetConverter(type).ConvertFromInvariantString(text);
            return null;
        }
        catch (Exception e) when (
            e is ArgumentException or FormatException or OverflowException or NotSupportedException)
        {
            return $"'{text}' is not {DescribeType(type)}.";
        }
    }

    /// <summary>
    /// Parses a duration. Rejects plain numbers and 24:00:00, which the framework would read as days.
    /// </summary>
    private static bool TryDuration(string text, out TimeSpan duration)
    {
        if (text.Contains(':', StringComparison.Ordinal))
            return TimeSpan.TryParseExact(text, "c", CultureInfo.InvariantCulture, out duration);
        duration = default;
        var date = text.Split('T')[0];
        if (!text.StartsWith('P') || date.Contains('Y', StringComparison.Ordinal)
            || date.Contains('M', StringComparison.Ordinal))
            return false;
        try
        {
            duration = System.Xml.XmlConvert.ToTimeSpan(text);
            return true;
        }
        catch (Exception e) when (e is FormatException or OverflowException)
        {
            return false;
        }
    }

    private static IEnumerable<string> FindAnnotationFaults(object options, string path)
    {
        var results = new List<ValidationResult>();
        Validator.TryValidateObject(options, new ValidationContext(options), results, validateAllProperties: true);
        var own = results.Select(r =>
            r.MemberNames.Any()
                ? $"{path}:{string.Join(", ", r.MemberNames)}: {r.ErrorMessage}"
                : $"{path}: {r.ErrorMessage}");
        var nested = GetProperties(options.GetType()).Where(p => IsNested(p.PropertyType))
            .SelectMany(p => p.GetValue(options) is { } value ? FindAnnotationFaults(value, $"{path}:{p.Name}") : []);
        return own.Concat(nested);
    }

    /// <summary>
    /// Indicates whether a section's value comes from an environment variable such as HOST, which shells export for
    /// other purposes.
    /// </summary>
    private static bool IsFromEnvironment(IConfigurationSection section) =>
        Environment.GetEnvironmentVariables().Keys.Cast<string>().Any(
            k => k.Equals(section.Path, StringComparison.OrdinalIgnoreCase));

    private static IEnumerable<PropertyInfo> GetProperties(Type type) =>
        type.GetProperties(BindingFlags.Public | BindingFlags.Instance)
            .Where(p => p.GetIndexParameters().Length == 0 && (p.CanWrite || IsNested(p.PropertyType)));

    private static Type UnwrapNullable(Type type) => Nullable.GetUnderlyingType(type) ?? type;

    private static bool IsCollection(Type type) => type != typeof(string) && typeof(IEnumerable).IsAssignableFrom(type);

    private static bool IsNested(Type type) =>
        type.IsClass && !IsCollection(type) && !TypeDescriptor.GetConverter(type).CanConvertFrom(typeof(string));

    private static string DescribeType(Type type) => Type.GetTypeCode(type) switch
    {
        TypeCode.Boolean => "true or false",
        TypeCode.Int32 or TypeCode.Int64 or TypeCode.Int16 or TypeCode.Byte or TypeCode.UInt16 or TypeCode.UInt32 or TypeCode.UInt64 =>
            $"a whole number in the range of {type.Name}",
        TypeCode.Decimal or TypeCode.Double or TypeCode.Single => "a number",
        _ => $"a valid {type.Name}",
    };
}
