using System.Collections.Immutable;
using Attribution.Contracts.Catalog;
using Attribution.Core.Catalog;
using Attribution.Core.Values;
using static Attribution.Core.Catalog.CatalogFaultReason;

namespace Attribution.Core.Tests.Catalog;

public class CatalogRulesTests
{
    private static readonly DateTimeOffset March = new(2026, 3, 1, 0, 0, 0, TimeSpan.Zero);
    private static readonly CampaignItem Spring = new("spring", "Spring", StartsOn: new(2026, 3, 1), EndsOn: new(2026, 4, 30));
    private static readonly CatalogContents BaseCatalog = Contents(
        new BrandItem("default", "Glow"), new BrandItem("kyoto", "Kyoto", "JPY", "Asia/Tokyo"),
        new CreatorItem("mia", "Mia"), new CreatorItem("ben", "Ben"), Spring, new CampaignItem("sakura", "Sakura", "kyoto"));

    public static TheoryData<ICatalogItem, CatalogFaultReason, string> RejectedItems => new()
    {
        { new CreatorItem("Mia", "Mia"), IdInvalid, "/id" },
        { new CreatorItem(new string('a', 65), "Mia"), IdInvalid, "/id" },
        { new CreatorItem("", "Mia"), IdInvalid, "/id" },
        { new CreatorItem("mia", " "), TextEmpty, "/name" },
        { new CreatorItem("mia", new string('a', 201)), TooLong, "/name" },
        { new CreatorItem("mia", "Mia\u0007"), Malformed, "/name" },
        { new CreatorItem("mia", "Mia", Status: "gone"), ValueUnknown, "/status" },
        { new CreatorItem("mia", "Mia", InactiveSince: March), MemberNotAllowed, "/inactiveSince" },
        { new CreatorItem("mia", "Mia", CustomerKeys: ["a", "mia@example.org"]), PersonalData, "/customerKeys/1" },
        { new CreatorItem("mia", "Mia", Handles: [new("instagram", "", 3)]), TextEmpty, "/handles/0/handle" },
        { new CreatorItem("mia", "Mia", Handles: [new("instagram", "mia", -1)]), OutOfRange, "/handles/0/followers" },
        { new BrandItem("b", "B", "USDX"), CurrencyUnknown, "/currency" },
        { new BrandItem("b", "B", RateMaxAgeDays: -1), OutOfRange, "/rateMaxAgeDays" },
        { new BrandItem("b", "B", RateMaxAgeDays: 32), OutOfRange, "/rateMaxAgeDays" },
        { new BrandItem("b", "B", TimeZone: "Europe/Atlantis"), TimeZoneUnknown, "/timeZone" },
        { new BrandItem("b", "B", BookModel: "magic"), ValueUnknown, "/bookModel" },
        { new BrandItem("b", "B", BookModel: "markov"), ValueUnknown, "/bookModel" },
        { new BrandItem("b", "B", BookModel: "participation"), ValueUnknown, "/bookModel" },
        { new BrandItem("b", "B", Policy: new("magic")), ValueUnknown, "/policy/name" },
        { new BrandItem("b", "B", Policy: new("code_first", 0.5m)), MemberNotAllowed, "/policy/codeShare" },
        { new BrandItem("b", "B", Policy: new("split")), MemberMissing, "/policy/codeShare" },
        { new BrandItem("b", "B", Policy: new("split", 1m)), OutOfRange, "/policy/codeShare" },
        { new BrandItem("b", "B", Policy: new("split", 0.1234567m)), OutOfRange, "/policy/codeShare" },
        { new BrandItem("b", "B", Policy: new("split", 0m)), OutOfRange, "/policy/codeShare" },
        { new BrandItem("b", "B", Lookback: new("P1M")), DurationInvalid, "/lookback/click" },
        { new BrandItem("b", "B", Lookback: new(null, "P1Y")), DurationInvalid, "/lookback/visit" },
        { new BrandItem("b", "B", Lookback: new("30 days")), DurationInvalid, "/lookback/click" },
        { new BrandItem("b", "B", Lookback: new("PT0S")), DurationInvalid, "/lookback/click" },
        { new BrandItem("b", "B", Lookback: new("P401D")), DurationInvalid, "/lookback/click" },
        { new CampaignItem("c", "C", "nowhere"), ReferenceUnknown, "/brandId" },
        { new CampaignItem("c", "C", StartsOn: new(2026, 3, 2), EndsOn: new(2026, 3, 1)), IntervalEmpty, "/endsOn" },
        { Link() with { CampaignId = "autumn" }, ReferenceUnknown, "/campaignId" },
        { Link() with { CreatorId = "zoe" }, ReferenceUnknown, "/creatorId" },
        { Link() with { Destination = "/spring" }, UrlInvalid, "/destination" },
        { Link() with { Destination = "javascript:alert(1)" }, UrlInvalid, "/destination" },
        { Link() with { Fallback = "ftp://shop.example/" }, UrlInvalid, "/fallback" },
        { Link() with { Slug = "a/b" }, ValueUnknown, "/slug" },
        { Link() with { Slug = ".." }, ValueUnknown, "/slug" },
        { Link() with { Utm = new() }, MatchEmpty, "/utm" },
        { Link() with { Utm = new(Content: "mia*") }, PatternInvalid, "/utm/content" },
        { Link() with { ValidFrom = March, ValidTo = March }, IntervalEmpty, "/validTo" },
        { new CodeItem("k", " ", "spring", "mia"), TextEmpty, "/code" },
        { new UtmRuleItem("r", new(), "spring", "mia"), MatchEmpty, "/match" },
        { new UtmRuleItem("r", new(Content: "m*a"), "spring", "mia"), PatternInvalid, "/match/content" },
        { new UtmRuleItem("r", new(Content: "mia**"), "spring", "mia"), PatternInvalid, "/match/content" },
        { new UtmRuleItem("r", new(Content: ""), "spring", "mia"), TextEmpty, "/match/content" },
        { Agreement() with { ExcludedProducts = ["p", " P "] }, MemberNotAllowed, "/excludedProducts/1" },
        { Agreement() with { ExcludedCategories = ["c"], ProductRates = [new(5, Category: "C")] }, MemberNotAllowed, "/productRates/0/category" },
        { new BrandItem("b", "B") with { ProductMargins = [new(101, "p")] }, OutOfRange, "/productMargins/0/grossMarginPercent" },
        { new BrandItem("b", "B") with { ProductMargins = [new(50)] }, MemberMissing, "/productMargins/0" },
        { new BrandItem("b", "B") with { ProductMargins = [new(50, "p"), new(40, "P ")] }, MemberNotAllowed, "/productMargins/1/product" },
        { Agreement() with { ProductRates = [new(5)] }, MemberMissing, "/productRates/0" },
        { Agreement() with { ProductRates = [new(5, "p", "c")] }, MemberMissing, "/productRates/0" },
        { Agreement() with { ProductRates = [new(101, "p")] }, OutOfRange, "/productRates/0/rate" },
        { Agreement() with { ProductRates = [new(5, "p")], Tiers = [new(100, Rate: 20)] }, MemberNotAllowed, "/productRates" },
        { Agreement() with { Tiers = [new(1)] }, MemberMissing, "/tiers/0" },
        { Agreement() with { Tiers = [new(-1, 2)] }, OutOfRange, "/tiers/0/from" },
        { Agreement() with { Tiers = [new(10, 2), new(10, 3)] }, OutOfRange, "/tiers/1/from" },
        { Agreement() with { Tiers = [new(1.001m, 2)] }, MoneyPrecision, "/tiers/0/from" },
        { Agreement() with { Tiers = [new(1.5m, 2)], TiersBy = "orders" }, OutOfRange, "/tiers/0/from" },
        { Agreement() with { Tiers = [new(1, 101)] }, OutOfRange, "/tiers/0/rate" },
        { Agreement() with { Tiers = [new(1, 0.1234567m)] }, OutOfRange, "/tiers/0/rate" },
        { Agreement() with { Tiers = [new(1, Amount: 0.001m)] }, MoneyPrecision, "/tiers/0/amount" },
        { Agreement() with { Tiers = [new(1, Amount: -1)] }, OutOfRange, "/tiers/0/amount" },
        { Agreement() with { Tiers = [new(1, 2)], TiersBy = "clicks" }, ValueUnknown, "/tiersBy" },
        { Agreement() with { Tiers = [new(1, 2)], TierMode = "some" }, ValueUnknown, "/tierMode" },
        { Agreement() with { TiersBy = "orders" }, MemberNotAllowed, "/tiersBy" },
        { Agreement() with { TierMode = "whole", Tiers = [] }, MemberNotAllowed, "/tierMode" },
        { Agreement() with { Period = "month" }, MemberNotAllowed, "/period" },
        { Agreement() with { Period = "week", Cap = 1 }, ValueUnknown, "/period" },
        { Agreement() with { Cap = -5 }, OutOfRange, "/cap" },
        { Agreement() with { Cap = 0.001m }, MoneyPrecision, "/cap" },
        { Agreement() with { CampaignId = "sakura", Cap = 1.5m }, MoneyPrecision, "/cap" },
        { Agreement() with { Cap = 5, Guarantee = 5.01m, Period = "month", ValidFrom = new(2026, 3, 1) }, OutOfRange, "/guarantee" },
        { Agreement() with { Guarantee = 5, Period = "month" }, MemberMissing, "/validFrom" },
        { Agreement() with { Guarantee = 5, ValidFrom = new(2026, 3, 1) }, MemberMissing, "/validTo" },
        { Agreement() with { Fee = 5 }, MemberMissing, "/validFrom" },
        { Agreement() with { FeePerPost = -5 }, OutOfRange, "/feePerPost" },
        { Agreement() with { HoldingDays = 401 }, OutOfRange, "/holdingDays" },
        { Agreement() with { Approval = "me" }, ValueUnknown, "/approval" },
        { Agreement() with { Commission = new("percent_of_gross", 10) }, ValueUnknown, "/commission/kind" },
        { Agreement() with { Commission = new("percent_of_net", 100.01m) }, OutOfRange, "/commission/rate" },
        { Agreement() with { Commission = new("percent_of_net", -1) }, OutOfRange, "/commission/rate" },
        { Agreement() with { Commission = new("percent_of_net") }, MemberMissing, "/commission/rate" },
        { Agreement() with { Commission = new("percent_of_net", 10, 5) }, MemberNotAllowed, "/commission/amount" },
        { Agreement() with { Commission = new("fixed_per_conversion", null, 1.005m) }, MoneyPrecision, "/commission/amount" },
        { Agreement() with { CampaignId = "sakura", Commission = new("fixed_per_conversion", null, 1.5m) }, MoneyPrecision, "/commission/amount" },
        { Agreement() with { Commission = new("fixed_per_conversion", null, -1m) }, OutOfRange, "/commission/amount" },
        { Agreement() with { Commission = new("fixed_per_conversion", Amount: 1m, LeadAmount: 1m) }, MemberNotAllowed, "/commission/leadAmount" },
        { Agreement() with { Commission = new("fixed_per_lead") }, MemberMissing, "/commission/leadAmount" },
        { Agreement() with { Commission = new("fixed_per_lead", LeadAmount: 0.001m) }, MoneyPrecision, "/commission/leadAmount" },
        { Agreement() with { Commission = new("hybrid", 10) }, MemberMissing, "/commission" },
        { Agreement() with { Commission = new("hybrid", 101, 1m) }, OutOfRange, "/commission/rate" },
        { Agreement() with { Commission = new("hybrid", 10, LeadAmount: -1m) }, OutOfRange, "/commission/leadAmount" },
        { Agreement() with { ExcludedCodes = [""] }, TextEmpty, "/excludedCodes/0" },
        { Agreement() with { ValidFrom = new(2026, 3, 1), ValidTo = new(2026, 3, 1) }, IntervalEmpty, "/validTo" },
        { Cost() with { Kind = "bribe" }, ValueUnknown, "/kind" },
        { Cost() with { Currency = "usd" }, CurrencyUnknown, "/currency" },
        { Cost() with { Amount = 1.001m }, MoneyPrecision, "/amount" },
        { Cost() with { Amount = 1e20m }, OutOfRange, "/amount" },
        { Cost() with { On = null }, MemberMissing, "/on" },
        { Cost() with { From = new(2026, 3, 1) }, MemberNotAllowed, "/from" },
        { Cost() with { Recognition = "spread", From = new(2026, 3, 1), To = new(2026, 3, 2) }, MemberNotAllowed, "/on" },
        { Cost() with { Recognition = "spread", On = null, To = new(2026, 3, 2) }, MemberMissing, "/from" },
        { Cost() with { Recognition = "spread", On = null, From = new(2026, 3, 2), To = new(2026, 3, 1) }, IntervalEmpty, "/to" },
        { Cost() with { Recognition = "later" }, ValueUnknown, "/recognition" },
        { new FxRateItem("r", new(2026, 3, 2), "EUR", "USD", 0.000_000_000_9m), OutOfRange, "/rate" },
        { new FxRateItem("f", new(2026, 3, 1), "EUR", "EUR", 1), OutOfRange, "/to" },
        { new FxRateItem("f", new(2026, 3, 1), "EUR", "USD", 0), OutOfRange, "/rate" },
        { new FxRateItem("f", new(2026, 3, 1), "XXX", "USD", 1), CurrencyUnknown, "/from" },
        { Net() with { Id = "spring.2026-04" }, IdInvalid, "/id" },
        { Net() with { Id = "spring.march", Month = "march" }, ValueUnknown, "/month" },
        { Net() with { Id = "spring.2026-13", Month = "2026-13" }, ValueUnknown, "/month" },
        { Net() with { Id = "none.2026-03", CampaignId = "none" }, ReferenceUnknown, "/campaignId" },
        { Net() with { Creators = [new("mia", 1), new("nobody", 2)] }, ReferenceUnknown, "/creators/1/creatorId" },
        { Net() with { Creators = [new("mia", 1), new("mia", 2)] }, OutOfRange, "/creators/1/creatorId" },
        { Net() with { Creators = [new("mia", 0.001m)] }, MoneyPrecision, "/creators/0/net" },
        { Net() with { Id = "sakura.2026-03", CampaignId = "sakura", Creators = [new("mia", 0.5m)] }, MoneyPrecision, "/creators/0/net" },
        { Net() with { Creators = [.. Enumerable.Repeat(new CreatorNetItem("mia", 1), 10_001)] }, TooLong, "/creators" },
    };

