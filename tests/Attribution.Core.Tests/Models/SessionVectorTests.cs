using System.Text.Json.Nodes;
using Attribution.Core.Crediting;
using Attribution.Core.Journeys;
using Attribution.Core.Models;
using Attribution.Core.Models.Fitting;
using Attribution.Core.Rollups;
using Attribution.Core.Tests.Fixtures;
using Attribution.Core.Tests.Models.Fitting;
using Attribution.Core.Values;
using Attribution.TestKit;
using CsvHelper;

namespace Attribution.Core.Tests.Models;

/// <summary>
/// Tests the published sessions of two libraries with their paths, credits and ROAS, as far as the conventions agree.
/// </summary>
public sealed class SessionVectorTests
{
    [Fact]
    public void DP6_sessions_yield_its_published_removal_effects_and_credits()
    {
        var published = JsonNode.Parse(File.ReadAllText(TestData.Path("dp6_mam/expected.json")))!["single"]!;
        var paths = Dp6Journeys();
        var effects = PathRow.Effects(paths.Values);
        foreach (var (channel, effect) in published["markov_removal_effect"]!.AsObject()) effects[channel].ShouldBe(effect!.GetValue<double>(), 1e-9, channel);

        foreach (var (theirs, ours) in new[] { ("first_click", Model.FirstTouch), ("last_click", Model.LastTouch), ("linear", Model.Linear) })
            foreach (var (journey, row) in paths.Where(path => path.Value.Conversions > 0))
            {
                var weightRow = new Weights();
                ModelWeights.Fill(ours, [.. row.Path.Select((_, i) => new Timestamp(i))], weightRow);
                var weights = weightRow.ToArray();
                ShouldBeShares(weights, published[theirs]![journey]!, $"{theirs} {journey}");
            }

        // The paths without direct repetitions of a channel, which the libraries count twice and the engine once.
        foreach (var journey in (string[])["A_0", "C_0"])
        {
            var weights = paths[journey].Path.Select(channel => (Int128)(effects[channel] * 1e12)).ToArray();
            ShouldBeShares(weights, published["markov_journey_weights"]![journey]!, journey);
        }
    }

    [Fact]
    public void Snowplow_sessions_yield_its_published_paths_and_last_touch_ROAS()
    {
        var (sessions, conversions) = (Rows("snowplow_fractribution/sessions.csv"), Rows("snowplow_fractribution/conversions.csv"));
        var engine = new InMemoryEngine().Put("brands", """{"id":"default","name":"D","currency":"USD","timeZone":"Etc/UTC","policy":{"name":"touch_first"},"lookback":{"click":"P30D","visit":"P30D"}}""")
            .Put("campaigns", """{"id":"c","name":"C"}""");
        foreach (var channel in sessions.Select(row => row["channel"]).Distinct())
        {
            var id = channel.ToLowerInvariant();
            engine.Put("creators", $$"""{"id":"{{id}}","name":"{{channel}}"}""")
                .Put("utm-rules", $$$"""{"id":"{{{id}}}","match":{"source":"{{{channel}}}"},"campaignId":"c","creatorId":"{{{id}}}"}""");
        }

        engine.Process(sessions.Select((row, i) => $$"""{"type":"visit","id":"s{{i}}","occurredAt":"{{Time(row["visit_start_tstamp"])}}","visitorId":"{{row["customer_id"]}}","url":"https://shop.example/?utm_source={{row["channel"]}}"}"""));
        engine.Process(conversions.Select(row => $$"""{"type":"conversion","id":"{{row["customer_id"]}}","kind":"order","orderId":"{{row["customer_id"]}}","occurredAt":"{{Time(row["conversion_tstamp"])}}","visitorId":"{{row["customer_id"]}}","currency":"USD","gross":"{{decimal.Parse(row["revenue"], CultureInfo.InvariantCulture):0.00}}"}"""));

        foreach (var row in Rows("snowplow_fractribution/expected_paths_to_conversion.csv"))
        {
            var journey = engine.Journeys.Single(journey => journey.Conversions.Any(conversion => conversion.Key == "o:" + row["customer_id"]));
            var counts = new PathCounts(3);
            counts.AddJourney(journey, DateOnly.MinValue, DateOnly.MaxValue, engine.Catalog);
            var expected = new PathCounts(3);
            expected.Add([.. row["transformed_path"].Split(" > ").Select(channel => new Placement("c", channel.ToLowerInvariant()))], 1, counts.NonConverting);
            counts.Conversions.ShouldBe(1);
            counts.Placements.Where(counted => counted.Conversions > 0).Select(counted => counted.Placement)
                .ShouldBe(expected.Placements.Select(counted => counted.Placement), row["customer_id"]);
            var candidates = journey.EvaluateConversion("o:" + row["customer_id"], engine.Catalog)!.Decision.Candidates;
            string.Join(" > ", candidates.Where(candidate => candidate.Outcome is Outcome.Credited or Outcome.Outweighed or Outcome.SameTouch && candidate.At <= journey.Conversions[0].At)
                    .Select(candidate => candidate.Placement!.Creator)).ShouldBe(row["path"].ToLowerInvariant());
        }

        foreach (var row in Rows("snowplow_fractribution/expected_report_table.csv").Where(row => row["attribution_type"] == "last_touch"))
        {
            var cells = engine.EmittedDeltas.Cells.Where(cell => cell.Key.Creator.Equals(row["channel"], StringComparison.OrdinalIgnoreCase)).Select(cell => cell.Value).ToList();
            var (micros, revenue) = (cells.Sum(cell => cell[Model.LastTouch, CreditMeasure.ConversionMicros]), cells.Sum(cell => cell[Model.LastTouch, CreditMeasure.Gross]));
            micros.ShouldBe(long.Parse(row["conversions"], CultureInfo.InvariantCulture) * 1_000_000, row["channel"]);
            revenue.ShouldBe((long)decimal.Round(Number(row["revenue"]) * 100), row["channel"]);
            Ratios.Roas(revenue, (long)(Number(row["spend"]) * 100)).ShouldBe(decimal.Round(Number(row["roas"]), 2), row["channel"]);
        }
    }

