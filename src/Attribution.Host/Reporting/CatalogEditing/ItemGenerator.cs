using System.Security.Cryptography;
using Attribution.Contracts.Catalog;
using Attribution.Core.Catalog;
using Attribution.Host.Access;
using Attribution.Host.Reporting.Queries;
using static Attribution.Core.Catalog.CatalogFaultReason;

namespace Attribution.Host.Reporting.CatalogEditing;

/// <summary>
/// The generation of many links or codes with unpredictable slugs or codes. Either all items are written or none.
/// </summary>
internal static class ItemGenerator
{
    /// <summary>
    /// Characters of the random part. No vowels, so no words, and no characters that are easily confused: 0 O D Q, 1 I
    /// L, 2 Z, 5 S, 8 B, U V.
    /// </summary>
    public const string Alphabet = "34679CFGHJKMNPRTVWXY";

    /// <summary>Maximum number of items per request.</summary>
    public const int MaxItems = 100_000;

    /// <summary>Number of random characters if the request specifies none.</summary>
    public const int DefaultLength = 10;

    private const int MinLength = 8;
    private const int MaxLength = 32;
    private const int MaxPrefixLength = 32;
    private const int MaxAttempts = 100;

    /// <summary>Generates the requested items and writes them.</summary>
    public static async Task<QueryResult<GenerationAnswer<object>>> GenerateAsync(
        IGenerationRequest request, Caller caller, CatalogWriter writer, CancellationToken cancellation)
    {
        IReadOnlyList<CatalogFault> faults = Validate(request);
        if (faults.Count > 0) return NotGenerated(faults);
        (var items, faults) = await writer.EditAsync(caller, edit => Generate(edit, request), cancellation);
        return faults.Count > 0 ? NotGenerated(faults) : new GenerationAnswer<object>(items.Count, [.. items]);
    }

    /// <summary>Creates the problem of a request that generated nothing.</summary>
    public static QueryProblem NotGenerated(IReadOnlyList<CatalogFault> faults) => QueryProblem.ValidationFailed(
        faults.Any(fault => fault.Reason == BrandNotAllowed) ? StatusCodes.Status403Forbidden
            : StatusCodes.Status400BadRequest, "Nothing was generated", faults);

    private static List<CatalogFault> Validate(IGenerationRequest request)
    {
        var faults = new List<CatalogFault>();
        if (request.CreatorIds.Count == 0)
            faults.Add(new(MemberMissing, "/creatorIds", "At least one creator is required"));
        if (request.CreatorIds.GroupBy(id => id, StringComparer.Ordinal)
            .FirstOrDefault(group => group.Count() > 1) is { } repeated)
            faults.Add(new(IdDuplicate, "/creatorIds",
                $"Contains '{repeated.Key}' more than once. Use perCreator instead"));
        if (request.PerCreator is < 1 or > MaxItems)
            faults.Add(new(OutOfRange, "/perCreator", $"Must be from 1 to {MaxItems}"));
        else if (request.PerCreator * request.CreatorIds.Count > MaxItems)
            faults.Add(new(OutOfRange, "/perCreator",
                $"{request.PerCreator} for each of {request.CreatorIds.Count} creators exceed the maximum of "
                + $"{MaxItems}. Split the request"));
        if (request.Length is < MinLength or > MaxLength)
            faults.Add(new(OutOfRange, "/length", $"Must be from {MinLength} to {MaxLength} random characters"));
        if (request.Prefix is { } prefix
            && (prefix.Length > MaxPrefixLength
            || !prefix.All(c => char.IsAsciiLetterOrDigit(c) || c is '-' or '_' or '.')))
            faults.Add(new(ValueUnknown, "/prefix",
                $"Must be at most {MaxPrefixLength} characters of A-Z a-z 0-9 - _ ."));
        return faults;
    }

    private static (List<ICatalogItem> Items, IReadOnlyList<CatalogFault> Faults) Generate(
        CatalogEdit edit, IGenerationRequest request)
    {
        var items = new List<ICatalogItem>();
        foreach (var creator in request.CreatorIds)
        {
            for (var i = 0; i < request.PerCreator; i++)
            {
                var (item, faults) = GenerateUnique(edit, request, creator);
                if (faults.Count > 0)
                {
                    edit.Discard();
                    return ([], [.. faults.Select(
                        fault => fault with { Detail = $"{fault.Detail} (creator '{creator}')" })]);
                }
                items.Add(item);
            }
        }
        return (items, []);
    }

    /// <summary>
    /// Generates an item whose slug or code was never used. Expired ones are not reused, because an old order may still
    /// name them.
    /// </summary>
    private static (ICatalogItem Item, IReadOnlyList<CatalogFault> Faults) GenerateUnique(
        CatalogEdit edit, IGenerationRequest request, string creator)
    {
        for (var attempt = 1; ; attempt++)
        {
            var item = request.CreateItem(
                creator, RandomNumberGenerator.GetString(Alphabet, (int)(request.Length ?? DefaultLength)));
            if (attempt < MaxAttempts && (
                edit.Find(CatalogKinds.RefOf(item)) is not null || edit.IsIdTaken(CatalogKinds.RefOf(item))
                || edit.ConflictsAtAnyTime(item))) continue;
            return edit.Put(item);
        }
    }
}