    [Theory]
    [MemberData(nameof(RejectedItems))]
    public void Item_with_one_fault_is_rejected_with_its_reason_and_pointer(ICatalogItem item, CatalogFaultReason reason, string pointer)
    {
        var fault = CatalogRules.Check(BaseCatalog, item).ShouldHaveSingleItem();
        (fault.Reason, fault.Pointer).ShouldBe((reason, pointer));
        fault.Detail.ShouldNotBeNullOrWhiteSpace();
    }

    [Fact]
    public void Misspelled_reference_is_answered_with_a_suggestion()
    {
        CatalogRules.Check(BaseCatalog, Link() with { CampaignId = "sprng" }).ShouldHaveSingleItem()
            .Detail.ShouldBe("There is no campaign 'sprng' (did you mean 'spring'?). Create it first: PUT /v1/campaigns/{id}");
        CatalogRules.Check(BaseCatalog, Link() with { CampaignId = "autumn" }).ShouldHaveSingleItem()
            .Detail.ShouldBe("There is no campaign 'autumn'. Create it first: PUT /v1/campaigns/{id}");
    }

    public static TheoryData<ICatalogItem> AcceptedItems => new()
    {
        new CreatorItem(new string('a', 64), "Mia", Status: "inactive"),
        new BrandItem("b", "B", "KWD", "America/New_York", "j_shaped", new("code_first"), new("P30D", "PT30M")),
        new BrandItem("b", "B", Lookback: new("P400D", "PT1S")),
        new BrandItem("b", "B", Policy: new("split", 0.000001m)),
        new CampaignItem("c", "C", StartsOn: new(2026, 3, 1), EndsOn: new(2026, 3, 1)),
        Link() with { Utm = new("instagram", Content: "mia"), ValidFrom = March, ValidTo = March.AddMilliseconds(1) },
        new UtmRuleItem("r", new(Campaign: "spring", Content: "mia*"), "spring", "mia"),
        new UtmRuleItem("r", new(Content: "*"), "spring", "mia"),
        Agreement() with { Tiers = [], Commission = new("percent_of_net", 0) },
        Agreement() with { Commission = new("percent_of_net", 100) },
        Agreement() with { Tiers = [new(0, 5), new(10, 7.5m, 1)], TiersBy = "orders", TierMode = "whole", Period = "month", Cap = 0 },
        Agreement() with { Cap = 5, Guarantee = 5, Fee = 1, FeePerPost = 2, ValidFrom = new(2026, 3, 1), ValidTo = new(2026, 4, 1) },
        Agreement() with { CampaignId = "sakura", Tiers = [new(1500, 5)], Cap = 200 },
        Cost() with { Amount = -0.01m, CreatorId = null },
        Cost() with { Recognition = "spread", On = null, From = new(2026, 3, 1), To = new(2026, 3, 1) },
        Cost() with { Currency = "JPY", Amount = 120 },
        new FxRateItem("2026-03-02-EUR-USD", new(2026, 3, 1), "EUR", "USD", 1.0832m),
        Net() with { Creators = [] },
        Net() with { Creators = [new("mia", -12.34m)] },
        Net() with { Id = "sakura.0001-12", CampaignId = "sakura", Month = "0001-12" },
    };

