using Serverless.Functions.Hosting;

namespace Serverless.Functions.AppChannels;

/// <summary>Where the app is.</summary>
/// <remarks>Apart from the channel, so that a process without an app loads no HTTP client.</remarks>
internal static class AppAddress
{
    /// <summary>
    /// <c>APP_URL</c>, or <c>--app-channel-address</c> and <c>--app-port</c>, with a slash at its end; null without an app that speaks HTTP.
    /// </summary>
    public static Uri? Find(RuntimeOptions options) => options switch
    {
        { AppUrl.Length: > 0 } => new Uri(options.AppUrl.EndsWith('/') ? options.AppUrl : $"{options.AppUrl}/"),
        { AppPort: { } port, AppProtocol: "http" or "https" or "h2c" } => new UriBuilder(options.AppProtocol == "https" ? "https" : "http", options.AppChannelAddress, port).Uri,
        _ => null,
    };
}
