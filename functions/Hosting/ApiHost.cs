using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;

namespace Serverless.Functions.Hosting;

/// <summary>Builds the web application around Kestrel and nothing else.</summary>
/// <remarks>Nearly all of a start is compilation, so the part that needs no settings begins at once on another core.</remarks>
internal sealed class ApiHost
{
    private readonly Task<WebApplicationBuilder> _builder = Task.Run(CreateBuilder);

    /// <summary>Builds it without listening.</summary>
    public async Task<WebApplication> BuildAsync(RuntimeOptions options, ILoggerFactory loggers, CancellationToken cancellationToken)
    {
        var builder = await _builder.WaitAsync(cancellationToken);
        builder.WebHost.ConfigureKestrel(server => ApiListeners.Configure(server, options));
        builder.Services.AddSingleton(loggers);
        return builder.Build();
    }

    /// <summary>Where it listens, once started.</summary>
    public static IReadOnlyCollection<string> Addresses(WebApplication app) =>
        [.. app.Services.GetRequiredService<IServer>().Features.Get<IServerAddressesFeature>()?.Addresses ?? []];

    private static WebApplicationBuilder CreateBuilder()
    {
        // The slim builder reads appsettings.json and ASPNETCORE_* variables, while only our own settings count; and even with its
        // sources cleared it costs a start 10 ms more.
        var builder = WebApplication.CreateEmptyBuilder(new WebApplicationOptions
        {
            ApplicationName = "Serverless.Functions",
            ContentRootPath = AppContext.BaseDirectory,
            EnvironmentName = Environments.Production,
        });
        builder.WebHost.UseKestrelCore();

        // Nothing here blocks, so a request may run where its bytes arrived: two hops between threads fewer.
        builder.WebHost.UseSockets(sockets => sockets.UnsafePreferInlineScheduling = true);
        builder.Services.AddSingleton<IHostLifetime, DetachedHostLifetime>();

        // DaprApp sets the limit of the drain.
        builder.Services.Configure<HostOptions>(host => host.ShutdownTimeout = Timeout.InfiniteTimeSpan);
        return builder;
    }
}
