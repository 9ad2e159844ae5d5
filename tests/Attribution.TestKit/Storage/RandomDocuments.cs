using System.Collections.Immutable;
using System.Reflection;
using Attribution.Core.Journeys;

namespace Attribution.TestKit.Storage;

/// <summary>
/// Creates records with random values in every member, by reflection, so that members added later are tested
/// automatically.
/// </summary>
public sealed class RandomDocuments(int seed)
{
    private static readonly string[] Words = ["", "default", "mia", "spring", "Grüße 🌷", "v-77", "k-1", "shopify", new('x', 300)];

    private readonly Random random = new(seed);

    public T Make<T>() => (T)Make(typeof(T), nullable: false)!;

    private object? Make(Type type, bool nullable)
    {
        if (Nullable.GetUnderlyingType(type) is { } inner)
            return random.Next(3) == 0 ? null : Make(inner, nullable: false);
        if (nullable && random.Next(3) == 0) return null;
        if (type == typeof(string))
            return random.Next(2) == 0 ? Words[random.Next(Words.Length)] : random.Next().ToString(
                System.Globalization.CultureInfo.InvariantCulture);
        if (type == typeof(long))
            return random.Next(4) switch { 0 => 0L, 1 => random.NextInt64(long.MinValue, long.MaxValue), 2 => -random.NextInt64(1000), _ => random.NextInt64(1_000_000) };
        if (type == typeof(int)) return random.Next(10_000);
        if (type == typeof(bool)) return random.Next(2) == 0;
        if (type == typeof(Guid)) return new Guid(Bytes(16));
        if (type == typeof(byte[])) return Bytes(random.Next(200));
        if (type == typeof(DateOnly))
            return random.Next(4) == 0 ? default : DateOnly.FromDayNumber(random.Next(DateOnly.MaxValue.DayNumber + 1));
        if (type == typeof(DateTimeOffset))
            return new DateTimeOffset(random.NextInt64(1_000_000_000_000_000_000), TimeSpan.FromMinutes(random.Next(-600, 600)));
        if (type == typeof(decimal)) return random.Next(-1_000_000, 1_000_000) / 100m;
        if (type.IsEnum) return random.GetItems(Enum.GetValues(type).Cast<object>().ToArray(), 1)[0];
        if (type.IsGenericType && type.GetGenericArguments() is [var element] && typeof(System.Collections.IEnumerable).IsAssignableFrom(type))
            return List(type, element);
        return Record(type);
    }

    private object List(Type type, Type element)
    {
        var items = Array.CreateInstance(element, random.Next(5));
        for (var i = 0; i < items.Length; i++) items.SetValue(Make(element, nullable: false), i);
        return type.GetGenericTypeDefinition() == typeof(ImmutableArray<>)
            ? typeof(System.Runtime.InteropServices.ImmutableCollectionsMarshal).GetMethod("AsImmutableArray")!.MakeGenericMethod(element).Invoke(null, [items])!
            : items;
    }

    private object Record(Type type)
    {
        var nullability = new NullabilityInfoContext();
        var constructor = type.GetConstructors().Where(
            c => c.GetParameters() is not [var only] || only.ParameterType != type).MaxBy(c => c.GetParameters().Length);
        var parameters = constructor?.GetParameters() ?? [];
        var made = constructor is null
            ? Activator.CreateInstance(type)!
            : constructor.Invoke(
                [.. parameters.Select(p => Make(p.ParameterType, nullability.Create(p).WriteState == NullabilityState.Nullable))]);
        foreach (var property in type.GetProperties().Where(p => p.CanWrite && !parameters.Any(q => q.Name == p.Name)))
            property.SetValue(made, Make(property.PropertyType, nullability.Create(property).WriteState == NullabilityState.Nullable));
        // A touch is a referral if it has a claim.
        return made is Touch touch ? touch with { Kind = touch.Claim is not null ? TouchKind.Referral : (TouchKind)random.Next(2) } : made;
    }

    private byte[] Bytes(int count)
    {
        var bytes = new byte[count];
        random.NextBytes(bytes);
        return bytes;
    }
}
