namespace Attribution.Simulator.Shop;

/// <summary>Orders that agents buy, with claims of who referred the buyer, assistants that read links, and subscriptions.</summary>
internal sealed partial class ShopCohort
{
    private const string Assistant = "Mozilla/5.0 AppleWebKit/537.36 (KHTML, like Gecko); compatible; ChatGPT-User/1.0; +https://openai.com/bot";

    private static readonly TimeSpan TimeBetweenRenewals = TimeSpan.FromDays(31);

    private void AddAgents(Dictionary<ShopPlacement, double> interests, double visitors, double orders)
    {
        var known = catalog.Placements.Where(placement => interests[placement] > 0).ToList();
        if (known.Count == 0) return;
        for (var i = CountOf(visitors * 0.015); i > 0; i--)
            AssistantClick(AddPerson(), RandomTime(), random.Pick(known, placement => interests[placement]), context.NextId("k"));
        for (var i = CountOf(orders * agentOrders); i > 0; i--)
            AddAgentOrder(random.Pick(known, placement => interests[placement] * placement.OrderRate));
        var renewed = known.Where(placement => catalog.Items.Agreements.Any(agreement => agreement.Renewals is not null
            && agreement.CampaignId == placement.Campaign.Id && agreement.CreatorId == placement.Creator.Id)).ToList();
        for (var i = renewed.Count == 0 ? 0 : CountOf(orders * 0.1); i > 0; i--) AddSubscription(random.Pick(renewed));
    }

    /// <summary>
    /// Adds an order without a browser. Some buyers have followed a link before, or their agent has; some order again.
    /// </summary>
    private void AddAgentOrder(ShopPlacement placement)
    {
        var (person, start, customer) = (AddPerson(), RandomTime(), random.Chance(80) ? context.NextId("cus") : null);
        var (device, click) = (random.Chance(25) ? context.NextId("v") : null, random.Chance(20) ? context.NextId("k") : null);
        var at = start + random.Next(TimeSpan.FromMinutes(2), TimeSpan.FromDays(random.Chance(80) ? 1 : 10));
        if (device is not null) Arrive(person, start, device, placement);
        if (click is not null) AssistantClick(person, at - random.Next(TimeSpan.FromSeconds(5), TimeSpan.FromMinutes(2)), placement, click);
        var code = random.Chance(20) ? placement.Code?.Code : null;
        AddClaims(person, AddOrder(person, at, customer, random.Chance(55), device, code, click), start, placement);
        if (customer is null || !random.Chance(25)) return;
        var again = at + random.Next(TimeSpan.FromHours(3), TimeSpan.FromDays(12));
        AddClaims(person, AddOrder(person, again, customer, isNew: false, device: null, code: null), at, random.Pick(catalog.Placements));
    }

    /// <summary>Adds the claims of an order: of its first request, of its last, and its map of parameters.</summary>
    private void AddClaims(Person person, ConversionFact order, DateTimeOffset from, ShopPlacement placement)
    {
        var form = random.Next(0, 100);
        if (form < 70) AddClaim(person, order, from + ((order.At - from) * random.Next(0, 0.2)), placement);
        if (form is >= 50 and < 85)
            AddClaim(person, order, order.At - random.Next(TimeSpan.Zero, TimeSpan.FromMinutes(1)), random.Pick(catalog.Placements));
        if (form is >= 65 and < 95) AddParameters(person, order, placement);
    }

    private void AddClaim(Person person, ConversionFact order, DateTimeOffset at, ShopPlacement placement)
    {
        var (id, isKnown) = (context.NextId("a"), random.Chance(92));
        at = DateTimeOffset.FromUnixTimeMilliseconds(at.ToUnixTimeMilliseconds());
        DateTimeOffset? expires = random.Chance(40) ? at + random.Next(TimeSpan.FromHours(1), TimeSpan.FromDays(4)) : null;
        var publisher = placement.Publisher;
        context.Emit(id, at, writer.Referral(
            id, at, order.Id, publisher.Provider, isKnown ? publisher.PublisherId : "pub-elsewhere", "tok-" + id, null, expires,
            random.Chance(30) ? true : null));
        person.Touches.Add(new TouchFact
        {
            EventId = id, At = at, IsClick = false, Placement = isKnown ? placement.Place : null, Claim = new(order.Id, expires),
        });
    }

    private void AddParameters(Person person, ConversionFact order, ShopPlacement placement)
    {
        var id = context.NextId("a");
        var parameters = random.Chance(50)
            ? $"utm_source={placement.Bio.Source}&utm_campaign={placement.Bio.Campaign}&utm_content={placement.Bio.Content}"
            : $"utm_source=assistant&ref={placement.Link.Slug}";
        context.Emit(id, order.At, writer.Referral(id, order.At, order.Id, null, null, null, parameters, null, null));
        person.Touches.Add(new TouchFact
        {
            EventId = id, At = order.At, IsClick = false, Placement = placement.Place, Claim = new(order.Id, null),
        });
    }

    private void AssistantClick(Person person, DateTimeOffset at, ShopPlacement placement, string click)
    {
        var id = context.NextId("c");
        context.Emit(id, at, writer.Click(id, at, placement.Link.Slug, null, click, Assistant, null));
        person.Touches.Add(new TouchFact { EventId = id, At = at, IsClick = true, Placement = placement.Place, Label = "assistant" });
    }

    /// <summary>Adds a subscription that a creator's visitor begins, and its renewals, which the creator earns too.</summary>
    private void AddSubscription(ShopPlacement placement)
    {
        var (person, at, device, customer) = (AddPerson(), RandomTime(), context.NextId("v"), context.NextId("cus"));
        var (subscription, gross) = (context.NextId("sub"), context.Money.MinorFromEuros(29m));
        Arrive(person, at, device, placement);
        var first = Add(at.AddMinutes(random.Next(1, 30)), isRenewal: false, null);
        for (var renewals = random.Next(1, 6); renewals > 0; renewals--)
        {
            at += TimeBetweenRenewals;
            var renewal = Add(at, isRenewal: true, first);
            if (random.Chance(10)) AddRefund(renewal);
        }

        ConversionFact Add(DateTimeOffset on, bool isRenewal, ConversionFact? firstOrder)
        {
            var (id, order) = (context.NextId("e"), context.NextId("o"));
            context.Emit(id, on, writer.Order(
                id, on, order, null, gross, null, customer, isRenewal ? null : true, isRenewal ? null : device, null, subscription,
                isRenewal ? true : null));
            var fact = new ConversionFact
            {
                Id = order, Kind = "order", At = on, Gross = gross, CustomerKey = customer, IsNewCustomer = !isRenewal, FirstOrder = firstOrder,
            };
            person.Conversions.Add(fact);
            return fact;
        }
    }
}
