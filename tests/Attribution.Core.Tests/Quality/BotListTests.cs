using System.Text.Json;
using Attribution.Core.Quality;
using Attribution.TestKit;

namespace Attribution.Core.Tests.Quality;

/// <summary>The bot rules on lists of today, which the test installs.</summary>
public sealed class BotListTests
{
    [Fact]
    [Trait("Category", "Long")]
    public async Task At_least_993_in_1000_listed_crawlers_are_labeled()
    {
        var cancellation = TestContext.Current.CancellationToken;
        var (npm, missing) = await NpmFolder.InstallAsync(cancellation, "crawler-user-agents@1.60.0");
        Assert.SkipWhen(npm is null, missing);
        using var folder = npm;
        using var list = JsonDocument.Parse(
            await File.ReadAllBytesAsync(npm.File("node_modules/crawler-user-agents/crawler-user-agents.json"), cancellation));
        var crawlers = list.RootElement.EnumerateArray()
            .SelectMany(crawler => crawler.GetProperty("instances").EnumerateArray().Select(instance => instance.GetString()!))
            .Distinct(StringComparer.Ordinal).ToList();
        crawlers.Count.ShouldBeGreaterThan(2_000);
        var missed = crawlers.Where(userAgent => BotRules.Default.Classify(userAgent) == TouchLabel.None).ToList();
        ((double)missed.Count / crawlers.Count).ShouldBeLessThanOrEqualTo(0.007, $"of {crawlers.Count}:\n{string.Join('\n', missed)}");
    }
}
