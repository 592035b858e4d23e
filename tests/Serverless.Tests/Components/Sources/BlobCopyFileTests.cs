using Microsoft.Extensions.Logging.Abstractions;
using Serverless.Components.Sources.AzureBlobs;

namespace Serverless.Tests.Components.Sources;

public sealed class BlobCopyFileTests : IDisposable
{
    private readonly string _root = Directory.CreateTempSubdirectory("copies").FullName;

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    public void Dispose() => Directory.Delete(_root, recursive: true);

    [Fact]
    public async Task Read_WhatWasWritten_IsTheSameForItsAddressOnly()
    {
        BlobCopy[] blobs = [new("a.yaml", "\"0x1\"", "kind: ü\n---\n"), new("b/ü.yml", "\"0x2\"", "")];
        await File("one").WriteAsync([new("old.yaml", "\"0x0\"", "old")], Token);
        await File("one").WriteAsync(blobs, Token);

        Assert.Equal(blobs, await File("one").ReadAsync(Token));
        Assert.Null(await File("other").ReadAsync(Token));
    }

    [Fact]
    public async Task Write_File_IsForItsOwnerAlone()
    {
        Assert.SkipWhen(OperatingSystem.IsWindows(), "Windows has other permissions");
        await File("one").WriteAsync([new("a.yaml", "\"0x1\"", "password")], Token);

        var path = Assert.Single(Directory.GetFiles(Path.Combine(_root, "resources")));
        Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite, System.IO.File.GetUnixFileMode(path));
        Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute, System.IO.File.GetUnixFileMode(Path.GetDirectoryName(path)!));
    }

    [Theory]
    [InlineData("""[{"Name":"a.ya""")]
    [InlineData("null")]
    [InlineData("[null]")]
    [InlineData("""[{"Name":"a.yaml","ETag":"1"}]""")]
    [InlineData("""[{"Name":"a.yaml","ETag":"1","Text":""},{"Name":"a.yaml","ETag":"2","Text":""}]""")]
    public async Task Read_DamagedFile_IsNone(string damaged)
    {
        await File("one").WriteAsync([new("a.yaml", "\"0x1\"", "text")], Token);
        var path = Assert.Single(Directory.GetFiles(Path.Combine(_root, "resources")));
        await System.IO.File.WriteAllTextAsync(path, damaged, Token);

        Assert.Null(await File("one").ReadAsync(Token));
    }

    [Fact]
    public async Task Write_NoWritablePlace_IsPassedOver()
    {
        await System.IO.File.WriteAllTextAsync(Path.Combine(_root, "resources"), "a file where the folder should be", Token);

        await File("one").WriteAsync([new("a.yaml", "\"0x1\"", "text")], Token);

        Assert.Null(await File("one").ReadAsync(Token));
    }

    private BlobCopyFile File(string address) => new(Path.Combine(_root, "resources"), address, NullLogger.Instance);
}
