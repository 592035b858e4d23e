namespace Serverless.Components.Registry.Resources;

/// <summary>Which secrets of one store the app may read (<c>spec.secrets.scopes[]</c>).</summary>
/// <param name="StoreName">The secret store.</param>
/// <param name="AllowsByDefault"><c>defaultAccess</c>.</param>
/// <param name="Allowed">When not empty, the only readable secrets.</param>
/// <param name="Denied">Secrets that are not readable.</param>
public sealed record SecretScope(string StoreName, bool AllowsByDefault, IReadOnlyList<string> Allowed, IReadOnlyList<string> Denied)
{
    /// <summary>Whether the secret may be read.</summary>
    public bool Allows(string secret) => Allowed.Count > 0 ? Allowed.Contains(secret) : !Denied.Contains(secret) && AllowsByDefault;
}
