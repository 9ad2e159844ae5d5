using Attribution.Core.Values;

namespace Attribution.Core.Tests.Values;

public sealed class HostNamesTests
{
    [Theory]
    [InlineData("shop.example:8443", "shop.example:8443")]
    [InlineData("Shop.Example", "Shop.Example")]
    [InlineData("müller.example", "xn--mller-kva.example")]
    [InlineData("mu\u0308ller.example:8443", "xn--mller-kva.example:8443")]
    [InlineData("MÜLLER.Example", "xn--mller-kva.example")]
    [InlineData("faß.example", "xn--fa-hia.example")]
    [InlineData("βόλος.example", "xn--nxasmm1c.example")]
    [InlineData("日本語。例え", "xn--wgv71a119e.xn--r8jz45g")]
    [InlineData("user@müller.example", "user@xn--mller-kva.example")]
    [InlineData("[::1]:80", "[::1]:80")]
    [InlineData("ü..example", null)]
    [InlineData("shop.example:ü", null)]
    public void Authority_is_written_as_browsers_send_it(string authority, string? ascii) =>
        HostNames.ToAsciiAuthority(authority).ShouldBe(ascii);

    [Theory]
    [InlineData("https://müller.example", "https://xn--mller-kva.example")]
    [InlineData("http://müller.example:8080", "http://xn--mller-kva.example:8080")]
    [InlineData("https://shop.example", "https://shop.example")]
    [InlineData("müller", "müller")]
    public void Origin_is_written_as_browsers_send_it(string origin, string ascii) =>
        HostNames.ToAsciiOrigin(origin).ShouldBe(ascii);
}
