using Attribution.Core.Events;

namespace Attribution.Core.Tests.Events;

public sealed class LandingUrlTests
{
    private static readonly Utm Spring = new("INSTAGRAM", Campaign: "SPRING");

    [Theory]
    [InlineData("?utm_source=instagram&utm_campaign=spring")]
    [InlineData("?UTM_SOURCE=instagram&Utm_Campaign=spring")]
    [InlineData("?utm_source=instagram&amp;utm_campaign=spring")]
    [InlineData("?utm_source=instagram&amp;amp;UTM_campaign=spring")]
    [InlineData("?a=1&AMP;utm_source=instagram&amp;utm_campaign=spring")]
    [InlineData("?utm_source=instagram&#038;utm_campaign=spring")]
    [InlineData("?a=1&#038;utm_source=instagram&#38;utm_campaign=spring&#038;b=2")]
    [InlineData("?a=1&%23038;utm_source=instagram&amp%3Butm_campaign=spring")]
    [InlineData("?variant=1?utm_source=instagram&utm_campaign=spring")]
    [InlineData("?variant=1?utm_source=instagram?utm_campaign=spring")]
    [InlineData("?utm_source=instagram&utm_campaign=spring?fbclid=1")]
    [InlineData("??utm_source=instagram&utm_campaign=spring")]
    [InlineData("#utm_source=instagram&utm_campaign=spring")]
    [InlineData("?utm_source=instagram#?utm_campaign=spring")]
    [InlineData("#/spring?utm_source=instagram&utm_campaign=spring")]
    [InlineData("?b=1#!/spring/a?utm_source=instagram&utm_campaign=spring")]
    [InlineData("?attribution/utm_source=instagram&attribution%2Futm_campaign=spring")]
    [InlineData("?ATTRIBUTION/UTM_SOURCE=instagram&utm_campaign=spring")]
    public void Campaign_is_read_from_every_form_that_links_take(string rest) =>
        LandingUrl.Parse("https://shop.example/a" + rest).Utm.ShouldBe(Spring);

    [Theory]
    [InlineData("?utm_source=instagram&utm_campaign=spring&UTM_SOURCE=x&amp;utm_campaign=x#utm_source=x&utm_campaign=x")]
    [InlineData("?UTM_SOURCE=x&attribution/utm_campaign=x&utm_source=instagram&utm_campaign=spring")]
    [InlineData("?a=1?utm_source=x&utm_source=instagram&utm_campaign=spring")]
    public void Ordinary_parameter_takes_precedence(string rest) =>
        LandingUrl.Parse("https://shop.example/a" + rest).Utm.ShouldBe(Spring);

    [Theory]
    [InlineData("?next=https://other.example/?utm_source=x")]
    [InlineData("?next=/b?utm_source=x")]
    [InlineData("?next=https%3A%2F%2Fother.example?utm_source=x")]
    [InlineData("#top")]
    [InlineData("/utm_source=x")]
    [InlineData("?autm_source=x&utm_sourc=x&utm_=x&UTM_SOURCE=")]
    [InlineData("?utm_source=&UTM_SOURCE=x#utm_source=x")]
    [InlineData("?utm_source=x&utm_source=#top")]
    public void Parameters_of_other_addresses_are_not_read(string rest) =>
        LandingUrl.Parse("https://shop.example/a" + rest).Utm.ShouldBeNull();

    [Theory]
    [InlineData("?ATR_CID=k-1")]
    [InlineData("?a=1&amp;atr_cid=k-1")]
    [InlineData("#/spring?atr_cid=k-1")]
    [InlineData("?atr_cid=k-1&ATR_CID=k-2#atr_cid=k-3")]
    public void Click_id_is_read_from_the_same_forms(string rest) =>
        LandingUrl.Parse("https://shop.example/a" + rest).ClickId.ShouldBe("k-1");

    [Fact]
    public void Value_with_a_question_mark_of_its_own_is_whole() =>
        LandingUrl.Parse("https://shop.example/?utm_content=why?&utm_term=a?b").Utm.ShouldBe(new Utm(Content: "WHY?", Term: "A?B"));
}
