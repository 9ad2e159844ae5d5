using Attribution.Host.Ingest;
using RabbitMQ.Client.Exceptions;

namespace Attribution.Host.Tests.Ingest;

public sealed class BrokerCircuitTests
{
    [Fact]
    public void Rejected_publish_has_a_readable_reason()
    {
        BrokerCircuit.Describe(new PublishException(1, isReturn: false)).ShouldBe("the queue is full (rejected by the broker)");
        BrokerCircuit.Describe(new InvalidOperationException("wrapped", new PublishException(1, isReturn: true)))
            .ShouldBe("no queue accepts the message (returned by the broker)");
        BrokerCircuit.Describe(new TimeoutException("no answer")).ShouldBe("no answer");
    }
}
