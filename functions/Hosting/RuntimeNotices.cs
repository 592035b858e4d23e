using Serverless.Functions.Hosting.Flags;

namespace Serverless.Functions.Hosting;

/// <summary>Finds what the log should say about the settings.</summary>
internal static class RuntimeNotices
{
    private static readonly (Flag Old, Flag New)[] Deprecated =
    [
        (AppFlags.Ssl, AppFlags.Protocol), (ApiFlags.MaxRequestSize, ApiFlags.MaxBodySize),
        (ApiFlags.HttpReadBufferSize, ApiFlags.ReadBufferSize), (ResourceFlags.ComponentsPath, ResourceFlags.ResourcesPath),
    ];

    private static readonly Flag[] StandaloneOnly = [ApiFlags.ListenAddresses, ApiFlags.PublicPort, ApiFlags.PublicListenAddress, ApiFlags.UnixDomainSocket];

    public static IReadOnlyList<StartNotice> Collect(CommandLine line, FlagValues values, ProcessEnvironment environment, RuntimeOptions options)
    {
        var notices = new List<StartNotice>();
        foreach (var argument in line.Arguments)
        {
            notices.Add(new StartNotice(LogLevel.Warning, $"argument '{argument}' is ignored; a switch takes its value after '='"));
        }

        foreach (var flag in values.WithoutEffect)
        {
            // A variable may be meant for another process, so it is worth less than a flag.
            notices.Add(new StartNotice(
                values.IsOnCommandLine(flag) ? LogLevel.Warning : LogLevel.Information,
                flag.HasEffect ? $"{values.Origin(flag)} has no effect yet: {flag.NotYet}" : $"{values.Origin(flag)} has no effect here: {flag.NoEffect}"));
        }

        foreach (var setting in EnvironmentSetting.All.Where(setting => setting.NotYet.Length > 0 && environment.Text(setting.Name) is not null && !ApiTokenText.IsUnresolved(environment, setting)))
        {
            notices.Add(new StartNotice(LogLevel.Information, $"{setting.Name} has no effect yet: {setting.NotYet}"));
        }

        foreach (var (old, successor) in Deprecated)
        {
            if (values.Text(old) is not null)
            {
                notices.Add(new StartNotice(LogLevel.Warning, $"{values.Origin(old)} is deprecated; use {successor.Spelling}"));
            }
        }

        foreach (var flag in StandaloneOnly.Where(flag => options.UnderHost && values.Text(flag) is { Length: > 0 }))
        {
            notices.Add(new StartNotice(LogLevel.Warning, $"{values.Origin(flag)} has no effect here: the Functions host is the only caller"));
        }

        if (options.Mode == ResourceFlags.KubernetesMode)
        {
            notices.Add(new StartNotice(LogLevel.Information, $"{values.Origin(ResourceFlags.Mode)} kubernetes only adds the secret store of a mounted service account: resources come from directories and containers in every mode"));
        }

        AddApp(notices, values, options);
        AddTokens(notices, environment, options);
        return notices;
    }

    private static void AddApp(List<StartNotice> notices, FlagValues values, RuntimeOptions options)
    {
        if (options.AppUrl.Length > 0)
        {
            if (options.AppPort is not null)
            {
                notices.Add(new StartNotice(LogLevel.Information, $"{values.Origin(AppFlags.Port)} has no effect here: {EnvironmentSetting.AppUrl.Name} says where the app is"));
            }
        }
        else if (options is { AppPort: not null, AppProtocol: "grpc" or "grpcs" })
        {
            notices.Add(new StartNotice(LogLevel.Warning, $"the app is not called: {AppFlags.Protocol.Spelling} is {options.AppProtocol}, and only http, https and h2c are spoken"));
        }
    }

    private static void AddTokens(List<StartNotice> notices, ProcessEnvironment environment, RuntimeOptions options)
    {
        foreach (var setting in (EnvironmentSetting[])[EnvironmentSetting.ApiToken, EnvironmentSetting.AppApiToken])
        {
            if (ApiTokenText.IsUnresolved(environment, setting))
            {
                notices.Add(new StartNotice(LogLevel.Error, $"{setting.Name} is an unresolved Key Vault reference and counts as not set; check the vault, the secret and the app's identity"));
            }
        }

        if (options is { OnPlatform: true, ApiToken: null, AllowAnonymous: false })
        {
            notices.Add(new StartNotice(LogLevel.Error, $"no API token is set, so every API call is answered 401; set the app setting {EnvironmentSetting.ApiToken.Name}, or {EnvironmentSetting.AllowAnonymous.Name}=true"));
        }
    }
}
