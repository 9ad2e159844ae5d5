using System.Text;
using Attribution.Contracts;
using Attribution.Contracts.Catalog;
using Attribution.Core.Catalog;
using Attribution.Core.Events;
using Attribution.Core.Journeys;
using Attribution.Core.Models;
using Attribution.Core.Models.Fitting;
using Attribution.Core.Quality;
using Attribution.Core.Rollups;
using Attribution.Storage.Codecs;
using Attribution.Storage.DataSets;
using Attribution.Storage.Formats;
using Attribution.TestKit;
using Attribution.TestKit.Storage;

namespace Attribution.Storage.Tests.Codecs;

/// <summary>
/// Every version ever written of every kind of document is read. <c>tests/testdata/formats</c> has a file per version,
/// in hexadecimal, as the build that introduced it wrote it; a file never changes. Runs are rows, not documents: the
/// data folder beside it has some.
/// </summary>
public sealed class GoldenDocumentTests
{
    private static readonly Journey FirstJourney = new()
    {
        Id = Guid.Parse("0198a000-0000-7000-8000-0000000000ff"),
        Brand = "default",
        CatalogVersion = 7,
        Touches =
        [
            new Touch { Id = new("shop", "k-1"), At = new(1_772_445_600_000), Kind = TouchKind.Click, Slug = "mia", VisitorId = "v-1", ClickId = "c-1", Day = new(2026, 3, 2), Placement = new("spring", "mia"), MatchedBy = "links/mia", Role = TouchRole.Kept },
        ],
        ReportedConversions =
        [
            new ReportedConversion { Id = new("shop", "e-1"), Brand = "default", At = new(1_772_449_200_000), Kind = ConversionKind.Order, ConversionId = "1001", Currency = "USD", Gross = 10_000, Discount = 1_000, Codes = ["MIA10"], CustomerKey = "hk_1", IsNewCustomer = true, VisitorId = "v-1" },
        ],
        ReportedRefunds =
        [
            new ReportedRefund { Id = new("shop", "e-2"), Brand = "default", At = new(1_772_535_600_000), OrderId = "1001", RefundId = "r-1", Kind = RefundKind.Refund, Currency = "USD", Amount = 4_500 },
        ],
        Conversions =
        [
            new Conversion
            {
                Key = "o:1001", Kind = ConversionKind.Order, At = new(1_772_449_200_000), Day = new(2026, 3, 2), IsNewCustomer = true, Gross = 10_000, Discount = 1_000, Refunds = 4_500,
                RefundDays = [new(new(2026, 3, 3), 4_500)], BookModel = Model.LastTouch, Terms = "code_first",
                Credits = [new Credit { Models = (ModelSet)1, Placement = new("spring", "mia"), Micros = 1_000_000, Gross = 10_000, Discount = 1_000, Refunds = 4_500 }],
                RedeemedPlacements = [new("spring", "mia")], MatchedBy = ["codes/mia"],
            },
        ],
    };

    private static readonly Journey JourneyWithStates = FirstJourney with
    {
        ReportedConversions = [FirstJourney.ReportedConversions[0] with { StateAt = new(1_772_535_600_250), ReceivedAt = new(1_772_535_601_000), RefundIds = ["r-1", "cancel"] }],
        ReportedRefunds =
        [
            FirstJourney.ReportedRefunds[0],
            FirstJourney.ReportedRefunds[0] with { Id = new("shop", "e-3"), At = new(1_772_539_200_000), IsVoid = true, Currency = null, Amount = null, ReceivedAt = new(1_772_539_201_000) },
        ],
    };

    private static readonly Journey JourneyWithPayments = JourneyWithStates with
    {
        ReportedPayments =
        [
            new() { Id = new("shop", "e-4"), Brand = "default", At = new(1_772_535_700_000), OrderId = "o-1", PaymentId = "pi_1" },
            new()
            {
                Id = new("shop", "e-5"), Brand = "default", At = new(1_772_535_800_000), OrderId = "o-1", PaymentId = "in_1",
                Currency = "USD", Gross = 10_000, Discount = 500, TaxAndShipping = 1_900,
            },
        ],
    };

    private static readonly Journey JourneyWithCustomers = JourneyWithPayments with
    {
        FirstOrders = [new("hk_1", new(1_772_449_100_000), "o:1000"), new("hk_2", new(1_772_449_150_000), "o:999")],
        Conversions = [FirstJourney.Conversions[0] with { IsNewCustomer = false, IsUnknownCustomer = true }],
    };

    private static readonly Journey JourneyWithConverted = JourneyWithCustomers with
    {
        Touches = [FirstJourney.Touches[0] with { IsConverted = true }],
        SharedVisitors =
        [
            new(new(2025, 1, 2), new("spring", "ben"), SharedVisitorRole.CountedElsewhere), new(new(2025, 1, 3), new("spring", "mia"), SharedVisitorRole.AlwaysConverted),
        ],
    };

    private static readonly Journey JourneyWithAssistants = JourneyWithConverted with
    {
        Touches = [FirstJourney.Touches[0] with { Label = TouchLabel.Assistant, Role = TouchRole.Labelled }],
        EvictedCounts = [new(new(2026, 3, 1), new("spring", "mia"), Measure.AssistantTouches, 3)],
    };

