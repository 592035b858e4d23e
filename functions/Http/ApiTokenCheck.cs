using System.Security.Cryptography;
using System.Text;
using Serverless.Functions.Hosting;

namespace Serverless.Functions.Http;

/// <summary>Compares the caller's token with the configured one. On the platform a missing configuration refuses everybody.</summary>
/// <remarks>Dapr docs: operations/security/api-token.</remarks>
internal sealed class ApiTokenCheck
{
    private const string Header = "dapr-api-token";
    private readonly byte[]? _token;
    private readonly bool _refusesAll;

    public ApiTokenCheck(RuntimeOptions options)
    {
        _token = string.IsNullOrEmpty(options.ApiToken) ? null : Encoding.UTF8.GetBytes(options.ApiToken);
        _refusesAll = _token is null && options.OnPlatform && !options.AllowAnonymous;
    }

    /// <summary>Whether the token is right. It is taken out of the request, so that nothing forwards it.</summary>
    public bool Admits(HttpRequest request)
    {
        var given = request.Headers[Header];
        if (given.Count > 0)
        {
            request.Headers.Remove(Header);
        }

        return _token is null ? !_refusesAll : given.Count > 0 && Equal(given[0] ?? "");
    }

    private bool Equal(string given)
    {
        // Latin-1 gives back the bytes as they came.
        Span<byte> bytes = stackalloc byte[512];
        return Encoding.Latin1.TryGetBytes(given, bytes, out var length)
            ? CryptographicOperations.FixedTimeEquals(bytes[..length], _token)
            : CryptographicOperations.FixedTimeEquals(Encoding.Latin1.GetBytes(given), _token);
    }
}