    [Theory]
    [MemberData(nameof(AcceptedItems))]
    public void Item_at_the_limits_is_accepted(ICatalogItem item) => CatalogRules.Check(BaseCatalog, item).ShouldBeEmpty();

    [Fact]
    public void All_faults_of_an_item_are_reported_at_once() =>
        CatalogRules.Check(BaseCatalog, new BrandItem("B!", "", "US", "Mars/Base", "x")).Select(fault => fault.Pointer)
            .ShouldBe(["/id", "/name", "/timeZone", "/bookModel", "/currency"], ignoreOrder: true);

    [Fact]
    public void Code_can_be_reassigned_exactly_when_its_last_assignment_ends()
    {
        var catalog = With(new CodeItem("mia10", "MIA10", "spring", "mia", March, March.AddDays(10)));
        CatalogRules.Check(catalog, new CodeItem("next", " mia10 ", "spring", "ben", March.AddDays(10))).ShouldBeEmpty();
        CatalogRules.Check(catalog, new CodeItem("before", "MIA10", "spring", "ben", null, March)).ShouldBeEmpty();
        CatalogRules.Check(catalog, new CodeItem("before", "MIA10", "spring", "ben", null, March.AddMilliseconds(1))).ShouldHaveSingleItem();
        var fault = CatalogRules.Check(catalog, new CodeItem("next", " mia10 ", "spring", "ben", March.AddDays(10).AddMilliseconds(-1))).ShouldHaveSingleItem();
        fault.ShouldSatisfyAllConditions(
            () => fault.Reason.ShouldBe(IntervalOverlap), () => fault.Pointer.ShouldBe("/code"), () => fault.Detail.ShouldContain("codes/mia10"));
    }

