using System.Globalization;
using RabbitMQ.Client;

namespace Attribution.Host.Messaging;

/// <summary>
/// Section <c>Bus:RabbitMq</c>: the broker's address and credentials. Used by processes that ingest or attribute.
/// </summary>
internal sealed class RabbitMqOptions
{
    /// <summary>
    /// Address of the broker. The parts are percent-encoded; user and password default to <c>guest</c>, the virtual
    /// host to <c>/</c>, the port to 5672 or 5671. With <c>amqps</c> the machine must trust the broker's certificate,
    /// and it must name this host. Never logged. Default: required with RabbitMq;
    /// <c>amqp://user:password@host:port/vhost</c>, or <c>amqps</c>.
    /// </summary>
    public string Uri { get; set; } = "";

    /// <summary>
    /// Nodes of a cluster; the next is tried if one is unavailable. Default: the host of <c>Uri</c>; <c>host</c> or
    /// <c>host:port</c>, separated by commas.
    /// </summary>
    public string Nodes { get; set; } = "";

    /// <summary>Gets the endpoints in the order in which they are tried.</summary>
    internal IReadOnlyList<AmqpTcpEndpoint> Endpoints =>
        [.. ParseNodes().Select(node => new AmqpTcpEndpoint(node.Host, node.Port, CreateSslOption()))];

    /// <summary>Gets the nodes for messages, without credentials.</summary>
    internal string DisplayAddress =>
        string.Join(
            ", ", ParseNodes().Select(node => string.Create(CultureInfo.InvariantCulture, $"{node.Host}:{node.Port}")));

    /// <summary>Returns the faults of the addresses.</summary>
    internal IEnumerable<string> FindFaults()
    {
        if (!System.Uri.TryCreate(Uri, UriKind.Absolute, out var uri) || uri.Scheme is not ("amqp" or "amqps") || uri.Host.Length == 0
            || uri.Segments.Length > 2 || uri.Query.Length > 0)
        {
            yield return (
                Uri.Length == 0 ? "Bus:RabbitMq:Uri is missing" : "Bus:RabbitMq:Uri is not the address of a broker")
                + ": write for example amqp://user:password@127.0.0.1:5672 (percent-encode special characters of the password).";
            yield break;
        }

        foreach (var node in SplitNodes(Nodes))
            if (!System.Uri.TryCreate("amqp://" + node, UriKind.Absolute, out var parsed) || parsed.UserInfo.Length > 0
                || parsed.PathAndQuery != "/" || parsed.Host.Length == 0)
                yield return $"Bus:RabbitMq:Nodes: '{node}' is not a node; write host or host:port, separated by commas.";
    }

    /// <summary>Creates a factory of connections like those of the bus.</summary>
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
        var defaultPort = uri.Port > 0 ? uri.Port : uri.Scheme == "amqps" ? 5671 : 5672;
        var nodes = SplitNodes(Nodes).Select(node => new Uri("amqp://" + node))
            .Select(node => (node.Host, node.Port > 0 ? node.Port : defaultPort)).ToList();
        return nodes.Count > 0 ? nodes : [(uri.Host, defaultPort)];
    }

    private static string[] SplitNodes(string nodes) =>
        nodes.Split(',', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries);
}
