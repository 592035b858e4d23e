using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;
using Serverless.Components.Registry;

namespace Serverless.Tests.Components.Registry;

/// <summary>Component hosts for tests.</summary>
internal static class TestHost
{
    public static ComponentHost Create(
        string appId = "app",
        string @namespace = "",
        Dictionary<string, string>? environment = null,
        ILoggerFactory? loggers = null,
        TimeProvider? time = null) => new()
        {
            AppId = appId,
            Namespace = @namespace,
            DataDirectory = Path.GetTempPath(),
            Environment = name => environment?.GetValueOrDefault(name),
            EnvironmentVariables = () => environment ?? [],
            LoggerFactory = loggers ?? NullLoggerFactory.Instance,
            Time = time ?? TimeProvider.System,
        };
}
