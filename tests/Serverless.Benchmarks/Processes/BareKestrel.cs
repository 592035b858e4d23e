namespace Serverless.Benchmarks.Processes;

/// <summary>The baseline: Kestrel with no framework on top, answering what the app answers to a state GET.</summary>
internal static class BareKestrel
{
    public const string ETag = "6ff5ee5c-57d2-4b2c-8f2e-6c2b8a1d6a3f";
    private static readonly byte[] Value = """{"hello":"world"}"""u8.ToArray();

    public static async Task RunAsync(int port, string etag)
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.ConfigureKestrel(kestrel =>
        {
            kestrel.AddServerHeader = false;
            kestrel.ListenAnyIP(port);
        });
        var app = builder.Build();
        app.Run(async context =>
        {
            var response = context.Response;
            response.ContentType = "application/json";
            response.Headers.ETag = etag;
            response.ContentLength = Value.Length;
            await response.BodyWriter.WriteAsync(Value);
        });
        await app.RunAsync();
    }
}