    public static TheoryData<string, string> Transforms =>
        [.. JsonNode.Parse(File.ReadAllText(TestData.Path("snowplow_fractribution/path_transforms.json")))!["cases"]!.AsArray()
            .Select(each => new TheoryDataRow<string, string>(each!["raw_array"]!.GetValue<string>(), each["exposure_path"]!.GetValue<string>()))];

    [Theory]
    [MemberData(nameof(Transforms))]
    public void Repeats_collapse_as_in_the_published_exposure_paths(string raw, string exposure)
    {
        PathCounts Count(string path)
        {
            var counts = new PathCounts(3);
            counts.Add([.. path.Split(" > ").Select(PathRow.Placement)], 2, 1);
            return counts;
        }

        Fit.Calculate(Count(raw), true).ShouldBe(Fit.Calculate(Count(exposure), true));
        Count(raw).StepCount.ShouldBe(Count(exposure).StepCount);
    }

    /// <summary>Returns a user's sessions up to and including a converting one, at most 30 days before it.</summary>
    private static Dictionary<string, PathRow> Dp6Journeys()
    {
        var journeys = new Dictionary<string, PathRow>(StringComparer.Ordinal);
        foreach (var user in Rows("dp6_mam/sessions_single.csv").GroupBy(row => row["user_pseudo_id"]))
        {
            var (open, number) = (new List<(DateTime At, string Channel)>(), 0);
            foreach (var row in user)
            {
                var at = DateTime.Parse(row["event_time"], CultureInfo.InvariantCulture);
                open.Add((at, row["source_medium"]));
                if (row["is_conversion_purchase"] != "1") continue;
                journeys[$"{user.Key}_{number++}"] = new([.. open.Where(session => at - session.At <= TimeSpan.FromDays(30)).Select(session => session.Channel)], 1, 0);
                open.Clear();
            }

            if (open.Count > 0) journeys[$"{user.Key}_{number}"] = new([.. open.Select(session => session.Channel)], 0, 1);
        }

        return journeys;
    }

    private static void ShouldBeShares(Int128[] weights, JsonNode expected, string of)
    {
        var sum = weights.Sum(weight => (double)weight);
        foreach (var (weight, share) in weights.Zip(expected.AsArray())) ((double)weight / sum).ShouldBe(share!.GetValue<double>(), 1e-9, of);
    }

    private static List<Dictionary<string, string>> Rows(string file)
    {
        using var csv = new CsvReader(new StreamReader(TestData.Path(file)), CultureInfo.InvariantCulture);
        return [.. csv.GetRecords<dynamic>().Select(row => ((IDictionary<string, object>)row).ToDictionary(pair => pair.Key, pair => (string)pair.Value))];
    }

    private static string Time(string text) => DateTime.Parse(text, CultureInfo.InvariantCulture).ToString("yyyy-MM-dd'T'HH:mm:ss'Z'", CultureInfo.InvariantCulture);

    private static decimal Number(string text) => decimal.Parse(text, NumberStyles.Float, CultureInfo.InvariantCulture);
}
