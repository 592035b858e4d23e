using System.Runtime.CompilerServices;
using System.Text.Json;
using Azure;
using Azure.Core;
using Azure.Core.Pipeline;
using Azure.Security.KeyVault.Secrets;
using Serverless.Components.Clients.AzureRest;

namespace Serverless.Components.Clients.AzureKeyVault;

/// <summary>Reads secrets by Microsoft's client, and tells failures as <see cref="AzureException"/>.</summary>
/// <remarks>Values are kept nowhere.</remarks>
internal sealed class KeyVaultSecretClient : IDisposable
{
    private readonly SecretClient _client;
    private readonly KeyVaultOptions _options;
    private readonly AzureRestOptions _rest;
    private readonly HttpClientTransport? _ownTransport;

    public KeyVaultSecretClient(KeyVaultOptions options)
    {
        _options = options;
        _rest = options.ToRestOptions();
        _ownTransport = options.Transport is null ? AzureRestClient.CreateTransport(_rest) : null;
        var settings = new SecretClientOptions
        {
            Transport = options.Transport ?? _ownTransport!,
            RetryPolicy = new CarefulRetryPolicy(
                _rest.Retries,
                DelayStrategy.CreateExponentialDelayStrategy(_rest.RetryDelay, _rest.LongestRetryDelay),
                _rest.LongestRetryDelay,
                _rest.Time),

            // At an address of another kind no resource could match; KeyVaultCredential limits what a challenge can ask for.
            DisableChallengeResourceVerification = !options.IsUnderResource,
        };

        // The whole operation has its limit, so that an attempt needs none.
        settings.Retry.NetworkTimeout = Timeout.InfiniteTimeSpan;
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
            if (next is not null && next == continuation)
            {
                throw new AzureConnectionException($"{Name("list secrets")}: a page names itself as the next one", isFateUnknown: false, innerException: null);
            }
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
            // Its own message quotes all of the answer.
            throw AzureServiceException.From(answer, Name(operation), _options.Time.GetUtcNow());
        }
        catch (Exception fault) when (fault is JsonException or FormatException or KeyNotFoundException or ArgumentException)
        {
            // Its message can quote the text; Microsoft's client has many ways to say so.
            throw new AzureConnectionException($"{Name(operation)}: the answer can't be read", isFateUnknown: false, innerException: null);
        }
        catch (Exception fault) when (AzureRestClient.IsFailure(fault))
        {
            cancellationToken.ThrowIfCancellationRequested();
            var reason = timeout.IsCancellationRequested ? $"no answer within {_options.Timeout.TotalSeconds:0.###} s" : AzureRestClient.Reason(fault, _rest);
            throw new AzureConnectionException($"{Name(operation)}: {reason}", isFateUnknown: false, fault);
        }
    }

    private string Name(string operation) => $"{KeyVaultOptions.Service} {operation} at {_options.Address.Authority}";
}
