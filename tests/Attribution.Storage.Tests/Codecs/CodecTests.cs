using System.Text;
using Attribution.Contracts;
using Attribution.Contracts.Catalog;
using Attribution.Core.Catalog;
using Attribution.Core.Events;
using Attribution.Core.Journeys;
using Attribution.Core.Models;
using Attribution.Core.Rollups;
using Attribution.Core.Values;
using Attribution.Storage.Codecs;
using Attribution.TestKit.Storage;

namespace Attribution.Storage.Tests.Codecs;

public sealed class CodecTests
{
    [Fact]
    public void Journey_round_trips_with_every_member()
    {
        var writer = new DocumentWriter();
        for (var seed = 0; seed < 500; seed++)
        {
            var journey = new RandomDocuments(seed).Make<Journey>();
            RecordText.Serialize(
                JourneyCodec.Decode(JourneyCodec.Encode(journey, writer))).ShouldBe(RecordText.Serialize(journey), $"seed {seed}");
        }
    }

    [Fact]
    public void Head_of_a_journey_equals_what_its_body_contains()
    {
        var writer = new DocumentWriter();
        for (var seed = 0; seed < 500; seed++)
        {
            var journey = new RandomDocuments(seed).Make<Journey>();
            var (with, without) = (JourneyCodec.Encode(journey, writer, withHead: true), JourneyCodec.Encode(journey, writer));
            var body = JourneyCodec.Decode(with);
            RecordText.Serialize(body).ShouldBe(RecordText.Serialize(journey), $"seed {seed}");

            var head = JourneyCodec.ReadHead(with);

            head.ShouldBe(JourneyHead.FromJourney(journey), $"seed {seed}");
            JourneyCodec.ReadHead(without).ShouldBe(head, $"seed {seed}");
            (head.CatalogVersion, head.Touches, head.EvictedTouches, head.Snapshots).ShouldBe(
                (body.CatalogVersion, body.Touches.Length, body.EvictedTouches.Length, body.Snapshots.Length));
            (head.ReportedConversions, head.ReportedRefunds, head.ReportedPayments).ShouldBe(
                (body.ReportedConversions.Length, body.ReportedRefunds.Length, body.ReportedPayments.Length));
            head.HasCandidates.ShouldBe(body.Touches.Any(touch => touch.Role == TouchRole.Kept));
        }
    }

    [Fact]
    public void Head_of_a_journey_is_read_without_its_body()
    {
        var journey = new RandomDocuments(7).Make<Journey>() with { Brand = "default" };
        var document = JourneyCodec.Encode(journey, new DocumentWriter(), withHead: true);

        document.Length.ShouldBeGreaterThan(200);
        JourneyCodec.ReadHead(document.AsSpan(0, 100)).ShouldBe(JourneyHead.FromJourney(journey));
    }

    [Fact]
    public void Head_of_a_journey_takes_at_most_30_bytes()
    {
        var journey = new Journey { Id = Guid.Empty, Brand = "default", Touches = [Click(1_772_445_600_000), Click(1_775_037_600_000)] };
        var (with, without) = (JourneyCodec.Encode(journey, new(), withHead: true), JourneyCodec.Encode(journey, new()));

        (with.Length - without.Length).ShouldBeInRange(1, 30);

        static Touch Click(long at) => new() { Id = new("default", $"{at}"), At = new(at), Kind = TouchKind.Click, Slug = "s" };
    }

    [Fact]
    public void Journey_is_written_as_version_2_only_with_states()
    {
        var order = new ReportedConversion { Id = new("shop", "e-1"), Brand = "b", At = new(1_000), Kind = ConversionKind.Order, ConversionId = "1" };
        var refund = new ReportedRefund { Id = new("shop", "e-2"), Brand = "b", At = new(2_000), OrderId = "1", RefundId = "r", Kind = RefundKind.Cancel };
        var journey = new Journey { Id = Guid.Empty, Brand = "b", ReportedConversions = [order], ReportedRefunds = [refund] };

        VersionOf(journey).ShouldBe(1);
        VersionOf(journey with { ReportedConversions = [order with { StateAt = new(3_000) }] }).ShouldBe(2);
        VersionOf(journey with { ReportedConversions = [order with { RefundIds = [] }], ReportedRefunds = [] }).ShouldBe(2);
        VersionOf(journey with { ReportedRefunds = [refund with { IsVoid = true }] }).ShouldBe(2);

        static int VersionOf(Journey journey)
        {
            var document = JourneyCodec.Encode(journey, new DocumentWriter());
            RecordText.Serialize(JourneyCodec.Decode(document)).ShouldBe(RecordText.Serialize(journey));
            return document[0];
        }
    }

