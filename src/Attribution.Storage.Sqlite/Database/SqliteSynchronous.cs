namespace Attribution.Storage.Sqlite.Database;

/// <summary>The durability of commits.</summary>
public enum SqliteSynchronous
{
    /// <summary>
    /// A commit is done once the operating system has it. A power failure or a crash of the operating system can undo
    /// the latest commits since the last checkpoint, each as a whole. Results already reported because of them, such as
    /// an event answered with 202, are then lost.
    /// </summary>
    Normal = 1,

    /// <summary>A commit is done once the disk has it: one flush per commit.</summary>
    Full = 2,
}
