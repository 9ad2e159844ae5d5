namespace Attribution.Storage.Erasures;

/// <summary>The limits of deleting archived packs.</summary>
internal static class PackRetention
{
    /// <summary>The maximum number of packs deleted per call, which bounds the transaction.</summary>
    public const int MaxDeletedPacks = 1_000;
}
