using System.Text.RegularExpressions;
using Attribution.Host.Cli;
using Attribution.Host.Hosting;
using Attribution.Host.Messaging;
using Attribution.TestKit;

namespace Attribution.Host.Tests.Infra;

/// <summary>Commands, routes, options and files named in <c>docs/operations</c> exist.</summary>
public sealed partial class RunbookTests
{
    private static readonly string Text = string.Join('\n', Directory.GetFiles(InfraFiles.Documentation, "*.md").Order(StringComparer.Ordinal).Select(File.ReadAllText));

    [Fact]
    public void Commands_match_the_program()
    {
        var root = CommandLine.CreateRoot();
        var mentioned = Command().Matches(Text).Select(match => match.Groups["words"].Value.Trim()).Concat(Run().Matches(Text).Select(match => match.Groups["words"].Value.Trim())).ToList();
        mentioned.Count.ShouldBeGreaterThan(5);
        foreach (var words in mentioned)
        {
            var parsed = root.Parse(words);
            // In a sentence a command appears without its arguments.
            parsed.CommandResult.Command.ShouldNotBe(root, words);
            if (words.Contains("--", StringComparison.Ordinal)) ArgumentValidator.FindFault(parsed, root).ShouldBeNull(words);
        }
    }

    [Fact]
    public async Task Routes_options_and_files_exist()
    {
        var product = await ProductSurface.GetAsync();
        foreach (Match path in Route().Matches(Text)) product.Routes.SelectMany(role => role).ShouldContain(path.Groups["path"].Value);
        var options = OptionName().Matches(Text).Select(match => match.Groups["name"].Value).ToList();
        options.Count.ShouldBeGreaterThan(5);
        foreach (var option in options) product.FindUnknownOption(option).ShouldBeNull();
        foreach (var file in FileName().Matches(Text).Select(match => match.Groups["path"].Value).Concat(Link().Matches(Text).Select(match => Path.GetFullPath(match.Groups["path"].Value, InfraFiles.Documentation))))
            (File.Exists(Path.Combine(TestData.Repository, file)) || Directory.Exists(Path.Combine(TestData.Repository, file)) || file is "infra/.env" or "infra/k8s/secrets.env").ShouldBeTrue(file);
    }

    [Fact]
    public void Queues_services_and_sections_match_the_files()
    {
        QueueName().Matches(Text).Select(match => match.Value).Distinct().ShouldBe([BusNames.Events, BusNames.AttributeQueue, BusNames.DeadLetters], ignoreOrder: true);
        foreach (Match service in Service().Matches(Text)) ComposeFile.Services.AsObject().ContainsKey(service.Groups["name"].Value).ShouldBeTrue(service.Value);
        var sections = Section().Matches(Text).Select(match => match.Groups["name"].Value.Trim().ToLowerInvariant().Replace(",", "", StringComparison.Ordinal).Replace(' ', '-')).ToList();
        foreach (Match link in Anchor().Matches(Text)) sections.ShouldContain(link.Groups["name"].Value);
        Text.ShouldContain($"at most {(int)WebPipeline.ShutdownTimeout.TotalSeconds} s");
        Text.ShouldContain($"{BusTopology.DeliveryLimit} deliveries");
    }

    [GeneratedRegex(@"(`|-- |exec (report|deploy/report --) )attribution (?<words>[a-z][^`\n#]*)", RegexOptions.CultureInvariant)]
    private static partial Regex Command();

    [GeneratedRegex(@"run --rm report (?<words>[^\n#]+)", RegexOptions.CultureInvariant)]
    private static partial Regex Run();

    [GeneratedRegex(@"(?<path>/(v1|healthz)/[a-z/-]+[a-z])", RegexOptions.CultureInvariant)]
    private static partial Regex Route();

    [GeneratedRegex(@"`(?<name>(Host|Bus|Store|Telemetry|Ingest|Attribute|Rollup)(:[A-Z]\w+)+)`", RegexOptions.CultureInvariant)]
    private static partial Regex OptionName();

    [GeneratedRegex(@"(?<path>\b(infra|tests|src|schemas)/[\w./-]*\w)", RegexOptions.CultureInvariant)]
    private static partial Regex FileName();

    [GeneratedRegex(@"\]\((?<path>[\w./-]+)\)", RegexOptions.CultureInvariant)]
    private static partial Regex Link();

    [GeneratedRegex(@"\battribution\.(events|attribute)(\.dead)?\b(?!\.[a-z])", RegexOptions.CultureInvariant)]
    private static partial Regex QueueName();

    [GeneratedRegex(@"compose\.yaml (run --rm|exec|exec -T) (?<name>\w+)", RegexOptions.CultureInvariant)]
    private static partial Regex Service();

    [GeneratedRegex(@"^#+ (?<name>.+)$", RegexOptions.CultureInvariant | RegexOptions.Multiline)]
    private static partial Regex Section();

    [GeneratedRegex(@"\]\(#(?<name>[\w-]+)\)", RegexOptions.CultureInvariant)]
    private static partial Regex Anchor();
}
