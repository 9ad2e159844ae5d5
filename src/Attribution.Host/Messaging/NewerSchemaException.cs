using Attribution.Contracts;

namespace Attribution.Host.Messaging;

/// <summary>
/// A message has a newer schema than this build reads. It goes to the dead letters with this reason, without retries, and is
/// sent again from there once a newer build runs.
/// </summary>
internal sealed class NewerSchemaException(int schema) : Exception(
    $"The message has schema {schema}; this build reads up to {EventPack.CurrentSchema}. Start a newer version of Attribution, "
    + "then move the dead letters back to the queue.");
