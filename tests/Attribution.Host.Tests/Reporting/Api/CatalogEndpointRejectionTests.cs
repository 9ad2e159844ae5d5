using Attribution.Host.Tests.Fixtures;

namespace Attribution.Host.Tests.Reporting.Api;

public class CatalogEndpointRejectionTests(ExampleHost example) : IClassFixture<ExampleHost>
{
    [Theory]
    [InlineData("""{"name":"Mia","nmae":"x","handles":[{"platform":"x","handle":"y","fans":3}]}""", "member_unknown /nmae", "member_unknown /handles/0/fans")]
    [InlineData("""{"id":"ben","name":"Mia"}""", "id_mismatch /id")]
    [InlineData("{}", "member_missing /name")]
    [InlineData("""{"name":null}""", "member_wrong_type /name")]
    [InlineData("""{"name":3,"customerKeys":"a"}""", "member_wrong_type /name", "member_wrong_type /customerKeys")]
    [InlineData("""{"name":"Mia","status":null}""", "member_wrong_type /status")]
    [InlineData("""{"name":"Mia","customerKeys":[null]}""", "member_wrong_type /customerKeys/0")]
    [InlineData("""{"name":"Mia","status":"inactive","inactiveSince":"2026-03-01T00:00:00"}""", "member_wrong_type /inactiveSince")]
    [InlineData("""{"name":"Mia","name":"Mia"}""", "malformed ")]
    [InlineData("""{"name":"Mia" """, "malformed ")]
    [InlineData("""["Mia"]""", "member_wrong_type ")]
    [InlineData("""{"name":"\ud800"}""", "malformed ")]
    [InlineData("""{"name":"Mia","niche":[[[[[[[[[[[[[[[[[[[[]]]]]]]]]]]]]]]]]]]]}""", "malformed ")]
    public async Task Invalid_body_is_answered_with_every_fault_and_its_pointer(string body, params string[] faults)
    {
        var (status, problem) = await example.Host.PutAsync("/v1/creators/mia", body);
        status.ShouldBe(400);
        problem!["errors"]!.AsArray().Select(error => $"{error!["reason"]} {error["pointer"]}").ShouldBe(faults);
        problem["errors"]!.AsArray().ShouldAllBe(error => error!["detail"]!.GetValue<string>().Length > 0);
    }

    [Theory]
    [InlineData("/v1/creators?limit=0", "limit")]
    [InlineData("/v1/creators?limit=1001", "limit")]
    [InlineData("/v1/creators?cursor=%25", "cursor")]
    [InlineData("/v1/creators?page=2", "page")]
    [InlineData("/v1/creators/mia?x=1", "x")]
    public async Task Invalid_parameters_are_named(string path, string parameter)
    {
        var (status, body) = await example.Host.GetAsync(path);
        (status, body!["parameter"]!.GetValue<string>()).ShouldBe((400, parameter));
    }
}
