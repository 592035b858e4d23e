using System.Text.Json.Nodes;
using Serverless.Backends.Faults;

namespace Serverless.Backends.WebServices;

/// <summary>A GraphQL server that knows a few documents.</summary>
/// <remarks>graphql.github.io/graphql-over-http and graphql.org/learn (the hero examples): POST of JSON with query and variables.</remarks>
public static class GraphQlService
{
    /// <summary>The value of the header x-key that is wanted.</summary>
    public const string Key = "admin-key-must-stay-secret";

    /// <summary>A query with a variable.</summary>
    public const string HeroQuery = "query Hero($episode: Episode) { hero(episode: $episode) { name } }";

    /// <summary>Answers a request.</summary>
    public static ServerAnswer Answer(ScriptedCall call)
    {
        if ((call.Method, call.Target, call.Header("Content-Type")) != ("POST", "/v1/graphql", "application/json; charset=utf-8"))
        {
            return JsonAnswer.Of(404, """{"errors":[{"message":"not here"}]}""");
        }

        if (call.Header("x-key") != Key)
        {
            return JsonAnswer.Of(401, """{"errors":[{"message":"invalid key"}]}""");
        }

        var body = JsonNode.Parse(call.Text)!;
        return (string?)body["query"] switch
        {
            HeroQuery => JsonAnswer.Of(200, """{"data":{"hero":{"name":"R2-D2 of *","size":1.10,"id":12345678901234567890}}}""".Replace("*", (string?)body["variables"]!["episode"], StringComparison.Ordinal)),
            "mutation { add }" => JsonAnswer.Of(200, """{"data":{"add":true},"errors":[]}"""),
            "{ broken }" => JsonAnswer.Of(200, """{"data":null,"errors":[{"message":"Cannot query field \"broken\"","locations":[{"line":1,"column":3}]},{"message":"second"}]}"""),
            "{ html }" => new ServerAnswer(502) { ContentType = "text/html", Body = "<html>Bad Gateway"u8.ToArray() },
            "{ deep }" => JsonAnswer.Of(200, $$"""{"data":{{new string('[', 100)}}{{new string(']', 100)}},"errors":[{"message":"deep"}]}"""),
            _ => JsonAnswer.Of(200, """[]"""),
        };
    }
}
