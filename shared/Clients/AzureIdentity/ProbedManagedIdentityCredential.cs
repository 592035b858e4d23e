using System.Net.Sockets;
using Azure.Core;
using Azure.Core.Pipeline;
using Azure.Identity;

namespace Serverless.Components.Clients.AzureIdentity;

/// <summary>A managed identity that may not be there: outside Azure, its address swallows requests for minutes.</summary>
/// <remarks>Microsoft docs: entra/identity/managed-identities-azure-resources/how-to-use-vm-token.</remarks>
internal sealed class ProbedManagedIdentityCredential : TokenCredential
{
    private const string UsualHost = "http://169.254.169.254";
    private static readonly TimeSpan ProbeTimeout = TimeSpan.FromSeconds(1);
    private readonly TokenCredential _credential;
    private readonly Uri _endpoint;
    private readonly HttpPipeline _pipeline;
    private readonly TimeProvider _time;
    private volatile bool _isThere;

    public ProbedManagedIdentityCredential(TokenCredential credential, string? host, HttpPipelineTransport? transport, TimeProvider time)
    {
        _credential = credential;
        _endpoint = Uri.TryCreate($"{(host ?? UsualHost).TrimEnd('/')}/metadata/identity/oauth2/token", UriKind.Absolute, out var endpoint)
            ? endpoint
            : throw new FormatException("AZURE_POD_IDENTITY_AUTHORITY_HOST is not an address");
        _pipeline = new HttpPipeline(transport ?? HttpClientTransport.Shared);
        _time = time;
    }

    public override AccessToken GetToken(TokenRequestContext requestContext, CancellationToken cancellationToken) =>
        throw new NotSupportedException("tokens are fetched asynchronously only");

    public override async ValueTask<AccessToken> GetTokenAsync(TokenRequestContext requestContext, CancellationToken cancellationToken)
    {
        if (!_isThere)
        {
            await ProbeAsync(cancellationToken);
            _isThere = true;
        }

        return await _credential.GetTokenAsync(requestContext, cancellationToken);
    }

    private async Task ProbeAsync(CancellationToken cancellationToken)
    {
        using var timeout = new CancellationTokenSource(ProbeTimeout, _time);
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken, timeout.Token);
        using var request = _pipeline.CreateRequest();
        request.Method = RequestMethod.Get;
        request.Uri.Reset(_endpoint);
        try
        {
            // Without its Metadata header the request is refused at once, which is answer enough.
            using var response = await _pipeline.SendRequestAsync(request, limit.Token);
        }
        catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
        {
            throw new CredentialUnavailableException($"no answer within {ProbeTimeout.TotalSeconds:0} s");
        }
        catch (Exception fault) when (fault is Azure.RequestFailedException or IOException or SocketException)
        {
            throw new CredentialUnavailableException("its endpoint cannot be reached");
        }
    }
}
