using Attribution.Contracts.Catalog;
using Attribution.Core.Catalog;
using Attribution.Host.Access;
using Attribution.Host.Reporting.Api;

namespace Attribution.Host.Reporting.CatalogEditing;

/// <summary>One item written whole or deleted: what the API and the page's forms both do.</summary>
internal static class CatalogItemCommands
{
    /// <summary>Writes an item of UTF-8 JSON where the condition holds.</summary>
    public static async ValueTask<CatalogWriteResult> WriteAsync(
        CatalogKindInfo kind, string id, ReadOnlyMemory<byte> json, WritePrecondition condition, Caller caller, CatalogWriter writer, CancellationToken cancellation)
    {
        var (item, faults) = ItemReader.Read(kind.ItemType, json, id);
        if (item is null) return new(null, faults, null);
        if (item.Id != id)
            return new(null, [new(CatalogFaultReason.IdMismatch, "/id", $"The address says '{id}'; leave the id out of the body or say the same")], null);
        return await writer.EditAsync(caller, edit =>
            {
                var known = edit.Find(CatalogKinds.RefOf(item));
                if (!condition.IsSatisfiedBy(known)) return new(null, [], known);
                var (stored, found) = edit.Put(item);
                return new CatalogWriteResult(found.Count == 0 ? stored : null, found, known);
            },
            cancellation);
    }

    /// <summary>Deletes an item where the condition holds.</summary>
    public static ValueTask<CatalogWriteResult> DeleteAsync(CatalogRef reference, WritePrecondition condition, Caller caller, CatalogWriter writer, CancellationToken cancellation) =>
        writer.EditAsync(caller, edit =>
            {
                var known = edit.Find(reference);
                if (known is null || !condition.IsSatisfiedBy(known)) return new CatalogWriteResult(null, [], known);
                var faults = edit.Delete(reference);
                return new(faults.Count == 0 ? known : null, faults, known);
            },
            cancellation);
}

/// <summary>What became of a write.</summary>
/// <param name="Item">The item as written, or as deleted; null where nothing was.</param>
/// <param name="Faults">Why not; empty where the condition did not hold, or nothing was there to delete.</param>
/// <param name="Known">The item before.</param>
internal sealed record CatalogWriteResult(ICatalogItem? Item, IReadOnlyList<CatalogFault> Faults, ICatalogItem? Known);
