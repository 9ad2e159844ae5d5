using System.Text;
using Attribution.Contracts;
using Attribution.Core.Events;

namespace Attribution.Core.Tests.Events;

/// <summary>Amounts in minor units become major units of their currency, and nothing else of an event changes.</summary>
public sealed class MinorUnitAmountsTests
{
    [Theory]
    [InlineData("EUR", "7840", "78.40")]
    [InlineData("EUR", "\"7840\"", "78.40")]
    [InlineData("EUR", "5", "0.05")]
    [InlineData("EUR", "0", "0.00")]
    [InlineData("JPY", "7840", "7840")]
    [InlineData("KWD", "7840", "7.840")]
    [InlineData("CLF", "7840", "0.7840")]
    [InlineData("ISK", "7840", "7840")]
    [InlineData("EUR", "-5", "-0.05")]
    public void Amount_is_in_minor_units_of_its_currency(string currency, string minor, string major) =>
        Convert($$"""{"gross":{{minor}},"currency":"{{currency}}"}""").ShouldBe(($$"""{"gross":"{{major}}","currency":"{{currency}}"}""", null));

    [Fact]
    public void Every_amount_is_converted_and_nothing_else() =>
        Convert("""{"id":"100","currency":"USD","gross":10000,"discount":1000 , "tax":"720","shipping":500,"amount":4500,"codes":["100"],"extra":{"gross":100}}""").Json
            .ShouldBe("""{"id":"100","currency":"USD","gross":"100.00","discount":"10.00" , "tax":"7.20","shipping":"5.00","amount":"45.00","codes":["100"],"extra":{"gross":100}}""");

    [Theory]
    [InlineData("EUR", "78.40")]
    [InlineData("EUR", "\"78.40\"")]
    [InlineData("EUR", "7840.00")]
    [InlineData("EUR", "784e1")]
    [InlineData("JPY", "78.4")]
    [InlineData("KWD", "\"7.840\"")]
    public void Amount_with_decimals_contradicts_minor_units(string currency, string amount)
    {
        var fault = MinorUnitAmounts.TryToMajor(Encoding.UTF8.GetBytes($$"""{"currency":"{{currency}}","amount":{{amount}}}"""), out _).ShouldNotBeNull();
        (fault.Reason, fault.Pointer).ShouldBe((RejectionReason.MoneyPrecision, "/amount"));
    }

    /// <summary>The reader explains these faults; amounts beyond the range stay beyond it.</summary>
    [Theory]
    [InlineData("""{"gross":7840}""")]
    [InlineData("""{"gross":7840,"currency":"EURO"}""")]
    [InlineData("""{"gross":7840,"currency":7}""")]
    [InlineData("""{"gross":"x","currency":"EUR"}""")]
    [InlineData("""{"gross":null,"currency":"EUR"}""")]
    [InlineData("""{"gross":1000000000000001,"currency":"EUR"}""")]
    [InlineData("""{"gross":7840,"currency":"EUR" """)]
    [InlineData("""[7840]""")]
    [InlineData("")]
    public void Faulty_event_is_left_to_the_reader(string json) => Convert(json).ShouldBe((json, null));

    private static (string Json, EventFault? Fault) Convert(string json)
    {
        var fault = MinorUnitAmounts.TryToMajor(Encoding.UTF8.GetBytes(json), out var converted);
        return (Encoding.UTF8.GetString(converted), fault);
    }
}
