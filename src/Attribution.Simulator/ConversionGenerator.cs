using Attribution.Contracts.Catalog;

namespace Attribution.Simulator;

/// <summary>
/// Generates orders, sign-ups and leads with their corrections and refunds, and records their final state.
/// </summary>
internal sealed class ConversionGenerator(GenerationContext context)
{
    private readonly SeededRandom random = context.Random;
    private readonly EventWriter writer = context.Writer;

    /// <summary>Adds a sign-up or lead.</summary>
    public void AddLead(Person person, DateTimeOffset at, string? customer, string? device)
    {
        var id = context.NextId("e");
        var conversionId = context.NextId("s");
        var kind = random.Pick(["signup", "lead"]);
        context.Emit(id, at, writer.Lead(id, at, kind, conversionId, customer, device));
        person.Conversions.Add(new ConversionFact { Id = conversionId, Kind = kind, At = at, CustomerKey = customer });
    }

    /// <summary>Adds an order, some with a correction and some with refunds.</summary>
    public void AddOrder(
        Person person, DateTimeOffset at, string? customer, bool isNew, string? device, string? buyingCreator, bool withCode,
        string? wantedCode = null)
    {
        var orderId = context.NextId("o");
        var codes = withCode ? PickCodes(wantedCode) : [];
        var gross = random.Next(context.Money.MinorFromEuros(8), context.Money.MinorFromEuros(220));
        if (random.Chance(1)) gross = 0;
        long? discount = codes.Count > 0 ? gross * random.Pick([5, 10, 15, 20]) / 100 : random.Chance(5) ? gross / 7 : null;
        bool? isNewCustomer = random.Chance(85) ? isNew : null;
        var fact = new ConversionFact
        {
            Id = orderId, Kind = "order", At = at, Gross = gross, Discount = discount ?? 0, Codes = codes,
            CustomerKey = customer, IsNewCustomer = isNewCustomer, BuyingCreator = buyingCreator,
        };

        var id = context.NextId("e");
        EmitOrder(id, at, orderId, codes, gross, discount, customer, isNewCustomer, device);
        if (random.Chance(9)) fact = AddCorrection(fact, id, customer, device);
        if (random.Chance(18)) fact = fact with { Refunds = AddRefunds(fact) };
        person.Conversions.Add(fact);
    }

    /// <summary>
    /// Adds a second event of the order. Its members replace those of the first event, unless it is the older of the
    /// two.
    /// </summary>
    private ConversionFact AddCorrection(ConversionFact fact, string firstId, string? customer, string? device)
    {
        var later = context.ClampToMarket(fact.At + random.Next(TimeSpan.FromMinutes(1), TimeSpan.FromDays(3)));
        var gross = random.Next(context.Money.MinorFromEuros(30), context.Money.MinorFromEuros(250));
        var id = context.NextId("e");
        switch (random.Next(0, 5))
        {
            case 0: // Gross and discount corrected; the codes stay.
                gross = Math.Max(gross, fact.Discount);
                context.Emit(
                    id, later, writer.Order(id, later, fact.Id, null, gross, gross / 9, null, null, device, null));
                return fact with { Gross = gross, Discount = gross / 9 };
            case 1: // Only the gross corrected.
                gross = Math.Max(gross, fact.Discount);
                context.Emit(
                    id, later, writer.Order(id, later, fact.Id, null, gross, null, customer, null, null, null));
                return fact with { Gross = gross };
            case 2: // The codes removed.
                context.Emit(
                    id, later, writer.Order(id, later, fact.Id, [], fact.Gross, 0, customer, null, null, null));
                return fact with { Codes = [], Discount = 0 };
            case 3: // Other codes.
                var codes = PickCodes(null);
                context.Emit(id, later, writer.Redemption(
                    id, later, fact.Id, codes, fact.Gross, fact.Gross / 4, customer, null, device, null));
                return fact with { Codes = codes, Discount = fact.Gross / 4 };
            default: // A payment provider reported it before the shop: the earlier time counts, and the later contents.
                var earlier = context.ClampToMarket(
                    fact.At - random.Next(TimeSpan.FromSeconds(1), TimeSpan.FromMinutes(20)));
                var isNewToProvider = random.Chance(50);
                // If both have one time (at the market's first instant), the greater id counts. Ids grow, so that case
                // is skipped.
                if (earlier == fact.At) return fact;
                context.Emit(id, earlier, writer.Order(
                    id, earlier, fact.Id, null, gross, null, customer, isNewToProvider, null, null));
                return fact with { At = earlier, IsNewCustomer = SpecifiesNewCustomer(firstId) ? fact.IsNewCustomer : isNewToProvider };
        }
    }

