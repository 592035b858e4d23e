namespace Serverless.Functions.State;

/// <summary>One item of a save, or the <c>request</c> of an operation, as the caller wrote it.</summary>
internal sealed class StateItem
{
    public string Key { get; set; } = "";

    /// <summary>Compact JSON text; null when the member is absent.</summary>
    public byte[]? Value { get; set; }

    public string? ETag { get; set; }

    public Dictionary<string, string>? Metadata { get; set; }

    public string Concurrency { get; set; } = "";

    public string Consistency { get; set; } = "";

    public string? ContentType { get; set; }
}

/// <summary>The body of a bulk get.</summary>
internal sealed class BulkGetBody
{
    public List<string> Keys { get; } = [];

    public long Parallelism { get; set; }

    public Dictionary<string, string>? Metadata { get; set; }
}

/// <summary>The body of a transaction.</summary>
internal sealed class TransactionBody
{
    public List<TransactionOperation> Operations { get; } = [];

    public Dictionary<string, string>? Metadata { get; set; }
}

/// <summary>One operation; Dapr decodes its request only when its turn comes, so a fault waits until then.</summary>
internal sealed class TransactionOperation
{
    public string Operation { get; set; } = "";

    public StateItem Request { get; set; } = new();

    /// <summary>Why the request can't be used; null when it can.</summary>
    public string? Fault { get; set; }
}
