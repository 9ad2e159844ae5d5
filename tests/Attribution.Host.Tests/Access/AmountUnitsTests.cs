using System.Collections.Immutable;
using Attribution.Core.Values;
using Attribution.Host.Access;
using Attribution.Storage.Access;

namespace Attribution.Host.Tests.Access;

/// <summary>A source has one unit of amounts.</summary>
public sealed class AmountUnitsTests
{
    private static readonly ApiKeyDocument Cents = new()
    {
        Id = "k", Name = "k", Hash = ImmutableArray<byte>.Empty, Scopes = KeyScopes.Ingest, Source = "shop", CreatedAt = new Timestamp(1), SendsMinorUnits = true,
    };

    private static readonly WebhookSecretDocument Signed = new()
    {
        Id = "s", Vendor = "generic", Source = "signed", Brand = "default", Secret = "x", CreatedAt = new Timestamp(1), SendsMinorUnits = true,
    };

    [Theory]
    [InlineData("shop", "minor", "ingest", null)]
    [InlineData("shop", "major", "ingest", "the source 'shop' states minor units")]
    [InlineData("shop", null, "ingest", "the source 'shop' states minor units")]
    [InlineData("shop", null, "read", null)]
    [InlineData("signed", "major", "ingest", "the source 'signed' states minor units")]
    [InlineData("other", "minor", "ingest", null)]
    [InlineData("other", "major", "ingest", null)]
    [InlineData("other", "minor", "read", "needs the scope 'ingest'")]
    [InlineData("other", "cents", "ingest", "unknown unit 'cents'")]
    [InlineData("default", "minor", "ingest", "callers without a key share the source 'default'")]
    public void Key_agrees_with_its_source(string source, string? amounts, string scopes, string? fault)
    {
        var errors = new List<(string Member, string Fault)>();
        var created = new ApiKeyRequest("new", scopes, Source: source, Amounts: amounts).TryCreate(
            new HashSet<string> { "default" }, [Cents with { RevokedAt = new Timestamp(2) }], [Signed], new Timestamp(3), errors);
        if (fault is null) created.ShouldNotBeNull().Document.SendsMinorUnits.ShouldBe(amounts == "minor");
        else errors.ShouldHaveSingleItem().ShouldSatisfyAllConditions(
            error => error.Member.ShouldBe("amounts"), error => error.Fault.ShouldContain(fault));
    }

    /// <summary>A source of one brand is not the source of another.</summary>
    [Fact]
    public void Unit_is_known_by_source_and_brand()
    {
        AmountUnits.OfSource("shop", "default", [Cents], []).ShouldBe("minor");
        AmountUnits.OfSource("shop", "glow", [Cents], []).ShouldBeNull();
        AmountUnits.OfSource("shop", "glow", [Cents with { Brand = "glow", SendsMinorUnits = false }], []).ShouldBe("major");
    }
}
