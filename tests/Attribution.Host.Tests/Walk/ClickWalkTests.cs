using System.Text.RegularExpressions;

namespace Attribution.Host.Tests.Walk;

/// <summary>Runs alone: all instrumented code of a process reports to the same probe.</summary>
[CollectionDefinition(nameof(ClickWalk), DisableParallelization = true)]
public sealed class ClickWalkCollection;

/// <summary>
/// Compares the files that a click passes with the list in <c>docs/architecture.md</c>. With
/// <c>ATTRIBUTION_WRITE_SCHEMAS=1</c> the list is written instead.
/// </summary>
[Collection(nameof(ClickWalk))]
public sealed partial class ClickWalkTests
{
    private const int MaxFilesBeforeAccepted = 15;
    private const int MaxFilesToPage = 60;

    [Fact]
    public async Task Files_that_a_click_passes_are_documented_and_few()
    {
        var (before, all) = await ClickWalk.RunAsync(AppContext.BaseDirectory);
        var beforeAccepted = before.Where(IsListed).ToList();
        var toPage = all.Where(file => IsListed(file) && !beforeAccepted.Exists(earlier => earlier.File == file.File)).ToList();

        if (Environment.GetEnvironmentVariable("ATTRIBUTION_WRITE_SCHEMAS") == "1")
            WalkSection.Write(beforeAccepted.ConvertAll(Describe), toPage.ConvertAll(Describe));
        var documented = WalkSection.Read();
        // The order of background work varies, and with it the first method of a file; only the files are compared.
        beforeAccepted.ConvertAll(Describe).Select(FileOf).ShouldBe(documented.BeforeAccepted.Select(FileOf), ignoreOrder: true);
        toPage.ConvertAll(Describe).Select(FileOf).ShouldBe(documented.ToPage.Select(FileOf), ignoreOrder: true);
        beforeAccepted.Count.ShouldBeLessThanOrEqualTo(MaxFilesBeforeAccepted);
        (beforeAccepted.Count + toPage.Count).ShouldBeLessThanOrEqualTo(MaxFilesToPage);
    }

    /// <summary>
    /// Returns whether the rule of the document lists a file: not for data, options, metrics, traces and logs.
    /// </summary>
    private static bool IsListed(WalkedFile file) => !file.IsData && !Unlisted().IsMatch(file.File);

    private static string FileOf(string step) => step.Split(':')[0];

    private static string Describe(WalkedFile file) => $"`{file.File["src/Attribution.".Length..]}`: `{file.Method[(file.Method.IndexOf('.') + 1)..]}`";

    [GeneratedRegex(@"(Options|Metrics|\.Log)\.cs$|/Observability/")]
    private static partial Regex Unlisted();
}
