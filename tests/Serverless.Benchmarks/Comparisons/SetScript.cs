using System.Security.Cryptography;
using System.Text;
using Serverless.Backends.Redis;

namespace Serverless.Benchmarks.Comparisons;

/// <summary>The Lua script with which the app saves an item, and what it is called with, as Redis saw both.</summary>
/// <remarks>MONITOR shows the text when the app loads it, so the peer gets exactly what the product sends, whatever that is.</remarks>
internal sealed record SetScript(string Text, IReadOnlyList<string> KeysAndArguments)
{
    /// <summary>The name EVALSHA knows the script by.</summary>
    public string Sha => ShaOf(Text);

    /// <summary>Finds the call that wrote <see cref="RedisSetup.Key"/> in what a fresh server was sent since before the app's start.</summary>
    public static async Task<SetScript> FromAsync(RedisMonitor monitor)
    {
        var call = await monitor.WaitForAsync(
            command => command.Name is "EVAL" or "EVALSHA" && command.Arguments is [_, _, "1", RedisSetup.Key, ..],
            CancellationToken.None);
        var text = call.Name == "EVAL"
            ? call.Arguments[1]
            : monitor.Commands.Select(Loaded).FirstOrDefault(loaded => loaded is not null && ShaOf(loaded) == call.Arguments[1]);
        return new SetScript(text ?? throw new InvalidOperationException($"script {call.Arguments[1]} was never loaded"), [.. call.Arguments.Skip(2)]);
    }

    private static string? Loaded(MonitoredCommand command) => command switch
    {
        { Name: "SCRIPT", Arguments: [_, var verb, var text] } when verb.Equals("LOAD", StringComparison.OrdinalIgnoreCase) => text,
        { Name: "EVAL", Arguments: [_, var text, ..] } => text,
        _ => null,
    };

    // Redis names scripts by SHA-1.
#pragma warning disable CA5350
    private static string ShaOf(string text) => Convert.ToHexStringLower(SHA1.HashData(Encoding.UTF8.GetBytes(text)));
#pragma warning restore CA5350
}
