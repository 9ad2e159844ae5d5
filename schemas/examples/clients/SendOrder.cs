#:project ../../../src/Attribution.Contracts
#:property PublishAot=false

// Sends an order with its discount code, and sends it again while the host asks for patience.
//   ATTRIBUTION_URL=http://127.0.0.1:8080 ATTRIBUTION_KEY=atr_… dotnet run SendOrder.cs -- <order id> <code>
// Outside this repository name the package Attribution.Contracts in the place of the project.

using System.Net;
using System.Net.Http.Headers;
using System.Net.Http.Json;
using System.Text.Json;
using Attribution.Contracts;

var order = new RedemptionEvent(
    $"order-{args[0]}", TimeProvider.System.GetUtcNow(), args[0], Codes: [args[1]], Currency: "USD", Gross: 100.00m, Discount: 10.00m, CustomerKey: $"cus_{args[0]}");

using var http = new HttpClient { BaseAddress = new Uri(Environment.GetEnvironmentVariable("ATTRIBUTION_URL") ?? "http://127.0.0.1:8080"), Timeout = TimeSpan.FromSeconds(10) };
http.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Bearer", Environment.GetEnvironmentVariable("ATTRIBUTION_KEY"));
for (var attempt = 1; ; attempt++)
{
    try
    {
        using var answer = await http.PostAsJsonAsync("/v1/events", order, ContractsJson.Default.RedemptionEvent);
        var text = await answer.Content.ReadAsStringAsync();
        if (answer.StatusCode == HttpStatusCode.Accepted)
        {
            Console.WriteLine(text);
            // Each event is answered by itself: one that is refused is refused for good, with its reason.
            return JsonDocument.Parse(text).RootElement.GetProperty("rejected").GetInt32();
        }

        if (answer.StatusCode is not (HttpStatusCode.TooManyRequests or HttpStatusCode.ServiceUnavailable) || attempt == 8) throw new InvalidOperationException($"{(int)answer.StatusCode}: {text}");
        await Task.Delay(answer.Headers.RetryAfter?.Delta ?? TimeSpan.FromSeconds(attempt));
    }
    catch (Exception e) when (e is HttpRequestException or TaskCanceledException && attempt < 8)
    {
        // Nobody knows whether it arrived: an event that is sent twice counts once.
        await Task.Delay(TimeSpan.FromSeconds(attempt));
    }
}
