using System.Text;
using System.Text.Json.Nodes;
using Serverless.Backends.Faults;

namespace Serverless.Backends.WebServices;

/// <summary>Two operations of InfluxDB 2.</summary>
/// <remarks>docs.influxdata.com/influxdb/v2/api: POST /api/v2/write and /api/v2/query, with the errors of its examples.</remarks>
public static class InfluxService
{
    /// <summary>The only token that is taken.</summary>
    public const string Token = "influx-token-must-stay-secret";

    /// <summary>What each query answers: annotated CSV.</summary>
    public const string Csv = "#datatype,string,long,double\r\n#group,false,false,false\r\n#default,_result,,\r\n,result,table,_value\r\n,,0,21.5\r\n";

    /// <summary>Answers a request.</summary>
    public static ServerAnswer Answer(ScriptedCall call)
    {
        if (call.Header("Authorization") != $"Token {Token}")
        {
            return JsonAnswer.Of(401, """{"code":"unauthorized","message":"unauthorized access"}""");
        }

        return (call.Method, call.Path) switch
        {
            ("POST", "/api/v2/write") => Write(call),
            ("POST", "/api/v2/query") => Query(call),
            _ => JsonAnswer.Of(404, """{"code":"not found","message":"path not found"}"""),
        };
    }

    private static ServerAnswer Write(ScriptedCall call)
    {
        if (call.Target != "/api/v2/write?bucket=my%20bucket&org=my-org&precision=ns" || !call.Header("Content-Type")!.StartsWith("text/plain", StringComparison.Ordinal))
        {
            return JsonAnswer.Of(404, """{"code":"not found","message":"bucket not found"}""");
        }

        return call.Text.Contains("bad_point", StringComparison.Ordinal)
            ? JsonAnswer.Of(400, """{"code":"invalid","message":"unable to parse 'bad_point': missing fields"}""")
            : new ServerAnswer(204);
    }

    private static ServerAnswer Query(ScriptedCall call)
    {
        var body = JsonNode.Parse(call.Text)!;
        return call.Target != "/api/v2/query?org=my-org" || (string?)body["type"] != "flux" || body["dialect"]!["annotations"]!.AsArray().Count != 3
            ? JsonAnswer.Of(400, """{"code":"invalid","message":"wrong query"}""")
            : (string)body["query"]! == "broken" ? JsonAnswer.Of(400, """{"code":"invalid","message":"compilation failed"}""")
            : new ServerAnswer(200) { ContentType = "text/csv; charset=utf-8", Body = Encoding.UTF8.GetBytes(Csv) };
    }
}