    [Fact]
    public void Default_lists_decode_as_empty()
    {
        var journey = new Journey { Id = Guid.Empty, Brand = "default", Touches = default, ReportedConversions = default, ReportedRefunds = default, Snapshots = default, Conversions = default, PostDays = default };

        var back = JourneyCodec.Decode(JourneyCodec.Encode(journey, new DocumentWriter()));

        back.Touches.IsDefault.ShouldBeFalse();
        RecordText.Serialize(back).ShouldBe(RecordText.Serialize(new Journey { Id = Guid.Empty, Brand = "default" }));
    }

    [Fact]
    public void Touch_in_a_large_journey_takes_less_than_a_hundred_bytes()
    {
        var start = new Timestamp(1_772_000_000_000);
        var journey = new Journey
        {
            Id = Guid.Parse("0198a000-0000-7000-8000-0000000000ff"),
            Brand = "default",
            Touches = [.. Enumerable.Range(0, 100).Select(i => new Touch
            {
                Id = new EventId("default", $"0198a000-0000-7000-8000-{i:D12}"),
                At = start + TimeSpan.FromHours(i),
                Kind = TouchKind.Click,
                Slug = "mia-spring",
                VisitorId = "0198a000-0000-7000-8000-0000000000ff",
                ClickId = $"k-{i}",
                Day = DateOnly.FromDateTime((start + TimeSpan.FromHours(i)).ToDateTimeOffset().Date),
                Placement = new Placement("spring", "mia"),
                MatchedBy = "links/mia-spring",
                Role = TouchRole.Kept,
            })],
        };

        JourneyCodec.Encode(journey, new DocumentWriter()).Length.ShouldBeLessThan(100 * 100);
    }

    [Fact]
    public void Days_before_the_epoch_and_at_calendar_limits_round_trip()
    {
        foreach (var (at, day) in new[] { (-1L, DateOnly.MinValue), (-86_400_001L, DateOnly.MaxValue), (0L, new DateOnly(1970, 1, 1)) })
        {
            var journey = new Journey
            {
                Id = Guid.Empty,
                Brand = "b",
                Conversions = [new Conversion { Key = "o:1", Kind = ConversionKind.Order, At = new Timestamp(at), Day = day, BookModel = Model.LastTouch, Terms = "" }],
            };
            JourneyCodec.Decode(JourneyCodec.Encode(journey, new DocumentWriter())).Conversions[0].Day.ShouldBe(day);
        }
        DocumentReader.DayNumberOf(new Timestamp(-1)).ShouldBe(new DateOnly(1969, 12, 31).DayNumber);
        DocumentReader.DayNumberOf(new Timestamp(-86_400_000)).ShouldBe(new DateOnly(1969, 12, 31).DayNumber);
    }

    [Fact]
    public void Document_of_another_version_is_rejected_by_name()
    {
        var document = JourneyCodec.Encode(new Journey { Id = Guid.Empty, Brand = "b" }, new DocumentWriter());
        document[0] = 11;

        Should.Throw<StoreUnusableException>(() => JourneyCodec.Decode(document)).Message.ShouldBe(
            "The store contains a journey of version 11; this build supports versions 1 to 10. "
            + "Start the newer version of Attribution that wrote it.");
    }

