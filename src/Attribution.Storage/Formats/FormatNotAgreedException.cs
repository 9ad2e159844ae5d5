using Attribution.Storage.DataSets;

namespace Attribution.Storage.Formats;

/// <summary>
/// A commit needs a version of a format that a live process cannot read. Nothing was written. It succeeds once that
/// process has stopped, or runs a newer build.
/// </summary>
public sealed class FormatNotAgreedException(FormatVersions required, FormatState state) : StoreFaultException(Describe(required, state))
{
    /// <inheritdoc/>
    public override bool IsTransient => true;

    private static string Describe(FormatVersions required, FormatState state)
    {
        var kind = state.Agreed.MissingKinds(required).First();
        var late = state.Processes.Where(process => process.Known[kind] < required[kind])
            .Select(process => $"{process.Id} ({process.Build}, lease until {process.Until})");
        if (DataSetKinds.All.Contains(kind))
            return $"The {kind} of {DataSetKinds.VersionOf(kind, required[kind])} are required, but a live process does not have them: "
                + $"{string.Join(", ", late)}. The events wait until it is stopped or upgraded.";
        return $"A {kind} must be stored in version {required[kind]}, but a live process reads up to version "
            + $"{state.Agreed[kind]}: {string.Join(", ", late)}. The events wait until it is stopped or upgraded.";
    }
}
