using System.Globalization;
using RabbitMQ.Client;

namespace Attribution.Host.Messaging;

/// <summary>The section <c>Bus:RabbitMq</c>: where the broker is and who we are to it. Read by processes that ingest or attribute.</summary>
internal sealed class RabbitMqOptions
{
    /// <summary>
    /// <c>amqp://user:password@host:port/vhost</c>, or <c>amqps</c> for TLS, where the broker's certificate must be trusted by the machine and
    /// bear this host's name, whichever of the <see cref="Nodes"/> shows it. User, password and virtual host are percent-encoded; absent,
    /// they are <c>guest</c>, <c>guest</c> and <c>/</c>, the port 5672 or 5671. No default: required. Never logged.
    /// </summary>
    public string Uri { get; set; } = "";

    /// <summary>Nodes of a cluster, <c>host</c> or <c>host:port</c>, separated by commas; the next is tried when one is away. Default: the one that <see cref="Uri"/> names.</summary>
    public string Nodes { get; set; } = "";

    /// <summary>Where a connection can be had, in the order to try.</summary>
    internal IReadOnlyList<AmqpTcpEndpoint> Endpoints => [.. ParseNodes().Select(node => new AmqpTcpEndpoint(node.Host, node.Port, CreateSslOption()))];

    /// <summary>The nodes as people may see them.</summary>
    internal string DisplayAddress => string.Join(", ", ParseNodes().Select(node => string.Create(CultureInfo.InvariantCulture, $"{node.Host}:{node.Port}")));

    /// <summary>Refuses what is no address.</summary>
    internal IEnumerable<string> FindFaults()
    {
        if (!System.Uri.TryCreate(Uri, UriKind.Absolute, out var uri) || uri.Scheme is not ("amqp" or "amqps") || uri.Host.Length == 0 || uri.Segments.Length > 2 || uri.Query.Length > 0)
        {
            yield return (Uri.Length == 0 ? "Bus:RabbitMq:Uri is missing" : "Bus:RabbitMq:Uri: what it holds is no address of a broker")
                + ": write for example amqp://user:password@127.0.0.1:5672/ (percent-encode what is special in the password).";
            yield break;
        }

        foreach (var node in SplitNodes(Nodes))
            if (!System.Uri.TryCreate("amqp://" + node, UriKind.Absolute, out var one) || one.UserInfo.Length > 0 || one.PathAndQuery != "/" || one.Host.Length == 0)
                yield return $"Bus:RabbitMq:Nodes: '{node}' is no node; write host or host:port, separated by commas.";
    }

    /// <summary>A connection as the bus makes them, for a look beforehand.</summary>
    internal ConnectionFactory CreateConnectionFactory() => new()
    {
        Uri = new Uri(Uri),
        AutomaticRecoveryEnabled = false,
        RequestedConnectionTimeout = TimeSpan.FromSeconds(5),
        HandshakeContinuationTimeout = TimeSpan.FromSeconds(5),
    };

    private SslOption CreateSslOption()
    {
        var uri = new Uri(Uri);
        return uri.Scheme == "amqps" ? new SslOption(uri.Host, enabled: true) : new SslOption();
    }

    private List<(string Host, int Port)> ParseNodes()
    {
        var uri = new Uri(Uri);
        var usual = uri.Port > 0 ? uri.Port : uri.Scheme == "amqps" ? 5671 : 5672;
        var nodes = SplitNodes(Nodes).Select(node => new Uri("amqp://" + node)).Select(node => (node.Host, node.Port > 0 ? node.Port : usual)).ToList();
        return nodes.Count > 0 ? nodes : [(uri.Host, usual)];
    }

    private static string[] SplitNodes(string nodes) => nodes.Split(',', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries);
}
