using System.Text.Json;
using Attribution.Core.Values;
using Attribution.TestKit;

namespace Attribution.Core.Tests.Values;

public class QueryStringTests
{
    [Theory]
    [InlineData("https://shop.example/?a=1#b?c", "a=1")]
    [InlineData("https://shop.example/#?a=1", "")]
    [InlineData("https://shop.example/", "")]
    [InlineData("https://shop.example/?", "")]
    [InlineData("https://shop.example/?a=1?b=2", "a=1?b=2")]
    public void Query_lies_between_the_first_question_mark_and_the_fragment(string url, string query) =>
        QueryString.FromUrl(url).ToString().ShouldBe(query);

    [Theory]
    [InlineData("a=1&b=2&a=3", "a:1|b:2|a:3")]
    [InlineData("&&a&=b&", "a:|:b")]
    [InlineData("a=b=c", "a:b=c")]
    [InlineData("utm%5Fsource=insta+gram%20app", "utm_source:insta gram app")]
    [InlineData("a=%zz%4&b=%", "a:%zz%4|b:%")]
    [InlineData("a=%C3%A9&b=é", "a:é|b:é")]
    [InlineData("a=%ff", "a:\ufffd")]
    public void Parameters_are_decoded_and_in_order(string query, string parameters) =>
        string.Join('|', Parse(query).Select(pair => $"{pair[0]}:{pair[1]}")).ShouldBe(parameters);

    [Fact]
    public void Parsing_agrees_with_browsers()
    {
        using var cases = JsonDocument.Parse(File.ReadAllText(TestData.Path("wpt_url/urlencoded-parser-data.json")));
        cases.RootElement.GetArrayLength().ShouldBe(35);
        foreach (var vector in cases.RootElement.EnumerateArray())
        {
            var input = vector.GetProperty("input").GetString()!;
            var output = vector.GetProperty("output").EnumerateArray().Select(pair => pair.EnumerateArray().Select(text => text.GetString()!).ToArray());
            Parse(input).ShouldBe(output, input);
        }
    }

    private static List<string[]> Parse(string query)
    {
        var pairs = new List<string[]>();
        foreach (var parameter in QueryString.Parameters(query)) pairs.Add([parameter.Name.ToString(), parameter.Value]);
        return pairs;
    }
}
