using System.Security.Cryptography;
using Attribution.Contracts.Catalog;
using Attribution.Core.Catalog;
using Attribution.Host.Access;
using Attribution.Host.Reporting.CatalogEditing;
using static Attribution.Core.Catalog.CatalogFaultReason;

namespace Attribution.Host.Reporting.Api;

/// <summary>Many links or codes at once, so many a creator, whose slug or code nobody can guess. All are written together, or nothing.</summary>
internal static class ItemGeneration
{
    /// <summary>No vowels, so no words; nothing that is taken for another: 0 O D Q, 1 I L, 2 Z, 5 S, 8 B, U V.</summary>
    public const string Alphabet = "34679CFGHJKMNPRTVWXY";

    private const int MaxItems = 100_000;
    private const int MaxAttempts = 100;
    private const int MaxBodyBytes = 1024 * 1024;
    private const int DefaultLength = 10;

    public static string Description { get; } =
        $"Each has a random part of so many characters ({DefaultLength} when absent, 8 to 32) out of {Alphabet}, drawn by the operating system's source of chance: 4.3 bits a character. "
        + $"None is given twice, whenever and to whomever; none collides with what the catalog holds. At most {MaxItems} at once. Asked again it makes others.";

    public static async Task<IResult> GenerateAsync<TRequest>(HttpRequest request, CatalogWriter writer, CancellationToken cancellation)
        where TRequest : class, IGenerationRequest
    {
        var (body, tooLong) = await RequestBody.ReadAsync(request, MaxBodyBytes, cancellation);
        if (tooLong is not null) return tooLong;
        var (record, faults) = ItemReader.ReadRecord(typeof(TRequest), body);
        if (record is not TRequest asked) return NotGenerated(faults);
        faults = Validate(asked);
        if (faults.Count > 0) return NotGenerated(faults);
        var (items, refused) = await writer.EditAsync(Caller.FromContext(request.HttpContext), edit => Generate(edit, asked), cancellation);
        if (refused.Count > 0)
            return ApiProblems.ValidationFailed(
                refused.Any(fault => fault.Reason == BrandNotAllowed) ? StatusCodes.Status403Forbidden : StatusCodes.Status400BadRequest, "Nothing was generated", refused);
        return Results.Json(new GenerationAnswer<object>(items.Count, [.. items]), ReportJson.Options, statusCode: StatusCodes.Status201Created);
    }

    private static List<CatalogFault> Validate(IGenerationRequest asked)
    {
        var faults = new List<CatalogFault>();
        if (asked.CreatorIds.Count == 0) faults.Add(new(MemberMissing, "/creatorIds", "Name at least one creator"));
        if (asked.CreatorIds.GroupBy(id => id, StringComparer.Ordinal).FirstOrDefault(group => group.Count() > 1) is { } twice)
            faults.Add(new(IdDuplicate, "/creatorIds", $"Names '{twice.Key}' more than once; say perCreator instead"));
        if (asked.PerCreator is < 1 or > MaxItems) faults.Add(new(OutOfRange, "/perCreator", $"From 1 to {MaxItems}"));
        else if (asked.PerCreator * asked.CreatorIds.Count > MaxItems) faults.Add(new(OutOfRange, "/perCreator", $"{asked.PerCreator} for each of {asked.CreatorIds.Count} creators are more than {MaxItems}; ask in parts"));
        if (asked.Length is < 8 or > 32) faults.Add(new(OutOfRange, "/length", "From 8 to 32 random characters"));
        if (asked.Prefix is { } prefix && (prefix.Length > 32 || !prefix.All(c => char.IsAsciiLetterOrDigit(c) || c is '-' or '_' or '.')))
            faults.Add(new(ValueUnknown, "/prefix", "At most 32 of A-Z a-z 0-9 - _ ."));
        return faults;
    }

    private static (List<ICatalogItem> Items, IReadOnlyList<CatalogFault> Faults) Generate(CatalogEdit edit, IGenerationRequest asked)
    {
        var items = new List<ICatalogItem>();
        foreach (var creator in asked.CreatorIds)
        {
            for (var i = 0; i < asked.PerCreator; i++)
            {
                var (item, faults) = GenerateUnique(edit, asked, creator);
                if (faults.Count > 0)
                {
                    edit.Discard();
                    return ([], [.. faults.Select(fault => fault with { Detail = $"{fault.Detail} (creator '{creator}')" })]);
                }
                items.Add(item);
            }
        }
        return (items, []);
    }

