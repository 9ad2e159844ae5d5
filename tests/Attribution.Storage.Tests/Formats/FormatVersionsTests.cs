using Attribution.Storage.Formats;

namespace Attribution.Storage.Tests.Formats;

public sealed class FormatVersionsTests
{
    [Fact]
    public void Versions_rise_to_what_all_live_processes_read_and_never_fall()
    {
        var agreed = FormatVersions.First.With("cell", 3);

        var raised = agreed.RaiseTo([Versions("cell=2 journey=4"), Versions("cell=5 journey=3 pack=9")]);

        raised.ToString().ShouldBe("catalogItem=1 cell=3 fit=1 journey=3 pack=1 run=1");
    }

    [Fact]
    public void Kind_that_a_live_process_does_not_know_is_not_written()
    {
        FormatVersions.First.RaiseTo([FormatVersions.First.With("novelty", 1), FormatVersions.First]).ShouldBe(FormatVersions.First);
        FormatVersions.First.RaiseTo([FormatVersions.First.With("novelty", 1)])["novelty"].ShouldBe(1);
        FormatVersions.Newest.Covers(FormatVersions.First.With("novelty", 1)).ShouldBeFalse();
    }

    [Theory]
    [InlineData("journey")]
    [InlineData("journey=x")]
    [InlineData("journey=-1")]
    [InlineData("=1")]
    [InlineData("journey=1=2")]
    public void Damaged_text_is_refused(string text) => Should.Throw<InvalidDataException>(() => FormatVersions.Parse(text));

    [Fact]
    public void Versions_round_trip_as_text()
    {
        FormatVersions.Parse(FormatVersions.Newest.ToString()).ShouldBe(FormatVersions.Newest);
        FormatVersions.Parse("").ShouldBe(FormatVersions.First);
    }

    private static FormatVersions Versions(string text) => FormatVersions.Parse(text);
}
