using System.Security.Authentication;
using Attribution.Host.Hosting;
using Attribution.Host.Observability;
using RabbitMQ.Client.Exceptions;

namespace Attribution.Host.Messaging;

/// <summary>
/// A look at the broker before anything starts. One that is away comes back, and the host waits for it; one that knows us and turns us
/// away will do so for ever, and the start is refused.
/// </summary>
internal static partial class BrokerProbe
{
    private static readonly TimeSpan ConnectTimeout = TimeSpan.FromSeconds(10);

    /// <summary>Connects once.</summary>
    /// <exception cref="StartupException">User, password, virtual host or certificate are at fault.</exception>
    public static async Task RunAsync(RabbitMqOptions section, ILogger logger, CancellationToken cancellation)
    {
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(cancellation);
        limit.CancelAfter(ConnectTimeout);
        var factory = section.CreateConnectionFactory();
        try
        {
            await using var connection = await factory.CreateConnectionAsync(section.Endpoints, "attribution, looking", limit.Token);
            // The client does not wait for the broker's word on the virtual host; a channel comes only after it.
            await using var channel = await connection.CreateChannelAsync(cancellationToken: limit.Token);
        }
        catch (Exception e) when (!cancellation.IsCancellationRequested)
        {
            var causes = GetCauses(e).ToList();
            if (causes.OfType<AuthenticationFailureException>().Any())
                throw Refused($"turns the user '{factory.UserName}' away: the user or the password in Bus:RabbitMq:Uri is wrong", e);
            if (causes.OfType<OperationInterruptedException>().Any(cause => cause.ShutdownReason?.ReplyCode == 530))
                throw Refused($"lets the user '{factory.UserName}' not into the virtual host '{factory.VirtualHost}': it does not exist, or the user has no access to it", e);
            if (causes.OfType<AuthenticationException>().FirstOrDefault() is { } tls)
                throw Refused($"has a certificate that is not trusted ({tls.Message.TrimEnd('.')})", e);
            LogAway(logger, section.DisplayAddress);
        }

        StartupException Refused(string why, Exception e) => StartupException.ForEnvironment($"The broker at {section.DisplayAddress} {why}.", e);
    }

    private static IEnumerable<Exception> GetCauses(Exception e) =>
        (e is AggregateException many ? many.InnerExceptions : e.InnerException is { } inner ? [inner] : []).SelectMany(GetCauses).Prepend(e);

    [LoggerMessage(EventIds.BrokerUnreachable, LogLevel.Warning, "The broker at {Where} cannot be reached; retrying. Until it can, accepted events are stored in the spool")]
    private static partial void LogAway(ILogger logger, string where);
}
