using System.Diagnostics.Metrics;
using Attribution.Host.Tests.Fixtures;

namespace Attribution.Host.Tests.Ingest;

public sealed class IngestMetricsTests
{
    [Fact]
    public async Task Events_messages_and_steps_are_measured()
    {
        var counted = new Dictionary<string, double>();
        await using var host = await IngestHost.StartAsync();
        using var listener = new MeterListener { InstrumentPublished = (instrument, l) => { if (instrument.Meter.Name == "Attribution.Ingest") l.EnableMeasurementEvents(instrument); } };
        listener.SetMeasurementEventCallback<long>((instrument, value, tags, _) => Count(instrument, value, tags));
        listener.SetMeasurementEventCallback<int>((instrument, value, tags, _) => Count(instrument, value, tags));
        listener.SetMeasurementEventCallback<double>((instrument, value, tags, _) => Count(instrument, value, tags));
        listener.Start();

        await host.PostAsync($"[{TestEvents.Click("measured-1")},{TestEvents.Click("measured-2")},7,7,7]");

        // Other tests' hosts share the process and the meter's name.
        lock (counted)
        {
            counted["attribution.ingest.events click accepted"].ShouldBeGreaterThanOrEqualTo(2);
            counted["attribution.ingest.events unknown not_an_object"].ShouldBeGreaterThanOrEqualTo(3);
            counted["attribution.ingest.pack.events"].ShouldBeGreaterThanOrEqualTo(5);
            // The response may arrive before its own step is recorded.
            foreach (var step in (string[])["format", "read", "split", "validate", "write"])
                counted.ShouldContainKey($"attribution.ingest.step.duration {step}");
        }

        listener.RecordObservableInstruments();
        lock (counted)
            counted.ShouldContainKey("attribution.ingest.spool.depth");

        void Count(Instrument instrument, double value, ReadOnlySpan<KeyValuePair<string, object?>> tags)
        {
            var key = string.Join(' ', tags.ToArray().Select(t => t.Value).Prepend(instrument.Name));
            lock (counted)
                counted[key] = counted.GetValueOrDefault(key) + value;
        }
    }
}
