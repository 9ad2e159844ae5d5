using Attribution.Host.Hosting;
using Attribution.Host.Tests.Fixtures;
using Attribution.TestKit;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;

namespace Attribution.Host.Tests.Hosting;

/// <summary>End of a run: the exit code is 0 only after a success.</summary>
public sealed class HostRunTests : IDisposable
{
    private readonly TempFolder folder = new();

    private string[] Settings => [$"--Host:Data={folder.File("data")}", "--urls=http://127.0.0.1:0"];

    [Fact]
    public async Task Host_stopped_by_its_token_succeeds()
    {
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(TestContext.Current.CancellationToken);
        (await HostRunner.RunAsync(Settings, (_, _) => stop.CancelAsync(), null, stop.Token)).ShouldBe(0);
    }

    [Fact]
    public async Task Failing_background_work_fails_the_run() =>
        (await HostRunner.RunAsync(Settings, (_, _) => throw new InvalidOperationException("beside"), null, TestContext.Current.CancellationToken)).ShouldBe(1);

    [Fact]
    public async Task Failing_service_of_the_host_fails_the_run() =>
        (await HostRunner.RunAsync(Settings, null, builder => builder.Services.AddHostedService<FailingService>(), TestContext.Current.CancellationToken)).ShouldBe(1);

    [Fact]
    public async Task Failing_stop_is_a_failure_but_no_crash() =>
        (await HostRunner.RunAsync(Settings, (app, _) =>
        {
            app.Lifetime.StopApplication();
            return Task.CompletedTask;
        }, builder => builder.Services.AddHostedService<UnstoppableService>(), TestContext.Current.CancellationToken)).ShouldBe(1);

    [Fact]
    public async Task Started_services_are_stopped_in_order_when_the_start_fails()
    {
        using var taken = CliProcess.OccupyPort();
        var part = new RecordingService();
        var refusal = await Should.ThrowAsync<StartupException>(() => HostRunner.RunAsync(
            [$"--Host:Data={folder.File("data")}", $"--urls=http://{taken.LocalEndpoint}"], null,
            builder => builder.Services.AddHostedService(_ => part), TestContext.Current.CancellationToken));
        refusal.Message.ShouldStartWith("The port is in use");
        part.Was.ShouldBe("started, stopped");
    }

    public void Dispose() => folder.Dispose();

    private sealed class FailingService(IHostApplicationLifetime lifetime) : BackgroundService
    {
        protected override async Task ExecuteAsync(CancellationToken stoppingToken)
        {
            var started = new TaskCompletionSource();
            using var registration = lifetime.ApplicationStarted.Register(started.SetResult);
            await started.Task;
            throw new InvalidOperationException("background");
        }
    }

    private sealed class UnstoppableService : IHostedService
    {
        public Task StartAsync(CancellationToken cancellationToken) => Task.CompletedTask;

        public Task StopAsync(CancellationToken cancellationToken) => throw new OperationCanceledException("too long");
    }

    private sealed class RecordingService : IHostedService
    {
        public string Was { get; private set; } = "";

        public Task StartAsync(CancellationToken cancellationToken)
        {
            Was = "started";
            return Task.CompletedTask;
        }

        public Task StopAsync(CancellationToken cancellationToken)
        {
            Was += ", stopped";
            return Task.CompletedTask;
        }
    }
}
