using Attribution.Contracts.Catalog;
using Attribution.Core.Catalog;
using static Attribution.Core.Tests.Fixtures.Scenario;

namespace Attribution.Core.Tests.Catalog;

/// <summary>
/// Tests of hypothetical settings for a brand's entire history. Overridden settings apply to every version; other
/// settings still change with the versions.
/// </summary>
public sealed class OtherTermsTests
{
    private static readonly BrandItem Glow = new("default", "Glow", BookModel: "first_touch", Policy: new("split", 0.4m), Lookback: new("P10D"), Versions:
    [
        new(Moment(0), Lookback: new(Visit: "P3D")),
        new(Moment(100), BookModel: "linear", Lookback: new(Click: "P20D")),
        new(Moment(200), Policy: new("touch_first"), BookModel: "time_decay"),
    ]);

    public static TheoryData<WhatIfTerms, string[]> Cases => new()
    {
        {
            new(null, null, null, null),
            ["split 0.4, first_touch, clicks P10D, visits P7D", "split 0.4, first_touch, clicks P10D, visits P3D", "split 0.4, linear, clicks P20D, visits P3D", "touch_first, time_decay, clicks P20D, visits P3D"]
        },
        {
            new("j_shaped", null, null, null),
            ["split 0.4, j_shaped, clicks P10D, visits P7D", "split 0.4, j_shaped, clicks P10D, visits P3D", "split 0.4, j_shaped, clicks P20D, visits P3D", "touch_first, j_shaped, clicks P20D, visits P3D"]
        },
        {
            new(null, new("all_evidence"), null, null),
            ["all_evidence, first_touch, clicks P10D, visits P7D", "all_evidence, first_touch, clicks P10D, visits P3D", "all_evidence, linear, clicks P20D, visits P3D", "all_evidence, time_decay, clicks P20D, visits P3D"]
        },
        {
            new(null, null, "P1D", null),
            ["split 0.4, first_touch, clicks P1D, visits P7D", "split 0.4, first_touch, clicks P1D, visits P3D", "split 0.4, linear, clicks P1D, visits P3D", "touch_first, time_decay, clicks P1D, visits P3D"]
        },
        {
            new(null, null, null, "P2D"),
            ["split 0.4, first_touch, clicks P10D, visits P2D", "split 0.4, first_touch, clicks P10D, visits P2D", "split 0.4, linear, clicks P20D, visits P2D", "touch_first, time_decay, clicks P20D, visits P2D"]
        },
        {
            new("j_shaped", new("all_evidence"), "P1D", "P2D"),
            ["all_evidence, j_shaped, clicks P1D, visits P2D", "all_evidence, j_shaped, clicks P1D, visits P2D", "all_evidence, j_shaped, clicks P1D, visits P2D", "all_evidence, j_shaped, clicks P1D, visits P2D"]
        },
    };

    [Theory]
    [MemberData(nameof(Cases))]
    public void Overridden_terms_apply_to_every_version_and_the_rest_still_change(WhatIfTerms overrides, string[] expected)
    {
        var catalog = Market().Put(Glow).Catalog;
        overrides.ApplyTo(catalog, "default").FindBrand("default")!.Terms.Select(terms => terms.Description).ShouldBe(expected);
        catalog.FindBrand("default")!.Terms[2].Description.ShouldBe("split 0.4, linear, clicks P20D, visits P3D", "the original catalog is unchanged");
    }
}
