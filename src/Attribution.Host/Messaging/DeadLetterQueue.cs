using System.Globalization;
using System.Text;
using System.Text.Json;
using Attribution.Contracts;
using Attribution.Host.Hosting;
using RabbitMQ.Client;
using RabbitMQ.Client.Exceptions;

namespace Attribution.Host.Messaging;

/// <summary>The dead letters on the broker, for commands. Works without a running host.</summary>
internal sealed class DeadLetterQueue(RabbitMqOptions options)
{
    /// <summary>Returns the oldest dead letters. They stay where they are.</summary>
    /// <param name="limit">Greatest number of dead letters, at least 1.</param>
    /// <param name="cancellation">Cancels the work; the dead letters stay.</param>
    /// <exception cref="StartupException">The broker cannot be reached, or refuses the work.</exception>
    public Task<IReadOnlyList<DeadLetter>> ListAsync(int limit, CancellationToken cancellation) =>
        RunAsync<IReadOnlyList<DeadLetter>>(
            async channel =>
            {
                var letters = new List<DeadLetter>();
                await foreach (var message in ReadAsync(channel, limit, cancellation))
                {
                    letters.Add(DeadLetter.FromMessage(message));
                    await RenewAsync(channel, message, cancellation);
                }

                return letters;
            },
            cancellation);

    /// <summary>
    /// Moves dead letters back to the queue, each once. A letter leaves its place when the broker has confirmed it in the
    /// queue. Letters that this build cannot read stay.
    /// </summary>
    /// <param name="packs">Ids of the packs to move; all if it is empty.</param>
    /// <param name="cancellation">Cancels the work; what is not moved stays.</param>
    /// <returns>The number of moved letters, and those that stay although they were to be moved.</returns>
    /// <exception cref="StartupException">The broker cannot be reached, or refuses the work.</exception>
    public Task<(int Moved, IReadOnlyList<DeadLetter> Kept)> ReplayAsync(IReadOnlySet<Guid> packs, CancellationToken cancellation) =>
        RunAsync<(int, IReadOnlyList<DeadLetter>)>(
            async channel =>
            {
                var (moved, kept) = (0, new List<DeadLetter>());
                await foreach (var message in ReadAsync(channel, int.MaxValue, cancellation))
                {
                    var letter = DeadLetter.FromMessage(message);
                    var isChosen = packs.Count == 0 || (letter.Pack is { } pack && packs.Contains(pack.PackId));
                    if (isChosen && letter.IsReadable)
                    {
                        await MoveAsync(channel, message, BusNames.AttributeQueue, headers: null, cancellation);
                        moved++;
                        continue;
                    }

                    if (isChosen) kept.Add(letter);
                    await RenewAsync(channel, message, cancellation);
                }

                return (moved, kept);
            },
            cancellation);

    /// <summary>
    /// Reads at most the messages that are in the queue now, so that those which become dead letters again are not read
    /// twice. Closing the channel returns what was not acknowledged to its place.
    /// </summary>
    private static async IAsyncEnumerable<BasicGetResult> ReadAsync(
        IChannel channel, int limit, [System.Runtime.CompilerServices.EnumeratorCancellation] CancellationToken cancellation)
    {
        var waiting = (await channel.QueueDeclarePassiveAsync(BusNames.DeadLetters, cancellation)).MessageCount;
        for (var i = 0; i < Math.Min(limit, waiting); i++)
        {
            if (await channel.BasicGetAsync(BusNames.DeadLetters, autoAck: false, cancellation) is not { } message) yield break;
            yield return message;
        }
    }

    /// <summary>Replaces a dead letter that was read often by a copy, whose deliveries the broker counts from 0.</summary>
    private static async Task RenewAsync(IChannel channel, BasicGetResult message, CancellationToken cancellation)
    {
        if (message.BasicProperties.Headers is not { } headers || !headers.TryGetValue(BusTopology.DeliveryCountHeader, out var count)
            || Convert.ToInt64(count, CultureInfo.InvariantCulture) < BusTopology.RenewAfter) return;
        var others = headers.Where(header => header.Key != BusTopology.DeliveryCountHeader).ToDictionary(StringComparer.Ordinal);
        await MoveAsync(channel, message, BusNames.DeadLetters, others, cancellation);
    }

