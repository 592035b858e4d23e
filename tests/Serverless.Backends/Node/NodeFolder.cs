using System.ComponentModel;
using Serverless.Backends.Processes;

namespace Serverless.Backends.Node;

/// <summary>A folder below <c>tests</c> with npm packages of its own, which <c>tests/run</c> installs.</summary>
public static class NodeFolder
{
    /// <summary>Starts a script of the folder.</summary>
    /// <param name="folder">The folder's name, such as <c>azurite</c>.</param>
    /// <param name="script">The script's path inside the folder.</param>
    /// <param name="arguments">What the script gets.</param>
    /// <param name="environment">Comes on top of the clean one.</param>
    /// <param name="input">What it can read from standard input.</param>
    /// <param name="workingDirectory">Where the script runs; null means the folder itself.</param>
    /// <exception cref="InvalidOperationException">Node or the folder's packages are not installed.</exception>
    public static ChildProcess Start(
        string folder,
        string script,
        IEnumerable<string> arguments,
        IReadOnlyDictionary<string, string> environment,
        string input = "",
        string? workingDirectory = null)
    {
        var root = Path.Combine(TestEnvironment.RepositoryRoot, "tests", folder);
        if (!File.Exists(Path.Combine(root, "node_modules", ".package-lock.json")))
        {
            throw new InvalidOperationException($"the packages of tests/{folder} are not installed; tests/run installs them");
        }

        try
        {
            return ChildProcess.Start("node", [Path.Combine(root, script), .. arguments], environment, workingDirectory ?? root, input);
        }
        catch (Win32Exception failure)
        {
            throw new InvalidOperationException("node is not installed; tests/run installs it", failure);
        }
    }
}
