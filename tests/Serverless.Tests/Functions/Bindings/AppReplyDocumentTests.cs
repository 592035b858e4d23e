using System.Text;
using Serverless.Functions.Bindings;

namespace Serverless.Tests.Functions.Bindings;

public sealed class AppReplyDocumentTests
{
    [Fact]
    public void Everything_IsRead_WithoutRegardToTheCaseOfNames()
    {
        var reply = AppReplyDocument.Read("""
            {"state":[{"key":"a","value":{"n": 1.0},"etag":"7","metadata":{"ttlInSeconds":"5"}},{"key":"b"}],
             "To":["one","two"], "storename":"s", "CONCURRENCY":"parallel", "data":{"x" : "<"}, "other":[1,{}]}
            """u8)!;

        Assert.Equal(["one", "two"], reply.To);
        Assert.Equal((true, "s", "{\"x\":\"\\u003c\"}"), (reply.IsParallel, reply.StoreName, Encoding.UTF8.GetString(reply.Data)));
        Assert.Equal(["a", "b"], reply.State.Select(item => item.Key));
        Assert.Equal(("{\"n\":1.0}", "7", "5"), (Encoding.UTF8.GetString(reply.State[0].Value!), reply.State[0].ETag, reply.State[0].Metadata!["ttlInSeconds"]));
    }

    [Theory]
    [InlineData("""{"to":["x"]}""", "null")]
    [InlineData("""{"to":["x"],"data":"text"}""", "\"text\"")]
    public void Data_IsJson(string body, string data)
    {
        var reply = AppReplyDocument.Read(Encoding.UTF8.GetBytes(body))!;

        Assert.Equal(data, Encoding.UTF8.GetString(reply.Data));
        Assert.False(reply.IsParallel);
    }

    [Theory]
    [InlineData("")]
    [InlineData("null")]
    [InlineData("[]")]
    [InlineData("\"to\"")]
    [InlineData("{}")]
    [InlineData("{")]
    [InlineData("""{"to":[]}""")]
    [InlineData("""{"to":null,"state":null}""")]
    [InlineData("""{"to":"someone"}""")]
    [InlineData("""{"to":[1]}""")]
    [InlineData("""{"to":["x"],"concurrency":4}""")]
    [InlineData("""{"state":"solid"}""")]
    [InlineData("""{"state":7,"storeName":"s"}""")]
    [InlineData("""{"state":[{"key":"k"}]}""")]
    [InlineData("""{"storeName":"s"}""")]
    [InlineData("""{"orderId":42,"data":{"a":1}}""")]
    public void WhatAsksForNothing_IsIgnored(string body) => Assert.Null(AppReplyDocument.Read(Encoding.UTF8.GetBytes(body)));
}