    [Fact]
    public void Truncated_or_changed_document_only_reports_a_fault()
    {
        var document = JourneyCodec.Encode(new RandomDocuments(7).Make<Journey>(), new DocumentWriter());
        for (var length = 1; length < document.Length; length++)
            Should.Throw<InvalidDataException>(() => JourneyCodec.Decode(document.AsSpan(0, length)));

        var random = new Random(1);
        for (var round = 0; round < 2000; round++)
        {
            var changed = document.ToArray();
            changed[random.Next(1, changed.Length)] = (byte)random.Next(256);
            try
            {
                JourneyCodec.Decode(changed);
            }
            catch (InvalidDataException)
            {
            }
        }
    }

    [Fact]
    public void Cell_round_trips_and_stores_only_nonzero_values()
    {
        var writer = new DocumentWriter();
        var random = new Random(5);
        for (var round = 0; round < 200; round++)
        {
            var cell = new MeasureCell();
            for (var i = random.Next(MeasureCell.Length); i >= 0; i--)
                cell[random.Next(MeasureCell.Length)] = random.NextInt64(long.MinValue, long.MaxValue);
            MeasureCodec.DecodeCell(MeasureCodec.Encode(cell, writer)).HasSameValuesAs(cell).ShouldBeTrue();
        }
        MeasureCodec.Encode(new MeasureCell { [Measure.Clicks] = 1 }, writer).Length.ShouldBe(4);
    }

    [Fact]
    public void Sums_beyond_64_bits_have_version_2_and_smaller_ones_version_1()
    {
        var writer = new DocumentWriter();
        foreach (var edge in (long[])[long.MaxValue, long.MinValue])
        {
            var cell = new MeasureCell { [Model.Linear, CreditMeasure.Gross] = edge, [Measure.Clicks] = -7 };
            var narrow = MeasureCodec.Encode(cell, writer).ToArray();
            narrow[0].ShouldBe((byte)1);

            cell.Add(Model.Linear, CreditMeasure.Gross, Math.Sign(edge));
            var wide = MeasureCodec.Encode(cell, writer).ToArray();
            wide[0].ShouldBe((byte)2);
            MeasureCodec.DecodeCell(wide).SumOf(Model.Linear, CreditMeasure.Gross).ShouldBe((Int128)edge + Math.Sign(edge));
            MeasureCodec.DecodeCell(wide).HasSameValuesAs(cell).ShouldBeTrue();

            var key = new RollupKey("default", new DateOnly(2026, 3, 1), "spring", "mia");
            var sums = new MeasureSums();
            sums[key].Add(cell);
            var read = new MeasureSums();
            MeasureCodec.AddTo(read, "default", MeasureCodec.Encode(sums.Cells, writer));
            read[key].HasSameValuesAs(cell).ShouldBeTrue();

            cell.Add(Model.Linear, CreditMeasure.Gross, -Math.Sign(edge));
            MeasureCodec.Encode(cell, writer).ToArray().ShouldBe(narrow);
            MeasureCodec.AddTo(cell, narrow, isLess: true);
            cell.IsZero.ShouldBeTrue();
        }
    }

    [Fact]
    public void Cells_add_up_as_128_bit_integers()
    {
        var random = new Random(11);
        var (cell, exact) = (new MeasureCell(), new Int128[MeasureCell.Length]);
        for (var round = 0; round < 20_000; round++)
        {
            var position = random.Next(MeasureCell.Length);
            var value = random.Next(3) == 0 ? random.NextInt64(long.MinValue + 1, long.MaxValue) : random.Next(-9, 9);
            exact[position] += value;
            if (random.Next(2) == 0)
            {
                cell.AddAt(position, value);
                continue;
            }

            var other = new MeasureCell { [position] = value };
            var times = random.Next(2) == 0 ? 1 : -1;
            if (times == -1) other[position] = -other[position];
            cell.Add(other, times);
        }

        Enumerable.Range(0, MeasureCell.Length).Select(i => cell[i]).ShouldBe(exact);
    }

