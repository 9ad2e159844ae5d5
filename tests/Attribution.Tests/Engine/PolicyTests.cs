using Attribution.Core.Crediting;
using Attribution.Core.Models;
using static Attribution.Tests.Engine.Stories;

namespace Attribution.Tests.Engine;

/// <summary>The table of policies: a touch of Mia, then one of Ben, and the code named; gross 10,000.</summary>
public sealed class PolicyTests
{
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
    public void A_policy_weighs_codes_against_touches(string policy, double? share, Model model, string codes, long mia, long ben)
    {
        var shelf = Market(policy, codeShare: (decimal?)share)
            .Take(Click("mia", 0), Click("ben", 60), Order("1", 120, codes: codes.Length == 0 ? null : codes.Split(',')));
        var gross = shelf.GrossOf("1", model);
        (gross.GetValueOrDefault(Mia), gross.GetValueOrDefault(Ben)).ShouldBe((mia, ben));
    }

    [Theory]
    [InlineData("code_first", 10_000)]
    [InlineData("touch_first", 10_000)]
    [InlineData("if_involved", 0)]
    [InlineData("if_winner", 0)]
    [InlineData("split", 10_000)]
    [InlineData("all_evidence", 10_000)]
    public void A_code_without_any_touch_takes_all_unless_the_policy_asks_for_a_touch(string policy, long expected) =>
        Market(policy, codeShare: policy == "split" ? 0.3m : null).Take(Order("1", 0, codes: ["MIA10"]))
            .GrossOf("1").GetValueOrDefault(Mia).ShouldBe(expected);

    [Fact]
    public void What_lost_to_a_code_says_so() =>
        Market().Take(Click("mia", 0), Click("ben", 60), Order("1", 120, codes: ["BEN10", "NOBODY", "BEN10"])).OutcomesOf("1")
            .ShouldBe([Outcome.LostToCode, Outcome.LostToCode, Outcome.Credited, Outcome.CodeUnknown, Outcome.SameCode]);
}
