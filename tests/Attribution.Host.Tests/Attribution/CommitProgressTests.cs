using System.Diagnostics.Metrics;
using Attribution.Host.Attribution;
using Attribution.Storage.Sqlite.Database;
using Microsoft.Extensions.DependencyInjection;

namespace Attribution.Host.Tests.Attribution;

/// <summary>How long messages have waited without a commit.</summary>
public sealed class CommitProgressTests : IDisposable
{
    private const int Busy = 5;
    private readonly ServiceProvider services = new ServiceCollection().AddMetrics().BuildServiceProvider();
    private readonly Clock clock = new();
    private readonly CommitProgress progress;

    public CommitProgressTests() => progress = new CommitProgress(clock, services.GetRequiredService<IMeterFactory>());

    [Fact]
    public void Waiting_message_stalls_until_one_is_committed()
    {
        progress.Begin();
        progress.Begin();
        clock.Advance(40);
        progress.Read().ShouldBe((2, TimeSpan.FromSeconds(40), null));
        progress.End(null);
        progress.Read().Stalled.ShouldBe(TimeSpan.Zero);
        clock.Advance(5);
        progress.Read().ShouldBe((1, TimeSpan.FromSeconds(5), null));
        progress.End(null);
        clock.Advance(500);
        progress.Read().Stalled.ShouldBe(TimeSpan.Zero);
    }

    [Fact]
    public void Pause_between_attempts_does_not_hide_a_stall()
    {
        progress.Begin();
        progress.End(new SqliteFaultException(Busy, "locked") { Path = "/data/attribution.db" });
        clock.Advance(30);
        var (_, stalled, fault) = progress.Read();
        (stalled, fault).ShouldBe((TimeSpan.FromSeconds(30), "/data/attribution.db is locked by another process. Stop that process, or name another file or data folder."));
        progress.Begin();
        clock.Advance(10);
        progress.Read().Stalled.ShouldBe(TimeSpan.FromSeconds(40));
    }

    [Fact]
    public void Message_that_was_given_up_or_taken_by_another_process_stalls_nothing()
    {
        progress.Begin();
        progress.End(new InvalidOperationException("cannot be committed"));
        clock.Advance(40);
        progress.Read().Stalled.ShouldBe(TimeSpan.Zero);

        progress.Begin();
        progress.End(new SqliteFaultException(Busy, "locked"));
        clock.Advance(CommitProgress.RetryWindow.TotalSeconds);
        progress.Read().ShouldBe((0, TimeSpan.Zero, null));
        progress.Begin();
        clock.Advance(1);
        progress.Read().ShouldBe((1, TimeSpan.FromSeconds(1), null));
    }

    public void Dispose() => services.Dispose();

    private sealed class Clock : TimeProvider
    {
        private long ticks;

        public override long TimestampFrequency => TimeSpan.TicksPerSecond;

        public override long GetTimestamp() => ticks;

        public void Advance(double seconds) => ticks += TimeSpan.FromSeconds(seconds).Ticks;
    }
}
