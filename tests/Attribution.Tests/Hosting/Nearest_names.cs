using Attribution.Host.Hosting;

namespace Attribution.Tests.Hosting;

public sealed class Nearest_names
{
    [Theory]
    [InlineData("dmeo", "demo")]
    [InlineData("imprt", "import")]
    [InlineData("SERVE", "serve")]
    [InlineData("event", "events")]
    public void A_slip_of_the_hand_finds_its_name(string typed, string meant) => Nearest.Of(typed, ["serve", "demo", "import", "events"]).ShouldBe(meant);

    [Theory]
    [InlineData("frobnicate")]
    [InlineData("")]
    public void What_is_like_none_finds_none(string typed) => Nearest.Of(typed, ["serve", "demo", "import", "events"]).ShouldBeNull();
}