    private static readonly Journey JourneyWithSubscriptions = JourneyWithConverted with
    {
        ReportedConversions = [JourneyWithStates.ReportedConversions[0] with { SubscriptionId = "sub_1", IsRenewal = true }],
        ReportedPayments = [JourneyWithPayments.ReportedPayments[0], JourneyWithPayments.ReportedPayments[1] with { IsRenewal = false }],
    };

    private static readonly Journey JourneyWithReferrals = JourneyWithConverted with
    {
        Touches =
        [
            FirstJourney.Touches[0],
            new Touch
            {
                Id = new("shop", "referral:1:first"), At = new(1_772_449_200_000), Kind = TouchKind.Referral, Day = new(2026, 3, 2), Role = TouchRole.Kept,
                Placement = new("spring", "mia"), MatchedBy = "publishers/mia", Utm = new(Source: "IG"),
                Claim = new("1001", "impact.com", "pub_1", "camp_7", "story", "ht_1", "mia", new(1_772_452_800_000), IsVerified: true),
            },
        ],
    };

    private static readonly Journey JourneyWithLines = JourneyWithSubscriptions with
    {
        ReportedConversions =
        [
            JourneyWithSubscriptions.ReportedConversions[0] with
            {
                Lines = [new("l-1", "TEE-1", "shirts", 2_000, 6_000, 1_000), new(null, null, null, 1_500, 4_000, 0)],
            },
        ],
        ReportedRefunds = [JourneyWithSubscriptions.ReportedRefunds[0] with { Lines = [new("l-1", "TEE-1", 4_500)] }, JourneyWithSubscriptions.ReportedRefunds[1]],
        Conversions =
        [
            JourneyWithSubscriptions.Conversions[0] with
            {
                Accruals = [new() { Placement = new("spring", "mia"), Agreement = "a-1", IsSettledPerPeriod = true, Commission = 450, Excluded = 500 }],
            },
        ],
    };

    private static readonly EventPack Pack = new()
    {
        PackId = Guid.Parse("0198a000-0000-7000-8000-000000000001"), Schema = 1, Source = "shop", BrandId = "default",
        ReceivedAt = new(2026, 3, 2, 10, 0, 0, TimeSpan.Zero), Events = [Encoding.UTF8.GetBytes("""{"type":"click","id":"k-1"}""")],
        Refused = [new() { Reason = RejectionReason.TooLate, Pointer = "/occurredAt", Detail = "is too old", EventId = "k-2", Payload = [1, 2] }],
    };

    private static readonly EventPack PackWithHorizon = Pack with { HorizonDays = 1_096 };

    private static readonly Fit Fitted = new()
    {
        Brand = "default", Number = 3, FittedAt = new(1_772_445_600_000), From = new(2026, 3, 3), Order = 1, WindowFrom = new(2025, 12, 2), WindowTo = new(2026, 3, 1),
        Conversions = 120, NonConverting = 900, Values = [new(new("spring", "mia"), 40, 12, 345_678, 7_000_000)],
    };

