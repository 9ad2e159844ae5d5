using Attribution.Core.Values;

namespace Attribution.Host.Tests.Configuration;

public sealed class NearestNameTests
{
    [Theory]
    [InlineData("dmeo", "demo")]
    [InlineData("imprt", "import")]
    [InlineData("SERVE", "serve")]
    [InlineData("event", "events")]
    public void Misspelled_name_finds_the_nearest_one(string typed, string meant) => SimilarNames.Find(typed, ["serve", "demo", "import", "events"]).ShouldBe(meant);

    [Theory]
    [InlineData("frobnicate")]
    [InlineData("")]
    public void Dissimilar_name_finds_nothing(string typed) => SimilarNames.Find(typed, ["serve", "demo", "import", "events"]).ShouldBeNull();
}
