using Attribution.Contracts.Catalog;
using Attribution.Core.Catalog;

namespace Attribution.Core.Tests.Catalog;

public sealed class LinkDestinationTests
{
    private static readonly UtmItem Utm = new("instagram", "influencer", "spring", "mia");

    private const string Added = "utm_source=instagram&utm_medium=influencer&utm_campaign=spring&utm_content=mia&atr_cid=k-1";

    [Theory]
    [InlineData("https://shop.example/spring", "https://shop.example/spring?" + Added)]
    [InlineData("https://shop.example", "https://shop.example/?" + Added)]
    [InlineData("https://shop.example?", "https://shop.example/?" + Added)]
    [InlineData("https://shop.example:8443/a", "https://shop.example:8443/a?" + Added)]
    [InlineData("https://shop.example/a?size=m&colour=red", "https://shop.example/a?size=m&colour=red&" + Added)]
    [InlineData("https://shop.example/a?size=m&", "https://shop.example/a?size=m&" + Added)]
    [InlineData("https://shop.example/a#top", "https://shop.example/a?" + Added + "#top")]
    [InlineData("https://shop.example/a?x=1#top?no=query", "https://shop.example/a?x=1&" + Added + "#top?no=query")]
    [InlineData("https://shop.example/a?tag=1&tag=2&tag", "https://shop.example/a?tag=1&tag=2&tag&" + Added)]
    [InlineData("https://shop.example/a?utm_source=old&x=1&utm_source=older&utm%5Fmedium=m", "https://shop.example/a?x=1&" + Added)]
    [InlineData("https://shop.example/a?UTM_SOURCE=other", "https://shop.example/a?UTM_SOURCE=other&" + Added)]
    [InlineData("https://shop.example/a?utm_term=kept", "https://shop.example/a?utm_term=kept&" + Added)]
    [InlineData("https://shop.example/a?atr_cid=stale", "https://shop.example/a?" + Added)]
    [InlineData("https://shop.example/a?q=%C3%A9+b%20c", "https://shop.example/a?q=%C3%A9+b%20c&" + Added)]
    [InlineData("https://shop.example/größe?q=ü#ö", "https://shop.example/gr%C3%B6%C3%9Fe?q=%C3%BC&" + Added + "#%C3%B6")]
    [InlineData("https://bücher.example/a", "https://xn--bcher-kva.example/a?" + Added)]
    [InlineData("https://магазин.example:8443/a b", "https://xn--80aairftm.example:8443/a%20b?" + Added)]
    [InlineData("https://straße.example", "https://xn--strae-oqa.example/?" + Added)]
    [InlineData("https://BÜCHER。example/", "https://xn--bcher-kva.example/?" + Added)]
    public void Parameters_are_merged_into_the_query_and_nothing_else_changes(string destination, string followed) =>
        LinkDestination.Build(destination, Utm, "k-1").ShouldBe(followed);

    [Fact]
    public void Values_are_escaped() =>
        LinkDestination.Build("https://shop.example/", new UtmItem(Campaign: "Été & soldes+50%", Term: "😀"), "k 1")
            .ShouldBe("https://shop.example/?utm_campaign=%C3%89t%C3%A9%20%26%20soldes%2B50%25&utm_term=%F0%9F%98%80&atr_cid=k%201");

    [Fact]
    public void Link_without_parameters_gets_only_the_click_id() =>
        LinkDestination.Build("https://shop.example/?utm_source=kept", null, "k-1").ShouldBe("https://shop.example/?utm_source=kept&atr_cid=k-1");

    [Theory]
    [InlineData("https://shop.example", "https://shop.example/")]
    [InlineData("https://shop.example/over?utm_source=kept#ü", "https://shop.example/over?utm_source=kept#%C3%BC")]
    public void Fallback_is_only_made_valid_for_a_header(string fallback, string followed) => LinkDestination.ToAsciiUrl(fallback).ShouldBe(followed);

    [Theory]
    [InlineData("?fbclid=IwAR1&utm_content=story1", "https://shop.example/a?size=m&fbclid=IwAR1&utm_content=story1&utm_source=instagram&atr_cid=k-1#top")]
    [InlineData("?utm_source=evil&UTM_Source=evil&utm%5Fsource=evil&utm.source=evil&utm_source[]=evil&+utm_source=evil", "https://shop.example/a?size=m&utm_source=instagram&atr_cid=k-1#top")]
    [InlineData("?atr_cid=stale&ATR_CID=stale&atr%5fcid=stale&atr_vid=v&gclid=g", "https://shop.example/a?size=m&gclid=g&utm_source=instagram&atr_cid=k-1#top")]
    [InlineData("?size=l&SIZE=l&size[0]=l&colour=red&colour=blue&flag&=&&x=", "https://shop.example/a?size=m&colour=red&colour=blue&flag&=&x=&utm_source=instagram&atr_cid=k-1#top")]
    [InlineData("?q=%C3%A9+b%20c%&a=ü #x\r\ny", "https://shop.example/a?size=m&q=%C3%A9+b%20c%&a=%C3%BC%20%23x%0D%0Ay&utm_source=instagram&atr_cid=k-1#top")]
    [InlineData("?", "https://shop.example/a?size=m&utm_source=instagram&atr_cid=k-1#top")]
    [InlineData("", "https://shop.example/a?size=m&utm_source=instagram&atr_cid=k-1#top")]
    public void Parameters_of_the_request_pass_and_never_override(string incoming, string followed) =>
        LinkDestination.Build("https://shop.example/a?size=m#top", new UtmItem("instagram"), "k-1", incoming).ShouldBe(followed);

    [Fact]
    public void Fallback_gets_the_parameters_of_the_request_without_a_click_id() =>
        LinkDestination.ToAsciiUrl("https://shop.example/over?utm_source=kept#top", "?gclid=g&utm_source=x&atr_cid=k")
            .ShouldBe("https://shop.example/over?utm_source=kept&gclid=g#top");
}
