using System.ComponentModel.DataAnnotations;
using Attribution.Core.Values;
using Attribution.Host.Access;

namespace Attribution.Host.Configuration;

/// <summary>Section <c>Host</c> as configured; <see cref="HostSettings"/> is created from it.</summary>
internal sealed class AttributionHostOptions
{
    /// <summary>
    /// Roles of the process. The in-memory bus needs all of them in one process. Default:
    /// <c>ingest,attribute,rollup,report</c>; those four, separated by commas.
    /// </summary>
    public string Roles { get; set; } = "ingest,attribute,rollup,report";

    /// <summary>
    /// Name of the process within the installation; also the name of the spool's file. Default: <c>0</c>; 1 to 32 of
    /// <c>a-z 0-9 -</c>.
    /// </summary>
    [RegularExpression("^[a-z0-9-]{1,32}$", ErrorMessage = "must be 1 to 32 of a-z, 0-9 and '-'")]
    public string Instance { get; set; } = "0";

    /// <summary>
    /// Everything the process stores (<c>--data</c>); created if missing, relative to the working directory. Default:
    /// <c>attribution-data</c>; a folder.
    /// </summary>
    [Required(AllowEmptyStrings = false, ErrorMessage = "must name a folder")]
    public string Data { get; set; } = "attribution-data";

    /// <summary>Specifies the request rate allowed per API key.</summary>
    public RateLimitOptions RateLimit { get; set; } = new();

    /// <summary>Specifies the sign-in of users to the analysts' page.</summary>
    public SignInOptions SignIn { get; set; } = new();

    /// <summary>
    /// Time after which an unfinished request ends with 504. Its writes are kept or did not happen. Posting events has
    /// no timeout, because a long history streams. Default: 5 minutes; 1 s to 1 day.
    /// </summary>
    [Range(typeof(TimeSpan), "00:00:01", "1.00:00:00", ErrorMessage = "must be between 1 second and 1 day")]
    public TimeSpan RequestTimeout { get; set; } = TimeSpan.FromMinutes(5);

    /// <summary>Reads the settings. Adds the faults of the section to <paramref name="errors"/>; the returned settings are then not usable.</summary>
    public static HostSettings ReadSettings(IConfiguration configuration, List<string> errors)
    {
        // Read as text: other values of the section are not yet in the form that the framework's binder reads.
        var (section, host) = (new AttributionHostOptions(), configuration.GetSection("Host"));
        section.Roles = host[nameof(Roles)] ?? section.Roles;
        section.Instance = host[nameof(Instance)] ?? section.Instance;
        section.Data = host[nameof(Data)] ?? section.Data;

        var roles = new HashSet<Role>();
        foreach (var name in section.Roles.Split(',', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries))
        {
            var known = Enum.GetNames<Role>().Select(r => r.ToLowerInvariant()).ToList();
            if (known.Contains(name))
                roles.Add(Enum.Parse<Role>(name, ignoreCase: true));
            else
                errors.Add($"Host:Roles: unknown role '{name}'{SimilarNames.Suggest(name, known)}; the roles are {string.Join(", ", known)}.");
        }

        if (roles.Count == 0 && errors.Count == 0)
            errors.Add(
                "Host:Roles is empty: specify at least one of ingest, attribute, rollup, report, or omit the option for all.");

        var data = string.IsNullOrWhiteSpace(section.Data) ? "." : section.Data;
        if (errors.Count > 0)
            roles = [.. Enum.GetValues<Role>()]; // Prevents faults that only follow from missing roles.
        return new HostSettings(roles, section.Instance, Path.GetFullPath(data));
    }
}