    /// <summary>Publishes a message to a queue, and acknowledges it when the broker has confirmed that.</summary>
    private static async Task MoveAsync(
        IChannel channel, BasicGetResult message, string queue, IDictionary<string, object?>? headers, CancellationToken cancellation)
    {
        var properties = new BasicProperties
        {
            Persistent = true, ContentType = message.BasicProperties.ContentType, MessageId = message.BasicProperties.MessageId, Headers = headers,
        };
        await channel.BasicPublishAsync("", queue, mandatory: true, properties, message.Body, cancellation);
        await channel.BasicAckAsync(message.DeliveryTag, multiple: false, cancellation);
    }

    private async Task<T> RunAsync<T>(Func<IChannel, Task<T>> work, CancellationToken cancellation)
    {
        try
        {
            await using var connection = await options.CreateConnectionFactory().CreateConnectionAsync(
                options.Endpoints, "attribution, dead letters", cancellation);
            await using var channel = await connection.CreateChannelAsync(
                new CreateChannelOptions(publisherConfirmationsEnabled: true, publisherConfirmationTrackingEnabled: true), cancellation);
            return await work(channel);
        }
        catch (OperationInterruptedException e) when (e.ShutdownReason?.ReplyCode == 404)
        {
            throw StartupException.ForEnvironment(
                $"The broker at {options.DisplayAddress} has no queue {BusNames.DeadLetters}: no host has used it yet.", e);
        }
        catch (PublishException e)
        {
            throw StartupException.ForEnvironment(
                $"The broker did not take a message into {BusNames.AttributeQueue}: the queue is missing, or full. The remaining dead letters stay.", e);
        }
        catch (Exception e) when (e is BrokerUnreachableException or OperationInterruptedException or AlreadyClosedException or IOException)
        {
            var cause = e;
            while (cause is { InnerException: { } inner }) cause = inner;
            throw StartupException.ForEnvironment(
                $"The broker at {options.DisplayAddress} cannot be used: {cause.Message.TrimEnd('.')}. Check Bus:RabbitMq:Uri.", e);
        }
    }
}

/// <summary>A message that was given up.</summary>
/// <param name="Pack">The message; null if it is not a pack of events.</param>
/// <param name="Reason">Sentence with the reason.</param>
internal sealed record DeadLetter(EventPack? Pack, string Reason)
{
    /// <summary>Gets a value indicating whether this build can attribute the message.</summary>
    public bool IsReadable => Pack is { Schema: >= 1 and <= EventPack.CurrentSchema };

    /// <summary>Reads a message with the headers that its consumer or the broker added.</summary>
    public static DeadLetter FromMessage(BasicGetResult message)
    {
        try
        {
            return JsonSerializer.Deserialize(message.Body.Span, EventPackJsonContext.Default.EventPack) is { } pack
                ? new(pack, FindReason(message.BasicProperties.Headers ?? new Dictionary<string, object?>()))
                : new(null, "It is not a pack of events: it is null.");
        }
        catch (JsonException e)
        {
            return new(null, $"It is not a pack of events: {e.Message.ReplaceLineEndings(" ")}");
        }
    }

    private static string FindReason(IDictionary<string, object?> headers)
    {
        if (headers.TryGetValue("MT-Fault-Message", out var fault) && fault is byte[] text)
            return Encoding.UTF8.GetString(text).ReplaceLineEndings(" ").Replace('\t', ' ');
        var death = headers.TryGetValue("x-death", out var deaths) && deaths is IList<object?> { Count: > 0 } list
            ? list[0] as IDictionary<string, object?> : null;
        var reason = death is not null && death.TryGetValue("reason", out var word) && word is byte[] bytes ? Encoding.UTF8.GetString(bytes) : null;
        return reason switch
        {
            "delivery_limit" => string.Create(
                CultureInfo.InvariantCulture, $"It was delivered more than {BusTopology.DeliveryLimit} times without an answer: its consumers ended."),
            null => "Unknown: it has no header with a reason.",
            _ => $"The broker gave it up: {reason}.",
        };
    }
}
