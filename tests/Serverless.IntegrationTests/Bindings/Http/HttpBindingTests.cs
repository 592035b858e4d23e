namespace Serverless.IntegrationTests.Bindings.Http;

/// <summary>bindings.http through the running app: methods, headers, answers and failures.</summary>
public sealed class HttpBindingTests(HttpBindingFixture fixture) : IClassFixture<HttpBindingFixture>
{
    private const string JsonType = "application/json; charset=utf-8";

    [Theory]
    [InlineData("create", "POST", true)]
    [InlineData("post", "POST", true)]
    [InlineData("put", "PUT", true)]
    [InlineData("patch", "PATCH", true)]
    [InlineData("get", "GET", false)]
    [InlineData("head", "HEAD", false)]
    [InlineData("delete", "DELETE", false)]
    [InlineData("options", "OPTIONS", false)]
    [InlineData("trace", "TRACE", false)]
    public async Task Invoke_EachOperation_IsItsMethod(string operation, string method, bool hasBody)
    {
        var answer = await InvokeAsync("plain", operation, "\"h\\u00e9llo\"", ("path", $"/method-{operation}"));

        var call = fixture.Plain.Call($"/method-{operation}");
        Assert.Equal(200, answer.Code);
        Assert.Equal(operation == "head" ? "" : """{"ok":true}""", answer.Text);
        Assert.Equal((method, hasBody ? "\"héllo\"" : "", hasBody ? JsonType : null, JsonType), (call.Method, call.Text, call.Header("Content-Type"), call.Header("Accept")));
        Assert.Equal(hasBody ? "8" : operation is "delete" or "trace" ? "0" : null, call.Header("Content-Length"));
        Assert.Equal(("200", "200 OK", JsonType), (answer.Metadata["statusCode"], answer.Metadata["status"], answer.Metadata["Content-Type"]));
    }

    [Fact]
    public async Task Invoke_MetadataWithUpperCaseKey_IsAHeaderAndFramingIsNot()
    {
        var trace = "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01";
        await InvokeAsync(
            "guarded", "post", "{}", ("path", "upper"), ("X-One", " ü "), ("content-type", "not/sent"), ("Content-Type", "text/csv"), ("Accept", "*/*"), ("User-Agent", "mine"),
            ("Host", "evil.example"), ("Content-Length", "7"), ("Transfer-Encoding", "chunked"), ("Connection", "X-Token"), ("Expect", "100-continue"), ("traceparent", trace), ("lower", "no"));

        var call = fixture.Plain.Call("/upper");
        Assert.Equal(("ü", "text/csv", "*/*", "mine", trace), (call.Header("X-One"), call.Header("Content-Type"), call.Header("Accept"), call.Header("User-Agent"), call.Header("traceparent")));
        Assert.Equal(new Uri(fixture.Plain.Address).Authority, call.Header("Host"));
        Assert.Equal(("2", null, null, null), (call.Header("Content-Length"), call.Header("Transfer-Encoding"), call.Header("Connection"), call.Header("lower")));
        Assert.Null(call.Header("Expect"));
        Assert.Equal(HttpBindingFixture.SecretToken, call.Header("X-Token"));
    }

    [Theory]
    [InlineData("X-A", "a\r\nX-B: b", "invalid header field value for \"X-A\"")]
    [InlineData("X-A", "a\0", "invalid header field value for \"X-A\"")]
    [InlineData("X A", "a", "invalid header field name \"X A\"")]
    [InlineData("X-A\r\nX-B", "a", "invalid header field name \"X-A??X-B\"")]
    [InlineData("Xé", "a", "invalid header field name")]
    public async Task Invoke_HeaderThatCouldInject_IsRefusedAndNothingSent(string name, string value, string fault)
    {
        var path = $"inject-{Guid.NewGuid():N}";
        var answer = await InvokeAsync("plain", "get", null, ("path", path), (name, value));

        Assert.Contains(fault, answer.Fault, StringComparison.Ordinal);
        Assert.DoesNotContain(fixture.Plain.Calls, call => call.Target.Contains(path, StringComparison.Ordinal));
    }

