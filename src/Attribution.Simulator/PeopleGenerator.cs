using Attribution.Contracts.Catalog;

namespace Attribution.Simulator;

/// <summary>
/// Generates people who click, land, sign up, order and return goods, with both the true facts and the events that
/// report them. The identifiers of one person belong together by construction: every device of a customer is named
/// together with the customer's key at least once.
/// </summary>
internal sealed class PeopleGenerator(GenerationContext context, int peopleCount)
{
    private readonly SeededRandom random = context.Random;
    private readonly TouchGenerator touches = new(context);
    private readonly ConversionGenerator conversions = new(context);

    /// <summary>Generates all people, and some refunds whose orders never arrive.</summary>
    public List<Person> Generate()
    {
        var people = new List<Person>();
        for (var i = 0; i < peopleCount; i++)
            people.Add(random.Chance(4) ? CreateBot() : random.Chance(8) ? CreateCodeBuyer() : CreateShopper());
        foreach (var creator in context.Catalog.Creators.Where(creator => creator.CustomerKeys is { Count: > 0 }))
            people.Add(CreateSelfPurchase(creator));
        conversions.AddRefundsWithoutOrder();
        return people;
    }

    /// <summary>Creates a person with one or several devices who browses and, in most cases, buys.</summary>
    private Person CreateShopper()
    {
        var person = new Person();
        var conversionCount = random.Next(0, 100) switch { < 45 => 0, < 80 => 1, < 95 => 2, _ => 3 };
        var isCustomer = conversionCount > 0 && random.Chance(80);
        var deviceCount = isCustomer ? random.Next(0, 100) switch { < 75 => 1, < 95 => 2, _ => 3 } : 1;
        var deviceIds = Enumerable.Range(0, deviceCount).Select(_ => context.NextId("v")).ToList();
        var customer = isCustomer ? context.NextId("cus") : null;
        var anchor = context.RandomInstant();

        // Two people who share a device are one journey; each order names one of them.
        var second = isCustomer && random.Chance(3) ? context.NextId("cus") : null;

        var moments = new List<DateTimeOffset>();
        for (var i = 0; i < Math.Max(conversionCount, isCustomer ? deviceCount : 0); i++)
        {
            var at = i == 0 ? anchor : context.ClampToMarket(
                context.MirrorIntoMarket(anchor + random.Next(TimeSpan.FromMinutes(-40), TimeSpan.FromDays(12))));
            // Every device is named once together with the customer; after that, either may be missing.
            var other = i >= deviceCount ? second : null;
            var device = i < deviceCount ? deviceIds[i]
                : isCustomer && other is null && random.Chance(30) ? null : random.Pick(deviceIds);
            moments.Add(at);
            if (i >= conversionCount || random.Chance(12)) conversions.AddLead(person, at, customer, device);
            else conversions.AddOrder(person, at, other ?? customer, i == 0, device, null, random.Chance(35));
        }

        if (moments.Count == 0) moments.Add(anchor);
        var touchCount = random.Next(0, 100) switch { < 8 => 0, < 45 => 1, < 70 => 2, < 85 => 3, < 97 => 5, _ => 9 };
        for (var i = 0; i < touchCount; i++)
            touches.AddTouch(person, random.Pick(moments), random.Pick(deviceIds));
        return person;
    }

    /// <summary>Creates a person with an order, in most cases with a code, but without touches.</summary>
    private Person CreateCodeBuyer()
    {
        var person = new Person();
        conversions.AddOrder(
            person, context.RandomInstant(), random.Chance(60) ? context.NextId("cus") : null, random.Chance(50), null, null,
            random.Chance(75));
        return person;
    }

    /// <summary>
    /// Creates a creator's own order: the creator's touches and codes earn no credit for it, but they are counted.
    /// </summary>
    private Person CreateSelfPurchase(CreatorItem creator)
    {
        var person = new Person();
        var device = context.NextId("v");
        var at = context.RandomInstant();
        var own = context.Catalog.Links.First(link => link.CreatorId == creator.Id);
        if (random.Chance(50)) touches.AddTouch(person, at, device);
        touches.AddClickAndLanding(
            person, context.ClampToMarket(at - TimeSpan.FromMinutes(random.Next(5, 3000))), device, own, null);
        var ownCode = context.Catalog.Codes.FirstOrDefault(code => code.CreatorId == creator.Id)?.Code;
        conversions.AddOrder(
            person, at, creator.CustomerKeys![0], true, device, creator.Id, random.Chance(30), ownCode);
        return person;
    }

    /// <summary>Creates a crawler that follows links of creators.</summary>
    private Person CreateBot()
    {
        var person = new Person();
        var device = context.NextId("v");
        var at = context.RandomInstant();
        for (var i = random.Next(1, 4); i > 0; i--)
        {
            at = context.ClampToMarket(at.AddSeconds(random.Next(1, 5000)));
            if (random.Chance(70)) touches.AddClickAndLanding(person, at, device, random.Pick(context.Catalog.Links), "bot");
            else touches.AddLanding(person, at, device, random.Pick(context.Catalog.Landings), "bot");
        }

        return person;
    }
}
