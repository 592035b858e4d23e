namespace Serverless.Functions.Hosting.Flags;

/// <summary>Flags about the HTTP API that this process serves.</summary>
internal static class ApiFlags
{
    public static readonly Flag HttpPort = new("dapr-http-port", FlagKind.Port, "Port of the API.") { Default = "3500" };

    public static readonly Flag ListenAddresses = new("dapr-listen-addresses", FlagKind.Text, "Comma separated addresses to listen on; none means all.");

    public static readonly Flag PublicPort = new("dapr-public-port", FlagKind.Port, "Further port that only serves health and metadata.");

    public static readonly Flag PublicListenAddress = new("dapr-public-listen-address", FlagKind.Text, "Address of the public port; none means all.");

    public static readonly Flag UnixDomainSocket = new("unix-domain-socket", FlagKind.Text, "Directory of a unix domain socket to listen on instead of the port.");

    public static readonly Flag MaxBodySize = new("max-body-size", FlagKind.Bytes, "Largest request body; zero or less means no limit.") { Default = "4Mi" };

    public static readonly Flag MaxRequestSize = new("dapr-http-max-request-size", FlagKind.Integer, "Deprecated: --max-body-size in MB.");

    public static readonly Flag ReadBufferSize = new("read-buffer-size", FlagKind.Bytes, "Largest sum of a request's headers.") { Default = "4Ki" };

    public static readonly Flag HttpReadBufferSize = new("dapr-http-read-buffer-size", FlagKind.Integer, "Deprecated: --read-buffer-size in KB.");

    public static readonly Flag AllowedOrigins = new("allowed-origins", FlagKind.Text, "Comma separated CORS origins, or *; none means that CORS is off.");

    public static readonly Flag ApiLogging = new("enable-api-logging", FlagKind.Switch, "Log each API call.") { Default = "as configured" };

    public static IReadOnlyList<Flag> All =>
    [
        HttpPort, ListenAddresses, PublicPort, PublicListenAddress, UnixDomainSocket, MaxBodySize, MaxRequestSize, ReadBufferSize,
        HttpReadBufferSize, AllowedOrigins, ApiLogging,
    ];
}
