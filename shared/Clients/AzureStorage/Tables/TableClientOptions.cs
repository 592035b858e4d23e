using Azure.Core.Pipeline;

namespace Serverless.Components.Clients.AzureStorage.Tables;

/// <summary>Settings of a client for one table.</summary>
internal sealed record TableClientOptions
{
    /// <summary>The account.</summary>
    public required StorageAccount Account { get; init; }

    /// <summary>The table's name; <see cref="TableLimits.IsTableName"/> holds of it.</summary>
    public required string Table { get; init; }

    /// <summary>Which of the services with this protocol it is.</summary>
    public StorageService Service { get; init; } = StorageService.Table;

    /// <summary>The clock.</summary>
    public TimeProvider Time { get; init; } = TimeProvider.System;

    /// <summary>How long one operation may take, with all its attempts.</summary>
    public TimeSpan Timeout { get; init; } = TimeSpan.FromSeconds(15);

    /// <summary>What carries requests; null means connections of the client's own.</summary>
    public HttpPipelineTransport? Transport { get; init; }
}
