using Attribution.Core.Crediting;
using Attribution.Core.Journeys;
using Attribution.Core.Models;
using Attribution.Core.Tests.Fixtures;
using static Attribution.Core.Tests.Fixtures.Scenario;

namespace Attribution.Core.Tests.Crediting;

/// <summary>Tests the policies with a touch of Mia, then one of Ben, and the given codes; gross 10,000.</summary>
public sealed class CreditPolicyTests
{
    /// <summary>
    /// Mia has the first touch, Ben the last touch and the code. Each participant is credited with everything, others
    /// with nothing.
    /// </summary>
    [Theory]
    [InlineData("touch_first", null, "ben mia")]
    [InlineData("code_first", null, "ben")]
    [InlineData("split", 0.4, "ben mia")]
    [InlineData("all_evidence", null, "ben mia")]
    public void Participation_gives_the_full_amount_to_each_participant(string policy, double? share, string creators)
    {
        var engine = Market(policy, codeShare: (decimal?)share).Process(
            Click("mia", 0), Click("ben", Hour), Order("1", 2 * Hour, gross: 1_001, discount: 101, codes: ["BEN10"]),
            Refund("1", 3 * Hour, 100), Refund("1", OneDay, 50, id: "s"));
        var credits = engine.Conversion("1").Credits.Where(credit => credit.Models.Contains(Model.Participation)).ToList();
        string.Join(' ', credits.Select(credit => credit.Placement.Creator)).ShouldBe(creators);
        credits.ShouldAllBe(credit => credit.Micros == 1_000_000 && credit.Gross == 1_001 && credit.Discount == 101 && credit.Refunds == 150);
        credits.ShouldAllBe(credit => credit.RefundDays.SequenceEqual(new DayAmount[] { new(Day, 100), new(Day.AddDays(1), 50) }));
    }

    [Theory]
    // policy, share, model, codes: Mia's, Ben's
    [InlineData("code_first", null, Model.LastTouch, "MIA10", 10_000, 0)]
    [InlineData("code_first", null, Model.Linear, "MIA10,BEN10", 5_000, 5_000)]
    [InlineData("code_first", null, Model.Participation, "MIA10", 10_000, 0)]
    [InlineData("code_first", null, Model.LastTouch, "", 0, 10_000)]
    [InlineData("touch_first", null, Model.LastTouch, "MIA10", 0, 10_000)]
    [InlineData("touch_first", null, Model.Linear, "MIA10", 5_000, 5_000)]
    [InlineData("if_involved", null, Model.LastTouch, "MIA10", 10_000, 0)]
    [InlineData("if_winner", null, Model.LastTouch, "MIA10", 0, 10_000)]
    [InlineData("if_winner", null, Model.FirstTouch, "MIA10", 10_000, 0)]
    [InlineData("if_winner", null, Model.Linear, "BEN10", 0, 10_000)]
    [InlineData("if_winner", null, Model.Linear, "MIA10", 5_000, 5_000)]
    [InlineData("split", 0.4, Model.LastTouch, "MIA10", 4_000, 6_000)]
    [InlineData("split", 0.4, Model.Linear, "MIA10", 7_000, 3_000)]
    [InlineData("split", 0.4, Model.Participation, "MIA10", 10_000, 10_000)]
    [InlineData("split", 0.4, Model.LastTouch, "", 0, 10_000)]
    [InlineData("all_evidence", null, Model.LastTouch, "MIA10", 10_000, 0)]
    [InlineData("all_evidence", null, Model.Linear, "MIA10", 6_667, 3_333)]
    [InlineData("all_evidence", null, Model.PositionBased, "MIA10", 8_000, 2_000)]
    public void Policy_decides_between_codes_and_touches(string policy, double? share, Model model, string codes, long mia, long ben)
    {
        var engine = Market(policy, codeShare: (decimal?)share)
            .Process(Click("mia", 0), Click("ben", 60), Order("1", 120, codes: codes.Length == 0 ? null : codes.Split(',')));
        var gross = engine.GrossByPlacement("1", model);
        (gross.GetValueOrDefault(Mia), gross.GetValueOrDefault(Ben)).ShouldBe((mia, ben));
    }

    [Theory]
    [InlineData("code_first", 10_000)]
    [InlineData("touch_first", 10_000)]
    [InlineData("if_involved", 0)]
    [InlineData("if_winner", 0)]
    [InlineData("split", 10_000)]
    [InlineData("all_evidence", 10_000)]
    public void Code_without_touches_gets_all_unless_the_policy_requires_a_touch(string policy, long expected) =>
        Market(policy, codeShare: policy == "split" ? 0.3m : null).Process(Order("1", 0, codes: ["MIA10"]))
            .GrossByPlacement("1").GetValueOrDefault(Mia).ShouldBe(expected);

    [Fact]
    public void Touch_that_lost_to_a_code_has_that_outcome() =>
        Market().Process(Click("mia", 0), Click("ben", 60), Order("1", 120, codes: ["BEN10", "NOBODY", "BEN10"])).OutcomesOf("1")
            .ShouldBe([Outcome.LostToCode, Outcome.LostToCode, Outcome.Credited, Outcome.CodeUnknown, Outcome.SameCode]);
}
