using System.ComponentModel.DataAnnotations;
using Attribution.Host.Configuration;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Options;

namespace Attribution.Host.Tests.Configuration;

/// <summary>
/// Validation of options: unknown keys, unreadable values and values out of range, all reported at once.
/// </summary>
public sealed class OptionsReaderTests
{
    [Theory]
    [InlineData("P400D", "400.00:00:00")]
    [InlineData("PT30M", "00:30:00")]
    [InlineData("P1DT2H", "1.02:00:00")]
    [InlineData("2.00:00:00", "2.00:00:00")]
    [InlineData("00:00:05", "00:00:05")]
    public void Duration_is_accepted_in_both_formats(string text, string duration) =>
        Read(("Ingest:Window", text)).Options.Window.ShouldBe(TimeSpan.Parse(duration, CultureInfo.InvariantCulture));

    [Theory]
    [InlineData("30")] // the framework's binder would read 30 days
    [InlineData("24:00:00")] // the framework's binder would read 24 days
    [InlineData("P1M")]
    [InlineData("P1Y")]
    [InlineData("5s")]
    [InlineData("")]
    public void Ambiguous_duration_is_rejected(string text) =>
        Faults(("Ingest:Window", text)).ShouldHaveSingleItem().ShouldStartWith($"Ingest:Window: '{text}' is not a duration; write ");

    [Theory]
    [InlineData("Ingest:Count", "many", "Ingest:Count: 'many' is not a whole number in the range of Int32.")]
    [InlineData("Ingest:Count", "99999999999", "Ingest:Count: '99999999999' is not a whole number in the range of Int32.")]
    [InlineData("Ingest:Mode", "Fast", "Ingest:Mode: 'Fast' is not one of Slow, Quick.")]
    [InlineData("Ingest:Count", "", "Ingest:Count: '' is not a whole number in the range of Int32.")]
    [InlineData("Ingest:On", "maybe", "Ingest:On: 'maybe' is not true or false.")]
    [InlineData("Ingest:Spool:MaxPageCount", "x", "Ingest:Spool:MaxPageCount: 'x' is not a whole number in the range of Int64.")]
    [InlineData("Ingest:Spool:MaxPages", "5", "Unknown option 'Ingest:Spool:MaxPages'; did you mean 'Ingest:Spool:MaxPageCount'?")]
    [InlineData("Ingest:Spool", "5", "Ingest:Spool is a section and does not accept a value ('5'); write Ingest:Spool:<option>=<value>.")]
    [InlineData("Ingest:Count:Deep", "5", "Ingest:Count requires a single value, not a section.")]
    [InlineData("Ingest:Count", "0", "Ingest:Count: The field Count must be between 1 and 500.")]
    [InlineData("Ingest:Spool:MaxPageCount", "-1", "Ingest:Spool:MaxPageCount: must be positive")]
    [InlineData("Ingest:Window", "PT0S", "Ingest:Window must be longer than nothing.")]
    public void Each_fault_names_its_key(string key, string value, string fault) => Faults((key, value)).ShouldHaveSingleItem().ShouldBe(fault);

    [Fact]
    public void Keys_are_case_insensitive() => Read(("ingest:COUNT", "7")).Options.Count.ShouldBe(7);

    [Fact]
    public void Environment_variable_named_like_a_section_is_ignored()
    {
        Environment.SetEnvironmentVariable("INGEST", "shell");
        try
        {
            var configuration = new ConfigurationBuilder().AddEnvironmentVariables().Build();
            ConfigurationValidator.FindUnknownKeys(configuration.GetSection("Ingest"), [typeof(SampleOptions)]).ShouldBeEmpty();
        }
        finally
        {
            Environment.SetEnvironmentVariable("INGEST", null);
        }
    }

    private static List<string> Faults(params (string Key, string Value)[] settings) => Read(settings).Faults;

    private static (SampleOptions Options, List<string> Faults) Read(params (string Key, string Value)[] settings)
    {
        var configuration = new ConfigurationBuilder()
            .AddInMemoryCollection(settings.Select(s => new KeyValuePair<string, string?>(s.Key, s.Value))).Build();
        var services = new ServiceCollection();
        services.AddValidatedOptions<SampleOptions>(configuration, "Ingest")
            .ValidateWith((options, _) => options.Window > TimeSpan.Zero ? [] : ["Ingest:Window must be longer than nothing."]);
        var faults = ConfigurationValidator.FindKeyFaults(services, configuration, new HostSettings(new HashSet<Role> { Role.Ingest }, "0", "/")).ToList();
        using var provider = services.BuildServiceProvider();
        faults.AddRange(ConfigurationValidator.FindValueFaults(provider, faults));
        return (faults.Count == 0 ? provider.GetRequiredService<IOptions<SampleOptions>>().Value : new SampleOptions(), faults);
    }

    private enum Mode
    {
        Slow,
        Quick,
    }

    private sealed class SampleOptions
    {
        public Mode Mode { get; set; }

        [Range(1, 500)]
        public int Count { get; set; } = 100;

        public TimeSpan Window { get; set; } = TimeSpan.FromMinutes(1);

        public bool? On { get; set; }

        public SampleSpool Spool { get; set; } = new();
    }

    private sealed class SampleSpool
    {
        [Range(1, long.MaxValue, ErrorMessage = "must be positive")]
        public long MaxPageCount { get; set; } = 1;
    }
}
