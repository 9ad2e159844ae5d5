using Attribution.Contracts.Catalog;
using Attribution.Core.Catalog;
using Attribution.Core.Crediting;
using Attribution.Core.Ledger;
using Attribution.Core.Models;
using Attribution.Core.Rollups;
using Attribution.Core.Tests.Fixtures;
using static Attribution.Core.Tests.Fixtures.Scenario;

namespace Attribution.Core.Tests.Catalog;

/// <summary>
/// Tests that versions of a brand's settings and a code's quarantine apply only to conversions of their interval.
/// </summary>
public sealed class BrandVersionTests
{
    private static readonly BrandItem Glow = new("default", "Glow");

    private static BrandItem VersionFrom(double minute, PolicyItem? policy = null, string? bookModel = null, LookbackItem? lookback = null) =>
        Glow with { Versions = [new(Moment(minute), policy, bookModel, lookback)] };

    [Theory]
    [InlineData(99.999, "mia")]
    [InlineData(100, "ben")]
    public void Version_applies_from_its_first_instant(double order, string credited)
    {
        var engine = Market().Put(VersionFrom(100, new("touch_first"))).Process(Click("ben", 0), Order("1", order, codes: ["MIA10"]));
        engine.GrossByPlacement("1").Keys.Single().Creator.ShouldBe(credited);
        engine.DecisionOf("1").Terms.Policy.Name.ShouldBe(credited == "ben" ? "touch_first" : "code_first");
    }

    [Fact]
    public void Version_inherits_absent_settings_from_the_previous_one()
    {
        var engine = Market().Put(Glow with
        {
            BookModel = "first_touch", Policy = new("split", 0.4m), Lookback = new("P10D"),
            Versions = [new(Moment(0), Lookback: new(Visit: "P3D")), new(Moment(100), BookModel: "linear"), new(Moment(200), Policy: new("touch_first"))],
        });
        engine.Catalog.FindBrand("default")!.Terms.Select(terms => terms.Description).ShouldBe(
        [
            "split 0.4, first_touch, clicks P10D, visits P7D", "split 0.4, first_touch, clicks P10D, visits P3D",
            "split 0.4, linear, clicks P10D, visits P3D", "touch_first, linear, clicks P10D, visits P3D",
        ]);
    }

    [Fact]
    public void Change_restates_only_conversions_of_its_period_with_reason_settings()
    {
        var engine = Market().Process(Click("mia", 0), Click("ben", 50), Order("before", 99), Order("after", 100));
        var lines = engine.Ledger.Count;

        engine.Put(VersionFrom(100, bookModel: "first_touch")).Reevaluate();

        engine.Ledger.Skip(lines).Select(entry => (entry.Conversion, entry.Placement, entry.Amount, entry.Reason)).ShouldBe(
            [("o:after", Ben, -10_000L, LedgerReason.Policy), ("o:after", Mia, 10_000L, LedgerReason.Policy)], ignoreOrder: true);
    }

    [Fact]
    public void Changed_assignment_is_not_a_settings_change()
    {
        var engine = Market().Process(Order("1", 100, codes: ["NEW"]));
        engine.Put(new CodeItem("new", "NEW", "spring", "mia")).Reevaluate();
        engine.Ledger.Single().Reason.ShouldBe(LedgerReason.Catalog);
    }

    [Theory]
    [InlineData(10, Outcome.Credited)]
    [InlineData(10.001, Outcome.OutsideWindow)]
    public void Campaign_lookback_overrides_the_version(double before, Outcome expected) =>
        Market().Put(VersionFrom(-1_000, lookback: new("P1D"))).Put(new CampaignItem("spring", "Spring", Lookback: new("PT10M")))
            .Process(Click("mia", 0), Order("1", before)).OutcomesOf("1").ShouldBe([expected]);

    [Theory]
    [InlineData(2 * OneDay, Outcome.Credited)]
    [InlineData((2 * OneDay) + 0.001, Outcome.OutsideWindow)]
    public void Lookback_of_a_version_counts_from_the_conversion(double before, Outcome expected) =>
        Market().Put(VersionFrom(OneDay, lookback: new("P2D"))).Process(Click("mia", 0), Order("1", before)).OutcomesOf("1").ShouldBe([expected]);