    [Fact]
    public void Numbers_of_a_cell_never_change_their_position()
    {
        // Documents stored today must be readable by every later build.
        var cell = new MeasureCell { [Measure.RateGaps] = 1 };
        cell[Model.FirstTouch, CreditMeasure.Orders] = -1;
        cell[Model.Shapley, CreditMeasure.RefundsCash] = 64;

        Convert.ToHexString(MeasureCodec.Encode(cell, new DocumentWriter())).ShouldBe("0103170207014E8001");

        cell[Model.Book, CreditMeasure.WithoutRateMicros] = 1;
        Convert.ToHexString(MeasureCodec.Encode(cell, new DocumentWriter())).ShouldBe("0104170207014E80011202");
        Enumerable.Range(0, MeasureCell.Length).Select(MeasureCell.ModelAt).Count(model => model == Model.Book)
            .ShouldBe(MeasureCell.CreditMeasureCount);
    }

    [Fact]
    public void Sums_round_trip_by_brand_without_zeros()
    {
        var sums = new MeasureSums();
        sums.Add(new RollupKey("a", new DateOnly(2026, 3, 2), "spring", "mia"), Measure.Clicks, 3);
        sums.Add(new RollupKey("a", new DateOnly(2026, 3, 1), "", ""), Model.Linear, CreditMeasure.Gross, -5);
        sums.Add(new RollupKey("a", DateOnly.MaxValue, "*", ""), Measure.CostFee, long.MaxValue);
        sums.Add(new RollupKey("a", DateOnly.MinValue, "spring", "mia"), Measure.CostFee, -long.MaxValue);
        _ = sums[new RollupKey("a", new DateOnly(2026, 3, 3), "zero", "")];

        var back = new MeasureSums();
        MeasureCodec.AddTo(back, "a", MeasureCodec.Encode(sums.Cells, new DocumentWriter()));

        back.Cells.Count.ShouldBe(4);
        sums.Add(back, -1);
        sums.IsZero.ShouldBeTrue();
    }

    [Fact]
    public void Pack_round_trips_byte_by_byte_without_trace_context()
    {
        var writer = new DocumentWriter();
        for (var seed = 0; seed < 100; seed++)
        {
            var pack = new RandomDocuments(seed).Make<EventPack>();
            RecordText.Serialize(PackCodec.Decode(PackCodec.Encode(pack, writer))).ShouldBe(
                RecordText.Serialize(pack with { TraceParent = null }), $"seed {seed}");
        }
    }

    [Fact]
    public void Pack_of_similar_events_is_compressed_to_a_fraction()
    {
        var events = Enumerable.Range(0, 500).Select(i => Encoding.UTF8.GetBytes(
            $$"""{"type":"click","id":"c-{{i}}","occurredAt":"2026-03-02T10:15:00Z","link":"mia-spring","visitorId":"v-{{i * 7919}}","clickId":"k-{{i}}"}""")).ToArray();
        var pack = new EventPack { PackId = Guid.Empty, Schema = 1, Source = "default", ReceivedAt = DateTimeOffset.UnixEpoch, Events = events };

        PackCodec.Encode(pack, new DocumentWriter()).Length.ShouldBeLessThan(events.Sum(e => e.Length) / 4);
    }

    [Fact]
    public void Catalog_items_of_every_kind_round_trip()
    {
        foreach (var (kind, type) in new (CatalogKind, Func<RandomDocuments, ICatalogItem>)[]
        {
            (CatalogKind.Brands, r => r.Make<BrandItem>()), (CatalogKind.Creators, r => r.Make<CreatorItem>()),
            (CatalogKind.Campaigns, r => r.Make<CampaignItem>()), (CatalogKind.Links, r => r.Make<LinkItem>()),
            (CatalogKind.Codes, r => r.Make<CodeItem>()), (CatalogKind.UtmRules, r => r.Make<UtmRuleItem>()),
            (CatalogKind.Agreements, r => r.Make<AgreementItem>()), (CatalogKind.Costs, r => r.Make<CostItem>()),
            (CatalogKind.FxRates, r => r.Make<FxRateItem>()), (CatalogKind.MonthlyNets, r => r.Make<MonthlyNetItem>()),
        })
            for (var seed = 0; seed < 50; seed++)
            {
                var item = type(new RandomDocuments(seed));
                RecordText.Serialize<object>(
                    CatalogItemCodec.Decode(kind, CatalogItemCodec.Encode(kind, item))).ShouldBe(RecordText.Serialize<object>(item), $"{kind}, seed {seed}");
            }
    }
}
