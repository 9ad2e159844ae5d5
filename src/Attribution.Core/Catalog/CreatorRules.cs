using Attribution.Contracts.Catalog;
using static Attribution.Core.Catalog.CatalogFaultReason;

namespace Attribution.Core.Catalog;

/// <summary>The rules of creators.</summary>
internal static class CreatorRules
{
    /// <summary>The statuses of a creator.</summary>
    public static readonly string[] Statuses = ["active", "inactive"];

    /// <summary>Checks a creator.</summary>
    public static void Check(FaultCollector faults, CreatorItem creator)
    {
        faults.CheckText("/name", creator.Name);
        faults.CheckText("/niche", creator.Niche);
        faults.CheckText("/region", creator.Region);
        faults.CheckKeyword("/status", creator.Status, Statuses);
        if (creator is { Status: "active", InactiveSince: not null })
            faults.Add(MemberNotAllowed, "/inactiveSince", "Only inactive creators have it; omit it or set it to null");
        faults.CheckList("/handles", creator.Handles, (pointer, handle) =>
        {
            faults.CheckText($"{pointer}/platform", handle.Platform);
            faults.CheckText($"{pointer}/handle", handle.Handle);
            if (handle.Followers < 0) faults.Add(OutOfRange, $"{pointer}/followers", "Must not be negative");
        });
        faults.CheckList("/customerKeys", creator.CustomerKeys, (pointer, key) =>
        {
            faults.CheckText(pointer, key);
            if (key.Contains('@', StringComparison.Ordinal))
                faults.Add(
                    PersonalData, pointer,
                    "Looks like an e-mail address; use the keyed hash or id that orders contain");
        });
    }
}
