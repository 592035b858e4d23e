using System.Text;
using Serverless.Components.State;

namespace Serverless.Tests.Components.State;

public abstract partial class StateStoreContract
{
    [Fact]
    public async Task Get_AbsentKey_IsNull() => Assert.Null(await GetAsync("nothing"));

    [Theory]
    [InlineData("\"hello\"")]
    [InlineData("null")]
    [InlineData("\"\"")]
    [InlineData("0")]
    [InlineData("{}")]
    [InlineData("[]")]
    [InlineData("12345678901234567890.10")]
    [InlineData("{\"b\":1,\"a\":\"<&>\\u0000\"}")]
    [InlineData("\"Grüße, 世界 🌍\"")]
    public async Task Get_AfterSet_GivesTheSameBytes(string json)
    {
        Assert.Equal(StateOutcome.Done, await SetAsync(Set("k", json)));

        Assert.Equal(json, await TextAsync("k"));
    }

    [Fact]
    public async Task Get_LargeValue_GivesTheSameBytes()
    {
        var json = $"\"{new string('x', LargeText)}\"";

        await SetAsync(Set("large", json));

        Assert.Equal(json, await TextAsync("large"));
    }

    [Fact]
    public async Task Get_BinaryValue_GivesTheSameBytes()
    {
        var bytes = Enumerable.Range(0, 1000).Select(i => (byte)i).ToArray();

        await SetAsync(new StateSet { Key = StoredKey("b"), Value = bytes, IsBinary = true });

        Assert.Equal(bytes, (await GetAsync("b"))!.Value.ToArray());
    }

    [Fact]
    public async Task Get_EmptyBinaryValue_IsAnEmptyEntry()
    {
        await SetAsync(new StateSet { Key = StoredKey("b"), Value = ReadOnlyMemory<byte>.Empty, IsBinary = true });

        Assert.Equal(0, (await GetAsync("b"))!.Value.Length);
    }

    [Fact]
    public async Task Set_BufferReusedAfterwards_KeepsTheValue()
    {
        var buffer = Encoding.UTF8.GetBytes("\"before\"");
        await SetAsync(new StateSet { Key = StoredKey("k"), Value = buffer });

        buffer.AsSpan().Fill((byte)'!');

        Assert.Equal("\"before\"", await TextAsync("k"));
    }

    [Theory]
    [InlineData("app||a/b")]
    [InlineData("app||100%")]
    [InlineData("app||it's")]
    [InlineData("app||\"quoted\"")]
    [InlineData("app||a b\tc")]
    [InlineData("app||ключ-鍵-🔑")]
    [InlineData("app||e\u0301")]
    [InlineData("app||;DROP TABLE state;--")]
    [InlineData("app||?&#+\\*_[]")]
    public async Task Keys_OfAnyCharacters_WorkForEveryOperation(string key)
    {
        if (!TakesKey(key))
        {
            Assert.True(await IsRefusedAsync(() => SetAsync(Set(key, "1"))));
            await Assert.ThrowsAnyAsync<Exception>(() => GetAsync(key));
            Assert.True(await IsRefusedAsync(() => DeleteAsync(Delete(key))));
            return;
        }

        await SetAsync(Set(key, "1"));
        Assert.Equal("1", await TextAsync(key));
        Assert.Null(await GetAsync(key + " "));

        await SetAsync(Set(key, "2", await ETagAsync(key)));
        Assert.Equal("2", await TextAsync(key));

        Assert.Equal(StateOutcome.Done, await DeleteAsync(Delete(key, await ETagAsync(key))));
        Assert.Null(await GetAsync(key));
    }

    [Fact]
    public async Task Keys_AreCaseSensitiveAndExact()
    {
        await SetAsync(Set("Key", "1"));
        await SetAsync(Set("key", "2"));
        await SetAsync(Set("é", "3"));
        await SetAsync(Set("e\u0301", "4"));

        Assert.Equal("1 2 3 4", $"{await TextAsync("Key")} {await TextAsync("key")} {await TextAsync("é")} {await TextAsync("e\u0301")}");
    }

    [Fact]
    public async Task Keys_LongOnes_Work()
    {
        var key = new string('k', LongKey);

        await SetAsync(Set(key, "1"));

        Assert.Equal("1", await TextAsync(key));
    }

    [Fact]
    public async Task Delete_AbsentKey_IsDone() => Assert.Equal(StateOutcome.Done, await DeleteAsync(Delete("nothing")));

    [Fact]
    public async Task Delete_PresentKey_RemovesIt()
    {
        await SetAsync(Set("k", "1"));

        Assert.Equal(StateOutcome.Done, await DeleteAsync(Delete("k")));

        Assert.Null(await GetAsync("k"));
    }

    [Theory]
    [InlineData("", "bogus", "unrecognized consistency model 'bogus'")]
    [InlineData("bogus", "", "unrecognized concurrency model 'bogus'")]
    [InlineData("First-Write", "Strong", "unrecognized consistency model 'Strong'")]
    public async Task Options_UnknownWord_IsRejectedAndChangesNothingWhereItIsLookedAt(string concurrency, string consistency, string message)
    {
        await SetAsync(Set("k", "1"));

        var set = await Store.SetAsync(Set("k", "2", null, concurrency, consistency), Cancellation);
        var delete = await Store.DeleteAsync(Delete("k", null, concurrency, consistency), Cancellation);

        Assert.Equal(ChecksOptions ? StateResult.Rejected(message) : StateResult.Done, set);
        Assert.Equal(ChecksOptionsOfDelete ? StateResult.Rejected(message) : StateResult.Done, delete);
        Assert.Equal(ChecksOptionsOfDelete ? "1" : null, await TextAsync("k"));
    }

    [Theory]
    [InlineData("last-write", "eventual")]
    [InlineData("last-write", "strong")]
    [InlineData("first-write", "strong")]
    public async Task Options_KnownWords_AreAccepted(string concurrency, string consistency)
    {
        Assert.Equal(StateOutcome.Done, await SetAsync(Set("k", "1", null, concurrency, consistency)));
        Assert.Equal(StateOutcome.Done, await DeleteAsync(Delete("k", await ETagAsync("k"), concurrency, consistency)));
    }

    // By the store, or by the service behind it.
    private static async Task<bool> IsRefusedAsync(Func<Task<StateOutcome>> write)
    {
        try
        {
            return await write() == StateOutcome.Rejected;
        }
        catch (Exception)
        {
            return true;
        }
    }
}
