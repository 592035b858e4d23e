using System.Text;
using System.Text.Json.Nodes;
using Microsoft.AspNetCore.Http;
using Serverless.Backends.Faults;
using Serverless.Backends.TokenServers;

namespace Serverless.Backends.KeyVault;

/// <summary>A vault of Azure Key Vault over https: secrets, keys and certificates, with real state and real cryptography.</summary>
/// <remarks>
/// After the REST reference of Key Vault. Microsoft's own clients pass against it (KeyVaultServerTests, KeyVaultClientTests).
/// Not served: backup and restore, HSM keys, encryption and key wrapping, issuers, contacts, rotation.
/// </remarks>
public sealed class KeyVaultServer : FaultyServer
{
    private readonly Lock _gate = new();
    private readonly KeyVaultSettings _settings;
    private readonly SecretCollection _secrets;
    private readonly KeyCollection _keys;
    private readonly CertificateCollection _certificates;

    private KeyVaultServer(KeyVaultSettings settings)
        : base(settings.Certificates, withHttp: false)
    {
        _settings = settings;
        _secrets = new SecretCollection(settings.Time, settings.SettleTime);
        _keys = new KeyCollection(settings.Time, settings.SettleTime);
        _certificates = new CertificateCollection(settings.Time, settings.SettleTime, _keys, _secrets);
    }

    /// <summary>The vault's address.</summary>
    public Uri VaultUri => new($"https://localhost:{HttpsPort}/");

    /// <summary>A token that is accepted.</summary>
    public string Token { get; } = $"token-{Guid.NewGuid():N}";

    /// <summary>Starts an empty vault.</summary>
    public static async Task<KeyVaultServer> StartAsync(KeyVaultSettings? settings = null)
    {
        var server = new KeyVaultServer(settings ?? new KeyVaultSettings());
        await server.ListenAsync();
        return server;
    }

    /// <summary>A new version of a secret, past HTTP.</summary>
    /// <param name="name">Its name.</param>
    /// <param name="value">Its value.</param>
    /// <param name="isEnabled">False makes reading it fail.</param>
    /// <returns>The version, 32 hexadecimal digits.</returns>
    public string SetSecret(string name, string value, bool isEnabled = true)
    {
        lock (_gate)
        {
            return _secrets.Set(name, value, null, new JsonObject { ["attributes"] = new JsonObject { ["enabled"] = isEnabled } }).Version;
        }
    }

    /// <inheritdoc/>
    protected override Task<ServerAnswer> AnswerAsync(HttpRequest request, byte[] body, CancellationToken cancellationToken) =>
        Task.FromResult(ToServerAnswer(Answer(request, body)));

    /// <inheritdoc/>
    protected override ServerAnswer Refuse(HttpFault fault)
    {
        var answer = fault.Status == StatusCodes.Status401Unauthorized
            ? Challenge("AKV10032: Invalid token.")
            : KeyVaultAnswer.Error(fault.Status, fault.Code ?? CodeOf(fault.Status), "Injected by the test.", fault.InnerCode ?? (fault.Status == StatusCodes.Status403Forbidden ? "ForbiddenByRbac" : null));
        return ToServerAnswer(answer with { Headers = answer.Headers.Concat(fault.Headers).ToDictionary() });
    }

    private KeyVaultAnswer Answer(HttpRequest http, byte[] body)
    {
        try
        {
            if (FindTokenFault(http) is { } tokenFault)
            {
                return Challenge(tokenFault);
            }

            if (string.IsNullOrEmpty(http.Query["api-version"]))
            {
                throw VaultRefusalException.BadParameter("The api-version query parameter must be given.");
            }

            var request = KeyVaultRequest.Of(http, body);
            lock (_gate)
            {
                return Dispatch(request);
            }
        }
        catch (VaultRefusalException refusal)
        {
            return KeyVaultAnswer.Error(refusal.Status, refusal.Code, refusal.Message, refusal.InnerCode);
        }
        catch (Exception fault) when (fault is InvalidOperationException or FormatException)
        {
            return KeyVaultAnswer.Error(StatusCodes.Status400BadRequest, "BadParameter", $"The request has a value of the wrong type: {fault.Message}", null);
        }
    }

    private KeyVaultAnswer Dispatch(KeyVaultRequest request) => request.Segments.FirstOrDefault() switch
    {
        "secrets" => _secrets.Answer(request),
        "deletedsecrets" => _secrets.AnswerDeleted(request),
        "keys" => _keys.Answer(request),
        "deletedkeys" => _keys.AnswerDeleted(request),
        "certificates" => _certificates.Answer(request),
        "deletedcertificates" => _certificates.AnswerDeleted(request),
        _ => throw new VaultRefusalException(404, "NotFound", "There is nothing at this path."),
    };

    private string? FindTokenFault(HttpRequest request)
    {
        var words = request.Headers.Authorization.ToString().Split(' ');
        return words is not ["Bearer", { Length: > 0 } token] ? "AKV10000: Request is missing a Bearer or PoP token."
            : token == Token || _settings.Accepts?.Invoke(token) == true ? null
            : _settings.Tokens?.IssuedTokens.Contains(token) != true || SignedToken.Read(token) is not { } signed ? "AKV10022: The token is not one of this vault's tenant."
            : signed.Claim("aud") != _settings.Resource ? "AKV10022: Invalid audience."
            : !signed.IsCurrent(_settings.Time.GetUtcNow()) ? "AKV10023: The token is expired."
            : null;
    }

    private KeyVaultAnswer Challenge(string message) => KeyVaultAnswer.Error(401, "Unauthorized", message, null) with
    {
        Headers = new Dictionary<string, string>
        {
            ["WWW-Authenticate"] = $"Bearer authorization=\"{_settings.LoginAddress}/{_settings.TenantId}\", resource=\"{_settings.Resource}\"",
        },
    };

    private static string CodeOf(int status) => status switch
    {
        StatusCodes.Status403Forbidden => "Forbidden",
        StatusCodes.Status409Conflict => "Conflict",
        StatusCodes.Status429TooManyRequests => "Throttled",
        StatusCodes.Status503ServiceUnavailable => "ServiceUnavailable",
        _ => "InternalServerError",
    };

    private static ServerAnswer ToServerAnswer(KeyVaultAnswer answer) => new(answer.Status)
    {
        Body = answer.Body is null ? default : Encoding.UTF8.GetBytes(answer.Body.ToJsonString()),
        ContentType = answer.Body is null ? null : "application/json; charset=utf-8",
        Headers = answer.Headers.Append(new("x-ms-request-id", Guid.NewGuid().ToString())).ToDictionary(),
    };
}
