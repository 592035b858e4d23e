using Microsoft.Extensions.Logging.Abstractions;
using Serverless.Components.Registry;
using Serverless.Components.Registry.Sources;
using Serverless.Functions.Hosting.Flags;

namespace Serverless.Functions.Triggers.Generation;

/// <summary>The command <c>generate</c>: writes the triggered functions of packaged components into a publish output.</summary>
/// <remarks>It asks nobody: no environment, no secret, no service.</remarks>
internal static class GenerateCommand
{
    public const string Name = "generate";
    private const int Failure = 2;

    /// <summary>Runs it; returns the exit code.</summary>
    /// <param name="args">Its arguments.</param>
    /// <param name="drafts">What each group of components asks for.</param>
    /// <param name="output">Where it reports.</param>
    /// <param name="errors">Where it complains.</param>
    public static async Task<int> RunAsync(IReadOnlyList<string> args, IReadOnlyList<Func<TriggerSource, TriggerDraft?>> drafts, TextWriter output, TextWriter errors)
    {
        try
        {
            var line = CommandLine.Parse(args, GenerateFlags.Find);
            if (line.Has(CommandFlags.Help))
            {
                await output.WriteAsync(GenerateFlags.Text());
                return 0;
            }

            var plan = await GenerateAsync(line, drafts, CancellationToken.None);
            foreach (var text in plan.Report)
            {
                await output.WriteLineAsync(text);
            }

            return 0;
        }
        catch (Exception exception) when (exception is FlagException or ComponentException or GenerationException or IOException or UnauthorizedAccessException)
        {
            await errors.WriteLineAsync($"{Name}: {exception.Message}");
            return Failure;
        }
    }

    private static async Task<TriggerPlan> GenerateAsync(CommandLine line, IReadOnlyList<Func<TriggerSource, TriggerDraft?>> drafts, CancellationToken cancellationToken)
    {
        if (line.Arguments is [var argument, ..])
        {
            throw new FlagException($"unexpected argument '{argument}'");
        }

        var folder = Path.GetFullPath(line.Find(GenerateFlags.Output)?[^1] ?? throw new FlagException($"{GenerateFlags.Output.Spelling} is required"));
        var packaged = Path.Combine(folder, "components");
        IReadOnlyList<string> directories = line.Find(ResourceFlags.ResourcesPath) ?? (Directory.Exists(packaged) ? [packaged] : []);
        var host = new ComponentHost
        {
            AppId = line.Find(AppFlags.Id)?[^1] ?? "",
            DataDirectory = folder,
            Environment = static _ => null,
            EnvironmentVariables = static () => [],
            LoggerFactory = NullLoggerFactory.Instance,
        };
        var plan = TriggerPlan.Make(await ResourceFolder.ReadAsync(directories, host, cancellationToken), drafts);
        await TriggerPackage.WriteAsync(folder, plan, cancellationToken);
        return plan;
    }
}