    [Theory]
    [InlineData("../up")]
    [InlineData("a/%2e%2e/%2E./up")]
    [InlineData("a%2f..%2fup")]
    [InlineData("..;x=1/up")]
    [InlineData("%252e%252e/up")]
    [InlineData("a\\..\\up")]
    [InlineData("up#fragment")]
    [InlineData("up\r\nX: y")]
    public async Task Invoke_PathThatLeavesTheUrl_IsRefused(string path)
    {
        var answer = await InvokeAsync("based", "get", null, ("path", path));

        Assert.Contains("metadata 'path'", answer.Fault, StringComparison.Ordinal);
        Assert.DoesNotContain(fixture.Plain.Calls, call => call.Target.Contains("up", StringComparison.Ordinal) && call.Method == "GET" && call.Path != "/upper");
    }

    [Theory]
    [InlineData("//127.0.0.1:1/a", "/base/127.0.0.1:1/a?key=k%201")]
    [InlineData("@evil.example/b", "/base/@evil.example/b?key=k%201")]
    [InlineData("http://evil.example/c", "/base/http://evil.example/c?key=k%201")]
    [InlineData("/d%2Fe/ü ö?q=1&r=a b", "/base/d%2Fe/%C3%BC%20%C3%B6?key=k%201&q=1&r=a%20b")]
    [InlineData("f/...?x=../../", "/base/f/...?key=k%201&x=../../")]
    public async Task Invoke_Path_StaysBelowTheUrl(string path, string target)
    {
        Assert.Equal(200, (await InvokeAsync("based", "get", null, ("path", path))).Code);

        Assert.Single(fixture.Plain.Calls, call => call.Target == target);
    }

    [Fact]
    public async Task Invoke_Not2xx_FailsWithTheAnswersHeaders()
    {
        var answer = await InvokeAsync("plain", "get", null, ("path", "missing"));

        Assert.Equal("error invoking output binding plain: received status code 404", answer.Fault);
        Assert.Equal(("404", "404 Not Found", "grüße"), (answer.Metadata["statusCode"], answer.Metadata["status"], answer.Metadata["X-Reason"]));
    }

