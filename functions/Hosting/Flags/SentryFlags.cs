namespace Serverless.Functions.Hosting.Flags;

/// <summary>Flags of Sentry. Those that daprd has too stand with daprd's.</summary>
internal static class SentryFlags
{
    private const string Listener = "signing is served on the API's port";
    private const string Signing = "certificates are not signed yet";
    private const string Tokens = "tokens are not issued yet";

    public static IReadOnlyList<Flag> All =>
    [
        new("port", FlagKind.Port) { NoEffect = Listener },
        new("listen-address", FlagKind.Text) { NoEffect = Listener },
        new("healthz-port", FlagKind.Port) { NoEffect = Listener },
        new("healthz-listen-address", FlagKind.Text) { NoEffect = Listener },
        new("issuer-credentials", FlagKind.Text) { NoEffect = Signing },
        new("issuer-ca-filename", FlagKind.Text) { NoEffect = Signing },
        new("issuer-certificate-filename", FlagKind.Text) { NoEffect = Signing },
        new("issuer-key-filename", FlagKind.Text) { NoEffect = Signing },
        new("trust-domain", FlagKind.Text) { NoEffect = Signing },
        new("token-audience", FlagKind.Text) { NoEffect = Signing },
        new("jwt-enabled", FlagKind.Switch) { NoEffect = Tokens, AlreadySo = "false" },
        new("jwt-key-filename", FlagKind.Text) { NoEffect = Tokens },
        new("jwks-filename", FlagKind.Text) { NoEffect = Tokens },
        new("jwt-issuer", FlagKind.Text) { NoEffect = Tokens },
        new("jwt-signing-algorithm", FlagKind.Text) { NoEffect = Tokens },
        new("jwt-key-id", FlagKind.Text) { NoEffect = Tokens },
        new("jwt-ttl", FlagKind.Duration) { NoEffect = Tokens },
        new("oidc-enabled", FlagKind.Switch) { NoEffect = Tokens, AlreadySo = "false" },
        new("oidc-server-listen-address", FlagKind.Text) { NoEffect = Tokens },
        new("oidc-server-listen-port", FlagKind.Port) { NoEffect = Tokens },
        new("oidc-server-tls-enabled", FlagKind.Switch) { NoEffect = Tokens },
        new("oidc-server-tls-cert-file", FlagKind.Text) { NoEffect = Tokens },
        new("oidc-server-tls-key-file", FlagKind.Text) { NoEffect = Tokens },
        new("oidc-jwks-uri", FlagKind.Text) { NoEffect = Tokens },
        new("oidc-path-prefix", FlagKind.Text) { NoEffect = Tokens },
        new("oidc-allowed-hosts", FlagKind.List) { NoEffect = Tokens },
        new("kubeconfig", FlagKind.Text) { NoEffect = "there is no Kubernetes to connect to" },
    ];
}
