using Serverless.Components.Registry;
using Serverless.Functions.Hosting.Flags;

namespace Serverless.Functions.Hosting;

/// <summary>Makes <see cref="RuntimeOptions"/> from flags and environment.</summary>
internal static class RuntimeOptionsBinder
{
    private const int LargestReadBuffer = 1 << 20;
    private const int LongestDrain = 24 * 60 * 60;
    private static readonly RuntimeOptions Defaults = new();

    /// <summary>Binds everything; relative paths are taken from <paramref name="currentDirectory"/>.</summary>
    /// <exception cref="FlagException">A value can't be used.</exception>
    public static BoundOptions Bind(CommandLine line, ProcessEnvironment environment, string currentDirectory)
    {
        var values = new FlagValues(line, environment);
        var options = WithEnvironment(WithHost(WithProcess(WithApi(WithApp(Defaults, values), values), values, currentDirectory), environment), environment);
        return new BoundOptions(options, RuntimeNotices.Collect(line, values, environment, options));
    }

    private static RuntimeOptions WithApp(RuntimeOptions options, FlagValues values)
    {
        var interval = PositiveOr(values.Integer(AppFlags.HealthProbeInterval), TimeSpan.TicksPerSecond, options.AppHealthProbeInterval);
        var timeout = PositiveOr(values.Integer(AppFlags.HealthProbeTimeout), TimeSpan.TicksPerMillisecond, options.AppHealthProbeTimeout);
        if (timeout > interval)
        {
            throw new FlagException($"{AppFlags.HealthProbeTimeout.Spelling} ({timeout.TotalMilliseconds} ms) must not exceed {AppFlags.HealthProbeInterval.Spelling} ({interval.TotalSeconds} s)");
        }

        var protocol = values.Word(AppFlags.Protocol) ?? options.AppProtocol;
        return options with
        {
            AppId = values.Text(AppFlags.Id) ?? options.AppId,
            AppPort = values.Port(AppFlags.Port) is > 0 and var port ? port : null,
            AppProtocol = values.Switch(AppFlags.Ssl) == true && protocol is "http" or "grpc" ? $"{protocol}s" : protocol,
            AppChannelAddress = values.Text(AppFlags.ChannelAddress) ?? options.AppChannelAddress,
            AppMaxConcurrency = values.Integer(AppFlags.MaxConcurrency) ?? options.AppMaxConcurrency,
            AppHealthCheck = values.Switch(AppFlags.HealthCheck) ?? options.AppHealthCheck,
            AppHealthCheckPath = values.Text(AppFlags.HealthCheckPath) ?? options.AppHealthCheckPath,
            AppHealthProbeInterval = interval,
            AppHealthProbeTimeout = timeout,
            AppHealthThreshold = values.Integer(AppFlags.HealthThreshold) is > 0 and var threshold ? threshold : options.AppHealthThreshold,
            AppBindingOptionsTimeout = values.Duration(AppFlags.BindingOptionsTimeout) ?? options.AppBindingOptionsTimeout,
            DisabledInitEndpoints = [.. values.List(AppFlags.DisableInitEndpoints).SelectMany(Csv)],
        };
    }

    private static RuntimeOptions WithApi(RuntimeOptions options, FlagValues values)
    {
        var httpPort = values.Port(ApiFlags.HttpPort) ?? options.HttpPort;
        var publicPort = values.Port(ApiFlags.PublicPort);
        if (publicPort is 0 || publicPort == httpPort)
        {
            throw new FlagException($"{values.Origin(ApiFlags.PublicPort)}: '{publicPort}' must be a port of its own");
        }

        return options with
        {
            HttpPort = httpPort,
            PublicPort = publicPort,
            ListenAddresses = Addresses(values, ApiFlags.ListenAddresses),
            PublicListenAddress = Addresses(values, ApiFlags.PublicListenAddress) is [var address, ..] ? address : "",
            UnixDomainSocket = values.Text(ApiFlags.UnixDomainSocket) ?? "",
            MaxBodySize = values.Bytes(ApiFlags.MaxBodySize) ?? ((long?)values.Integer(ApiFlags.MaxRequestSize) << 20) ?? options.MaxBodySize,
            ReadBufferSize = ReadBuffer(values) ?? options.ReadBufferSize,
            AllowedOrigins = values.Text(ApiFlags.AllowedOrigins) ?? options.AllowedOrigins,
            ApiLogging = values.Switch(ApiFlags.ApiLogging),
        };
    }

