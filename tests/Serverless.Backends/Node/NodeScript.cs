using System.Text.Json;

namespace Serverless.Backends.Node;

/// <summary>A script of <c>tests/azure-clients</c>, which does something with Microsoft's own client and prints JSON.</summary>
/// <param name="Name">The script's file name.</param>
/// <param name="Arguments">What it gets; the first lines of the script say what that is.</param>
public sealed record NodeScript(string Name, params IReadOnlyList<string> Arguments)
{
    private const string Folder = "azure-clients";

    /// <summary>What it can read from standard input.</summary>
    public string Input { get; init; } = "";

    /// <summary>Variables on top of the clean environment, such as <c>NODE_EXTRA_CA_CERTS</c>.</summary>
    public IReadOnlyDictionary<string, string> Environment { get; init; } = new Dictionary<string, string>();

    /// <summary>How long it may run.</summary>
    public TimeSpan Limit { get; init; } = TimeSpan.FromSeconds(60);

    /// <summary>Runs it to its end and gives what it printed.</summary>
    /// <exception cref="InvalidOperationException">It is not installed, or ended with an error; the message has what it wrote.</exception>
    /// <exception cref="TimeoutException">It ran longer than <see cref="Limit"/> and was ended.</exception>
    public async Task<JsonElement> RunAsync(CancellationToken cancellationToken)
    {
        await using var process = NodeFolder.Start(Folder, Name, Arguments, Environment, Input);
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        limit.CancelAfter(Limit);
        int exitCode;
        try
        {
            exitCode = await process.WaitForExitAsync(limit.Token);
        }
        catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
        {
            throw new TimeoutException($"{Name} did not end within {Limit.TotalSeconds:0} s:\n{process.Output.Text}");
        }

        return exitCode == 0
            ? JsonElement.Parse(process.Printed.Text)
            : throw new InvalidOperationException($"{Name} ended with {exitCode}:\n{process.Output.Text}");
    }
}
