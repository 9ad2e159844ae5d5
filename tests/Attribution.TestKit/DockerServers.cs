using System.ComponentModel;
using System.Diagnostics;
using Attribution.TestKit.Brokers;
using DotNet.Testcontainers.Containers;
using Testcontainers.MongoDb;
using Testcontainers.RabbitMq;

namespace Attribution.TestKit;

/// <summary>Servers in Docker containers: the images of <c>infra/compose.yaml</c>. Testcontainers removes them when the tests have ended.</summary>
internal static class DockerServers
{
    private static readonly Lazy<bool> DockerAnswers = new(ProbeDocker);

    /// <summary>Gets a value indicating whether a Docker engine answers. It is asked once.</summary>
    public static bool AreAvailable => DockerAnswers.Value;

    public static async Task<string> StartMongoDbAsync()
    {
        var container = new MongoDbBuilder("mongo:8.0").WithReplicaSet("rs0").Build();
        await container.StartAsync();
        return container.GetConnectionString();
    }

    private static bool ProbeDocker()
    {
        try
        {
            using var docker = Process.Start(new ProcessStartInfo("docker", "version --format {{.Server.Version}}") { RedirectStandardOutput = true, RedirectStandardError = true });
            if (docker is null) return false;
            if (docker.WaitForExit(TimeSpan.FromSeconds(20))) return docker.ExitCode == 0;
            docker.Kill(); // The engine hangs.
            return false;
        }
        catch (Win32Exception)
        {
            return false; // The client is not installed.
        }
    }

    /// <summary>One node. Its port is chosen here, since one that Docker chooses changes with each start; what stops it is SIGKILL, since it is stopped to die.</summary>
    internal sealed class RabbitMqNode : BrokerNode
    {
        private readonly RabbitMqContainer container;

        public RabbitMqNode() => container = new RabbitMqBuilder("rabbitmq:4.1-management")
            .WithHostname(Name).WithUsername(Broker.User).WithPassword(Broker.Password).WithPortBinding(Port, RabbitMqBuilder.RabbitMqPort)
            .WithCreateParameterModifier(parameters => parameters.StopSignal = "SIGKILL").Build();

        public override string Name => "rabbit1";

        public override bool IsRunning => container.State is TestcontainersStates.Running or TestcontainersStates.Paused;

        public override string Log
        {
            get
            {
                var (output, errors) = container.GetLogsAsync().GetAwaiter().GetResult();
                return output + errors;
            }
        }

        public override Task StartAsync() => container.StartAsync();

        public override Task KillAsync() => container.StopAsync();

        public override Task SuspendAsync() => container.PauseAsync();

        public override Task ResumeAsync() => container.UnpauseAsync();

        public override async Task<(long? ExitCode, string Output, string Errors)> ControlAsync(IEnumerable<string> arguments, CancellationToken cancellation)
        {
            var result = await container.ExecAsync(["rabbitmqctl", .. arguments], cancellation);
            return (result.ExitCode, result.Stdout, result.Stderr);
        }

        public override ValueTask DisposeAsync() => container.DisposeAsync();
    }
}