    [Fact]
    public void Codes_and_slugs_of_two_brands_do_not_conflict()
    {
        CatalogRules.Check(With(new CodeItem("a", "SAVE", "spring", "mia")), new CodeItem("b", "SAVE", "sakura", "mia")).ShouldBeEmpty();
        CatalogRules.Check(With(Link()), Link() with { Id = "other", CampaignId = "sakura" }).ShouldBeEmpty();
    }

    [Fact]
    public void Slug_agreement_and_rate_have_one_holder_at_a_time()
    {
        CatalogRules.Check(With(Link()), Link() with { Id = "other" }).Single().Pointer.ShouldBe("/slug");
        CatalogRules.Check(With(Link()), Link() with { Id = "other", Slug = "MIA-SPRING" }).ShouldBeEmpty();
        CatalogRules.Check(With(Agreement()), Agreement() with { Id = "other", ValidFrom = new(2030, 1, 1) }).Single().Reason.ShouldBe(IntervalOverlap);
        CatalogRules.Check(With(Agreement() with { ValidTo = new(2026, 3, 5) }), Agreement() with { Id = "other", ValidFrom = new(2026, 3, 5) }).ShouldBeEmpty();
        var rate = new FxRateItem("f", new(2026, 3, 1), "EUR", "USD", 1);
        CatalogRules.Check(With(rate), rate with { Id = "g" }).Single().Pointer.ShouldBe("/on");
        CatalogRules.Check(With(rate), rate with { Id = "g", On = new(2026, 3, 2) }).ShouldBeEmpty();
    }

