using System.Diagnostics.Metrics;
using Attribution.Host.Observability;
using Attribution.Host.Tests.Fixtures;
using Attribution.TestKit;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;

namespace Attribution.Host.Tests.Observability;

/// <summary>Steps of the clock are logged and counted.</summary>
public sealed class ClockWatchTests
{
    [Fact]
    public void Steps_are_logged_and_counted_but_passing_time_is_not()
    {
        using var log = new LogRecorder();
        using var factory = LoggerFactory.Create(logging => logging.AddProvider(log));
        using var services = new ServiceCollection().AddMetrics().BuildServiceProvider();
        var counted = new List<string>();
        using var listener = new MeterListener();
        listener.InstrumentPublished = (instrument, self) =>
        {
            if (instrument.Meter.Name == HostMetrics.MeterName) self.EnableMeasurementEvents(instrument);
        };
        listener.SetMeasurementEventCallback<long>((_, value, tags, _) => counted.Add($"{value} {tags[0].Value}"));
        listener.Start();
        var clock = new SteppedClock(new DateTimeOffset(2026, 3, 20, 12, 0, 0, TimeSpan.Zero));
        using var watch = new ClockWatch(clock, new HostMetrics(services.GetRequiredService<IMeterFactory>()), factory.CreateLogger<ClockWatch>());

        foreach (var (step, reported) in new[] { (0.0, 0.0), (0.9, 0), (7_200, 7_200), (-0.9, 0), (-86_400, -86_400), (1, 1) })
        {
            clock.Advance(TimeSpan.FromHours(1));
            clock.Step(TimeSpan.FromSeconds(step));
            watch.Observe().ShouldBe(TimeSpan.FromSeconds(reported));
        }

        counted.ShouldBe(["1 forward", "1 backward", "1 forward"]);
        log.Warnings.Count.ShouldBe(3);
        log.Warnings[0].ShouldContain("The clock was set forward by 02:00:00; it is 2026-03-20T17:00:00.9000000+00:00 now.");
        log.Warnings[1].ShouldContain("The clock was set backward by 1.00:00:00;");
    }
}
