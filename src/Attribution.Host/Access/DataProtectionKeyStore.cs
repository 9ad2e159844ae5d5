using System.Xml.Linq;
using Attribution.Storage.Access;
using Microsoft.AspNetCore.DataProtection.Repositories;

namespace Attribution.Host.Access;

/// <summary>
/// Keeps the framework's keys of cookies and forms in the store, so that a session opened at one host holds at every other of the same store, and after a restart. The framework
/// asks for them while it starts and when it meets a key that it does not know, and adds one in three months; it does so without waiting for anybody, which is why this blocks.
/// </summary>
internal sealed class DataProtectionKeyStore(IUserStore store) : IXmlRepository
{
    public IReadOnlyCollection<XElement> GetAllElements() =>
        [.. store.ListSessionKeysAsync(CancellationToken.None).AsTask().GetAwaiter().GetResult().Select(key => XElement.Parse(key))];

    public void StoreElement(XElement element, string friendlyName) =>
        store.AddSessionKeyAsync(friendlyName, element.ToString(SaveOptions.DisableFormatting), CancellationToken.None).AsTask().GetAwaiter().GetResult();
}