    [Fact]
    public void Item_does_not_conflict_with_itself() => CatalogRules.Check(With(Link()), Link() with { Destination = "https://shop.example/x" }).ShouldBeEmpty();

    [Fact]
    public void Currency_is_fixed_once_amounts_are_stored_in_it()
    {
        var euro = new BrandItem("default", "Glow", "EUR");
        CatalogRules.Check(BaseCatalog, euro).ShouldBeEmpty();
        CatalogRules.Check(BaseCatalog, euro, brandHasData: true).Single().Pointer.ShouldBe("/currency");
        CatalogRules.Check(With(Cost()), euro).Single().Reason.ShouldBe(InUse);
        CatalogRules.Check(With(Agreement() with { Commission = new("fixed_per_conversion", null, 1m) }), euro).Single().Reason.ShouldBe(InUse);
        CatalogRules.Check(With(Cost()), new BrandItem("kyoto", "Kyoto", "USD")).ShouldBeEmpty();
        CatalogRules.Check(BaseCatalog, new BrandItem("default", "Glow", "USD", "Europe/Berlin"), brandHasData: true).ShouldBeEmpty();
    }

    [Fact]
    public void Campaign_keeps_its_brand_once_something_belongs_to_it()
    {
        CatalogRules.Check(BaseCatalog, Spring with { BrandId = "kyoto" }).ShouldBeEmpty();
        CatalogRules.Check(With(Link()), Spring with { BrandId = "kyoto" }).Single().Pointer.ShouldBe("/brandId");
    }

