using System.Net;
using System.Text;

namespace Serverless.IntegrationTests.Bindings.Stores;

/// <summary>The answer to a call of a binding.</summary>
/// <param name="Status">The status.</param>
/// <param name="Bytes">The body.</param>
/// <param name="Metadata">Response metadata, names without case.</param>
internal sealed record StoreBindingAnswer(HttpStatusCode Status, byte[] Bytes, IReadOnlyDictionary<string, string> Metadata)
{
    /// <summary>The body as text.</summary>
    public string Text => Encoding.UTF8.GetString(Bytes);
}
