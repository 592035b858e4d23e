using Serverless.Components.Bindings;
using Serverless.Components.Bindings.Http;

namespace Serverless.Tests.Components.Bindings.Http;

public sealed class HttpTargetTests
{
    [Theory]
    [InlineData("http://h:81", null, "http://h:81/")]
    [InlineData("http://h/base/", "", "http://h/base/")]
    [InlineData("http://h/base/", "/", "http://h/base/")]
    [InlineData("http://h/base", "a/b", "http://h/base/a/b")]
    [InlineData("http://h/base///", "///a", "http://h/base/a")]
    [InlineData("http://h/base?code=1", "a", "http://h/base/a?code=1")]
    [InlineData("http://h/base?code=1", "?x=2", "http://h/base/?code=1&x=2")]
    [InlineData("http://h", "?x=%zz#no", null)]
    [InlineData("http://h", "a?x=100%&y=[1]", "http://h/a?x=100%&y=[1]")]
    [InlineData("http://h", "a%41%2F%5C", "http://h/a%41%2F%5C")]
    [InlineData("http://h", "<\"\u00e9😀", "http://h/%3C%22%C3%A9%F0%9F%98%80")]
    [InlineData("http://h", "a//b/./c/", "http://h/a//b/./c/")]
    [InlineData("http://h", "..a/b../c...d", "http://h/..a/b../c...d")]
    [InlineData("http://h", "a%zz", null)]
    [InlineData("http://h", "a%2", null)]
    [InlineData("http://h", "a/..", null)]
    [InlineData("http://h", "..?x", null)]
    [InlineData("http://h", "%2e%2E", null)]
    [InlineData("http://h", "%25252e%25252e/", null)]
    [InlineData("http://h", "a%5c..%5cb", null)]
    [InlineData("http://h", "a/..%00/b", null)]
    [InlineData("http://h", "a/%20../b", null)]
    [InlineData("http://h", "a/..;v=1/b", null)]
    [InlineData("http://h", "a\\b", null)]
    [InlineData("http://h", "a\u007f", null)]
    [InlineData("http://h", "a?b\r\nX: y", null)]
    public void At_Path_IsJoinedOnceOrRefused(string url, string? path, string? expected)
    {
        var target = new HttpTarget(new Uri(url));

        if (expected is null)
        {
            Assert.StartsWith("metadata 'path': ", Assert.Throws<BindingException>(() => target.At(path)).Message, StringComparison.Ordinal);
        }
        else
        {
            var address = target.At(path);
            Assert.Equal((expected, new Uri(url).Authority, ""), (address.GetLeftPart(UriPartial.Authority) + address.PathAndQuery, address.Authority, address.UserInfo));
        }
    }

    [Fact]
    public void At_AnyPath_KeepsHostAndBase()
    {
        var target = new HttpTarget(new Uri("http://host:81/base/"));
        var random = new Random(5);
        const string Characters = "../\\%25ef@:;?#a \u00e9";
        var joined = 0;
        for (var round = 0; round < 50_000; round++)
        {
            var path = string.Concat(Enumerable.Range(0, random.Next(1, 14)).Select(_ => Characters[random.Next(Characters.Length)]));
            try
            {
                var address = target.At(path);
                var decoded = address.AbsolutePath;
                for (var times = 0; times < 4; times++)
                {
                    decoded = Uri.UnescapeDataString(decoded);
                }

                Assert.Equal("host:81", address.Authority);
                Assert.StartsWith("/base/", new Uri($"http://host{decoded.Replace('\\', '/').Replace("?", "", StringComparison.Ordinal).Replace("#", "", StringComparison.Ordinal)}").AbsolutePath, StringComparison.Ordinal);
                joined++;
            }
            catch (BindingException)
            {
                // Refused, which is as good.
            }
        }

        Assert.InRange(joined, 1_000, 49_000);
    }

    [Fact]
    public void At_PathEscapedOverAndOver_IsJudgedInTime() =>
        Assert.Throws<BindingException>(() => new HttpTarget(new Uri("http://h")).At(string.Concat(Enumerable.Repeat("%25", 5_000)) + "2e./.."));
}