    [Fact]
    public void Matched_or_referenced_item_is_not_deleted()
    {
        var link = new CatalogRef(CatalogKind.Links, "mia-spring");
        Delete(With(Link()), link).ShouldBeEmpty();
        Delete(With(Link()) with { Matched = [link] }, link).Single().Detail.ShouldContain("validTo");
        Delete(With(Link()), new(CatalogKind.Creators, "mia")).Single().Detail.ShouldContain("links/mia-spring");
        Delete(BaseCatalog, new(CatalogKind.Creators, "mia")).ShouldBeEmpty();
        Delete(BaseCatalog, CatalogRules.DefaultBrand).Single().Reason.ShouldBe(InUse);
    }

    [Theory]
    [InlineData("https://shop.example", true)]
    [InlineData("http://127.0.0.1:5000", true)]
    [InlineData("https://müller.example", true)]
    [InlineData("https://xn--mller-kva.example:8443", true)]
    [InlineData("https://müller.example/", false)]
    [InlineData("https://müller..example", false)]
    [InlineData("https://shop.example/", false)]
    [InlineData("https://Shop.example", false)]
    [InlineData("https://shop.example:443", false)]
    [InlineData("shop.example", false)]
    [InlineData("*", false)]
    public void Origin_is_normalized_as_browsers_send_it(string origin, bool isValid) =>
        CatalogRules.Check(BaseCatalog, new BrandItem("default", "Glow", Origins: [origin])).Any(fault => fault.Pointer == "/origins/0").ShouldBe(!isValid);

    [Fact]
    public void International_origin_is_stored_as_browsers_send_it() =>
        ((BrandItem)Stored(BaseCatalog, new BrandItem("default", "Glow", Origins: ["https://müller.example", "https://shop.example"]), new Timestamp(0)))
            .Origins.ShouldBe(["https://xn--mller-kva.example", "https://shop.example"]);

    [Fact]
    public void Amounts_keep_their_decimals_and_inactivity_its_moment()
    {
        var now = Timestamp.From(March);
        ((CostItem)Stored(BaseCatalog, Cost() with { Amount = 300m }, now)).Amount.ToString(System.Globalization.CultureInfo.InvariantCulture).ShouldBe("300.00");
        ((CreatorItem)Stored(BaseCatalog, new CreatorItem("mia", "Mia", Status: "inactive"), now)).InactiveSince.ShouldBe(March);
        var before = With(new CreatorItem("mia", "Mia", Status: "inactive", InactiveSince: March.AddDays(-3)));
        ((CreatorItem)Stored(before, new CreatorItem("mia", "Mia", Status: "inactive"), now)).InactiveSince.ShouldBe(March.AddDays(-3));
        ((CreatorItem)Stored(before, new CreatorItem("mia", "Mia"), now)).InactiveSince.ShouldBeNull();
    }

    private static ICatalogItem Stored(CatalogContents contents, ICatalogItem item, Timestamp now) => CatalogRules.Normalize(new CatalogDraft(contents), item, now);

    private static IReadOnlyList<CatalogFault> Delete(CatalogContents contents, CatalogRef reference) => CatalogRules.CheckDelete(new CatalogDraft(contents), reference);

    private static LinkItem Link() => new("mia-spring", "mia-spring", "https://shop.example/spring", "spring", "mia");

    private static AgreementItem Agreement() => new("mia-spring-1", "spring", "mia", new("percent_of_net", 10));

    private static MonthlyNetItem Net() => new("spring.2026-03", "spring", "2026-03", [new("mia", 120)]);

    private static CostItem Cost() => new("fee-1", "spring", "fee", "USD", 300.00m, "mia", On: new(2026, 3, 2));

    private static CatalogContents Contents(params ICatalogItem[] items) =>
        new(1, items.ToImmutableDictionary(CatalogKinds.RefOf), []);

    private static CatalogContents With(ICatalogItem item) => BaseCatalog with { Items = BaseCatalog.Items.SetItem(CatalogKinds.RefOf(item), item) };
}
