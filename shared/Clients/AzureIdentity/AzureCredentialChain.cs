using Azure.Core;
using Azure.Identity;

namespace Serverless.Components.Clients.AzureIdentity;

/// <summary>Tries credentials in order until one is available, and stays with that one.</summary>
/// <remarks>Only unavailability leads to the next: a refusal ends the search, so that a wrong secret is seen.</remarks>
internal sealed class AzureCredentialChain(IReadOnlyList<(string Method, TokenCredential Credential)> links, IReadOnlyList<string> lacks) : TokenCredential
{
    private const int Undecided = -1;
    private volatile int _working = Undecided;

    /// <summary>The error of a chain in which nothing is available.</summary>
    public static CredentialUnavailableException Unavailable(IEnumerable<string> lacks) =>
        new($"no Azure identity is available: {string.Join("; ", lacks)}");

    public override AccessToken GetToken(TokenRequestContext requestContext, CancellationToken cancellationToken) =>
        throw new NotSupportedException("tokens are fetched asynchronously only");

    public override ValueTask<AccessToken> GetTokenAsync(TokenRequestContext requestContext, CancellationToken cancellationToken) =>
        _working is not Undecided and var working ? AskAsync(working, requestContext, cancellationToken) : SearchAsync(requestContext, cancellationToken);

    /// <summary>The methods that it tries, in order.</summary>
    public override string ToString() => string.Join(", ", links.Select(link => link.Method));

    private async ValueTask<AccessToken> SearchAsync(TokenRequestContext requestContext, CancellationToken cancellationToken)
    {
        var unavailable = lacks.ToList();
        for (var i = 0; i < links.Count; i++)
        {
            try
            {
                var token = await AskAsync(i, requestContext, cancellationToken);
                _working = i;
                return token;
            }
            catch (CredentialUnavailableException fault)
            {
                cancellationToken.ThrowIfCancellationRequested();
                unavailable.Add($"{links[i].Method}: {FirstLine(fault)}");
            }
        }

        throw Unavailable(unavailable);
    }

    private async ValueTask<AccessToken> AskAsync(int link, TokenRequestContext requestContext, CancellationToken cancellationToken)
    {
        var (method, credential) = links[link];
        try
        {
            return await credential.GetTokenAsync(requestContext, cancellationToken);
        }
        catch (AuthenticationFailedException fault) when (fault is not CredentialUnavailableException)
        {
            // Azure.Identity leaves the reason to the exception within.
            throw new AuthenticationFailedException($"{method}: {FirstLine(fault.InnerException ?? fault)}", fault);
        }
    }

    // The lines below the first give links and advice.
    private static string FirstLine(Exception fault) => fault.Message.Trim().Split('\n')[0].TrimEnd();
}
