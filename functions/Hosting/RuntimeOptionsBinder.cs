using Serverless.Components.Registry;
using Serverless.Functions.Hosting.Flags;

namespace Serverless.Functions.Hosting;

/// <summary>Makes <see cref="RuntimeOptions"/> from flags and environment.</summary>
internal static class RuntimeOptionsBinder
{
    private const int LargestReadBuffer = 1 << 20;
    private const int LongestDrain = 24 * 60 * 60;
    private static readonly TimeSpan ShortestInterval = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan HostRequestTimeout = TimeSpan.FromSeconds(220);
    private static readonly TimeSpan LongestWait = TimeSpan.FromDays(1);
    private static readonly RuntimeOptions Defaults = new();

    /// <summary>Binds everything; relative paths are taken from <paramref name="currentDirectory"/>.</summary>
    /// <exception cref="FlagException">A value can't be used.</exception>
    public static BoundOptions Bind(CommandLine line, ProcessEnvironment environment, string currentDirectory)
    {
        var values = new FlagValues(line, environment);
        var options = Read(values, environment, currentDirectory);
        return new BoundOptions(options, RuntimeNotices.Collect(line, values, environment, options));
    }

    // One object with all its members at once: each copy with further members would cost as many compiled accessors at each start.
    private static RuntimeOptions Read(FlagValues values, ProcessEnvironment environment, string currentDirectory)
    {
        var hostPort = HostPort(environment);
        var isStandalone = hostPort is null;
        var httpPort = values.Port(ApiFlags.HttpPort) ?? Defaults.HttpPort;
        var publicPort = PublicPort(values, httpPort);
        var listenAddresses = Addresses(values, ApiFlags.ListenAddresses);
        var publicAddress = Addresses(values, ApiFlags.PublicListenAddress) is [var first, ..] ? first : "";
        var interval = Between(ShortestInterval, PositiveOr(values.Integer(AppFlags.HealthProbeInterval), TimeSpan.TicksPerSecond, Defaults.AppHealthProbeInterval), LongestWait);
        return new RuntimeOptions
        {
            AppId = values.Text(AppFlags.Id) ?? Defaults.AppId,
            AppPort = values.Port(AppFlags.Port) is > 0 and var port ? port : null,
            AppProtocol = AppProtocol(values),
            AppChannelAddress = AppChannelAddress(values),
            AppMaxConcurrency = values.Integer(AppFlags.MaxConcurrency) ?? Defaults.AppMaxConcurrency,
            AppHealthCheck = values.Switch(AppFlags.HealthCheck) ?? Defaults.AppHealthCheck,
            AppHealthCheckPath = values.Text(AppFlags.HealthCheckPath) ?? Defaults.AppHealthCheckPath,
            AppHealthProbeInterval = interval,
            AppHealthProbeTimeout = ProbeTimeout(values, interval),
            AppHealthThreshold = values.Integer(AppFlags.HealthThreshold) is > 0 and var threshold ? threshold : Defaults.AppHealthThreshold,
            AppBindingOptionsTimeout = values.Duration(AppFlags.BindingOptionsTimeout) is { } asking && asking > TimeSpan.Zero ? asking : Defaults.AppBindingOptionsTimeout,
            DisabledInitEndpoints = [.. values.List(AppFlags.DisableInitEndpoints).SelectMany(Csv)],

            // The host's port beats everything, and the host is the only caller.
            UnderHost = !isStandalone,
            HttpPort = hostPort ?? httpPort,
            PublicPort = isStandalone ? publicPort : null,
            ListenAddresses = isStandalone ? listenAddresses : [],
            PublicListenAddress = isStandalone ? publicAddress : "",
            UnixDomainSocket = isStandalone ? values.Text(ApiFlags.UnixDomainSocket) ?? "" : "",
            RequestTimeout = isStandalone ? null : HostRequestTimeout,
            MaxBodySize = values.Bytes(ApiFlags.MaxBodySize) ?? ((long?)values.Integer(ApiFlags.MaxRequestSize) << 20) ?? Defaults.MaxBodySize,
            ReadBufferSize = ReadBuffer(values) ?? Defaults.ReadBufferSize,
            AllowedOrigins = values.Text(ApiFlags.AllowedOrigins) ?? Defaults.AllowedOrigins,
            ApiLogging = values.Switch(ApiFlags.ApiLogging),
            ResourcesPaths = ResourcesPaths(values),
            PollInterval = Between(ShortestInterval, values.Duration(ResourceFlags.PollInterval) ?? Defaults.PollInterval, LongestWait),
            ConfigFiles = [.. values.List(ResourceFlags.Config).Where(path => path.Length > 0)],
            ReconcileInterval = Between(ShortestInterval, values.Duration(ResourceFlags.ReconcileInterval) ?? Defaults.ReconcileInterval, LongestWait),
            DataDirectory = Path.GetFullPath(values.Text(ResourceFlags.DataDirectory) is { Length: > 0 } given ? given : Defaults.DataDirectory, currentDirectory),
            Mode = values.Word(ResourceFlags.Mode) ?? Defaults.Mode,
            NoKubernetesSecrets = values.Switch(ResourceFlags.NoKubernetesSecrets) ?? Defaults.NoKubernetesSecrets,
            Samples = values.Switch(ResourceFlags.Samples) ?? Defaults.Samples,
            SentryInsecureValidator = values.Switch(ResourceFlags.SentryInsecureValidator) ?? Defaults.SentryInsecureValidator,
            StartupTimeout = Between(TimeSpan.Zero, values.Duration(ProcessFlags.StartupTimeout) ?? Defaults.StartupTimeout, LongestWait),
            GracefulShutdown = values.Integer(ProcessFlags.GracefulShutdown) is { } seconds ? TimeSpan.FromSeconds(Math.Min(seconds, LongestDrain)) : Defaults.GracefulShutdown,
            BlockShutdown = values.Duration(ProcessFlags.BlockShutdown) is { } block && block > TimeSpan.Zero ? block : null,
            LogLevel = values.Word(ProcessFlags.LogLevel) ?? Defaults.LogLevel,
            LogAsJson = values.Switch(ProcessFlags.LogAsJson) ?? Defaults.LogAsJson,
            LogFile = values.Text(ProcessFlags.LogFile) is { Length: > 0 } file ? Path.GetFullPath(file, currentDirectory) : "",
            ApiToken = ApiTokenText.Read(environment, EnvironmentSetting.ApiToken),
            AppApiToken = ApiTokenText.Read(environment, EnvironmentSetting.AppApiToken),
            Namespace = environment.Find(EnvironmentSetting.Namespace.Name) ?? Defaults.Namespace,
            AppUrl = AppUrl(environment),
            AllowAnonymous = DaprText.IsTruthy(environment.Find(EnvironmentSetting.AllowAnonymous.Name)),
            AllowEphemeralState = DaprText.IsTruthy(environment.Find(EnvironmentSetting.AllowEphemeralState.Name)),
            OnPlatform = environment.Text(EnvironmentSetting.SiteName.Name) is not null,
            AppRoot = environment.Find(EnvironmentSetting.AppRoot.Name) ?? Defaults.AppRoot,
        };
    }

