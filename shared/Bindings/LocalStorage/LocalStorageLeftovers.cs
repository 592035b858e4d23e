using Serverless.Components.Clients.Files;

namespace Serverless.Components.Bindings.LocalStorage;

/// <summary>The files that a write makes before its own has its name, and what stays of them when the process was killed in between.</summary>
internal static class LocalStorageLeftovers
{
    private const string Prefix = ".serverless-dapr-";
    private const string Suffix = ".unfinished";

    // Much longer than a write takes, which may be another instance's.
    private static readonly TimeSpan Age = TimeSpan.FromHours(1);

    /// <summary>A name that no other write has.</summary>
    public static string NewName() => $"{Prefix}{Guid.NewGuid():N}{Suffix}";

    /// <summary>Whether the name is one of those.</summary>
    public static bool IsName(string name) =>
        name.StartsWith(Prefix, StringComparison.Ordinal) && name.EndsWith(Suffix, StringComparison.Ordinal) && name.Length > Prefix.Length + Suffix.Length
        && Guid.TryParseExact(name.AsSpan(Prefix.Length..^Suffix.Length), "N", out _);

    /// <summary>Removes the old ones below a root; no link is followed.</summary>
    /// <exception cref="OperationCanceledException">The token was cancelled.</exception>
    public static void Remove(string root, DateTimeOffset now, CancellationToken cancellationToken)
    {
        using var folder = HeldFolder.OpenRoot(root);
        FolderWalk.Run(folder, (parent, entry) =>
        {
            cancellationToken.ThrowIfCancellationRequested();
            if (IsName(entry.Name) && entry is FileInfo && entry.LinkTarget is null && entry.LastWriteTimeUtc < (now - Age).UtcDateTime)
            {
                File.Delete(parent.At(entry.Name));
            }
        });
    }
}
