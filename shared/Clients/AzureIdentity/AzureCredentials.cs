using Azure.Core;
using Azure.Core.Pipeline;
using Azure.Identity;

namespace Serverless.Components.Clients.AzureIdentity;

/// <summary>Builds one credential out of the methods that an identity has what it takes for.</summary>
internal sealed class AzureCredentials
{
    private static readonly TimeSpan CliTimeout = TimeSpan.FromSeconds(30);
    private readonly AzureIdentityOptions _options;
    private readonly TimeProvider _time;
    private readonly HttpPipelineTransport? _transport;
    private readonly List<(string Method, TokenCredential Credential)> _links = [];
    private readonly List<string> _lacks = [];

    private AzureCredentials(AzureIdentityOptions options, TimeProvider time, HttpPipelineTransport? transport)
    {
        _options = options;
        _time = time;
        _transport = transport;
    }

    // Azure App Service, Functions, Service Fabric and Container Apps; Azure Arc; Cloud Shell.
    private bool IsOnPlatform => Variable("IDENTITY_ENDPOINT") is not null || Variable("IMDS_ENDPOINT") is not null || Variable("MSI_ENDPOINT") is not null;

    /// <summary>Asks nobody yet: tokens are fetched, and cached, by the credential.</summary>
    /// <param name="options">The identity.</param>
    /// <param name="time">The clock of the managed identity probe.</param>
    /// <param name="transport">What carries requests; null means Azure.Core's own.</param>
    /// <exception cref="CredentialUnavailableException">Authentication is disabled, or no method has what it needs; the message says what each lacks.</exception>
    public static TokenCredential Create(AzureIdentityOptions options, TimeProvider time, HttpPipelineTransport? transport = null)
    {
        if (options.Methods?.Contains(AzureAuthMethod.None) == true)
        {
            throw new CredentialUnavailableException("Azure authentication is disabled by the method 'none'");
        }

        var builder = new AzureCredentials(options, time, transport);
        foreach (var method in builder.OrderMethods())
        {
            builder.Add(method);
        }

        return builder._links.Count > 0
            ? new AzureCredentialChain(builder._links, builder._lacks)
            : throw AzureCredentialChain.Unavailable(builder._lacks);
    }

    private IEnumerable<AzureAuthMethod> OrderMethods()
    {
        if (_options.Methods is { } methods)
        {
            return methods.Distinct();
        }

        IEnumerable<AzureAuthMethod> usual =
            [AzureAuthMethod.ClientSecret, AzureAuthMethod.ClientCertificate, AzureAuthMethod.WorkloadIdentity, AzureAuthMethod.ManagedIdentity];
        return IsOnPlatform ? usual : usual.Append(AzureAuthMethod.AzureCli);
    }

    private void Add(AzureAuthMethod method)
    {
        switch (method)
        {
            case AzureAuthMethod.ClientSecret:
                Add("client secret", CreateClientSecret, ("a tenant id", _options.TenantId), ("a client id", _options.ClientId), ("a client secret", _options.ClientSecret));
                break;
            case AzureAuthMethod.ClientCertificate:
                var source = _options.CertificateFile ?? (_options.Certificate is null ? null : "inline");
                Add("client certificate", CreateClientCertificate, ("a tenant id", _options.TenantId), ("a client id", _options.ClientId), ("a certificate", source));
                break;
            case AzureAuthMethod.WorkloadIdentity:
                Add(
                    "workload identity",
                    CreateWorkloadIdentity,
                    ("AZURE_TENANT_ID", WorkloadTenantId()),
                    ("AZURE_CLIENT_ID", WorkloadClientId()),
                    ("AZURE_FEDERATED_TOKEN_FILE", Variable("AZURE_FEDERATED_TOKEN_FILE")));
                break;
            case AzureAuthMethod.ManagedIdentity:
                Add("managed identity", CreateManagedIdentity);
                break;
            case AzureAuthMethod.AzureCli:
                Add("Azure CLI", () => new AzureCliCredential(new AzureCliCredentialOptions { ProcessTimeout = CliTimeout }));
                break;
            default:
                throw new ArgumentOutOfRangeException(nameof(method));
        }
    }