    [Fact]
    public void Book_figures_equal_the_ledger_after_the_book_model_changed()
    {
        var engine = Market().Put(VersionFrom(100, bookModel: "first_touch"))
            .Process(Click("mia", 0), Click("ben", 50), Order("1", 99), Order("2", 100), Refund("1", 2 * OneDay, 1_000), Refund("2", 2 * OneDay, 2_500));
        engine.Catalog.FindBrand("default")!.ReportedModel.ShouldBe(Model.Book);

        foreach (var placement in new[] { Mia, Ben })
        {
            var cell = engine.CountJourneys().Cells[RollupKey.ForPlacement("default", Day, placement)];
            var net = cell[Model.Book, CreditMeasure.Gross] - cell[Model.Book, CreditMeasure.Discount] - cell[Model.Book, CreditMeasure.Refunds];
            net.ShouldBe(engine.Ledger.Where(entry => entry.Placement == placement).Sum(entry => entry.Amount));
            engine.CountJourneys().Cells[RollupKey.ForPlacement("default", Day.AddDays(2), placement)][Model.Book, CreditMeasure.RefundsCash]
                .ShouldBe(-engine.Ledger.Where(entry => entry.Placement == placement && entry.EntryDay == Day.AddDays(2)).Sum(entry => entry.Amount));
        }

        Market().Catalog.FindBrand("default")!.ReportedModel.ShouldBe(Model.LastTouch);
    }

    [Theory]
    [InlineData(0.0, 100.0, -0.001, Outcome.Credited)]
    [InlineData(0.0, 100.0, 0, Outcome.CodeQuarantined)]
    [InlineData(0.0, 100.0, 99.999, Outcome.CodeQuarantined)]
    [InlineData(0.0, 100.0, 100, Outcome.Credited)]
    [InlineData(null, 100.0, -1_000, Outcome.CodeQuarantined)]
    [InlineData(0.0, null, 1_000, Outcome.CodeQuarantined)]
    [InlineData(null, null, 50, Outcome.Credited)]
    public void Quarantined_code_earns_nothing_from_first_instant_until_before_last(double? from, double? to, double order, Outcome expected)
    {
        DateTimeOffset? At(double? minute) => minute is { } known ? Moment(known) : null;
        var engine = Market().Put(new CodeItem("mia-c", "MIA10", "spring", "mia", QuarantinedFrom: At(from), QuarantinedTo: At(to)));
        engine.Process(Order("1", order, codes: ["MIA10"])).OutcomesOf("1").ShouldBe([expected]);
        engine.CountJourneys().Cells[RollupKey.ForPlacement("default", DateOnly.FromDateTime(Moment(order).Date), Mia)][Measure.Redemptions].ShouldBe(1);
    }

    [Fact]
    public void Every_outcome_has_a_description()
    {
        foreach (var outcome in Enum.GetValues<Outcome>())
            new Candidate("click", At(0), "e", Mia, null, null, outcome, 333_333).Description.ShouldNotBeNullOrWhiteSpace();
        new Candidate("click", At(0), "e", Mia, null, null, Outcome.Credited, 333_333).Description.ShouldBe("earned 33.3333 % of the conversion");
    }

    [Fact]
    public void Decision_describes_the_credited_parties_in_one_sentence()
    {
        var engine = Market(bookModel: "linear").Process(Click("mia", 0), Click("ben", 50), Order("1", 100), Order("2", 100, visitor: "w"), Order("3", -1));
        engine.DecisionOf("1").Description.ShouldBe("By the policy code_first and the model linear: 50 % to mia in spring, 50 % to ben in spring.");
        engine.DecisionOf("2").Description.ShouldBe("No creator is credited: the buyer has no known touches, and no code was used.");
        engine.DecisionOf("3").Description.ShouldBe("No creator is credited: none of the touches and codes below was eligible.");
    }

    [Fact]
    public void Unordered_or_empty_versions_are_rejected_by_name()
    {
        string[] Faults(params BrandVersionItem[] versions) =>
            [.. CatalogRules.Check(Market().Catalog.Contents, Glow with { Versions = versions }).Select(fault => $"{fault.Reason} {fault.Pointer}")];

        Faults(new(Moment(0), BookModel: "linear"), new(Moment(0.001), BookModel: "last_touch")).ShouldBeEmpty();
        Faults(new(Moment(0), BookModel: "linear"), new(Moment(0), BookModel: "last_touch")).ShouldBe(["OutOfRange /versions/1/validFrom"]);
        Faults(new BrandVersionItem(Moment(0), Lookback: new())).ShouldBe(["MemberMissing /versions/0"]);
        Faults(new BrandVersionItem(Moment(0), new("split"), "markov", new("P401D"))).ShouldBe(
            ["DurationInvalid /versions/0/lookback/click", "ValueUnknown /versions/0/bookModel", "MemberMissing /versions/0/policy/codeShare"], ignoreOrder: true);
        CatalogRules.Check(Market().Catalog.Contents, new CodeItem("mia-c", "MIA10", "spring", "mia", QuarantinedFrom: Moment(0), QuarantinedTo: Moment(0)))
            .Select(fault => $"{fault.Reason} {fault.Pointer} {fault.Detail}")
            .ShouldBe(["IntervalEmpty /quarantinedTo quarantinedTo must be after quarantinedFrom: the start of the interval is inclusive, its end exclusive"]);
    }
}
