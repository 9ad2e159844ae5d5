using System.Diagnostics;
using Attribution.Core.Events;
using Attribution.Core.Rollups;
using Attribution.Core.Tests.Fixtures;
using static Attribution.Core.Tests.Fixtures.Scenario;

namespace Attribution.Core.Tests.Planning;

/// <summary>
/// The work of an event in journeys that flow together: every landing has the click of another visitor. It is measured as allocated
/// bytes and compared between the beginning and the end of the load, since times differ from machine to machine.
/// </summary>
public sealed class MergingLoadTests(ITestOutputHelper output)
{
    private const int EventsPerCommit = 500;

    [Fact]
    public void Journeys_that_flow_together_count_the_same_in_any_order()
    {
        var random = new Random(11);
        var events = new List<JourneyEvent>();
        for (var i = 1; i <= 120; i++)
        {
            events.Add(Click("mia", i, $"v{i}", $"k{i}"));
            events.Add(Visit(i + 0.5, $"k{random.Next(1, i + 1)}", visitor: $"v{i + (i % 7 == 0 ? 200 : 0)}"));
            if (i % 5 == 0) events.Add(Order($"{i}", i + 0.7, visitor: $"v{random.Next(1, i + 1)}"));
            if (i % 9 == 0) events.Add(Refund($"{i - (i % 5)}", i + 0.8, 100, id: $"r{i}"));
        }

        // A click links two visitors, so that a third landing of one is left out: the limit depends on the order of arrival.
        var links = new HashSet<string>();
        events.RemoveAll(known => known is Visit visit && !links.Add(visit.ClickId!));
        var expected = Run(events, 1);
        for (var round = 0; round < 12; round++)
        {
            var shuffled = events.ToArray();
            random.Shuffle(shuffled);
            Run([.. shuffled, .. shuffled.Take(40)], random.Next(1, 60)).ShouldBe(expected);
        }

        string Run(List<JourneyEvent> order, int commitSize)
        {
            var engine = Market().WithBounds(touches: 30, aside: 10);
            foreach (var commit in order.Chunk(commitSize)) engine.Process(commit);
            var counted = engine.CountJourneys();
            var emitted = new MeasureSums();
            emitted.Add(engine.EmittedDeltas);
            emitted.Add(counted, -1);
            emitted.DropZeros().Cells.ShouldBeEmpty("the emitted deltas equal a recount");
            return string.Join('\n', engine.Journeys.Select(journey => string.Join(
                ' ', journey.Touches.Length, journey.EvictedTouches.Length, string.Join(',', journey.EvictedTouches.Select(touch => touch.Id.Id)),
                string.Join(',', journey.ReportedConversions.Select(reported => reported.ConversionId)), journey.ReportedRefunds.Length,
                string.Join(',', journey.Conversions.Select(known => known.Refunds)))).Order(StringComparer.Ordinal));
        }
    }

    [Theory]
    [InlineData(4_000)]
    [InlineData(40_000, Traits = ["Category", "Long"])]
    public void Work_of_an_event_does_not_grow_with_the_touches_that_a_journey_had(int landings)
    {
        var (engine, random, costs) = (Market().Process(Order("first", -1, visitor: "v0")), new Random(5), new List<double>());
        var events = new List<JourneyEvent>();
        for (var i = 1; i <= landings; i++)
        {
            events.Add(Click("mia", i, $"v{i}", $"k{i}"));
            events.Add(Visit(i + 0.5, $"k{i}", visitor: $"v{random.Next(i)}"));
            if (events.Count < EventsPerCommit) continue;
            var (allocated, began) = (GC.GetAllocatedBytesForCurrentThread(), Stopwatch.GetTimestamp());
            engine.Process([.. events]);
            costs.Add((GC.GetAllocatedBytesForCurrentThread() - allocated) / (double)events.Count);
            if (costs.Count % 20 == 0)
                output.WriteLine($"{i} landings: {costs[^1]:N0} bytes and {Stopwatch.GetElapsedTime(began).TotalMicroseconds / events.Count:N0} µs an event");
            events.Clear();
        }

        engine.Journeys.Count().ShouldBe(1);
        engine.Journeys.Single().EvictedTouches.Length.ShouldBeGreaterThan(landings);
        var (early, late) = (costs.Skip(4).Take(4).Average(), costs.TakeLast(4).Average());
        output.WriteLine($"{early:N0} bytes an event early, {late:N0} late");
        // What still grows is that a commit writes the journey once.
        late.ShouldBeLessThan(early * 4);
    }
}
