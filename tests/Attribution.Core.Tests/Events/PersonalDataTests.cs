using Attribution.Core.Events;

namespace Attribution.Core.Tests.Events;

public sealed class PersonalDataTests
{
    [Theory]
    [InlineData("jane@mail.example")]
    [InlineData("sub_jane@mail.example_7")]
    [InlineData("jane%40mail.example")]
    [InlineData("Jane Doe <jane.doe@mail.example>")]
    [InlineData("mailto:jane")]
    [InlineData("jane\uFF20mail.example")]
    [InlineData("+4915112345678")]
    [InlineData("+1 (555) 010-1234")]
    [InlineData("0049 151 12345678")]
    [InlineData("(555) 010-1234")]
    [InlineData("555-010-1234")]
    [InlineData("555.010.1234")]
    [InlineData("0151/12345678")]
    [InlineData("tel:12345")]
    [InlineData("tel=%2B4915112345678")]
    public void Address_or_number_of_a_person_is_recognized(string text) => PersonalData.IsContact(text).ShouldBeTrue();

    [Theory]
    [InlineData("pub_123")]
    [InlineData("1234567")]
    [InlineData("123456789012345")]
    [InlineData("impact.com")]
    [InlineData("@mia.glow")]
    [InlineData("2026-11-30")]
    [InlineData("2026-11-30T10:00:00Z")]
    [InlineData("0198a000-0000-7000-8000-0000000000ff")]
    [InlineData("camp_summer-2026-07-01")]
    [InlineData("1.2.3")]
    [InlineData("a+b")]
    [InlineData("100-200")]
    public void Id_of_a_network_is_not(string text) => PersonalData.IsContact(text).ShouldBeFalse();
}
