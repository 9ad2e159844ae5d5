using System.Reflection;
using Attribution.Host.Observability;
using Microsoft.Extensions.Logging;

namespace Attribution.Host.Tests.Observability;

public sealed class EventIdTests
{
    [Fact]
    public void Ids_of_log_events_are_distinct() => DeclaredIds().ShouldBeUnique();

    [Fact]
    public void Each_id_belongs_to_one_log_message() =>
        MessageIds().Order().ShouldBe(DeclaredIds().Order());

    private static IEnumerable<int> DeclaredIds() =>
        typeof(EventIds).GetFields().Select(field => (int)field.GetRawConstantValue()!);

    private static IEnumerable<int> MessageIds() =>
        from type in typeof(EventIds).Assembly.GetTypes()
        from method in type.GetMethods(BindingFlags.Instance | BindingFlags.Static | BindingFlags.Public | BindingFlags.NonPublic | BindingFlags.DeclaredOnly)
        let message = method.GetCustomAttribute<LoggerMessageAttribute>()
        where message is not null
        select message.EventId;
}
