using System.Runtime.CompilerServices;
using System.Text.Json;
using Azure;
using Azure.Core;
using Azure.Core.Pipeline;
using Azure.Identity;
using Azure.Security.KeyVault.Secrets;
using Serverless.Components.Clients.AzureRest;

namespace Serverless.Components.Clients.AzureKeyVault;

/// <summary>Reads secrets by Microsoft's client, and tells failures as <see cref="AzureException"/>.</summary>
/// <remarks>Values are kept nowhere.</remarks>
internal sealed class KeyVaultSecretClient : IDisposable
{
    private readonly SecretClient _client;
    private readonly KeyVaultOptions _options;
    private readonly HttpClientTransport? _ownTransport;

    public KeyVaultSecretClient(KeyVaultOptions options)
    {
        _options = options;
        _ownTransport = options.Transport is null ? AzureRestClient.CreateTransport() : null;
        var rest = options.ToRestOptions();
        var settings = new SecretClientOptions
        {
            Transport = options.Transport ?? _ownTransport!,
            RetryPolicy = new CarefulRetryPolicy(rest.Retries, DelayStrategy.CreateExponentialDelayStrategy(rest.RetryDelay, rest.LongestRetryDelay), rest.LongestRetryDelay),

            // At an address of another kind no resource could match; KeyVaultCredential limits what a challenge can ask for.
            DisableChallengeResourceVerification = !options.IsUnderResource,
        };
        settings.Retry.NetworkTimeout = options.Timeout;
        settings.Diagnostics.ApplicationId = "serverless-dapr";
        settings.AddPolicy(new KeyVaultSecretPolicy(options), HttpPipelinePosition.PerCall);
        _client = new SecretClient(options.Address, new KeyVaultCredential(options), settings);
    }

    /// <summary>A secret's value; empty when it has none.</summary>
    /// <param name="name">Its name.</param>
    /// <param name="version">32 hexadecimal digits, or null for the latest.</param>
    /// <param name="cancellationToken">Ends the call.</param>
    /// <exception cref="FormatException">Name or version are none.</exception>
    /// <exception cref="AzureServiceException">The vault refuses; status 404 when there is no such secret.</exception>
    /// <exception cref="AzureConnectionException">There is no answer.</exception>
    public async Task<string> GetAsync(string name, string? version, CancellationToken cancellationToken)
    {
        KeyVaultAddress.CheckName(name);
        if (version is not null)
        {
            KeyVaultAddress.CheckVersion(version);
        }

        var secret = await RunAsync($"get secret '{name}'", async token => await _client.GetSecretAsync(name, version, token), cancellationToken);
        return secret.Value.Value ?? "";
    }

    /// <summary>The names of the secrets that are enabled, page by page.</summary>
    /// <exception cref="AzureServiceException">The vault refuses.</exception>
    /// <exception cref="AzureConnectionException">There is no answer.</exception>
    public async IAsyncEnumerable<string> ListEnabledAsync([EnumeratorCancellation] CancellationToken cancellationToken)
    {
        string? next = null;
        do
        {
            var continuation = next;
            var page = await RunAsync("list secrets", token => ReadPageAsync(continuation, token), cancellationToken);
            foreach (var secret in page?.Values ?? [])
            {
                if (secret.Enabled == true)
                {
                    yield return secret.Name;
                }
            }

            next = page?.ContinuationToken;
        }
        while (next is not null);
    }

    public void Dispose() => _ownTransport?.Dispose();

    private async Task<Page<SecretProperties>?> ReadPageAsync(string? continuation, CancellationToken cancellationToken)
    {
        // The token must reach the page's request, which is made here and not with the enumeration.
        await using var pages = _client.GetPropertiesOfSecretsAsync(cancellationToken).AsPages(continuation).GetAsyncEnumerator(cancellationToken);
        return await pages.MoveNextAsync() ? pages.Current : null;
    }

    private async Task<T> RunAsync<T>(string operation, Func<CancellationToken, Task<T>> call, CancellationToken cancellationToken)
    {
        using var timeout = new CancellationTokenSource(_options.Timeout, _options.Time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(timeout.Token, cancellationToken);
        try
        {
            return await call(either.Token);
        }
        catch (RequestFailedException fault) when (fault.GetRawResponse() is { } answer)
        {
            // Its own message quotes the answer's headers and body.
            throw AzureServiceException.From(answer, $"{KeyVaultOptions.Service} {operation} at {_options.Address.Authority}");
        }
        catch (Exception fault) when (IsFailure(fault) && !cancellationToken.IsCancellationRequested)
        {
            throw Failure(operation, fault, timeout.IsCancellationRequested);
        }
    }

    private static bool IsFailure(Exception fault) => fault is RequestFailedException or AggregateException or IOException
        or OperationCanceledException or AuthenticationFailedException or InvalidOperationException or JsonException;

    private AzureConnectionException Failure(string operation, Exception fault, bool isTimeout)
    {
        // Several attempts failed: the last tells most.
        var last = fault is AggregateException { InnerExceptions: [.., var inner] } ? inner : fault;
        var reason = isTimeout || last is OperationCanceledException ? $"no answer within {_options.Timeout.TotalSeconds:0.###} s"
            : last is JsonException ? "the answer can't be read"
            : last.Message;
        return new AzureConnectionException($"{KeyVaultOptions.Service} {operation} at {_options.Address.Authority}: {reason}", isFateUnknown: false, last is JsonException ? null : fault);
    }
}
