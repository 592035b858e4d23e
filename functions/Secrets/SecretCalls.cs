using Serverless.Components.Secrets;

namespace Serverless.Functions.Secrets;

/// <summary>Calls of a store whose exceptions become the text that the API reports. Only the caller's own cancellation still flies.</summary>
internal static class SecretCalls
{
    /// <summary>Reads one secret; the fault is null when that worked.</summary>
    public static async ValueTask<(IReadOnlyDictionary<string, string>? Secret, string? Fault)> GetAsync(
        ISecretStore store, string name, IReadOnlyDictionary<string, string> metadata, CancellationToken cancellationToken)
    {
        try
        {
            return (await store.GetAsync(name, metadata, cancellationToken), null);
        }
        catch (Exception exception) when (!cancellationToken.IsCancellationRequested)
        {
            return (null, Describe(exception));
        }
    }

    /// <summary>Reads all secrets; either they or the fault are null.</summary>
    public static async ValueTask<(IReadOnlyDictionary<string, IReadOnlyDictionary<string, string>>? Secrets, string? Fault)> GetAllAsync(
        ISecretStore store, IReadOnlyDictionary<string, string> metadata, CancellationToken cancellationToken)
    {
        try
        {
            return (await store.GetAllAsync(metadata, cancellationToken), null);
        }
        catch (Exception exception) when (!cancellationToken.IsCancellationRequested)
        {
            return (null, Describe(exception));
        }
    }

    private static string Describe(Exception exception) =>
        exception.Message.Length > 0 ? exception.Message : exception.GetType().Name;
}
