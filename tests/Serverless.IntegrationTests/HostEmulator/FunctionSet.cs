namespace Serverless.IntegrationTests.HostEmulator;

/// <summary>What a scan of the script root found.</summary>
/// <param name="Functions">Usable functions, by name ignoring case: the order in which routes are tried.</param>
/// <param name="Errors">Functions the host refuses, each with the reason.</param>
/// <param name="Warnings">What the host would misread.</param>
public sealed record FunctionSet(
    IReadOnlyList<HostedFunction> Functions,
    IReadOnlyList<string> Errors,
    IReadOnlyList<string> Warnings)
{
    /// <summary>The functions that answer HTTP.</summary>
    public IEnumerable<HostedFunction> Http => Functions.Where(function => function.Trigger.IsHttpTrigger);
}
