using Attribution.Host.Tests.Fixtures;

namespace Attribution.Host.Tests.Reporting.Api;

public class DailyRollupParameterTests(ExampleHost example) : IClassFixture<ExampleHost>
{
    [Theory]
    [InlineData("to=2026-03-31", "from")]
    [InlineData("from=2026-03-01", "to")]
    [InlineData("from=2026-3-1&to=2026-03-31", "from")]
    [InlineData("from=2026-02-29&to=2026-03-31", "from")]
    [InlineData("from=2026-03-02&to=2026-03-01", "to")]
    [InlineData("from=2023-03-01&to=2026-03-01", "to")]
    [InlineData("from=2026-03-01&to=2026-03-31&brand=glow", "brand")]
    [InlineData("from=2026-03-01&to=2026-03-31&campaign=sprung", "campaign")]
    [InlineData("from=2026-03-01&to=2026-03-31&creator=mio", "creator")]
    [InlineData("from=2026-03-01&to=2026-03-31&model=magic", "model")]
    [InlineData("from=2026-03-01&to=2026-03-31&groupBy=week", "groupBy")]
    [InlineData("from=2026-03-01&to=2026-03-31&groupBy=day,day", "groupBy")]
    [InlineData("from=2026-03-01&to=2026-03-31&view=accrual", "view")]
    [InlineData("from=2026-03-01&to=2026-03-31&format=pdf", "format")]
    [InlineData("from=2026-03-01&to=2026-03-31&asOf=2026-03-10T00:00:00.001Z", "asOf")]
    [InlineData("from=2026-03-01&to=2026-03-31&asOf=2026-03-10", "asOf")]
    [InlineData("from=2026-03-01&to=2026-03-31&asOf=2026-03-09T00:00:00", "asOf")]
    [InlineData("from=2026-03-01&to=2026-03-31&asOf=2026-03-09T00:00:00+01:00", "asOf")]
    [InlineData("from=2026-03-01&to=2026-03-31&asOf=", "asOf")]
    [InlineData("from=2026-03-01&to=2026-03-31&Model=all", "Model")]
    [InlineData("from=2026-03-01&to=2026-03-31&view=cash&view=cohort", "view")]
    public async Task Invalid_parameters_are_named(string query, string parameter)
    {
        var (status, body) = await example.Host.GetAsync($"/v1/rollups/daily?{query}");
        status.ShouldBe(400);
        body!["parameter"]!.GetValue<string>().ShouldBe(parameter);
        body["detail"]!.GetValue<string>().ShouldNotBeNullOrWhiteSpace();
    }

    [Theory]
    [InlineData("from=2026-03-1&to=2026-03-31", "'2026-03-1' is not a day. Write the first local day (inclusive) like 2026-03-01")]
    [InlineData("from=&to=2026-03-31", "Required: the first local day (inclusive), for example 2026-03-01")]
    [InlineData("from=2026-03-01&to=2026-03-31&campagn=x", "Unknown parameter (did you mean 'campaign'?). Known parameters: from, to, ")]
    [InlineData("from=2026-03-01&to=2026-03-31&campaign=sprung", "There is no campaign 'sprung' (did you mean 'spring'?)")]
    public async Task Faults_of_parameters_tell_what_is_expected(string query, string detail) =>
        (await example.Host.GetAsync($"/v1/rollups/daily?{query}")).Body!["detail"]!.GetValue<string>().ShouldStartWith(detail);

    [Theory]
    [InlineData("from=2026-03-01&to=2026-03-01")]
    [InlineData("from=2023-03-02&to=2026-03-01")]
    [InlineData("from=2026-03-01&to=2026-03-31&asOf=2026-03-10T00:00:00Z")]
    [InlineData("from=2026-03-01&to=2026-03-31&asOf=0001-01-01T00:00:00Z")]
    [InlineData("from=2026-03-01&to=2026-03-31&asOf=2026-03-09T00:00:00%2B01:00")]
    public async Task One_day_and_three_years_can_be_requested(string query) =>
        (await example.Host.GetAsync($"/v1/rollups/daily?{query}")).Status.ShouldBe(200);
}
