using Serverless.Components.Registry;

namespace Serverless.Components.Secrets;

/// <summary>A secret store.</summary>
/// <remarks>
/// Dapr docs: reference/api/secrets_api. Values never reach a log or an error message. Request metadata is the caller's own, such as
/// <c>version_id</c>, <c>version</c> or <c>namespace</c>; a store ignores what it does not know.
/// </remarks>
public interface ISecretStore : IComponent
{
    /// <summary>
    /// One secret: its own name mapped to the value, or every sub-key where the store holds several. Null when the store answers
    /// without data, which the API passes on as an empty answer.
    /// </summary>
    /// <exception cref="SecretNotFoundException">There is no secret of that name.</exception>
    ValueTask<IReadOnlyDictionary<string, string>?> GetAsync(string name, IReadOnlyDictionary<string, string> metadata, CancellationToken cancellationToken);

    /// <summary>All secrets by name, each as <see cref="GetAsync"/> gives it.</summary>
    ValueTask<IReadOnlyDictionary<string, IReadOnlyDictionary<string, string>>> GetAllAsync(IReadOnlyDictionary<string, string> metadata, CancellationToken cancellationToken);
}