    [Fact]
    public async Task Invoke_Not2xxTolerated_IsTheAnswer()
    {
        var tolerated = await InvokeAsync("tolerant", "get", null, ("path", "missing"));
        var ofTheCall = await InvokeAsync("plain", "get", null, ("path", "missing"), ("errorIfNot2XX", "false"));
        var strict = await InvokeAsync("tolerant", "get", null, ("path", "missing"), ("errorIfNot2XX", "true"));

        Assert.Equal((200, """{"why":"gone"}""", "404"), (tolerated.Code, tolerated.Text, tolerated.Metadata["statusCode"]));
        Assert.Equal((200, """{"why":"gone"}"""), (ofTheCall.Code, ofTheCall.Text));
        Assert.EndsWith("received status code 404", strict.Fault, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Invoke_AnswersHeaders_AreMetadataAndFakeNone()
    {
        var answer = await InvokeAsync("plain", "get", null, ("path", "headers"));
        await InvokeAsync("plain", "get", null, ("path", "after-cookie"));

        Assert.Equal(("one, two", "200 OK"), (answer.Metadata["X-Many"], answer.Metadata["status"]));
        Assert.Null(fixture.Plain.Call("/after-cookie").Header("Cookie"));
    }

    [Fact]
    public async Task Invoke_EmptyAnswer_Is200WithoutBody()
    {
        var answer = await InvokeAsync("plain", "put", "1", ("path", "empty"));

        Assert.Equal((200, "", "204"), (answer.Code, answer.Text, answer.Metadata["statusCode"]));
    }

    [Theory]
    [InlineData("elsewhere", "get", "302")]
    [InlineData("elsewhere307", "post", "307")]
    public async Task Invoke_RedirectToAnotherServer_IsNotFollowed(string path, string operation, string status)
    {
        var answer = await InvokeAsync("guarded", operation, "{}", ("path", path), ("X-Mine", "mine"));

        Assert.EndsWith($"received status code {status}", answer.Fault, StringComparison.Ordinal);
        Assert.Equal($"{fixture.Other.Address}/landed", answer.Metadata["Location"]);
        Assert.Empty(fixture.Other.Calls);
    }

    [Fact]
    public async Task Invoke_RedirectWithinTheServer_IsFollowedAsGoDoes()
    {
        await InvokeAsync("guarded", "post", "{}", ("path", "moved"));
        await InvokeAsync("guarded", "post", "{}", ("path", "kept"));

        var (moved, kept) = (fixture.Plain.Call("/landed?moved"), fixture.Plain.Call("/landed?kept"));
        Assert.Equal(("GET", "", null, HttpBindingFixture.SecretToken), (moved.Method, moved.Text, moved.Header("Content-Type"), moved.Header("X-Token")));
        Assert.Equal(("POST", "{}", JsonType), (kept.Method, kept.Text, kept.Header("Content-Type")));
    }

    [Fact]
    public async Task Invoke_RedirectWithoutEnd_Ends()
    {
        var answer = await InvokeAsync("plain", "get", null, ("path", "round"));

        Assert.EndsWith("stopped after 10 redirects", answer.Fault, StringComparison.Ordinal);
        Assert.Equal(11, fixture.Plain.Calls.Count(call => call.Target == "/round"));
    }

    [Fact]
    public async Task Invoke_UserAndPasswordInTheUrl_AreBasicAuthentication()
    {
        await InvokeAsync("userinfo", "get", null, ("path", "basic"));

        await InvokeAsync("userinfo-token", "get", null, ("path", "with-token"));

        Assert.Equal("Basic bWU6cGEgc3M=", fixture.Plain.Call("/basic").Header("Authorization"));
        var both = fixture.Plain.Call("/with-token");
        Assert.Equal(("Basic bWU6", HttpBindingFixture.SecretToken), (both.Header("Authorization"), both.Header("X-Token")));
    }

    [Fact]
    public async Task Invoke_ServerDown_IsToldWithoutPathAndQuery()
    {
        var answer = await InvokeAsync("down", "post", "{}");

        Assert.Equal($"error invoking output binding down: POST http://127.0.0.1:{fixture.ClosedPort}: Connection refused", answer.Fault);
        Assert.DoesNotContain("secret", fixture.App.Output.Text, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("post", "; whether it was executed is unknown")]
    [InlineData("delete", "; whether it was executed is unknown")]
    [InlineData("get", "")]
    public async Task Invoke_NoAnswer_EndsAtTheTimeLimit(string operation, string fate)
    {
        var answer = await InvokeAsync("hasty", operation, "{}", ("path", "stall"));

        Assert.EndsWith($"no complete answer within 0.3 s{fate}", answer.Fault, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Invoke_Reset_IsSentOnceAndItsFateUnknown()
    {
        var answer = await InvokeAsync("plain", "post", "{}", ("path", "reset"));

        Assert.EndsWith("whether it was executed is unknown", answer.Fault, StringComparison.Ordinal);
        fixture.Plain.Call("/reset");
    }

    [Fact]
    public async Task Invoke_AnswerLongerThanAllowed_IsAFailureAndNotCut()
    {
        var big = await InvokeAsync("small", "get", null, ("path", "big"));
        var exact = await InvokeAsync("small", "get", null, ("path", "exact"));

        Assert.EndsWith("the answer (200) is longer than 1024 bytes", big.Fault, StringComparison.Ordinal);
        Assert.Equal((200, 1024), (exact.Code, exact.Bytes.Length));
    }

    [Fact]
    public async Task Invoke_MutualTls_ShowsTheCertificateAndTrustsTheAuthority()
    {
        var answer = await InvokeAsync("mutual", "get", null, ("path", "mutual"));
        var distrusted = await InvokeAsync("distrustful", "get");

        Assert.Equal((200, "\"secure\""), (answer.Code, answer.Text));
        Assert.Equal(fixture.ClientThumbprint, fixture.Secure.Call("/mutual").ClientCertificate);
        Assert.Contains("certificate", distrusted.Fault, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Invoke_UnknownOperation_NamesTheOnesThereAre()
    {
        var answer = await InvokeAsync("plain", "connect");

        Assert.EndsWith("binding plain does not support operation connect. supported operations:create get head post put patch delete options trace", answer.Fault, StringComparison.Ordinal);
    }

    private Task<OutputCall> InvokeAsync(string name, string operation, string? data = null, params (string Key, string Value)[] metadata) =>
        OutputCall.SendAsync(fixture.App, name, operation, data, metadata);
}
