using System.Security.Cryptography;
using System.Text;
using System.Text.Json.Nodes;
using Attribution.Core.Events;
using Attribution.Core.Values;

namespace Attribution.Core.Tests.Events;

public class CustomerKeyHashingTests
{
    private static readonly byte[] Secret = "a secret of a test, 32 bytes long"u8.ToArray();
    private static readonly CustomerKeyHasher Keys = new(Secret);

    // Anyone with the secret can calculate these: the first 128 bits of HMAC-SHA256 over the key's UTF-8, in base64url.
    private static readonly string Hashed = "hk_" + Convert.ToBase64String(HMACSHA256.HashData(Secret, "cus_9f"u8.ToArray())[..16]).TrimEnd('=').Replace('+', '-').Replace('/', '_');

    [Theory]
    [InlineData("""{"customerKey":"cus_9f"}""", """{"customerKey":"#"}""")]
    [InlineData("""{ "id" : "e" , "customerKey" : "cus_9f" , "gross":1.50 }""", """{"id" : "e","customerKey" : "#","gross":1.50 }""")]
    [InlineData("""{"customerKey":"cus_9f","ip":"203.0.113.9"}""", """{"customerKey":"#"}""")]
    [InlineData("""{"c\u0075stomerKey":"c\u0075s_9f","id":"e"}""", """{"c\u0075stomerKey":"#","id":"e"}""")]
    [InlineData("""{"customerKey":"cus_9f","customerKey":"cus_9f"}""", """{"customerKey":"#","customerKey":"#"}""")]
    [InlineData("""{"specversion":"1.0","data":{"id":"e","customerKey":"cus_9f","ip":"203.0.113.9"},"id":"e"}""", """{"specversion":"1.0","data":{"id":"e","customerKey":"#"},"id":"e"}""")]
    [InlineData("""{"specversion":"1.0","data_base64":"eyJjdXN0b21lcktleSI6ImN1c185ZiJ9"}""", null)]
    public void Customer_key_is_hashed_in_place_and_the_rest_is_unchanged(string sent, string? kept)
    {
        var hashed = HashCustomerKey(sent)!;
        if (kept is null) hashed = Encoding.UTF8.GetString(Convert.FromBase64String((string)JsonNode.Parse(hashed)!["data_base64"]!));
        hashed.ShouldBe((kept ?? """{"customerKey":"#"}""").Replace("#", Hashed, StringComparison.Ordinal));
        HashCustomerKey(HashCustomerKey(sent)!).ShouldBeNull("hashing is idempotent");
    }

    [Theory]
    [InlineData("""{"customerKey":"mia@example.org"}""")]
    [InlineData("""{"customerKey":""}""")]
    [InlineData("""{"customerKey":4711}""")]
    [InlineData("""{"customerKey":{"raw":"cus_9f"}}""")]
    [InlineData("""{"customerKey":"\ud800"}""")]
    public void Invalid_customer_key_is_removed(string sent) => (HashCustomerKey(sent) ?? sent).ShouldBe("""{"customerKey":""}""");

    [Theory]
    [InlineData("""{"id":"e","customerKey":"cus_9f""", """{"id":"e",""")]
    [InlineData("""[{"id":"e","customerKey":"cus_9f"}]""", """[{"id":"e",""")]
    [InlineData("""{"ip":"1","customerKey":"cus_9f"} trailing""", "{")]
    public void Malformed_json_is_cut_at_the_customer_key(string sent, string kept) => HashCustomerKey(sent).ShouldBe(kept);

    [Theory]
    [InlineData("""{"customerKey":null}""")]
    [InlineData("""{"id":"customerKey","deep":{"customerKey":"cus_9f"}}""")]
    public void Event_without_a_customer_key_is_not_copied(string sent) => HashCustomerKey(sent).ShouldBeNull();

    [Fact]
    public void Token_of_a_claim_is_hashed_and_differs_from_a_customer_key()
    {
        var token = HashCustomerKey("""{"type":"referral","token":"cus_9f","id":"e"}""").ShouldNotBeNull();
        token.ShouldBe($$"""{"type":"referral","token":"{{Keys.HashToken("cus_9f")}}","id":"e"}""");
        Keys.HashToken("cus_9f")[3..].ShouldNotBe(Hashed[3..]);
        HashCustomerKey(token).ShouldBeNull("hashing is idempotent");
        HashCustomerKey("""{"id":"e","token":"atp_1""").ShouldBe("""{"id":"e",""");
    }

    [Theory]
    [InlineData("""{"publisherId":"jane@mail.example","subId":"s","parameters":"ref=jane%40mail.example"}""", """{"publisherId":"","subId":"s","parameters":""}""")]
    [InlineData("""{"data":{"subId":"+49 151 12345678"}}""", """{"data":{"subId":""}}""")]
    [InlineData("""{"provider":"jane@mail.example""", "{")]
    public void Personal_data_of_a_rejected_claim_is_removed(string sent, string kept) => HashCustomerKey(sent).ShouldBe(kept);

    [Fact]
    public void Hash_is_stable_per_person_and_differs_per_secret()
    {
        Keys.Hash("cus_9f").ShouldBe(Hashed);
        Keys.Hash(Hashed).ShouldBe(Hashed);
        Keys.Hash("Zoe\u0301").ShouldBe(Keys.Hash("Zo\u00e9"), "regardless of composition");
        Keys.Hash("CUS_9F").ShouldNotBe(Hashed);

        var others = new CustomerKeyHasher("another secret of a test"u8);
        others.Hash("cus_9f").ShouldNotBe(Hashed);
        others.Fingerprint.ShouldNotBe(Keys.Fingerprint);
        new CustomerKeyHasher(Secret).Fingerprint.ShouldBe(Keys.Fingerprint);
        Should.Throw<ArgumentOutOfRangeException>(() => new CustomerKeyHasher(new byte[15]));
    }

    private static string? HashCustomerKey(string json) => EventRedaction.Redact(Encoding.UTF8.GetBytes(json), Keys) is { } kept ? Encoding.UTF8.GetString(kept) : null;
}
