using Serverless.IntegrationTests.Processes;
using Serverless.IntegrationTests.Wire;

namespace Serverless.IntegrationTests.Bindings.LocalStorage;

/// <summary>Roots that bindings.localstorage refuses.</summary>
public sealed class LocalStorageStartTests
{
    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Start_WhatAKilledProcessLeftUnfinished_IsRemovedAndNobodyCanNameSuchAFile()
    {
        using var folder = new TempFolder();
        var left = folder.Write("root/a/.serverless-dapr-0123456789abcdef0123456789abcdef.unfinished", "half");
        var young = folder.Write("root/.serverless-dapr-fedcba98765432100123456789abcdef.unfinished", "another's");
        File.SetLastWriteTimeUtc(left, TimeProvider.System.GetUtcNow().UtcDateTime - TimeSpan.FromHours(2));
        await using var app = await AppProcess.StartAsync(
            new AppSettings { Resources = new Dictionary<string, string> { ["files.yaml"] = Resources.Component("files", "bindings.localstorage", ("rootPath", folder.At("root"))) } },
            Token);

        Assert.True(await Eventually.TrueAsync(() => !File.Exists(left), TimeSpan.FromSeconds(10), Token));
        Assert.True(File.Exists(young));
        Assert.Equal("[]", (await OutputCall.SendAsync(app, "files", "list")).Text);
        var named = await OutputCall.SendAsync(app, "files", "create", "\"x y\"", ("fileName", $"b/{Path.GetFileName(left)}"));
        Assert.EndsWith("the name is kept for unfinished files", named.Fault, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Start_SystemFoldersAndWhatLeadsThere_AreRefused()
    {
        using var folder = new TempFolder();
        Directory.CreateSymbolicLink(folder.At("to-proc"), "/proc");
        Directory.CreateSymbolicLink(folder.At("to-link"), "to-proc");
        var file = folder.Write("file", "x");
        var roots = new Dictionary<string, string>
        {
            ["proc"] = "/proc/self", ["sys"] = "/sys", ["boot"] = "/boot/x/../y", ["secrets"] = "/var/run/secrets/a", ["run-secrets"] = "/run/secrets", ["slash"] = "/", ["run"] = "/run/x/..",
            ["link"] = folder.At("to-link", "self"),
        };
        await using var app = await AppProcess.LaunchAsync(new AppSettings
        {
            Resources = roots.Append(new("file", file)).Append(new("missing", ""))
                .ToDictionary(root => $"{root.Key}.yaml", root => Resources.Component(root.Key, "bindings.localstorage", ("rootPath", root.Value))),
        });

        Assert.NotEqual(0, await app.Process.WaitForExitAsync(Token));
        Assert.All(roots.Keys, name => Assert.True(app.Output.HasLine($"component '{name}'", "property rootPath points to a disallowed location"), $"{name}\n{app.Output.Text}"));
        Assert.True(app.Output.HasLine("component 'file'", "rootPath"), app.Output.Text);
        Assert.True(app.Output.HasLine("component 'missing'", "metadata 'rootPath': expected a value"), app.Output.Text);
    }
}
