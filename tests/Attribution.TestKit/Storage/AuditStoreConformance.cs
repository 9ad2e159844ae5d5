using Attribution.Core.Values;
using Attribution.Storage.Access;
using Shouldly;
using Xunit;

namespace Attribution.TestKit.Storage;

/// <summary>The audit log.</summary>
public abstract class AuditStoreConformance(ConformanceStores stores) : StoreConformance(stores)
{
    [Fact]
    public async Task Audit_entries_are_read_newest_first_in_pages()
    {
        await using var store = await OpenNewAsync();
        var entries = new List<AuditEntry>();
        for (var i = 0; i < 5; i++)
        {
            var entry = new AuditEntry { At = new Timestamp(i), By = $"user {i}", KeyId = i == 0 ? null : $"key{i}", Action = $"PUT /v1/creators/{i}" };
            entries.Insert(0, entry with { Number = await store.AuditLog.AddAuditEntryAsync(entry, Cancellation) });
        }

        entries.Select(entry => entry.Number).ShouldBe(entries.Select(entry => entry.Number).Distinct().OrderDescending());
        (await store.AuditLog.ReadAuditLogAsync(null, 3, Cancellation)).ShouldBe(entries[..3]);
        (await store.AuditLog.ReadAuditLogAsync(entries[2].Number, 3, Cancellation)).ShouldBe(entries[3..]);
        (await store.AuditLog.ReadAuditLogAsync(entries[4].Number, 3, Cancellation)).ShouldBeEmpty();
    }

    [Fact]
    public async Task The_first_status_of_an_audit_entry_is_kept()
    {
        await using var store = await OpenNewAsync();
        var number = await store.AuditLog.AddAuditEntryAsync(new AuditEntry { At = Now, By = "local", Action = "POST /v1/erase" }, Cancellation);
        (await store.AuditLog.ReadAuditLogAsync(null, 1, Cancellation)).Single().Status.ShouldBeNull();

        await store.AuditLog.CompleteAuditEntryAsync(number, 204, Cancellation);
        await store.AuditLog.CompleteAuditEntryAsync(number, 500, Cancellation);

        (await store.AuditLog.ReadAuditLogAsync(null, 1, Cancellation)).Single().Status.ShouldBe(204);
    }
}
