using System.Collections;
using System.ComponentModel;
using System.ComponentModel.DataAnnotations;
using System.Globalization;
using System.Reflection;
using Microsoft.Extensions.Options;

namespace Attribution.Host.Hosting;

/// <summary>Checks the configuration against the option types: every key known, every value readable, every value allowed. Finds all faults, not the first.</summary>
public static class OptionsCheck
{
    private static readonly string[] Sections = ["Host", "Bus", "Store", .. Enum.GetNames<Role>()];

    /// <summary>
    /// Unknown keys and unreadable values in all of our sections, but for those of stages that this process does not run. Durations are
    /// rewritten on the way as the framework's binder reads them.
    /// </summary>
    public static IEnumerable<string> Keys(IServiceCollection services, IConfiguration configuration, HostSettings host)
    {
        var types = services.Select(s => s.ImplementationInstance).OfType<OptionsSection>().ToLookup(s => s.Path, s => s.Type);
        foreach (var name in Sections.Where(name => !Enum.TryParse<Role>(name, out var role) || host.Has(role)))
        {
            var section = configuration.GetSection(name);
            foreach (var error in Keys(section, types[name].ToList()))
                yield return error;
            NormalizeDurations(section, types[name].ToList());
        }
    }

    /// <summary>What is wrong with the values of all registered options, but for sections that <paramref name="known"/> faults name already.</summary>
    public static IEnumerable<string> Values(IServiceProvider services, IReadOnlyCollection<string> known)
    {
        var seen = known.ToList();
        return services.GetServices<OptionsSection>()
            .Where(section => !seen.Exists(error => error.Contains(section.Path + ":", StringComparison.Ordinal)))
            .SelectMany(section => section.Validate(services)).Distinct().ToList();
    }

    /// <summary>Unknown keys and unreadable values below one of our sections, judged by the types registered for it.</summary>
    public static IEnumerable<string> Keys(IConfigurationSection section, IReadOnlyCollection<Type> types)
    {
        if (section.Value is { } stray && !FromEnvironment(section))
            yield return $"{section.Path} is a section and takes no value of its own ('{stray}'); write {section.Path}:<option>=<value>.";

        var known = types.SelectMany(Properties).ToLookup(p => p.Name, StringComparer.OrdinalIgnoreCase);
        foreach (var child in section.GetChildren())
        {
            if (!known.Contains(child.Key))
            {
                var names = known.Select(k => $"{section.Path}:{k.Key}").Order(StringComparer.Ordinal).ToList();
                var hint = Nearest.Of(child.Path, names) is { } near ? $"; did you mean '{near}'?"
                    : names.Count == 0 ? $"; '{section.Path}' has no options." : $"; '{section.Path}' has {string.Join(", ", names)}.";
                yield return $"Unknown option '{child.Path}'{hint}";
                continue;
            }

            foreach (var error in Value(child, known[child.Key].Select(p => p.PropertyType).ToList()))
                yield return error;
        }
    }

    /// <summary>What is wrong with the values of one registered type.</summary>
    public static IEnumerable<string> Values<T>(IServiceProvider services, string path)
        where T : class
    {
        T options;
        try
        {
            options = services.GetRequiredService<IOptions<T>>().Value;
        }
        catch (OptionsValidationException e)
        {
            return e.Failures.Select(f => Sections.Any(section => f.StartsWith(section + ":", StringComparison.Ordinal)) ? f : $"{path}: {f}");
        }

        return Annotations(options, path);
    }

    /// <summary>Rewrites ISO 8601 durations below a section in the way the framework's binder reads them.</summary>
    public static void NormalizeDurations(IConfigurationSection section, IReadOnlyCollection<Type> types)
    {
        foreach (var property in types.SelectMany(Properties))
        {
            var child = section.GetSection(property.Name);
            if (IsNested(property.PropertyType))
                NormalizeDurations(child, [property.PropertyType]);
            else if (Underlying(property.PropertyType) == typeof(TimeSpan) && child.Value is { Length: > 0 } text && TryDuration(text, out var duration))
                child.Value = duration.ToString("c", CultureInfo.InvariantCulture);
        }
    }

