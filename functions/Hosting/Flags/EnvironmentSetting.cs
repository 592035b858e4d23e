namespace Serverless.Functions.Hosting.Flags;

/// <summary>An environment variable that no flag stands for.</summary>
/// <param name="Name">The variable.</param>
/// <param name="Help">What it does, for <c>--help</c>.</param>
internal sealed record EnvironmentSetting(string Name, string Help)
{
    public static readonly EnvironmentSetting ApiToken = new("DAPR_API_TOKEN", "Token that callers of the API must send.");

    public static readonly EnvironmentSetting AppApiToken = new("APP_API_TOKEN", "Token sent with every call to the app.");

    public static readonly EnvironmentSetting Namespace = new("NAMESPACE", "The app's namespace.");

    public static readonly EnvironmentSetting AppUrl = new("APP_URL", "Base address of an app that runs elsewhere; beats --app-port.");

    public static readonly EnvironmentSetting AllowAnonymous = new("DAPR_ALLOW_ANONYMOUS", "Serve on Azure without a token.");

    public static readonly EnvironmentSetting AllowEphemeralState = new("DAPR_ALLOW_EPHEMERAL_STATE", "Let embedded state stores load on Azure, where their data does not last.");

    public static readonly EnvironmentSetting SiteName = new("WEBSITE_SITE_NAME", "Set by Azure: the process runs there.");

    public static readonly EnvironmentSetting HostPort = new("FUNCTIONS_CUSTOMHANDLER_PORT", "Set by the Functions host: the port to listen on, on 127.0.0.1 only.");

    public static readonly EnvironmentSetting AppRoot = new("FUNCTIONS_APP_ROOT_PATH", "Set by the Functions host: the folder of host.json.");

    /// <summary>Why the variable changes nothing so far; empty when it does something.</summary>
    public string NotYet { get; init; } = "";

    public static IReadOnlyList<EnvironmentSetting> All => [ApiToken, AppApiToken, Namespace, AppUrl, AllowAnonymous, AllowEphemeralState, SiteName, HostPort, AppRoot];
}
