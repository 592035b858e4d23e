using System.Text;
using System.Text.Json.Nodes;
using Serverless.IntegrationTests.Processes;
using Serverless.IntegrationTests.Wire;

namespace Serverless.IntegrationTests.Bindings.LocalStorage;

/// <summary>bindings.localstorage through the running app.</summary>
public sealed class LocalStorageTests(LocalStorageFixture fixture) : IClassFixture<LocalStorageFixture>
{
    private const string Key = "fileName";

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData("plain", "\"Hello, World!\"", "Hello, World!")]
    [InlineData("decoded", "\"SGVsbG8=\"", "Hello")]
    [InlineData("blanks", "\"SGVs bG8=\"", "SGVs bG8=")]
    [InlineData("escapes", "\"gr\\u00fc\\u003c\\n\"", "grü<\n")]
    [InlineData("object", """{"a":[1,2.50]}""", """{"a":[1,2.50]}""")]
    [InlineData("empty", "\"\"", "")]
    [InlineData("/rooted/deep/name", "\"a b\"", "a b")]
    [InlineData("a/../b/./c", "\"d e\"", "d e")]
    public async Task Create_ThenGet_GivesTheContent(string name, string data, string content)
    {
        var created = await InvokeAsync("create", name, data);
        var got = await InvokeAsync("get", name);

        var relative = name switch { "a/../b/./c" => "b/c", _ => name.TrimStart('/') };
        Assert.Equal((200, $$"""{"fileName":"{{relative}}"}"""), (created.Code, created.Text));
        Assert.Equal((200, content), (got.Code, got.Text));
        Assert.Equal(content, await File.ReadAllTextAsync(Path.Combine(fixture.Root, relative), Token));
    }

    [Fact]
    public async Task Create_WithoutName_MakesOneUp()
    {
        var created = await OutputCall.SendAsync(fixture.App, "files", "create", "\"a b\"");

        var name = (string)JsonNode.Parse(created.Text)![Key]!;
        Assert.True(Guid.TryParseExact(name, "D", out _), name);
        Assert.Equal("a b", (await InvokeAsync("get", name)).Text);
    }

    [Fact]
    public async Task Create_Again_ReplacesInWhole()
    {
        await InvokeAsync("create", "again", $"\"{new string('x', 10_000)} \"");
        await InvokeAsync("create", "again", "\"short one\"");

        Assert.Equal("short one", (await InvokeAsync("get", "again")).Text);
    }

    [Fact]
    public async Task List_Folder_GivesAllPathsInOrder()
    {
        foreach (var name in new[] { "l/b", "l/a/z", "l/c" })
        {
            await InvokeAsync("create", name, "\"a b\"");
        }

        Directory.CreateDirectory(Path.Combine(fixture.Root, "l", "empty"));
        File.CreateSymbolicLink(Path.Combine(fixture.Root, "l", "out"), fixture.Folder.At("outside"));

        var listed = await InvokeAsync("list", "l");
        var empty = await InvokeAsync("list", "l/empty");
        var all = await OutputCall.SendAsync(fixture.App, "files", "list");

        string[] expected = [.. new[] { "l/a/z", "l/b", "l/c", "l/out" }.Select(name => Path.Combine(fixture.Root, name))];
        Assert.Equal(expected, JsonNode.Parse(listed.Text)!.AsArray().Select(path => (string)path!));
        Assert.Equal((200, "[]"), (empty.Code, empty.Text));
        Assert.Superset(expected.ToHashSet(), JsonNode.Parse(all.Text)!.AsArray().Select(path => (string)path!).ToHashSet());
    }

    [Fact]
    public async Task Delete_FileThenFolder_Gone()
    {
        await InvokeAsync("create", "d/file", "\"a b\"");

        var full = await InvokeAsync("delete", "d");
        var file = await InvokeAsync("delete", "d/file");
        var folder = await InvokeAsync("delete", "d");

        Assert.StartsWith("error invoking output binding files: error deleting file", full.Fault, StringComparison.Ordinal);
        Assert.Equal((204, "", 204), (file.Code, file.Text, folder.Code));
        Assert.False(Directory.Exists(Path.Combine(fixture.Root, "d")));
    }

    [Theory]
    [InlineData("get", "absent", "file not found: {0}")]
    [InlineData("get", "absent/below", "file not found: {0}")]
    [InlineData("delete", "absent", "error deleting file {0}: no such file or directory")]
    [InlineData("list", "absent", "error getting stats for path {0}: no such file or directory")]
    public async Task Invoke_Absent_IsTold(string operation, string name, string fault) =>
        Assert.EndsWith(string.Format(null, fault, Path.Combine(fixture.Root, name)), (await InvokeAsync(operation, name)).Fault, StringComparison.Ordinal);

    [Theory]
    [InlineData("get", "..")]
    [InlineData("get", "../../outside/secret.txt")]
    [InlineData("create", "a/../../outside/secret.txt")]
    [InlineData("delete", "/../../outside/secret.txt")]
    [InlineData("list", "../")]
    [InlineData("get", "a\0b")]
    public async Task Invoke_NameThatLeavesTheRoot_IsRefused(string operation, string name)
    {
        Assert.Contains("error getting absolute path for file", (await InvokeAsync(operation, name, "\"x y\"")).Fault, StringComparison.Ordinal);
        MustBeUntouched();
    }

    [Theory]
    [InlineData("create", "to-folder/new.txt")]
    [InlineData("create", "to-folder/secret.txt")]
    [InlineData("create", "to-file")]
    [InlineData("create", "to-nothing")]
    [InlineData("create", "to-nothing/x")]
    [InlineData("get", "to-folder/secret.txt")]
    [InlineData("get", "to-file")]
    [InlineData("list", "to-folder")]
    [InlineData("delete", "to-folder/secret.txt")]
    public async Task Invoke_Link_IsNotFollowed(string operation, string name)
    {
        Link("to-folder", fixture.Folder.At("outside"));
        Link("to-file", fixture.Folder.At("outside", "secret.txt"));
        Link("to-nothing", fixture.Folder.At("outside", "made-up"));

        var answer = await InvokeAsync(operation, name, "\"x y\"");

        Assert.DoesNotContain("outside", answer.Fault, StringComparison.Ordinal);
        MustBeUntouched();
    }

    [Fact]
    public async Task Delete_Link_RemovesTheLinkAlone()
    {
        var link = Link("unlinked", fixture.Folder.At("outside"));

        Assert.Equal(204, (await InvokeAsync("delete", "unlinked")).Code);
        Assert.Null(new FileInfo(link).LinkTarget);
        MustBeUntouched();
    }

    [Fact]
    public async Task Invoke_WhileFolderAndLinkChangePlaces_NothingOutsideIsTouched()
    {
        var (folder, aside) = (Path.Combine(fixture.Root, "race"), Path.Combine(fixture.Root, "race-aside"));
        using var stop = new CancellationTokenSource();
        var swaps = 0;
        var swapping = Task.Run(
            () =>
            {
                Directory.CreateDirectory(folder);
                for (; !stop.IsCancellationRequested; swaps++)
                {
                    Thread.SpinWait(Random.Shared.Next(30_000));
                    Try(() => Directory.Move(folder, aside));
                    Try(() => Directory.CreateSymbolicLink(folder, fixture.Folder.At("outside")));
                    Thread.SpinWait(Random.Shared.Next(10_000));
                    Try(() => Directory.Delete(folder, recursive: true));
                    Try(() => Directory.Move(aside, folder));
                }
            },
            Token);

        var answers = new List<OutputCall>();
        for (var round = 0; round < 60; round++)
        {
            answers.AddRange(await Task.WhenAll(
                InvokeAsync("create", "race/secret.txt", "\"x y\""),
                InvokeAsync("get", "race/secret.txt"),
                InvokeAsync("delete", "race/secret.txt")));
        }

        await stop.CancelAsync();
        await swapping;
        Assert.InRange(swaps, 50, int.MaxValue);
        Assert.DoesNotContain(answers, answer => answer.Text == "outside");
        Assert.Contains(answers, answer => answer.Text.Contains("is a symbolic link", StringComparison.Ordinal));
        Assert.Contains(answers, answer => answer.Code == 200);
        MustBeUntouched();
    }

    [Theory]
    [InlineData("get", "kept-folder", "error reading file")]
    [InlineData("create", "kept-folder", "error creating file")]
    [InlineData("create", "kept-file/below", "error creating file")]
    [InlineData("list", "kept-file", "error listing files in the directory")]
    [InlineData("get", "", "required metadata not set: fileName")]
    [InlineData("delete", "/", "required metadata not set: fileName")]
    public async Task Invoke_WrongKindOfEntry_IsTold(string operation, string name, string fault)
    {
        Directory.CreateDirectory(Path.Combine(fixture.Root, "kept-folder"));
        await File.WriteAllTextAsync(Path.Combine(fixture.Root, "kept-file"), "kept", Token);

        Assert.Contains(fault, (await InvokeAsync(operation, name, "\"x y\"")).Fault, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("create")]
    [InlineData("get")]
    [InlineData("delete")]
    public async Task Invoke_NameTooLongForTheDisk_IsToldWithoutOurWayThere(string operation)
    {
        var fault = (await InvokeAsync(operation, $"{new string('n', 300)}", "\"x y\"")).Fault;

        Assert.StartsWith($"error invoking output binding files: {(operation == "get" ? "error reading file" : operation == "create" ? "error creating file" : "error deleting file")} {fixture.Root}/nnn", fault, StringComparison.Ordinal);
        Assert.DoesNotContain("/proc/", fault, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Get_Pipe_DoesNotWait()
    {
        await using var made = ChildProcess.Start("mkfifo", [Path.Combine(fixture.Root, "pipe")], new Dictionary<string, string>(), fixture.Root);
        Assert.Equal(0, await made.WaitForExitAsync(Token));

        Assert.EndsWith("is not a regular file", (await InvokeAsync("get", "pipe")).Fault, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Create_SameNameAtOnce_ReadersSeeWholeFiles()
    {
        var contents = Enumerable.Range(0, 4).Select(number => string.Concat(Enumerable.Repeat($"{number} ", 20_000))).ToArray();
        await InvokeAsync("create", "shared", $"\"{contents[0]}\"");
        var writes = Enumerable.Range(0, 20).Select(round => InvokeAsync("create", "shared", $"\"{contents[round % 4]}\""));
        var reads = Enumerable.Range(0, 20).Select(_ => InvokeAsync("get", "shared"));

        var answers = await Task.WhenAll(writes.Concat(reads));

        Assert.All(answers, answer => Assert.Equal(200, answer.Code));
        Assert.All(answers.Skip(20), answer => Assert.Contains(answer.Text, contents));
        Assert.DoesNotContain(Directory.GetFiles(fixture.Root), file => file.EndsWith(".unfinished", StringComparison.Ordinal));
    }

    [Fact]
    public async Task Create_Killed_KeepsWhatWasAnswered()
    {
        using var folder = new TempFolder();
        var settings = new AppSettings { Resources = new Dictionary<string, string> { ["files.yaml"] = Resources.Component("files", "bindings.localstorage", ("rootPath", folder.At("kept"))) } };
        await using (var app = await AppProcess.StartAsync(settings, Token))
        {
            Assert.Equal(200, (await OutputCall.SendAsync(app, "files", "create", "\"kept text\"", (Key, "x"))).Code);
            await app.Process.KillAsync(Token);
        }

        Assert.Equal("kept text", Encoding.UTF8.GetString(await File.ReadAllBytesAsync(folder.At("kept", "x"), Token)));
    }

    [Fact]
    public async Task Invoke_UnknownOperation_NamesTheOnesThereAre() =>
        Assert.EndsWith("does not support operation append. supported operations:create get list delete", (await InvokeAsync("append", "x")).Fault, StringComparison.Ordinal);

    private Task<OutputCall> InvokeAsync(string operation, string name, string? data = null) => OutputCall.SendAsync(fixture.App, "files", operation, data, (Key, name));

    // The app makes the folder anew in between.
    private static void Try(Action change)
    {
        try
        {
            change();
        }
        catch (IOException)
        {
        }
    }

    private string Link(string name, string target)
    {
        var path = Path.Combine(fixture.Root, name);
        if (new FileInfo(path).LinkTarget is null)
        {
            File.CreateSymbolicLink(path, target);
        }

        return path;
    }

    private void MustBeUntouched()
    {
        Assert.Equal(["secret.txt"], Directory.GetFileSystemEntries(fixture.Folder.At("outside")).Select(Path.GetFileName));
        Assert.Equal("outside", File.ReadAllText(fixture.Folder.At("outside", "secret.txt")));
    }
}
