using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;

namespace Serverless.Functions.Hosting;

/// <summary>Builds the web application around Kestrel and nothing else.</summary>
internal static class ApiHost
{
    /// <summary>Builds it without listening.</summary>
    public static WebApplication Build(RuntimeOptions options, ILoggerFactory loggers)
    {
        // The empty builder reads no appsettings.json and no ASPNETCORE_* variable, which the slim one does: only our own settings count.
        var builder = WebApplication.CreateEmptyBuilder(new WebApplicationOptions
        {
            ApplicationName = "Serverless.Functions",
            ContentRootPath = AppContext.BaseDirectory,
            EnvironmentName = Environments.Production,
        });
        builder.WebHost.UseKestrelCore().ConfigureKestrel(server => ApiListeners.Configure(server, options));
        builder.Services.AddSingleton(loggers);
        builder.Services.AddSingleton<IHostLifetime, DetachedHostLifetime>();

        // DaprApp sets the limit of the drain.
        builder.Services.Configure<HostOptions>(host => host.ShutdownTimeout = Timeout.InfiniteTimeSpan);
        return builder.Build();
    }

    /// <summary>Where it listens, once started.</summary>
    public static IReadOnlyCollection<string> Addresses(WebApplication app) =>
        [.. app.Services.GetRequiredService<IServer>().Features.Get<IServerAddressesFeature>()?.Addresses ?? []];
}