    /// <summary>The documents: file, what it contains as text, and its bytes as this build writes them.</summary>
    private static IEnumerable<(string File, string Content, Func<byte[], string> Read, Func<byte[]> Write)> Documents()
    {
        var cell = new MeasureCell { [Measure.RateGaps] = 1 };
        cell[Model.FirstTouch, CreditMeasure.Orders] = -1;
        cell[Model.Shapley, CreditMeasure.RefundsCash] = 64;
        ICatalogItem link = new LinkItem("mia", "mia", "https://shop.example/", "spring", "mia");
        yield return ("journey-1", RecordText.Serialize(FirstJourney), bytes => RecordText.Serialize(JourneyCodec.Decode(bytes)), () => JourneyCodec.Encode(FirstJourney, new()));
        yield return ("journey-2", RecordText.Serialize(JourneyWithStates), bytes => RecordText.Serialize(JourneyCodec.Decode(bytes)), () => JourneyCodec.Encode(JourneyWithStates, new()));
        yield return ("journey-3", RecordText.Serialize(JourneyWithPayments), bytes => RecordText.Serialize(JourneyCodec.Decode(bytes)), () => JourneyCodec.Encode(JourneyWithPayments, new()));
        yield return ("journey-4", RecordText.Serialize(JourneyWithCustomers), bytes => RecordText.Serialize(JourneyCodec.Decode(bytes)), () => JourneyCodec.Encode(JourneyWithCustomers, new()));
        yield return ("journey-5", RecordText.Serialize(JourneyWithConverted), bytes => RecordText.Serialize(JourneyCodec.Decode(bytes)), () => JourneyCodec.Encode(JourneyWithConverted, new()));
        yield return ("journey-6", RecordText.Serialize(JourneyWithConverted), bytes => RecordText.Serialize(JourneyCodec.Decode(bytes)), () => JourneyCodec.Encode(JourneyWithConverted, new(), withHead: true));
        yield return ("journey-7", RecordText.Serialize(JourneyWithAssistants), bytes => RecordText.Serialize(JourneyCodec.Decode(bytes)), () => JourneyCodec.Encode(JourneyWithAssistants, new()));
        yield return ("journey-8", RecordText.Serialize(JourneyWithSubscriptions), bytes => RecordText.Serialize(JourneyCodec.Decode(bytes)), () => JourneyCodec.Encode(JourneyWithSubscriptions, new()));
        yield return ("journey-9", RecordText.Serialize(JourneyWithReferrals), bytes => RecordText.Serialize(JourneyCodec.Decode(bytes)), () => JourneyCodec.Encode(JourneyWithReferrals, new()));
        yield return ("journey-10", RecordText.Serialize(JourneyWithLines), bytes => RecordText.Serialize(JourneyCodec.Decode(bytes)), () => JourneyCodec.Encode(JourneyWithLines, new()));
        var wide = new MeasureCell { [Measure.RateGaps] = 1 };
        wide.AddAt(129, Int128.MaxValue / 3);
        var later = new MeasureCell { [Measure.RateGaps] = 1 };
        later[Model.LastTouch, CreditMeasure.UnknownCustomers] = 3;
        var converted = new MeasureCell { [Measure.RateGaps] = 1, [Measure.ConvertedVisitors] = 2 };
        yield return ("cell-1", Describe(cell), bytes => Describe(MeasureCodec.DecodeCell(bytes)), () => MeasureCodec.Encode(cell, new()).ToArray());
        yield return ("cell-2", Describe(wide), bytes => Describe(MeasureCodec.DecodeCell(bytes)), () => MeasureCodec.Encode(wide, new()).ToArray());
        yield return ("cell-3", Describe(later), bytes => Describe(MeasureCodec.DecodeCell(bytes)), () => MeasureCodec.Encode(later, new()).ToArray());
        yield return ("cell-4", Describe(converted), bytes => Describe(MeasureCodec.DecodeCell(bytes)), () => MeasureCodec.Encode(converted, new()).ToArray());
        var assistants = new MeasureCell { [Measure.RateGaps] = 1, [Measure.AssistantTouches] = 2 };
        yield return ("cell-5", Describe(assistants), bytes => Describe(MeasureCodec.DecodeCell(bytes)), () => MeasureCodec.Encode(assistants, new()).ToArray());
        var referrals = new MeasureCell { [Measure.RateGaps] = 1, [Measure.Referrals] = 2 };
        yield return ("cell-6", Describe(referrals), bytes => Describe(MeasureCodec.DecodeCell(bytes)), () => MeasureCodec.Encode(referrals, new()).ToArray());
        yield return ("pack-1", RecordText.Serialize(Pack), bytes => RecordText.Serialize(PackCodec.Decode(bytes)), () => PackCodec.Encode(Pack, new()));
        yield return ("pack-2", RecordText.Serialize(PackWithHorizon), bytes => RecordText.Serialize(PackCodec.Decode(bytes)), () => PackCodec.Encode(PackWithHorizon, new()));
        yield return ("fit-1", RecordText.Serialize(Fitted), bytes => RecordText.Serialize(FitCodec.Decode(bytes)), () => FitCodec.Encode(Fitted, new()));
        yield return ("catalogItem-1", RecordText.Serialize<object>(link), bytes => RecordText.Serialize<object>(CatalogItemCodec.Decode(CatalogKind.Links, bytes)), () => CatalogItemCodec.Encode(CatalogKind.Links, link));
    }

    private static string Describe(MeasureCell cell) => string.Join(' ', Enumerable.Range(0, MeasureCell.Length).Select(position => cell[position]));

    [Fact]
    public void Every_version_ever_written_is_read_and_written_byte_for_byte()
    {
        foreach (var (file, content, read, write) in Documents())
        {
            var path = PathOf(file);
            if (!File.Exists(path) && Environment.GetEnvironmentVariable("ATTRIBUTION_WRITE_FORMATS") == "1") File.WriteAllText(path, Convert.ToHexStringLower(write()) + "\n");
            var golden = Convert.FromHexString(File.ReadAllText(path).Trim());
            read(golden).ShouldBe(content, file);
            // Compression may change without a new version.
            if (!file.StartsWith("pack", StringComparison.Ordinal)) Convert.ToHexStringLower(write()).ShouldBe(Convert.ToHexStringLower(golden), file);
        }
    }

    [Fact]
    public void Every_version_of_every_kind_has_a_file()
    {
        var expected = FormatVersions.Newest.ByKind.Where(kind => kind.Key != DocumentKinds.Run && !DataSetKinds.All.Contains(kind.Key))
            .SelectMany(kind => Enumerable.Range(1, kind.Value).Select(version => $"{kind.Key}-{version}"));

        expected.Order().ShouldBe(Documents().Select(document => document.File).Order());
        Directory.GetFiles(Path.GetDirectoryName(PathOf("x"))!).Select(Path.GetFileNameWithoutExtension).Order().ShouldBe(expected.Order());
    }

    private static string PathOf(string file) => Path.Combine(TestData.Repository, "tests", "testdata", "formats", file + ".hex");
}
