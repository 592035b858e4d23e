namespace Serverless.Functions;

/// <summary>The Serverless Dapr application.</summary>
public sealed class DaprApp
{
    private readonly string[] _args;

    private DaprApp(string[] args) => _args = args;

    /// <summary>Creates the app from the command line.</summary>
    public static DaprApp Create(string[] args) => new(args);

    /// <summary>Runs until the process is told to stop; returns the exit code.</summary>
    public async Task<int> RunAsync()
    {
        var builder = WebApplication.CreateSlimBuilder(_args);
        var app = builder.Build();
        await app.RunAsync();
        return 0;
    }
}