    private void Add(string method, Func<TokenCredential> create, params ReadOnlySpan<(string Name, string? Value)> needs)
    {
        var missing = new List<string>();
        foreach (var (name, value) in needs)
        {
            if (string.IsNullOrEmpty(value))
            {
                missing.Add(name);
            }
        }

        if (missing.Count > 0)
        {
            _lacks.Add($"{method}: lacks {string.Join(" and ", missing)}");
            return;
        }

        try
        {
            _links.Add((method, create()));
        }
        catch (FormatException fault)
        {
            _lacks.Add($"{method}: {fault.Message}");
        }
        catch (ArgumentException)
        {
            // Azure.Identity's own check; its text quotes what it was given.
            _lacks.Add($"{method}: the tenant id or client id is malformed");
        }
    }

    private ClientSecretCredential CreateClientSecret() => new(
        _options.TenantId,
        _options.ClientId,
        _options.ClientSecret,
        Carry(new ClientSecretCredentialOptions { AuthorityHost = AuthorityHost(), DisableInstanceDiscovery = _options.DisableInstanceDiscovery }));

    private ClientCertificateCredential CreateClientCertificate() => new(
        _options.TenantId,
        _options.ClientId,
        ClientCertificateReader.Read(_options),
        Carry(new ClientCertificateCredentialOptions { AuthorityHost = AuthorityHost(), DisableInstanceDiscovery = _options.DisableInstanceDiscovery }));

    private WorkloadIdentityCredential CreateWorkloadIdentity() => new(Carry(new WorkloadIdentityCredentialOptions
    {
        // The webhook that injects the token file knows the authority best.
        AuthorityHost = InjectedAuthorityHost() ?? AuthorityHost(),
        TenantId = WorkloadTenantId(),
        ClientId = WorkloadClientId(),
        TokenFilePath = Variable("AZURE_FEDERATED_TOKEN_FILE"),
        DisableInstanceDiscovery = _options.DisableInstanceDiscovery,
    }));

    private TokenCredential CreateManagedIdentity()
    {
        var identity = _options.ClientId is { Length: > 0 } clientId ? ManagedIdentityId.FromUserAssignedClientId(clientId) : ManagedIdentityId.SystemAssigned;
        var credential = new ManagedIdentityCredential(Carry(new ManagedIdentityCredentialOptions(identity)));
        return IsOnPlatform ? credential : new ProbedManagedIdentityCredential(credential, Variable("AZURE_POD_IDENTITY_AUTHORITY_HOST"), _transport, _time);
    }

    private T Carry<T>(T options)
        where T : TokenCredentialOptions
    {
        if (_transport is not null)
        {
            options.Transport = _transport;
        }

        return options;
    }

    private Uri AuthorityHost() => _options.Cloud?.AuthorityHost ?? InjectedAuthorityHost() ?? AzureCloud.Public.AuthorityHost;

    private Uri? InjectedAuthorityHost()
    {
        if (Variable("AZURE_AUTHORITY_HOST") is not { } text)
        {
            return null;
        }

        return Uri.TryCreate(text, UriKind.Absolute, out var host) && host.Scheme == Uri.UriSchemeHttps
            ? host
            : throw new FormatException("AZURE_AUTHORITY_HOST is not an https address");
    }

    private string? WorkloadTenantId() => Variable("AZURE_TENANT_ID") ?? _options.TenantId;

    private string? WorkloadClientId() => Variable("AZURE_CLIENT_ID") ?? _options.ClientId;

    private string? Variable(string name) => _options.Environment(name) is { Length: > 0 } value ? value : null;
}
