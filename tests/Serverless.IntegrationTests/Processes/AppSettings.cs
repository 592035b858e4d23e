namespace Serverless.IntegrationTests.Processes;

/// <summary>How a test wants the app started.</summary>
public sealed record AppSettings
{
    /// <summary>The app id every target runs under unless a test says otherwise.</summary>
    public const string DefaultAppId = "app";

    /// <summary>Resource files by name, written before the start; none means that no <c>--resources-path</c> is given.</summary>
    public IReadOnlyDictionary<string, string> Resources { get; init; } = new Dictionary<string, string>();

    /// <summary>Further arguments.</summary>
    public IReadOnlyList<string> Arguments { get; init; } = [];

    /// <summary>Environment on top of the clean one.</summary>
    public IReadOnlyDictionary<string, string> Environment { get; init; } = new Dictionary<string, string>();

    /// <summary>Tells the app that the Functions host starts it, without a host around it.</summary>
    public bool IsUnderHost { get; init; }

    /// <summary>The folder to run in, kept afterwards; null means a new one that goes with the process.</summary>
    public TempFolder? Folder { get; init; }

    /// <summary>The executable of a user's own project; null for that of this repository.</summary>
    public string? Executable { get; init; }

    /// <summary><c>--app-id</c>.</summary>
    public string AppId { get; init; } = DefaultAppId;
}
