namespace Serverless.IntegrationTests.Wire;

/// <summary>What a row of the specification promises; a null member is not looked at.</summary>
internal sealed record WireAnswer(int Status)
{
    public const string Json = "application/json";
    public const string PlainText = "text/plain";

    /// <summary>The exact body.</summary>
    public string? Body { get; init; }

    /// <summary>The body as a JSON value; spelling and order of members do not matter.</summary>
    public string? Value { get; init; }

    /// <summary>What the body begins with.</summary>
    public string? BodyPrefix { get; init; }

    /// <summary><c>errorCode</c> of an error body.</summary>
    public string? ErrorCode { get; init; }

    /// <summary><c>message</c> of an error body.</summary>
    public string? Message { get; init; }

    /// <summary>What <c>message</c>, which is not empty, begins with.</summary>
    public string? MessagePrefix { get; init; }

    /// <summary><c>details</c> of an error body as JSON; an error body without it must not have the member.</summary>
    public string? Details { get; init; }

    /// <summary>The exact Content-Type; <see cref="PlainText"/> may be followed by a charset.</summary>
    public string? ContentType { get; init; }

    /// <summary>Headers that must have this value; a null value means that the header must be absent.</summary>
    public IReadOnlyList<(string Name, string? Value)> Headers { get; init; } = [];

    /// <summary>Headers that must be there, whatever they say.</summary>
    public IReadOnlyList<string> Present { get; init; } = [];

    /// <summary>Name under which the ETag is kept for later steps, or null.</summary>
    public string? KeepEtag { get; init; }

    /// <summary>Name of a kept ETag that this answer's ETag must differ from, or null.</summary>
    public string? EtagNot { get; init; }

    /// <summary>An answer without body, content type or ETag.</summary>
    public static WireAnswer Empty(int status = 204) =>
        new(status) { Body = "", Headers = [("Content-Type", null), ("ETag", null)] };

    /// <summary>Exactly these bytes as application/json.</summary>
    public static WireAnswer Bytes(string body) => new(200) { Body = body, ContentType = Json };

    /// <summary>An equal JSON value as application/json.</summary>
    public static WireAnswer Equal(string value) => new(200) { Value = value, ContentType = Json };

    /// <summary>An error of the legacy form with exactly this message.</summary>
    public static WireAnswer Error(int status, string code, string message) =>
        new(status) { ErrorCode = code, Message = message, ContentType = Json };

    /// <summary>An error of the legacy form whose message begins so.</summary>
    public static WireAnswer ErrorLike(int status, string code, string prefix) =>
        new(status) { ErrorCode = code, MessagePrefix = prefix, ContentType = Json };

    /// <summary>An error of the rich form.</summary>
    public static WireAnswer Rich(int status, string code, string message, string details) =>
        Error(status, code, message) with { Details = details };

    public WireAnswer Keeping(string etagName) => this with { KeepEtag = etagName };

    public WireAnswer WithHeader(string name, string? value) => this with { Headers = [.. Headers, (name, value)] };

    public WireAnswer Having(string name) => this with { Present = [.. Present, name] };
}
