namespace Serverless.Functions.Hosting;

/// <summary>Decides which directories are read for resources.</summary>
internal static class ResourceDirectories
{
    private const string Default = "components";

    /// <summary>
    /// Absolute directories, the package's own first: under the host <c>components</c> beside host.json if it exists, then the given ones;
    /// standalone the given ones, or <c>./components</c> if none is given and it exists.
    /// </summary>
    public static IReadOnlyList<string> Choose(RuntimeOptions options, string currentDirectory)
    {
        var packaged = options.UnderHost ? Path.GetFullPath(Path.Combine(options.AppRoot, Default), currentDirectory) : Path.Combine(currentDirectory, Default);
        var given = (options.ResourcesPaths ?? []).Select(path => Path.GetFullPath(path, currentDirectory));
        return options.UnderHost || options.ResourcesPaths is null
            ? [.. ((string[])[packaged]).Where(Directory.Exists).Concat(given).Distinct(StringComparer.Ordinal)]
            : [.. given.Distinct(StringComparer.Ordinal)];
    }
}
