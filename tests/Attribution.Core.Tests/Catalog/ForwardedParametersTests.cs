using Attribution.Core.Catalog;

namespace Attribution.Core.Tests.Catalog;

public sealed class ForwardedParametersTests
{
    private static readonly string Many = string.Join('&', Enumerable.Range(0, 100).Select(i => $"p{i}=1"));

    [Fact]
    public void At_most_32_parameters_pass() =>
        Select(Many).ShouldBe(Enumerable.Range(0, 32).Select(i => $"p{i}=1"));

    [Fact]
    public void Click_ids_pass_before_others_when_there_are_too_many()
    {
        var passed = Select($"{Many}&gclid=g&FBCLID=f&ttclid=t");
        passed.Count.ShouldBe(32);
        passed.ShouldBe([.. Enumerable.Range(0, 29).Select(i => $"p{i}=1"), "gclid=g", "FBCLID=f", "ttclid=t"]);
    }

    [Fact]
    public void Parameters_of_at_most_2048_characters_pass_together()
    {
        var (fits, wide) = ($"a={new string('x', 2_045)}", new string('x', 2_046));
        Select(fits).ShouldBe([fits]);
        Select($"a={wide}&b=1").ShouldBe(["b=1"]);
        Select($"a={new string('x', 1_000)}&b={new string('x', 1_000)}&c={new string('x', 1_000)}&gclid={new string('g', 500)}&d=1")
            .ShouldBe([$"a={new string('x', 1_000)}", $"gclid={new string('g', 500)}", "d=1"]);
    }

    [Fact]
    public void Escapes_count_towards_the_length() =>
        Select($"a={new string('ü', 400)}&b=1").ShouldBe(["b=1"]);

    [Theory]
    [InlineData("utm_source", "utm_source")]
    [InlineData("  UTM.Source[0][x]", "utm_source")]
    [InlineData("utm source", "utm_source")]
    [InlineData("[a]", "[a]")]
    [InlineData("", "")]
    public void Names_that_a_shop_reads_as_one_are_one(string name, string canonical) =>
        ForwardedParameters.GetCanonicalName(name).ShouldBe(canonical);

    private static IReadOnlyList<string> Select(string query) => ForwardedParameters.Select(query, _ => false);
}