    private static TimeSpan Between(TimeSpan least, TimeSpan value, TimeSpan most) => value < least ? least : value > most ? most : value;

    private static int? HostPort(ProcessEnvironment environment) =>
        environment.Text(EnvironmentSetting.HostPort.Name) is not { } text ? null
        : FlagText.TryParsePort(text, out var port) && port > 0 ? port
        : throw new FlagException($"environment variable {EnvironmentSetting.HostPort.Name}: '{text}' is not a port (1 to 65535)");

    private static int? PublicPort(FlagValues values, int httpPort)
    {
        var port = values.Port(ApiFlags.PublicPort);
        return port is 0 || port == httpPort
            ? throw new FlagException($"{values.Origin(ApiFlags.PublicPort)}: '{port}' must be a port of its own")
            : port;
    }

    private static TimeSpan ProbeTimeout(FlagValues values, TimeSpan interval)
    {
        var timeout = PositiveOr(values.Integer(AppFlags.HealthProbeTimeout), TimeSpan.TicksPerMillisecond, Defaults.AppHealthProbeTimeout);
        return timeout <= interval
            ? timeout
            : throw new FlagException($"{AppFlags.HealthProbeTimeout.Spelling} ({timeout.TotalMilliseconds} ms) must not exceed {AppFlags.HealthProbeInterval.Spelling} ({interval.TotalSeconds} s)");
    }

