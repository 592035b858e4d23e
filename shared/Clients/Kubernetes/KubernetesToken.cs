namespace Serverless.Components.Clients.Kubernetes;

/// <summary>A bearer token: a text, or a file that the cluster writes anew before the token in it ends.</summary>
/// <remarks>Kubernetes docs: reference/access-authn-authz/service-accounts-admin, bound service account tokens.</remarks>
internal sealed class KubernetesToken
{
    private static readonly TimeSpan Age = TimeSpan.FromMinutes(1);
    private readonly string? _file;
    private readonly TimeProvider _time;
    private volatile Reading? _reading;

    private KubernetesToken(string? file, Reading? reading, TimeProvider time)
    {
        _file = file;
        _reading = reading;
        _time = time;
    }

    /// <summary>A token that stays as it is.</summary>
    public static KubernetesToken FromText(string token) => new(null, new Reading(token, 0), TimeProvider.System);

    /// <summary>The token in a file, read again when it was read a minute ago.</summary>
    public static KubernetesToken FromFile(string file, TimeProvider time) => new(file, null, time);

    /// <summary>The token at hand, or what the file says by now.</summary>
    /// <exception cref="KubernetesException">The file can't be read, or holds nothing.</exception>
    public async ValueTask<string> GetAsync(CancellationToken cancellationToken)
    {
        if (_reading is { } reading && (_file is null || _time.GetElapsedTime(reading.Moment) < Age))
        {
            return reading.Token;
        }

        return await ReadAsync(_file!, cancellationToken);
    }

    /// <summary>Reads the file again because the server refused a token; false when there is no other one.</summary>
    public async ValueTask<bool> RenewAsync(string refused, CancellationToken cancellationToken) =>
        _file is not null && await ReadAsync(_file, cancellationToken) != refused;

    /// <summary>The type alone.</summary>
    public override string ToString() => nameof(KubernetesToken);

    private async Task<string> ReadAsync(string file, CancellationToken cancellationToken)
    {
        try
        {
            var moment = _time.GetTimestamp();
            var token = (await File.ReadAllTextAsync(file, cancellationToken)).Trim();
            if (token.Length == 0 || token.AsSpan().ContainsAnyExceptInRange('!', '~'))
            {
                throw new KubernetesException($"{file} holds no token");
            }

            _reading = new Reading(token, moment);
            return token;
        }
        catch (Exception fault) when (fault is IOException or UnauthorizedAccessException)
        {
            throw new KubernetesException($"the token can't be read: {fault.Message}", fault);
        }
    }

    private sealed class Reading(string token, long moment)
    {
        public string Token { get; } = token;

        public long Moment { get; } = moment;
    }
}