    /// <summary>Draws until nobody ever had it: what ended is not given out again, for an old order may still name it.</summary>
    private static (ICatalogItem Item, IReadOnlyList<CatalogFault> Faults) GenerateUnique(CatalogEdit edit, IGenerationRequest asked, string creator)
    {
        for (var attempt = 1; ; attempt++)
        {
            var item = asked.CreateItem(creator, RandomNumberGenerator.GetString(Alphabet, (int)(asked.Length ?? DefaultLength)));
            if (attempt < MaxAttempts && (edit.Find(CatalogKinds.RefOf(item)) is not null || edit.ConflictsAtAnyTime(item))) continue;
            return edit.Put(item);
        }
    }

    private static IResult NotGenerated(IReadOnlyList<CatalogFault> faults) => ApiProblems.ValidationFailed(StatusCodes.Status400BadRequest, "Nothing was generated", faults);
}

/// <summary>What is generated for each creator.</summary>
internal interface IGenerationRequest
{
    IReadOnlyList<string> CreatorIds { get; }

    long PerCreator { get; }

    long? Length { get; }

    string? Prefix { get; }

    /// <summary>The item with a random part.</summary>
    ICatalogItem CreateItem(string creator, string random);
}

/// <summary>Codes to generate. For codes that are good for one order each, make as many as there will be orders and let the shop take each once.</summary>
/// <param name="CampaignId">Their campaign.</param>
/// <param name="CreatorIds">Their creators.</param>
/// <param name="PerCreator">How many each gets.</param>
/// <param name="Length">Random characters, 8 to 32; 10 when absent.</param>
/// <param name="Prefix">What each begins with, such as <c>GLOW-</c>.</param>
/// <param name="ValidFrom">First instant, inside.</param>
/// <param name="ValidTo">Last instant, outside.</param>
internal sealed record CodeGeneration(
    string CampaignId, IReadOnlyList<string> CreatorIds, long PerCreator = 1, long? Length = null, string? Prefix = null,
    DateTimeOffset? ValidFrom = null, DateTimeOffset? ValidTo = null) : IGenerationRequest
{
    /// <inheritdoc/>
    public ICatalogItem CreateItem(string creator, string random) =>
        new CodeItem($"g-{random.ToLowerInvariant()}", Prefix + random, CampaignId, creator, ValidFrom, ValidTo);
}

/// <summary>Links to generate.</summary>
/// <param name="CampaignId">Their campaign.</param>
/// <param name="CreatorIds">Their creators.</param>
/// <param name="Destination">Where they lead.</param>
/// <param name="PerCreator">How many each gets.</param>
/// <param name="Length">Random characters of the slug, 8 to 32; 10 when absent.</param>
/// <param name="Prefix">What each slug begins with.</param>
/// <param name="Platform">Where they are posted.</param>
/// <param name="Utm">Their UTM parameters; <c>{creator}</c> in a value stands for the creator's id.</param>
/// <param name="ValidFrom">First instant, inside.</param>
/// <param name="ValidTo">Last instant, outside.</param>
/// <param name="Fallback">Where they lead once they have ended.</param>
internal sealed record LinkGeneration(
    string CampaignId, IReadOnlyList<string> CreatorIds, string Destination, long PerCreator = 1, long? Length = null, string? Prefix = null, string? Platform = null,
    UtmItem? Utm = null, DateTimeOffset? ValidFrom = null, DateTimeOffset? ValidTo = null, string? Fallback = null) : IGenerationRequest
{
    /// <inheritdoc/>
    public ICatalogItem CreateItem(string creator, string random)
    {
        string? Fill(string? value) => value?.Replace("{creator}", creator, StringComparison.Ordinal);
        var slug = random.ToLowerInvariant();
        return new LinkItem(
            $"g-{slug}", Prefix + slug, Destination, CampaignId, creator, Platform, null,
            Utm is null ? null : new UtmItem(Fill(Utm.Source), Fill(Utm.Medium), Fill(Utm.Campaign), Fill(Utm.Content), Fill(Utm.Term), Fill(Utm.Id)), ValidFrom, ValidTo, Fallback);
    }
}

/// <summary>What was generated.</summary>
/// <param name="Generated">How many.</param>
/// <param name="Items">By creator, as asked.</param>
internal sealed record GenerationAnswer<TItem>(int Generated, IReadOnlyList<TItem> Items);
