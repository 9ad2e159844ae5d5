namespace Attribution.Core.Catalog;

/// <summary>A fault of a rejected catalog item.</summary>
/// <param name="Reason">The reason, from a closed set.</param>
/// <param name="Pointer">JSON pointer to the invalid member; empty if the fault concerns the whole item.</param>
/// <param name="Detail">Description of the fault and how to fix it.</param>
public sealed record CatalogFault(CatalogFaultReason Reason, string Pointer, string Detail);