    private static string AppProtocol(FlagValues values)
    {
        var protocol = values.Word(AppFlags.Protocol) ?? Defaults.AppProtocol;
        return values.Switch(AppFlags.Ssl) == true && protocol is "http" or "grpc" ? $"{protocol}s" : protocol;
    }

    private static string AppChannelAddress(FlagValues values)
    {
        var address = values.Text(AppFlags.ChannelAddress) is { Length: > 0 } given ? given : Defaults.AppChannelAddress;
        return Uri.CheckHostName(address) != UriHostNameType.Unknown
            ? address
            : throw new FlagException($"{values.Origin(AppFlags.ChannelAddress)}: '{address}' is neither a host name nor an address");
    }

    // Its text may hold a password, so no message shows it.
    private static string AppUrl(ProcessEnvironment environment)
    {
        var name = EnvironmentSetting.AppUrl.Name;
        if (environment.Text(name) is not { } text)
        {
            return Defaults.AppUrl;
        }

        if (!Uri.TryCreate(text, UriKind.Absolute, out var url) || url.Scheme is not ("http" or "https") || url.Host.Length == 0)
        {
            throw new FlagException($"environment variable {name}: not an absolute http or https address");
        }

        return url.UserInfo.Length + url.Query.Length + url.Fragment.Length == 0 && !text.Contains('?', StringComparison.Ordinal) && !text.Contains('#', StringComparison.Ordinal)
            ? text
            : throw new FlagException($"environment variable {name}: an address with a user, a query or a fragment can't be the base of others");
    }

    private static string[]? ResourcesPaths(FlagValues values)
    {
        string[] paths = [.. values.List(ResourceFlags.ResourcesPath), .. values.List(ResourceFlags.ComponentsPath)];
        return paths.Length > 0 ? [.. paths.Where(path => path.Length > 0)] : null;
    }

    private static string[] Addresses(FlagValues values, Flag flag)
    {
        var addresses = Csv(values.Text(flag) ?? "");
        return addresses.FirstOrDefault(address => !ApiListeners.IsAddress(address)) is { } bad
            ? throw new FlagException($"{values.Origin(flag)}: '{bad}' is neither an IP address nor localhost")
            : addresses;
    }

    private static int? ReadBuffer(FlagValues values)
    {
        var flag = values.Text(ApiFlags.ReadBufferSize) is null ? ApiFlags.HttpReadBufferSize : ApiFlags.ReadBufferSize;
        var bytes = values.Bytes(ApiFlags.ReadBufferSize) ?? ((long?)values.Integer(ApiFlags.HttpReadBufferSize) << 10);
        return bytes is null or (> 0 and <= LargestReadBuffer)
            ? (int?)bytes
            : throw new FlagException($"{values.Origin(flag)}: '{values.Text(flag)}' is not between 1 byte and 1Mi");
    }

    private static TimeSpan PositiveOr(int? value, long unitTicks, TimeSpan fallback) =>
        value is > 0 and var number ? TimeSpan.FromTicks(number * unitTicks) : fallback;

    private static string[] Csv(string text) => text.Split(',', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries);
}
