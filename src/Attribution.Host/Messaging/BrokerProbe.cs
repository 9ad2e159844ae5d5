using System.Security.Authentication;
using Attribution.Host.Hosting;
using Attribution.Host.Observability;
using RabbitMQ.Client.Exceptions;

namespace Attribution.Host.Messaging;

/// <summary>
/// Connects to the broker before the host starts. The host waits for an unreachable broker, which may come back. It
/// does not start when the broker rejects its credentials, which will not change by itself.
/// </summary>
internal static partial class BrokerProbe
{
    private static readonly TimeSpan ConnectTimeout = TimeSpan.FromSeconds(10);

    /// <summary>Connects once, and logs an unreachable broker.</summary>
    /// <exception cref="StartupException">The user, password, virtual host or certificate is invalid.</exception>
    public static async Task RunAsync(RabbitMqOptions options, ILogger logger, CancellationToken cancellation)
    {
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(cancellation);
        limit.CancelAfter(ConnectTimeout);
        var factory = options.CreateConnectionFactory();
        try
        {
            await using var connection = await factory.CreateConnectionAsync(
                options.Endpoints, "attribution, probe", limit.Token);
            // The client does not wait for the broker to check the virtual host. Opening a channel does.
            await using var channel = await connection.CreateChannelAsync(cancellationToken: limit.Token);
        }
        catch (Exception e) when (!cancellation.IsCancellationRequested)
        {
            var causes = GetCauses(e).ToList();
            if (causes.OfType<AuthenticationFailureException>().Any())
                throw Rejected(
                    $"rejects the user '{factory.UserName}': the user or the password in Bus:RabbitMq:Uri is wrong", e);
            if (causes.OfType<OperationInterruptedException>().Any(cause => cause.ShutdownReason?.ReplyCode == 530))
            {
                throw Rejected(
                    $"denies the user '{factory.UserName}' the virtual host '{factory.VirtualHost}': "
                    + "it does not exist, or the user has no access to it", e);
            }

            if (causes.OfType<AuthenticationException>().FirstOrDefault() is { } tls)
                throw Rejected($"has a certificate that is not trusted ({tls.Message.TrimEnd('.')})", e);
            LogAway(logger, options.DisplayAddress);
        }

        StartupException Rejected(string reason, Exception e) =>
            StartupException.ForEnvironment($"The broker at {options.DisplayAddress} {reason}.", e);
    }

    private static IEnumerable<Exception> GetCauses(Exception e) =>
        (e is AggregateException many ? many.InnerExceptions : e.InnerException is { } inner ? [inner] : []).SelectMany(GetCauses).Prepend(e);

    [LoggerMessage(
        EventIds.BrokerUnreachable, LogLevel.Warning,
        "The broker at {Where} cannot be reached; retrying. Until it can, accepted events are stored in the spool")]
    private static partial void LogAway(ILogger logger, string where);
}