    private static RuntimeOptions WithProcess(RuntimeOptions options, FlagValues values, string currentDirectory)
    {
        string[] resources = [.. values.List(ResourceFlags.ResourcesPath), .. values.List(ResourceFlags.ComponentsPath)];
        var dataDirectory = values.Text(ResourceFlags.DataDirectory) is { Length: > 0 } given ? given : options.DataDirectory;
        return options with
        {
            ResourcesPaths = resources.Length > 0 ? [.. resources.Where(path => path.Length > 0)] : null,
            ConfigFiles = [.. values.List(ResourceFlags.Config).Where(path => path.Length > 0)],
            ReconcileInterval = values.Duration(ResourceFlags.ReconcileInterval) ?? options.ReconcileInterval,
            DataDirectory = Path.GetFullPath(dataDirectory, currentDirectory),
            Samples = values.Switch(ResourceFlags.Samples) ?? options.Samples,
            SentryInsecureValidator = values.Switch(ResourceFlags.SentryInsecureValidator) ?? options.SentryInsecureValidator,
            StartupTimeout = values.Duration(ProcessFlags.StartupTimeout) ?? options.StartupTimeout,
            GracefulShutdown = values.Integer(ProcessFlags.GracefulShutdown) is { } seconds ? TimeSpan.FromSeconds(Math.Min(seconds, LongestDrain)) : options.GracefulShutdown,
            BlockShutdown = values.Duration(ProcessFlags.BlockShutdown) is { } block && block > TimeSpan.Zero ? block : null,
            LogLevel = values.Word(ProcessFlags.LogLevel) ?? options.LogLevel,
            LogAsJson = values.Switch(ProcessFlags.LogAsJson) ?? options.LogAsJson,
            LogFile = values.Text(ProcessFlags.LogFile) is { Length: > 0 } file ? Path.GetFullPath(file, currentDirectory) : "",
        };
    }

    /// <summary>The host's port beats everything, and the host is the only caller.</summary>
    private static RuntimeOptions WithHost(RuntimeOptions options, ProcessEnvironment environment)
    {
        if (environment.Text(EnvironmentSetting.HostPort.Name) is not { } text)
        {
            return options;
        }

        return FlagText.TryParsePort(text, out var port) && port > 0
            ? options with { UnderHost = true, HttpPort = port.Value, ListenAddresses = [], PublicPort = null, PublicListenAddress = "", UnixDomainSocket = "" }
            : throw new FlagException($"environment variable {EnvironmentSetting.HostPort.Name}: '{text}' is not a port (1 to 65535)");
    }

    private static RuntimeOptions WithEnvironment(RuntimeOptions options, ProcessEnvironment environment) => options with
    {
        ApiToken = ApiTokenText.Read(environment, EnvironmentSetting.ApiToken),
        AppApiToken = ApiTokenText.Read(environment, EnvironmentSetting.AppApiToken),
        Namespace = environment.Find(EnvironmentSetting.Namespace.Name) ?? options.Namespace,
        AppUrl = environment.Find(EnvironmentSetting.AppUrl.Name) ?? options.AppUrl,
        AllowAnonymous = DaprText.IsTruthy(environment.Find(EnvironmentSetting.AllowAnonymous.Name)),
        AllowEphemeralState = DaprText.IsTruthy(environment.Find(EnvironmentSetting.AllowEphemeralState.Name)),
        OnPlatform = environment.Text(EnvironmentSetting.SiteName.Name) is not null,
        AppRoot = environment.Find(EnvironmentSetting.AppRoot.Name) ?? options.AppRoot,
    };

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
