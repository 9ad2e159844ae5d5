using Attribution.Core.Values;
using Attribution.Host.Configuration;
using Attribution.Host.Hosting;
using Attribution.Host.Tests.Fixtures;
using Attribution.Storage.Formats;
using Attribution.Storage.Sqlite;
using Attribution.TestKit;
using Microsoft.Extensions.Logging;

namespace Attribution.Host.Tests.Hosting;

/// <summary>Registrations of processes whose clock was ahead.</summary>
public sealed class FormatRegistrationTests
{
    private static readonly TimeSpan Minute = TimeSpan.FromMinutes(1);

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Dead_process_of_the_future_is_removed_but_a_live_one_is_not(bool isAlive)
    {
        using var folder = new TempFolder();
        var clock = new SteppedClock(new DateTimeOffset(2026, 3, 20, 12, 0, 0, TimeSpan.Zero));
        using var log = new LogRecorder();
        using var factory = LoggerFactory.Create(logging => logging.AddProvider(log));
        await using var store = await SqliteStore.OpenAsync(new SqliteStoreOptions { Path = folder.File("store.db") }, Cancellation);
        await RegisterOtherAsync();
        using var registration = new FormatRegistration(
            store.Formats, new IdGenerator(clock), clock, new HostSettings(new HashSet<Role> { Role.Rollup }, "0", folder.Path),
            factory.CreateLogger<FormatRegistration>());
        await registration.StartAsync(Cancellation);
        await Eventually.IsTrueAsync(() => clock.TimerCount == 1, "the renewal waits");

        for (var minute = 1; minute <= 7; minute++)
        {
            if (isAlive) await RegisterOtherAsync();
            var before = await LeaseEndAsync();
            clock.Advance(Minute);
            await Eventually.IsTrueAsync(async () => await LeaseEndAsync() != before, "the lease is renewed");
        }

        var state = await store.Formats.ReadFormatsAsync(Cancellation);
        state.Processes.Any(process => process.Id == "other").ShouldBe(isAlive);
        state.Agreed.ShouldBe(isAlive ? FormatVersions.First : FormatVersions.Newest);
        await registration.StopAsync(Cancellation);
        if (!isAlive) log.Warnings.ShouldHaveSingleItem().ShouldContain("The lease of process other on the store's formats lasts until 2026-03-20T14:05:00Z and is not renewed.");
        else log.Warnings.ShouldBeEmpty();

        // A process whose clock is two hours ahead.
        async Task RegisterOtherAsync()
        {
            var now = Timestamp.From(clock.GetUtcNow());
            await store.Formats.RegisterProcessAsync(
                new("other", "1.0.0", FormatVersions.First, now + TimeSpan.FromHours(2) + FormatRegistration.LeaseFor), now, Cancellation);
        }

        async Task<Timestamp> LeaseEndAsync() =>
            (await store.Formats.ReadFormatsAsync(Cancellation)).Processes.Single(process => process.Id != "other").Until;
    }
}
