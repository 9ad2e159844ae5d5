using System.Text;
using Attribution.Core.Events;

namespace Attribution.Core.Tests.Events;

public class IpAddressRemovalTests
{
    [Theory]
    [InlineData("""{"ip":"203.0.113.9"}""", "{}")]
    [InlineData("""{"ip":"203.0.113.9","id":"c"}""", """{"id":"c"}""")]
    [InlineData("""{"id":"c","ip":"203.0.113.9"}""", """{"id":"c"}""")]
    [InlineData("""{ "id" : "c" , "ip" : "203.0.113.9" , "gross":1.50 }""", """{"id" : "c","gross":1.50 }""")]
    [InlineData("""{"id":"c","\u0069p":{"v":[6]}}""", """{"id":"c"}""")]
    [InlineData("""{"ip":1,"id":"c","ip":2,"ip":3}""", """{"id":"c"}""")]
    public void Ip_address_is_removed_and_the_rest_is_unchanged(string sent, string kept) => RemoveIpAddress(sent).ShouldBe(kept);

    [Theory]
    [InlineData("""{"id":"c"}""")]
    [InlineData("""{"id":"the ip","zip":1}""")]
    [InlineData("""{"id":"ip"}""")]
    [InlineData("""{"id":"a\"b","deep":{"ip":1}}""")]
    [InlineData("")]
    public void Event_without_an_ip_address_is_not_copied(string sent) => RemoveIpAddress(sent).ShouldBeNull();

    [Theory]
    [InlineData("""{"id":"c","ip":"203.0.113.9""", """{"id":"c",""")]
    [InlineData("""{"id":"c","ip":"203.0.113.9"} trailing""", """{"id":"c",""")]
    [InlineData("""[{"ip":"203.0.113.9"}]""", "[{")]
    [InlineData("""{"\u0069p":"203.0.113.9","ip":""", "{")]
    public void Malformed_json_is_cut_at_the_ip_address(string sent, string kept) => RemoveIpAddress(sent).ShouldBe(kept);

    private static string? RemoveIpAddress(string json) => EventRedaction.Redact(Encoding.UTF8.GetBytes(json), keys: null) is { } rest ? Encoding.UTF8.GetString(rest) : null;
}
