using System.ComponentModel.DataAnnotations;
using Attribution.Core.Values;
using Attribution.Host.Access;

namespace Attribution.Host.Configuration;

/// <summary>The section <c>Host</c> as written; <see cref="HostSettings"/> is made from it.</summary>
internal sealed class AttributionHostOptions
{
    /// <summary>Roles of the process, separated by commas: <c>ingest</c>, <c>attribute</c>, <c>rollup</c>, <c>report</c>. Default: all. Empty or unknown refuses to start.</summary>
    public string Roles { get; set; } = "ingest,attribute,rollup,report";

    /// <summary>Name of the process among those of one installation; the spool's file bears it. Default <c>0</c>. 1 to 32 of <c>a-z0-9-</c>.</summary>
    [RegularExpression("^[a-z0-9-]{1,32}$", ErrorMessage = "must be 1 to 32 of a-z, 0-9 and '-'")]
    public string Instance { get; set; } = "0";

    /// <summary>Folder of all the process keeps (<c>--data</c>); made if missing. Default <c>./attribution-data</c>, relative to the working directory.</summary>
    [Required(AllowEmptyStrings = false, ErrorMessage = "must name a folder")]
    public string Data { get; set; } = "attribution-data";

    /// <summary>How much one API key may ask.</summary>
    public RateLimitOptions RateLimit { get; set; } = new();

    /// <summary>How people sign in to the analysts' page.</summary>
    public SignInOptions SignIn { get; set; } = new();

    /// <summary>
    /// After how long a request that is not done is given up with 504. Default 5 minutes; a second to a day. What it wrote until then stays, or
    /// nothing did. Posting events has none, since a long history streams; who sends too slowly is cut off by the server all the same.
    /// </summary>
    [Range(typeof(TimeSpan), "00:00:01", "1.00:00:00", ErrorMessage = "must lie between a second and a day")]
    public TimeSpan RequestTimeout { get; set; } = TimeSpan.FromMinutes(5);

    /// <summary>The settings, or what is wrong with the section (added to <paramref name="errors"/>; the settings are then of no use).</summary>
    public static HostSettings ReadSettings(IConfiguration configuration, List<string> errors)
    {
        var section = new AttributionHostOptions();
        configuration.GetSection("Host").Bind(section);

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
            errors.Add("Host:Roles is empty: name at least one of ingest, attribute, rollup, report, or leave it out for all.");

        var data = string.IsNullOrWhiteSpace(section.Data) ? "." : section.Data;
        if (errors.Count > 0)
            roles = [.. Enum.GetValues<Role>()]; // So that one fault is not told as several.
        return new HostSettings(roles, section.Instance, Path.GetFullPath(data));
    }
}
