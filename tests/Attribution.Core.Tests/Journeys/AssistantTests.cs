using Attribution.Contracts.Catalog;
using Attribution.Core.Crediting;
using Attribution.Core.Quality;
using Attribution.Core.Rollups;
using Attribution.Core.Tests.Fixtures;
using static Attribution.Core.Tests.Fixtures.Scenario;

namespace Attribution.Core.Tests.Journeys;

/// <summary>Touches of assistants: counted apart from bots and people, and credited as the brand or campaign chooses.</summary>
public sealed class AssistantTests
{
    [Theory]
    [InlineData(null, null, false)]
    [InlineData("ignored", null, false)]
    [InlineData("credited", null, true)]
    [InlineData("credited", "ignored", false)]
    [InlineData("ignored", "credited", true)]
    [InlineData(null, "credited", true)]
    public void Assistant_earns_as_the_campaign_or_else_the_brand_chooses(string? brand, string? campaign, bool isCredited)
    {
        var engine = With(brand, campaign).Process(Click("mia", 0, label: TouchLabel.Assistant), Order("1", Hour));

        engine.OutcomesOf("1").ShouldBe([isCredited ? Outcome.Credited : Outcome.Assistant]);
        CellOf(engine).ShouldBe((0, 0, 0, 1, 0), "it is counted apart either way");
    }

    [Fact]
    public void Ignored_assistant_takes_nothing_from_the_person_who_follows()
    {
        var engine = With(null, null).Process(Click("mia", 0, label: TouchLabel.Assistant), Click("mia", 10), Order("1", Hour));

        engine.OutcomesOf("1").ShouldBe([Outcome.Assistant, Outcome.Credited]);
        CellOf(engine).ShouldBe((1, 0, 1, 1, 1));
    }

    [Fact]
    public void Credited_assistant_and_person_within_half_an_hour_are_one_touch()
    {
        var engine = With("credited", null).Process(Click("mia", 0, label: TouchLabel.Assistant), Click("mia", 10), Order("1", Hour));

        engine.OutcomesOf("1").ShouldBe([Outcome.Credited, Outcome.SameTouch]);
        CellOf(engine).ShouldBe((1, 0, 1, 1, 1));
    }

    [Theory]
    [InlineData("ignored", 0, new[] { Outcome.Assistant, Outcome.Invalid })]
    [InlineData("credited", 1, new[] { Outcome.Credited, Outcome.OfClick })]
    public void Visit_of_a_person_counts_after_a_credited_click_only(string terms, int visits, Outcome[] outcomes)
    {
        var engine = With(terms, null).Process(Click("mia", 0, clickId: "k", label: TouchLabel.Assistant), Visit(5, "k"), Order("1", Hour));

        engine.OutcomesOf("1").ShouldBe(outcomes);
        CellOf(engine).ShouldBe((0, visits, visits, 1, visits));
    }

    [Fact]
    public void Own_visit_of_an_assistant_is_counted_apart_even_after_a_click()
    {
        var engine = With("credited", null).Process(Click("mia", 0, clickId: "k"), Visit(5, "k", label: TouchLabel.Assistant), Order("1", Hour));

        engine.OutcomesOf("1").ShouldBe([Outcome.Credited, Outcome.OfClick]);
        CellOf(engine).ShouldBe((1, 0, 1, 1, 1));
    }

    [Fact]
    public void Change_of_the_setting_moves_credit_and_no_count()
    {
        var engine = With(null, null).Process(Click("mia", 0, label: TouchLabel.Assistant), Order("1", Hour));
        engine.Put(Brand("credited")).Reevaluate();

        engine.OutcomesOf("1").ShouldBe([Outcome.Credited]);
        CellOf(engine).ShouldBe((0, 0, 0, 1, 0));
    }

    [Fact]
    public void Credited_assistants_are_evicted_like_people()
    {
        var engine = With("credited", null).WithBounds(touches: 2, aside: 1);
        for (var i = 0; i < 4; i++) engine.Process(Click("mia", i * Hour, label: TouchLabel.Assistant));
        engine.Process(Order("1", 10 * Hour));

        engine.OutcomesOf("1").Count.ShouldBe(2);
        CellOf(engine).ShouldBe((0, 0, 0, 4, 0));
    }

    private static InMemoryEngine With(string? brand, string? campaign) => Market().Put(
        Brand(brand), new CampaignItem("spring", "Spring", StartsOn: Day.AddDays(-40), EndsOn: Day.AddDays(40), Assistants: campaign));

    private static BrandItem Brand(string? assistants) => new("default", "Glow", Assistants: assistants);

    private static (long Clicks, long Visits, long Visitors, long Assistants, long Converted) CellOf(InMemoryEngine engine)
    {
        var cell = engine.CountJourneys().Cells[RollupKey.ForPlacement("default", Day, Mia)];
        return (cell[Measure.Clicks], cell[Measure.Visits], cell[Measure.UniqueVisitors], cell[Measure.AssistantTouches], cell[Measure.ConvertedVisitors]);
    }
}