    private static IEnumerable<string> Value(IConfigurationSection child, IReadOnlyCollection<Type> types)
    {
        var type = types.First();
        if (IsNested(type))
            return Keys(child, types);
        if (IsCollection(type))
            return [];
        if (child.GetChildren().Any())
            return [$"{child.Path} takes one value, not a section."];
        return Fault(child.Value, Underlying(type)) is { } fault ? [$"{child.Path}: {fault}"] : [];
    }

    private static string? Fault(string? text, Type type)
    {
        if (type == typeof(string))
            return null;
        if (type == typeof(TimeSpan))
            return TryDuration(text ?? "", out _) ? null
                : $"'{text}' is no duration; write [days.]hh:mm:ss (400.00:00:00 is 400 days) or ISO 8601 (P400D, PT30M).";
        if (type.IsEnum)
        {
            var names = Enum.GetNames(type);
            return names.Contains(text, StringComparer.OrdinalIgnoreCase) ? null : $"'{text}' is none of {string.Join(", ", names)}{Nearest.Hint(text ?? "", names)}.";
        }

        try
        {
            TypeDescriptor.GetConverter(type).ConvertFromInvariantString(text ?? "");
            return null;
        }
        catch (Exception e) when (e is ArgumentException or FormatException or OverflowException or NotSupportedException)
        {
            return $"'{text}' is no {Named(type)}.";
        }
    }

    /// <summary>Bare numbers and 24:00:00 are refused: the framework reads both as days, which nobody means.</summary>
    private static bool TryDuration(string text, out TimeSpan duration)
    {
        if (text.Contains(':', StringComparison.Ordinal))
            return TimeSpan.TryParseExact(text, "c", CultureInfo.InvariantCulture, out duration);
        duration = default;
        var date = text.Split('T')[0];
        if (!text.StartsWith('P') || date.Contains('Y', StringComparison.Ordinal) || date.Contains('M', StringComparison.Ordinal))
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

    private static IEnumerable<string> Annotations(object options, string path)
    {
        var results = new List<ValidationResult>();
        Validator.TryValidateObject(options, new ValidationContext(options), results, validateAllProperties: true);
        var own = results.Select(r => r.MemberNames.Any() ? $"{path}:{string.Join(", ", r.MemberNames)}: {r.ErrorMessage}" : $"{path}: {r.ErrorMessage}");
        var nested = Properties(options.GetType()).Where(p => IsNested(p.PropertyType))
            .SelectMany(p => p.GetValue(options) is { } value ? Annotations(value, $"{path}:{p.Name}") : []);
        return own.Concat(nested);
    }

    /// <summary>Shells export variables like HOST of their own: such a value is none of ours.</summary>
    private static bool FromEnvironment(IConfigurationSection section) =>
        Environment.GetEnvironmentVariables().Keys.Cast<string>().Any(k => k.Equals(section.Path, StringComparison.OrdinalIgnoreCase));

    private static IEnumerable<PropertyInfo> Properties(Type type) =>
        type.GetProperties(BindingFlags.Public | BindingFlags.Instance).Where(p => p.GetIndexParameters().Length == 0 && (p.CanWrite || IsNested(p.PropertyType)));

    private static Type Underlying(Type type) => Nullable.GetUnderlyingType(type) ?? type;

    private static bool IsCollection(Type type) => type != typeof(string) && typeof(IEnumerable).IsAssignableFrom(type);

    private static bool IsNested(Type type) =>
        type.IsClass && !IsCollection(type) && !TypeDescriptor.GetConverter(type).CanConvertFrom(typeof(string));

    private static string Named(Type type) => Type.GetTypeCode(type) switch
    {
        TypeCode.Boolean => "true or false",
        TypeCode.Int32 or TypeCode.Int64 or TypeCode.Int16 or TypeCode.Byte or TypeCode.UInt16 or TypeCode.UInt32 or TypeCode.UInt64 =>
            $"whole number in the range of {type.Name}",
        TypeCode.Decimal or TypeCode.Double or TypeCode.Single => "number",
        _ => type.Name,
    };
}
