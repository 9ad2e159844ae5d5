using Attribution.Contracts.Catalog;
using Attribution.Core.Catalog;
using Attribution.Host.Access;

namespace Attribution.Host.Reporting.CatalogEditing;

/// <summary>The commands that write or delete one item, shared by the API and the forms of the pages.</summary>
internal static class CatalogItemCommands
{
    /// <summary>Writes an item of UTF-8 JSON if the precondition is met.</summary>
    public static async ValueTask<CatalogWriteResult> WriteAsync(
        CatalogKindInfo kind, string id, ReadOnlyMemory<byte> json, WritePrecondition condition, Caller caller,
        CatalogWriter writer, CancellationToken cancellation)
    {
        var (item, faults) = ItemReader.Read(kind.ItemType, json, id);
        if (item is null) return new(null, faults, null);
        if (item.Id != id)
            return new(null,
                [new(CatalogFaultReason.IdMismatch, "/id", $"Must equal the id of the address, '{id}', or be omitted")],
                null);
        return await writer.EditAsync(caller, edit =>
            {
                var known = edit.Find(CatalogKinds.RefOf(item));
                if (!condition.IsSatisfiedBy(known)) return new(null, [], known);
                var (stored, found) = edit.Put(item);
                return new CatalogWriteResult(found.Count == 0 ? stored : null, found, known);
            },
            cancellation);
    }

    /// <summary>Deletes an item if the precondition is met.</summary>
    public static ValueTask<CatalogWriteResult> DeleteAsync(
        CatalogRef reference, WritePrecondition condition, Caller caller, CatalogWriter writer,
        CancellationToken cancellation) =>
        writer.EditAsync(caller, edit =>
            {
                var known = edit.Find(reference);
                if (known is null || !condition.IsSatisfiedBy(known)) return new CatalogWriteResult(null, [], known);
                var faults = edit.Delete(reference);
                return new(faults.Count == 0 ? known : null, faults, known);
            },
            cancellation);
}

/// <summary>The result of a write.</summary>
/// <param name="Item">The written or deleted item; null if nothing was written.</param>
/// <param name="Faults">
/// Reasons for which nothing was written; empty if the precondition was not met, or the item to delete did not exist.
/// </param>
/// <param name="Known">The item before the write; null if it did not exist.</param>
internal sealed record CatalogWriteResult(ICatalogItem? Item, IReadOnlyList<CatalogFault> Faults, ICatalogItem? Known);
