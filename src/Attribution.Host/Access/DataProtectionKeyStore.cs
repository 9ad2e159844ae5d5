using System.Xml.Linq;
using Attribution.Storage.Access;
using Microsoft.AspNetCore.DataProtection.Repositories;

namespace Attribution.Host.Access;

/// <summary>
/// Repository in the store for the framework's encryption keys of cookies and form tokens. A session is therefore valid
/// on every host of the same store, and after a restart. The framework reads the keys at start and when it finds an
/// unknown key id, and adds one about every three months. Its interface is synchronous, so these methods block.
/// </summary>
internal sealed class DataProtectionKeyStore(IUserStore store) : IXmlRepository
{
    public IReadOnlyCollection<XElement> GetAllElements() =>
        [.. store.ListSessionKeysAsync(CancellationToken.None).AsTask().GetAwaiter().GetResult().Select(key => XElement.Parse(key))];

    public void StoreElement(XElement element, string friendlyName) =>
        store.AddSessionKeyAsync(friendlyName, element.ToString(SaveOptions.DisableFormatting), CancellationToken.None).AsTask().GetAwaiter().GetResult();
}