    /// <summary>
    /// Returns true if the event specifies whether the customer is new; otherwise an older event that does is used.
    /// </summary>
    private bool SpecifiesNewCustomer(string eventId) =>
        context.Events.Last(known => known.Id == eventId).Json.Contains("\"isNewCustomer\"", StringComparison.Ordinal);

    private void EmitOrder(
        string id, DateTimeOffset at, string orderId, List<string> codes, long gross, long? discount, string? customer, bool? isNew,
        string? device)
    {
        string AsTyped(string code) =>
            random.Next(0, 5) switch { 0 => code.ToLowerInvariant(), 1 => " " + code + " ", _ => code };
        context.Emit(id, at, codes.Count > 0
            ? writer.Redemption(id, at, orderId, [.. codes.Select(AsTyped)], gross, discount, customer, isNew, device, null)
            : writer.Order(id, at, orderId, null, gross, discount, customer, isNew, device, null));
    }

    /// <summary>Picks one code, or sometimes two. A code can belong to no creator.</summary>
    private List<string> PickCodes(string? wanted)
    {
        double WeightOf(CodeItem code) =>
            code.Code.StartsWith("SWAP", StringComparison.Ordinal) ? 150 : context.Popularity[code.CreatorId];
        string PickCode() =>
            random.Chance(12) ? random.Pick(["FRIENDS5", "WELCOME", "SWAPZ"]) : random.Pick(context.Catalog.Codes, WeightOf).Code;
        var codes = new List<string> { wanted ?? PickCode() };
        if (random.Chance(8)) codes.Add(PickCode());
        return [.. codes.Distinct()];
    }

    private List<RefundFact> AddRefunds(ConversionFact order)
    {
        var refunds = new List<RefundFact>();
        var net = order.Gross - order.Discount;
        var at = order.At;
        void Add(string kind, long? amount, TimeSpan? after = null)
        {
            at = at + (after ?? random.Next(TimeSpan.FromHours(1), TimeSpan.FromDays(9)));
            if (at >= context.End || amount is <= 0) return;
            var id = context.NextId("f");
            var refundId = context.NextId("r");
            context.Emit(id, at, writer.Refund(id, at, order.Id, refundId, kind, amount));
            var fact = new RefundFact(id, at, kind, amount);

            // Reported again later with another amount: the later report counts.
            var again = at.AddHours(3);
            if (amount > 1 && again < context.End && random.Chance(8))
            {
                id = context.NextId("f");
                context.Emit(id, again, writer.Refund(id, again, order.Id, refundId, kind, amount / 2));
                fact = new RefundFact(id, again, kind, amount / 2);
            }

            refunds.Add(fact);
        }

        switch (random.Next(0, 8))
        {
            case 0:
                Add("refund", net);
                break;
            case 1:
                Add("cancel", null);
                break;
            case 2:
                Add("chargeback", net);
                break;
            case 3: // More than was paid, in two refunds.
                Add("refund", net * 7 / 10);
                Add("refund", net * 7 / 10);
                break;
            case 4: // A partial refund, a cancellation, and a refund too many.
                Add("refund", net / 3);
                Add("cancel", null);
                Add("chargeback", net);
                break;
            case 5: // Dated before the order by a slow clock.
                Add("refund", net / 2, TimeSpan.FromMinutes(-2));
                break;
            default:
                Add("refund", random.Next(1, Math.Max(2, net)));
                if (random.Chance(30)) Add("refund", net / 5);
                break;
        }

        return refunds;
    }

    /// <summary>Adds refunds of orders that never arrive: they keep waiting and count nowhere.</summary>
    public void AddRefundsWithoutOrder()
    {
        for (var i = 0; i < 3; i++)
        {
            var (at, id) = (context.RandomInstant(), context.NextId("f"));
            context.Emit(id, at, writer.Refund(
                id, at, context.NextId("o"), context.NextId("r"), "refund", context.Money.MinorFromEuros(20)));
        }
    }
}
