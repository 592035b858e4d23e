using Serverless.Functions.Hosting;

namespace Serverless.Functions.AppChannels;

/// <summary>Where the app is.</summary>
internal static class AppAddress
{
    /// <summary><c>APP_URL</c>, or <c>--app-channel-address</c> and <c>--app-port</c>; null without an app that speaks HTTP.</summary>
    public static Uri? Find(RuntimeOptions options) => options switch
    {
        { AppUrl.Length: > 0 } => new Uri(options.AppUrl.EndsWith('/') ? options.AppUrl : $"{options.AppUrl}/"),
        { AppPort: { } port, AppProtocol: "http" or "https" } => new UriBuilder(options.AppProtocol, options.AppChannelAddress, port).Uri,
        _ => null,
    };
}
